// The cluster frozen for placement search: hosts and VMs as numbers in typed arrays, server groups as small counts.
import type { ClusterState, VmState } from '../../readout/state.ts';
import { RESOURCES } from '../../scheduling/inventory.ts';
import { capacity } from '../../scheduling/inventory.ts';
import { asked, worldOf } from '../world.ts';
import { type Admission, admissionOf, type Cells, cellsOf } from './admission.ts';

export const R = RESOURCES.length;

/** Row-major tables: `free[h * R + r]` is what host h has left of resource r, `ask[v * R + r]` what VM v wants. */
export type Shelf = {
  readonly hosts: readonly string[];
  readonly vms: readonly VmState[];
  /** Infinity where the log does not know the inventory. */
  readonly free: Float64Array;
  /** The largest single request a host takes (its physical total). */
  readonly maxUnit: Float64Array;
  /** 1 where a VM may be put: up (or never described) and enabled. */
  readonly usable: Uint8Array;
  readonly ask: Float64Array;
  /** Row of each VM's host, −1 for none. */
  readonly home: Int32Array;
  /** VMs of each host that an evacuation would take along, largest first. */
  readonly tenants: readonly (readonly number[])[];
  /** Row of each VM's hard server group, −1 for none. */
  readonly group: Int32Array;
  readonly groups: readonly Group[];
  /** Zone pins, aggregates and units; null where nobody is refused by them. */
  readonly admission: Admission | null;
  /** NUMA cells as residents leave them; null where nobody is refused by them. */
  readonly cells: Cells | null;
  /** Usable hosts, most free RAM first: where a first fit looks. */
  readonly emptiest: Int32Array;
  /** The first `REFUGES` hosts (−1 for none) that take each VM alone, its own apart; server groups and cells are not looked at. */
  readonly refuges: Int32Array;
};

/** One more than the largest set whose failure a look at the refuges alone can prove hopeless. */
export const REFUGES = 4;

export type Group = {
  readonly affinity: boolean;
  readonly maxServerPerHost: number;
  /** Members by row of their host. */
  readonly members: readonly number[];
};

/** vm_states that nova evacuate accepts; the others wait for their host and want no room elsewhere. */
const EVACUABLE = new Set(['active', 'stopped', 'error', null]);

/** Whether zone, aggregates and units let a VM onto a host. */
export const admits = ({ admission, hosts }: Pick<Shelf, 'admission' | 'hosts'>, vm: number, host: number): boolean =>
  admission === null || admission.takes[admission.kind[vm]! * hosts.length + host] === 1;

/** Share of a fresh host that a VM asks for, by its scarcest resource: the order in which VMs are placed. */
export const weightOf = (shelf: Pick<Shelf, 'ask'>, typical: Float64Array, vm: number): number => {
  let most = 0;
  for (let r = 0; r < R; r++) most = Math.max(most, shelf.ask[vm * R + r]! / typical[r]!);
  return most;
};

const GROUP_FILTER = {
  affinity: 'ServerGroupAffinityFilter',
  'anti-affinity': 'ServerGroupAntiAffinityFilter',
} as const;

/** Mean capacity of each resource over the hosts whose inventory is known (1 where none is). */
const typicalHost = (capacities: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from({ length: R }, (_, r) => {
    const known = capacities.map((c) => c[r]!).filter(Number.isFinite);
    return known.length === 0 ? 1 : Math.max(1, known.reduce((a, b) => a + b, 0) / known.length);
  });

export const shelfOf = (state: ClusterState): Shelf => {
  const world = worldOf(state);
  const candidates = [...world.hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const row = new Map(candidates.map((c, i) => [c.name, i]));
  const vms = [...state.vms].sort((a, b) => (a.id < b.id ? -1 : 1));
  const vmRow = new Map(vms.map((vm, i) => [vm.id, i]));

  const capacities = candidates.map((c) =>
    RESOURCES.map((r) => (c.inventories[r] ? capacity(c.inventories[r]) : Infinity)),
  );
  const free = Float64Array.from(candidates.flatMap((c, h) => RESOURCES.map((r, i) => capacities[h]![i]! - c.used[r])));
  const maxUnit = Float64Array.from(
    candidates.flatMap((c) => RESOURCES.map((r) => c.inventories[r]?.maxUnit ?? Infinity)),
  );
  const ask = Float64Array.from(vms.flatMap((vm) => RESOURCES.map((r) => asked(vm)[r])));
  const usable = Uint8Array.from(candidates, (c) => (c.up === false || c.enabled === false ? 0 : 1));
  const home = Int32Array.from(vms, (vm) => (vm.host === null ? -1 : (row.get(vm.host) ?? -1)));

  const group = new Int32Array(vms.length).fill(-1);
  const groups: Group[] = [];
  for (const g of state.serverGroups) {
    if (g.policy !== 'affinity' && g.policy !== 'anti-affinity') continue;
    if (!world.release.filters.includes(GROUP_FILTER[g.policy])) continue;
    const members = g.members.flatMap((id) => vmRow.get(id) ?? []);
    for (const m of members) group[m] = groups.length;
    groups.push({
      affinity: g.policy === 'affinity',
      maxServerPerHost: g.maxServerPerHost,
      members: members.map((m) => home[m]!).filter((h) => h >= 0),
    });
  }

  const typical = typicalHost(capacities);
  const tenants: number[][] = candidates.map(() => []);
  for (let v = 0; v < vms.length; v++) if (home[v]! >= 0 && EVACUABLE.has(vms[v]!.vmState)) tenants[home[v]!]!.push(v);
  for (const list of tenants)
    list.sort((a, b) => weightOf({ ask }, typical, b) - weightOf({ ask }, typical, a) || a - b);

  const emptiest = Int32Array.from(candidates.map((_, h) => h).filter((h) => usable[h] === 1)).sort(
    (a, b) => free[b * R + 1]! - free[a * R + 1]! || a - b,
  );
  const hosts = candidates.map((c) => c.name);
  const admission = admissionOf(candidates, vms, world.release);
  const cells = cellsOf(candidates, vms, world.release);
  const shelf = { hosts, vms, free, maxUnit, usable, ask, home, tenants, group, groups, admission, cells, emptiest };
  return { ...shelf, refuges: refugesOf(shelf) };
};

/** Looks for refuges from the emptiest host on; groups and cells only refuse more, so an empty list is a proof. */
const refugesOf = (shelf: Omit<Shelf, 'refuges'>): Int32Array => {
  const { ask, free, maxUnit } = shelf;
  const refuges = new Int32Array(shelf.vms.length * REFUGES).fill(-1);
  for (let v = 0; v < shelf.vms.length; v++) {
    let found = 0;
    for (let i = 0; i < shelf.emptiest.length && found < REFUGES; i++) {
      const h = shelf.emptiest[i]!;
      let room = h !== shelf.home[v] && admits(shelf, v, h);
      for (let r = 0; r < R && room; r++) {
        const want = ask[v * R + r]!;
        room = want === 0 || (want <= free[h * R + r]! && want <= maxUnit[h * R + r]!);
      }
      if (room) refuges[v * REFUGES + found++] = h;
    }
  }
  return refuges;
};
