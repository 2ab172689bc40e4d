// Nova's default weighers, each normalised over the hosts that passed, and their sum.
import { type Candidate, membersOn, type SchedulingRequest } from './candidate.ts';
import type { AggregateState } from '../readout/state.ts';
import type { Inventory } from './inventory.ts';

/** `[filter_scheduler] *_weight_multiplier`. Negative RAM or CPU stacks instead of spreading. */
export type Multipliers = {
  readonly ram: number;
  readonly cpu: number;
  readonly disk: number;
  readonly ioOps: number;
  readonly numInstances: number;
  readonly softAffinity: number;
  readonly softAntiAffinity: number;
  readonly hypervisorVersion: number;
};
export type WeigherName = keyof Multipliers;

// Not here, because no log tells what they weigh: PCI devices, metrics, image properties (0 by default), failed builds
// and cells, where all hosts of one cell weigh the same.

/** The key by which a host aggregate's metadata overrides the multiplier for its hosts (Stein and later). */
const KEY: Readonly<Record<WeigherName, string>> = {
  ram: 'ram_weight_multiplier',
  cpu: 'cpu_weight_multiplier',
  disk: 'disk_weight_multiplier',
  ioOps: 'io_ops_weight_multiplier',
  numInstances: 'num_instances_weight_multiplier',
  softAffinity: 'soft_affinity_weight_multiplier',
  softAntiAffinity: 'soft_anti_affinity_weight_multiplier',
  hypervisorVersion: 'hypervisor_version_weight_multiplier',
};

/** Free as the resource tracker counts it for RAM and disk: physical, no ratio (HostState.free_ram_mb, free_disk_mb). */
const physicalFree = (i: Inventory | null, used: number): number => (i === null ? 0 : i.total - i.reserved - used);

/** Free CPUs after the ratio; those kept apart for pinned VMs count with the others (HostState.vcpus_total). */
const cpusFree = ({ inventories: { VCPU, PCPU }, used }: Candidate): number => {
  if (VCPU === null) return 0;
  const ratio = Number.isFinite(VCPU.allocationRatio) ? VCPU.allocationRatio : 1;
  const total = VCPU.total + (PCPU?.total ?? 0);
  return total * ratio - VCPU.reserved - used.VCPU - used.PCPU;
};

type Weigher = {
  readonly raw: (host: Candidate, request: SchedulingRequest) => number;
  /** `minval` of nova's class: raw weights below are lifted to it, and normalisation starts there, not at the least host. */
  readonly floor: number | null;
};

const members = (host: Candidate, { group }: SchedulingRequest, policy: string): number =>
  group?.policy === policy ? membersOn(group, host) : 0;

/** In Nova's order of loading; a sum does not mind. nova/scheduler/weights/*.py. */
const WEIGHERS: Readonly<Record<WeigherName, Weigher>> = {
  ram: { raw: ({ inventories, used }) => physicalFree(inventories.MEMORY_MB, used.MEMORY_MB), floor: 0 },
  cpu: { raw: cpusFree, floor: 0 },
  disk: { raw: ({ inventories, used }) => physicalFree(inventories.DISK_GB, used.DISK_GB), floor: 0 },
  ioOps: { raw: (host) => host.ioOps, floor: 0 },
  numInstances: { raw: (host) => host.instances, floor: 0 },
  softAffinity: { raw: (host, request) => members(host, request, 'soft-affinity'), floor: null },
  softAntiAffinity: { raw: (host, request) => -members(host, request, 'soft-anti-affinity'), floor: null },
  hypervisorVersion: { raw: (host) => host.hypervisorVersion ?? 0, floor: null },
};
/** Weighers that tell hosts apart only for a group of this policy. */
const SOFT: Readonly<Partial<Record<WeigherName, string>>> = {
  softAffinity: 'soft-affinity',
  softAntiAffinity: 'soft-anti-affinity',
};
const NAMES = Object.keys(WEIGHERS) as readonly WeigherName[];

/**
 * nova/weights.py normalize: (w − min) / (max − min), where `floor` takes the place of the least weight for weighers that
 * set one; all equal (or none above the floor) gives 0 for everyone.
 */
export const normalise = (raw: readonly number[], floor: number | null = null): number[] => {
  let min = floor ?? Infinity;
  let max = floor ?? -Infinity;
  for (const w of raw) {
    if (w < min && floor === null) min = w;
    if (w > max) max = w;
  }
  const width = max - min;
  const share = new Array<number>(raw.length).fill(0);
  if (width > 0) for (let i = 0; i < share.length; i++) share[i] = (Math.max(raw[i]!, min) - min) / width;
  return share;
};

/** What the aggregates of a host set: the least of several values wins. Null where none sets a number. */
const overridden = (host: Candidate, name: WeigherName): number | null => {
  let least: number | null = null;
  for (const { metadata } of host.aggregates) {
    const text = metadata[KEY[name]];
    const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && (least === null || value < least)) least = value;
  }
  return least;
};

/** Multipliers that some host's aggregates set: mostly none, and then no host is asked for its own. */
const namesOverridden = (hosts: readonly Candidate[]): ReadonlySet<WeigherName> => {
  const seen = new Set<AggregateState>();
  for (const host of hosts) for (const aggregate of host.aggregates) seen.add(aggregate);
  return new Set(NAMES.filter((name) => [...seen].some(({ metadata }) => metadata[KEY[name]] !== undefined)));
};

/** Σ multiplier × normalised weight, one figure a host, in the order of `hosts`. */
export const weigh = (hosts: readonly Candidate[], request: SchedulingRequest, multipliers: Multipliers): number[] => {
  const total = new Array<number>(hosts.length).fill(0);
  const own = namesOverridden(hosts);
  const isTold = hosts.every((host) => host.hypervisorVersion !== null);
  for (const name of NAMES) {
    if (name === 'hypervisorVersion' && !isTold) continue; // a version nobody told is no old one
    if (SOFT[name] !== undefined && request.group?.policy !== SOFT[name]) continue;
    const { raw, floor } = WEIGHERS[name];
    const common = multipliers[name];
    const factors = own.has(name) ? hosts.map((host) => overridden(host, name) ?? common) : null;
    if (factors === null ? common === 0 : factors.every((factor) => factor === 0)) continue;
    const share = normalise(
      hosts.map((host) => raw(host, request)),
      floor,
    );
    for (let i = 0; i < total.length; i++) total[i]! += (factors?.[i] ?? common) * share[i]!;
  }
  return total;
};
