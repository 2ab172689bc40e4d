// The flavors an answer can be asked for: those the log describes, and those its VMs show by their own size.
import { dedicatedCpus } from '../cluster/pinning.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { SchedulingRequest } from '../scheduling/candidate.ts';
import type { Amounts } from '../scheduling/inventory.ts';
import { numaDemand } from '../scheduling/numa.ts';

export type FlavorSize = {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMiB: number;
  /** Root disk; counts on the host only when the VMs do not boot from volumes. */
  readonly diskGiB: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
};

/** For whom and where a question of fit is asked. */
export type FitOptions = {
  /** Only hosts of this availability zone; null for all. */
  readonly zone: string | null;
  /** Only hosts of this host aggregate; null for all. */
  readonly aggregate: string | null;
  /** The project whose VMs they would be, where aggregates are kept for some; null for one of none of them. */
  readonly project: string | null;
  /** True when the flavor's disk is on the host, false when it boots from a volume or shared storage. */
  readonly localDisk: boolean;
};

export const ANYWHERE: FitOptions = { zone: null, aggregate: null, project: null, localDisk: true };

/** CPUs of a VM of this flavor that are its own: only where hosts keep such CPUs apart. */
const ownCpus = (state: ClusterState, flavor: FlavorSize): number =>
  state.hosts.some((h) => h.pcpus !== null) ? dedicatedCpus(flavor.extraSpecs, flavor.vcpus) : 0;

/** What a new VM of the flavor asks of the scheduler. */
export const requestFor = (state: ClusterState, flavor: FlavorSize, options: FitOptions): SchedulingRequest => {
  const own = ownCpus(state, flavor);
  const asked: Amounts = {
    VCPU: Math.max(0, flavor.vcpus - own),
    MEMORY_MB: flavor.ramMiB,
    DISK_GB: options.localDisk ? flavor.diskGiB : 0,
    PCPU: own,
  };
  return {
    asked,
    zone: options.zone,
    group: null,
    ignore: [],
    project: options.project,
    extraSpecs: flavor.extraSpecs,
    numa: numaDemand(flavor.extraSpecs, flavor.vcpus, flavor.ramMiB),
  };
};

const NAMED = 8;

/** Sorted by name; a flavor whose size nobody told, and no VM of it shows, is left out. */
export const flavorsOf = (state: ClusterState): readonly FlavorSize[] => {
  const found = new Map<string, FlavorSize>();
  for (const vm of state.vms) {
    const { flavor, vcpus, ramMiB, diskGiB, extraSpecs } = vm;
    if (flavor === null || vcpus === null || ramMiB === null) continue;
    found.set(flavor, { name: flavor, vcpus, ramMiB, diskGiB: diskGiB ?? 0, extraSpecs });
  }
  for (const { name, vcpus, ramMiB, diskGiB, extraSpecs } of state.flavors) {
    if (vcpus !== null && ramMiB !== null) found.set(name, { name, vcpus, ramMiB, diskGiB: diskGiB ?? 0, extraSpecs });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** The flavor of this name, or a sentence with those that are known. */
export const flavorNamed = (state: ClusterState, name: string): Result<FlavorSize, string> => {
  const flavors = flavorsOf(state);
  const found = flavors.find((f) => f.name === name);
  if (found) return ok(found);
  const names = flavors.slice(0, NAMED).map((f) => f.name);
  const known = names.length === 0 ? 'none' : names.join(', ') + (flavors.length > NAMED ? ', …' : '');
  return err(`There is no flavor ${name} at ${state.at}. Known flavors: ${known}.`);
};
