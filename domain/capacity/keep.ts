// How many more fit while hosts may still fail: the last count at which the exact sweep finds every VM a home.
import { sweep, type SweepKind } from '../drill/sweep/sweep.ts';
import { alteredState } from '../readout/altered-state.ts';
import type { ClusterState, VmState } from '../readout/state.ts';
import { type FitOptions, type FlavorSize, requestFor } from './flavors.ts';
import { hostSlots } from './fit.ts';
import { freeOf } from './slots.ts';

/** Hosts in the order in which VMs would be placed: each where most RAM is free of those that take it, as Nova's RAM weigher does. */
const orderOfPlacement = (state: ClusterState, flavor: FlavorSize, options: FitOptions): readonly string[] => {
  const open = hostSlots(state, flavor, options).rows.flatMap(({ host, slots }) =>
    slots.says === 'takes' && slots.count > 0
      ? [{ name: host.name, left: slots.count, free: freeOf(host, 'MEMORY_MB') }]
      : [],
  );
  const order: string[] = [];
  for (;;) {
    let best: (typeof open)[number] | null = null;
    for (const host of open) if (host.left > 0 && (best === null || host.free > best.free)) best = host;
    if (best === null) return order;
    best.left -= 1;
    best.free -= flavor.ramMiB;
    order.push(best.name);
  }
};

const newVm = (id: string, host: string, flavor: FlavorSize, own: number, options: FitOptions): VmState => ({
  id,
  name: id,
  host,
  status: 'ACTIVE',
  vmState: 'active',
  taskState: null,
  powerState: 'RUNNING',
  storage: options.localDisk ? 'local' : 'volume',
  pool: null,
  flavor: flavor.name,
  vcpus: flavor.vcpus,
  pcpus: own,
  ramMiB: flavor.ramMiB,
  diskGiB: flavor.diskGiB,
  extraSpecs: flavor.extraSpecs,
  project: options.project,
  requestedZone: options.zone,
  cpu: null,
  image: null,
  serverGroup: null,
  tags: [],
  addresses: [],
  hostEvidence: 'assumed',
  fault: null,
});

/** The state with one more VM of the flavor on each host named, as often as it is named. */
export const grown = (
  state: ClusterState,
  flavor: FlavorSize,
  options: FitOptions,
  on: readonly string[],
): ClusterState => {
  const { asked } = requestFor(state, flavor, options);
  const counts = new Map<string, number>();
  const vms = [...state.vms];
  for (const host of on) {
    const n = counts.get(host) ?? 0;
    counts.set(host, n + 1);
    vms.push(newVm(`${flavor.name}/${host}/${n}`, host, flavor, asked.PCPU, options));
  }
  const hosts = state.hosts.map((host) => {
    const n = counts.get(host.name) ?? 0;
    return {
      ...host,
      vcpusUsed: host.vcpusUsed + n * asked.VCPU,
      pcpusUsed: host.pcpusUsed + n * asked.PCPU,
      ramMiBUsed: host.ramMiBUsed + n * asked.MEMORY_MB,
      diskGiBUsed: host.diskGiBUsed + n * asked.DISK_GB,
    };
  });
  return alteredState(state, { hosts, vms });
};

/**
 * How many more fit while any host (pair, rack, zone) may still fail, every evacuable VM finding a home. Zero when the
 * cluster does not survive that as it is. Found by bisection: one VM more never makes a cluster safer.
 */
export const fitKeeping = (
  state: ClusterState,
  flavor: FlavorSize,
  options: FitOptions,
  failures: SweepKind = '1',
): number => {
  const order = orderOfPlacement(state, flavor, options);
  const safe = (n: number): boolean => sweep(grown(state, flavor, options, order.slice(0, n)), failures).safe === true;
  if (!safe(0)) return 0;
  let low = 0;
  let high = order.length + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (safe(middle)) low = middle;
    else high = middle;
  }
  return low;
};
