// What changed between Nova's releases in who may run where: default ratios, filters, weighers, rules of evacuation.
import { err, ok, type Result } from '../base/result.ts';
import { alteredState } from '../readout/altered-state.ts';
import type { ClusterState } from '../readout/state.ts';
import type { FilterName } from './filters.ts';
import type { Resource } from './inventory.ts';
import type { Multipliers } from './weighers.ts';

export type ReleaseProfile = {
  readonly name: string;
  /** Defaults of `[DEFAULT] *_allocation_ratio` (since Stein `initial_*`) and `reserved_host_memory_mb`. */
  readonly vcpuRatio: number;
  readonly ramRatio: number;
  readonly diskRatio: number;
  readonly reservedRamMiB: number;
  /** Resource classes that stop a request by default; the others may be allocated without end. */
  readonly checked: readonly Resource[];
  /** In order. The aggregate and NUMA filters are no defaults: they refuse only where the log shows what they work with. */
  readonly filters: readonly FilterName[];
  readonly multipliers: Multipliers;
  /** evacuate takes a VM in any task_state (26.0.0, bug 1978983); before, only an idle one. */
  readonly evacuatesBusy: boolean;
  /** Evacuated VMs stay stopped (microversion 2.95, 27.0.0). */
  readonly landsStopped: boolean;
};

const NO_WEIGHT: Multipliers = {
  ram: 0,
  cpu: 0,
  disk: 0,
  ioOps: 0,
  numInstances: 0,
  softAffinity: 0,
  softAntiAffinity: 0,
  hypervisorVersion: 0,
};

/** scheduler_default_filters of 2013.1: no core, disk or server group filter; one weigher, RAM. */
const GRIZZLY = {
  name: 'grizzly',
  vcpuRatio: 16,
  ramRatio: 1.5,
  diskRatio: 1,
  reservedRamMiB: 512,
  checked: ['MEMORY_MB'],
  filters: [
    'ignore_hosts',
    'AvailabilityZone',
    'Placement',
    'ComputeFilter',
    'AggregateMultiTenancyIsolation',
    'AggregateInstanceExtraSpecsFilter',
  ],
  multipliers: { ...NO_WEIGHT, ram: 1 },
  evacuatesBusy: false,
  landsStopped: false,
} as const satisfies ReleaseProfile;

/** 18.0.0: Placement decides about VCPU, MEMORY_MB and DISK_GB; pinned CPUs are VCPU. */
const ROCKY = {
  ...GRIZZLY,
  name: 'rocky',
  checked: ['VCPU', 'MEMORY_MB', 'DISK_GB'],
  filters: [
    'ignore_hosts',
    'Placement',
    'AvailabilityZone',
    'ComputeFilter',
    'ServerGroupAntiAffinityFilter',
    'ServerGroupAffinityFilter',
    'AggregateMultiTenancyIsolation',
    'AggregateInstanceExtraSpecsFilter',
    'NUMATopologyFilter',
  ],
  multipliers: { ...NO_WEIGHT, ram: 1, cpu: 1, disk: 1, ioOps: -1, softAffinity: 1, softAntiAffinity: 1 },
} as const satisfies ReleaseProfile;

const TRAIN = {
  ...ROCKY,
  name: 'train',
  checked: ['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCPU'],
} as const satisfies ReleaseProfile;

const ZED = { ...TRAIN, name: 'zed', evacuatesBusy: true } as const satisfies ReleaseProfile;

const ANTELOPE = {
  ...ZED,
  name: 'antelope',
  vcpuRatio: 4,
  ramRatio: 1,
  landsStopped: true,
} as const satisfies ReleaseProfile;

const NEWEST = {
  ...ANTELOPE,
  name: '2026.1',
  multipliers: { ...ANTELOPE.multipliers, hypervisorVersion: 1 },
} as const satisfies ReleaseProfile;

/** Oldest first. Source: nova tags, `*_allocation_ratio`, `enabled_filters`, weights; 27.0.0 changed 16/1.5/1 to 4/1/1. */
export const RELEASES: readonly ReleaseProfile[] = [GRIZZLY, ROCKY, TRAIN, ZED, ANTELOPE, NEWEST];
export const RELEASE_NAMES: readonly string[] = RELEASES.map((r) => r.name);
export const LATEST_RELEASE: ReleaseProfile = NEWEST;

/** The rules a state is asked under. */
export const releaseOf = (state: Pick<ClusterState, 'release'>): ReleaseProfile =>
  RELEASES.find((r) => r.name === state.release) ?? LATEST_RELEASE;

/** The release of this name, in any case. */
export const releaseNamed = (name: string): Result<ReleaseProfile, string> => {
  const release = RELEASES.find((r) => r.name === name.toLowerCase());
  return release ? ok(release) : err(`There is no release ${name} here. Known releases: ${RELEASE_NAMES.join(', ')}.`);
};

/**
 * The same cluster as a release would run it with its defaults: its ratios on every host, whatever was reported, and
 * before Train no CPUs kept apart. With null the cluster as it is.
 */
export const underRelease = (state: ClusterState, name: string | null): Result<ClusterState, string> => {
  if (name === null) return ok(state);
  const named = releaseNamed(name);
  if (!named.ok) return named;
  const release = named.value;
  const apart = release.checked.includes('PCPU');
  const hosts = state.hosts.map((h) => ({
    ...h,
    vcpuRatio: null,
    ramRatio: null,
    diskRatio: null,
    ...(apart || h.pcpus === null
      ? {}
      : { vcpus: (h.vcpus ?? 0) + h.pcpus, vcpusUsed: h.vcpusUsed + h.pcpusUsed, pcpus: null, pcpusUsed: 0 }),
  }));
  const vms = apart ? state.vms : state.vms.map((vm) => (vm.pcpus === 0 ? vm : { ...vm, pcpus: 0 }));
  return ok(alteredState(state, { release: release.name, hosts, vms }));
};
