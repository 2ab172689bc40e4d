// What serves together, by tag and by server group: the worst that a drill does to each.
import type { ClusterState } from '../readout/state.ts';
import type { GroupOutcome, VmOutcome } from './outcome.ts';

type Members = { readonly by: GroupOutcome['by']; readonly name: string; readonly ids: readonly string[] };

const groupsOf = (state: ClusterState, hit: ReadonlyMap<string, VmOutcome>): readonly Members[] => {
  const byTag = new Map<string, string[]>();
  for (const vm of state.vms) if (hit.has(vm.id)) for (const tag of vm.tags) byTag.set(tag, []);
  if (byTag.size > 0) for (const vm of state.vms) for (const tag of vm.tags) byTag.get(tag)?.push(vm.id);
  return [
    ...[...byTag].map(([name, ids]): Members => ({ by: 'tag', name, ids })),
    ...state.serverGroups.map((g): Members => ({ by: 'server group', name: g.name, ids: g.members })),
  ];
};

const longest = (downs: readonly number[]): number | null =>
  downs.length === 0 ? null : downs.reduce((a, b) => Math.max(a, b));

const outcomeOf = ({ by, name, ids }: Members, of: ReadonlyMap<string, VmOutcome>): GroupOutcome | null => {
  const hit = ids.flatMap((id) => of.get(id) ?? []);
  if (hit.length === 0) return null;
  const downs = hit.flatMap((vm) => (vm.downMs === null ? [] : [vm.downMs]));
  const someoneRan = hit.length < ids.length;
  return {
    by,
    name,
    vms: ids.length,
    hit: hit.length,
    notBack: hit.length - downs.length,
    downMsMax: longest(downs),
    allDownMs: someoneRan ? 0 : downs.length === 0 ? null : downs.reduce((a, b) => Math.min(a, b)),
  };
};

const badness = (ms: number | null): number => ms ?? Infinity;

/** Groups with a VM the drill hit: the longest without anybody running first, then those with most VMs not back. */
export const groupOutcomes = (state: ClusterState, vms: readonly VmOutcome[]): readonly GroupOutcome[] => {
  const of = new Map(vms.map((vm) => [vm.vm, vm]));
  const apart = (a: number, b: number): number => (a === b ? 0 : b - a);
  return groupsOf(state, of)
    .flatMap((members) => outcomeOf(members, of) ?? [])
    .sort(
      (a, b) =>
        apart(badness(a.allDownMs), badness(b.allDownMs)) ||
        b.notBack - a.notBack ||
        apart(badness(a.downMsMax), badness(b.downMsMax)) ||
        (a.by < b.by ? -1 : a.by > b.by ? 1 : a.name < b.name ? -1 : 1),
    );
};
