// The scratch copy on which a tick's moves are planned: CloudSim tries VMs on hosts and takes them off again.
import { load, type Loaded, type Targets, targetsOf, unload } from './targets.ts';
import type { World } from './world.ts';

type Touched = { readonly host: number; readonly before: Loaded };

/** What the planner sees of the hosts while it plans. VM lists include the VMs planned onto them, at the end. */
export type Draft = {
  readonly lists: number[][];
  readonly targets: Targets;
  /** Grows whenever the list of a host changes, so that sums over it can be kept. */
  readonly version: Int32Array;
  readonly undo: Touched[];
};

export const draftOf = (w: World): Draft => ({
  lists: w.lists.map((list) => (list.length === 0 ? [] : list.slice())),
  targets: targetsOf(w),
  version: new Int32Array(w.lists.length),
  undo: [],
});

export const put = (d: Draft, w: World, host: number, vm: number): void => {
  d.undo.push({ host, before: load(d.targets, w, host, vm) });
  d.lists[host]!.push(vm);
  d.version[host]!++;
};

/** Takes back every `put` since the mark. */
export const rewind = (d: Draft, mark: number): void => {
  while (d.undo.length > mark) {
    const last = d.undo.pop()!;
    d.lists[last.host]!.pop();
    unload(d.targets, last.host, last.before);
    d.version[last.host]!++;
  }
};

/** Takes a VM off an overloaded host. Such a host is no target in this tick, so only its list matters. */
export const take = (d: Draft, host: number, vm: number): void => {
  const list = d.lists[host]!;
  list.splice(list.indexOf(vm), 1);
  d.version[host]!++;
};
