// The scratch copy on which a tick's moves are planned: CloudSim tries VMs on hosts and takes them off again.
import type { World } from './world.ts';

type Touched = { readonly host: number; readonly given: number; readonly free: number; readonly ramMB: number };

/** What the planner sees of the hosts while it plans. VM lists include the VMs planned onto them, at the end. */
export type Draft = {
  readonly lists: number[][];
  /** MIPS allocated and free. */
  readonly given: Float64Array;
  readonly free: Float64Array;
  readonly ramMB: Float64Array;
  /** Grows whenever the list of a host changes, so that sums over it can be kept. */
  readonly version: Int32Array;
  readonly undo: Touched[];
};

export const draftOf = (w: World): Draft => {
  const hosts = w.lists.length;
  const given = new Float64Array(hosts);
  const ramMB = new Float64Array(hosts);
  const lists = w.lists.map((list, host) => {
    for (const vm of list) {
      given[host]! += w.allocated[vm]!;
      ramMB[host]! += w.vmRamMB[vm]!;
    }
    return list.slice();
  });
  return { lists, given, free: w.free.slice(), ramMB, version: new Int32Array(hosts), undo: [] };
};

export const put = (d: Draft, w: World, host: number, vm: number): void => {
  d.undo.push({ host, given: d.given[host]!, free: d.free[host]!, ramMB: d.ramMB[host]! });
  d.lists[host]!.push(vm);
  d.given[host]! += w.demand[vm]!;
  d.free[host]! -= w.demand[vm]!;
  d.ramMB[host]! += w.vmRamMB[vm]!;
  d.version[host]!++;
};

/** Takes back every `put` since the mark. */
export const rewind = (d: Draft, mark: number): void => {
  while (d.undo.length > mark) {
    const last = d.undo.pop()!;
    d.lists[last.host]!.pop();
    d.given[last.host] = last.given;
    d.free[last.host] = last.free;
    d.ramMB[last.host] = last.ramMB;
    d.version[last.host]!++;
  }
};

/** Takes a VM off an overloaded host. Such a host is no target in this tick, so only its list matters. */
export const take = (d: Draft, host: number, vm: number): void => {
  const list = d.lists[host]!;
  list.splice(list.indexOf(vm), 1);
  d.version[host]!++;
};
