// How many more VMs of a flavor fit, what limits them, and how much room stays stranded where no such VM can use it.
import type { ClusterState } from '../readout/state.ts';
import { sweep } from '../drill/sweep/sweep.ts';
import { worldOf } from '../drill/world.ts';
import type { Candidate } from '../scheduling/candidate.ts';
import { capacity, type Resource, RESOURCES } from '../scheduling/inventory.ts';

export type FlavorSize = {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMiB: number;
  /** Root disk; counts on the host only when `localDisk`. */
  readonly diskGiB: number;
};

export type FitOptions = {
  /** Only hosts of this availability zone; null for all. */
  readonly zone: string | null;
  /** True when the flavor's disk is on the host, false when it boots from a volume or shared storage. */
  readonly localDisk: boolean;
};

export type Fit = {
  readonly name: string;
  /** Exact: hosts are independent for equal VMs without server groups, so the order of placement does not matter. */
  readonly count: number;
  /** What aggregate room would allow if VMs could be cut into pieces: never less than `count`. */
  readonly bound: number;
  /** The resource that stops most hosts; null when no host's inventory is known. */
  readonly limitedBy: Resource | null;
  readonly byZone: Readonly<Record<string, number>>;
  /** What stays free on the hosts once `count` of them are placed: room that this flavor cannot use as it lies. */
  readonly stranded: Readonly<Record<Resource, number>>;
  /** Hosts whose inventory the log does not know: they may take more, and are not counted. */
  readonly unknownHosts: readonly string[];
};

const asks = (flavor: FlavorSize, localDisk: boolean): Readonly<Record<Resource, number>> => ({
  VCPU: flavor.vcpus,
  MEMORY_MB: flavor.ramMiB,
  DISK_GB: localDisk ? flavor.diskGiB : 0,
});

const isOpen = (host: Candidate, zone: string | null): boolean =>
  host.up !== false && host.enabled !== false && (zone === null || host.zone === zone);

/** Free of each resource; null where the inventory is unknown. */
const freeOf = (host: Candidate, resource: Resource): number | null => {
  const inventory = host.inventories[resource];
  return inventory ? Math.max(0, capacity(inventory) - host.used[resource]) : null;
};

type Slots = { readonly count: number; readonly limit: Resource };

/** Whole VMs of one flavor on one host and the resource that stops the next; null where the log cannot say. */
const slotsOn = (host: Candidate, ask: Readonly<Record<Resource, number>>): Slots | null => {
  let best: Slots | null = null;
  for (const resource of RESOURCES) {
    if (ask[resource] === 0) continue;
    const free = freeOf(host, resource);
    const inventory = host.inventories[resource];
    if (free === null || !inventory) return null;
    const count = ask[resource] > inventory.maxUnit ? 0 : Math.floor(free / ask[resource]);
    if (best === null || count < best.count) best = { count, limit: resource };
  }
  return best;
};

/** How many more VMs of one flavor fit now, at this state's allocations and ratios. */
export const fitOf = (state: ClusterState, flavor: FlavorSize, { zone, localDisk }: FitOptions): Fit => {
  const ask = asks(flavor, localDisk);
  const hosts = [...worldOf(state).hosts.values()].filter((h) => isOpen(h, zone));
  const unknownHosts: string[] = [];
  const byZone: Record<string, number> = {};
  const stopped: Record<Resource, number> = { VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 };
  const total: Record<Resource, number> = { VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 };
  let count = 0;
  for (const host of hosts) {
    const slots = slotsOn(host, ask);
    if (slots === null) {
      unknownHosts.push(host.name);
      continue;
    }
    count += slots.count;
    stopped[slots.limit]++;
    const name = host.zone ?? 'no zone';
    byZone[name] = (byZone[name] ?? 0) + slots.count;
    for (const resource of RESOURCES) total[resource] += freeOf(host, resource) ?? 0;
  }
  const known = hosts.length > unknownHosts.length;
  const shares = RESOURCES.filter((r) => ask[r] > 0).map((r) => Math.floor(total[r] / ask[r]));
  const limitedBy = RESOURCES.reduce((a, b) => (stopped[b] > stopped[a] ? b : a));
  return {
    name: flavor.name,
    count,
    bound: known ? Math.min(...shares) : 0,
    limitedBy: known ? limitedBy : null,
    byZone,
    stranded: {
      VCPU: total.VCPU - count * ask.VCPU,
      MEMORY_MB: total.MEMORY_MB - count * ask.MEMORY_MB,
      DISK_GB: total.DISK_GB - count * ask.DISK_GB,
    },
    unknownHosts,
  };
};

/** The state with n more VMs of a flavor, each on the open host with most free RAM that takes it; null when one does not fit. */
const withMore = (state: ClusterState, flavor: FlavorSize, options: FitOptions, n: number): ClusterState | null => {
  const ask = asks(flavor, options.localDisk);
  const hosts = [...worldOf(state).hosts.values()].filter((h) => isOpen(h, options.zone));
  const slots = new Map(hosts.map((h) => [h.name, slotsOn(h, ask)?.count ?? 0]));
  const free = new Map(hosts.map((h) => [h.name, freeOf(h, 'MEMORY_MB') ?? 0]));
  const added = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    let dest: string | null = null;
    for (const [name, left] of slots) if (left > 0 && (dest === null || free.get(name)! > free.get(dest)!)) dest = name;
    if (dest === null) return null;
    slots.set(dest, slots.get(dest)! - 1);
    free.set(dest, free.get(dest)! - flavor.ramMiB);
    added.set(dest, (added.get(dest) ?? 0) + 1);
  }
  const template = state.vms[0];
  if (!template) return state;
  const vms = [...state.vms];
  const grown = state.hosts.map((host) => {
    const more = added.get(host.name) ?? 0;
    for (let i = 0; i < more; i++) {
      const id = `${flavor.name}/${host.name}/${i}`;
      vms.push({
        ...template,
        id,
        name: id,
        host: host.name,
        status: 'ACTIVE',
        vmState: 'active',
        taskState: null,
        powerState: 'RUNNING',
        storage: options.localDisk ? 'local' : 'volume',
        flavor: flavor.name,
        vcpus: flavor.vcpus,
        ramMiB: flavor.ramMiB,
        diskGiB: flavor.diskGiB,
        serverGroup: null,
        tags: [],
      });
    }
    return {
      ...host,
      vcpusUsed: host.vcpusUsed + more * ask.VCPU,
      ramMiBUsed: host.ramMiBUsed + more * ask.MEMORY_MB,
      diskGiBUsed: host.diskGiBUsed + more * ask.DISK_GB,
    };
  });
  return { ...state, hosts: grown, vms };
};

/**
 * How many more fit while any single host may still fail (every evacuable VM finding a home, by the exact sweep). Zero
 * when the cluster is not N+1 safe as it is. Found by bisection: one VM more never makes a cluster safer.
 */
export const fitKeepingOne = (state: ClusterState, flavor: FlavorSize, options: FitOptions): number => {
  const safe = (n: number): boolean => {
    const grown = withMore(state, flavor, options, n);
    return grown !== null && sweep(grown, '1').safe === true;
  };
  if (!safe(0)) return 0;
  let low = 0;
  let high = fitOf(state, flavor, options).count + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (safe(middle)) low = middle;
    else high = middle;
  }
  return low;
};
