// What serves together, by tag and by server group: the worst that a drill does to each.
import type { ClusterState } from '../readout/state.ts';
import type { GroupOutcome, VmOutcome } from './outcome.ts';

/** A group, how many it has, and those of them that the drill hit. */
type Members = {
  readonly by: GroupOutcome['by'];
  readonly name: string;
  vms: number;
  readonly hit: VmOutcome[];
};

type TagsOf = (vm: string) => readonly string[];

/** Only groups with somebody hit. */
const groupsOf = (state: ClusterState, outcomes: readonly VmOutcome[], tagsOf: TagsOf): readonly Members[] => {
  const byTag = new Map<string, Members>();
  for (const outcome of outcomes) {
    for (const name of tagsOf(outcome.vm)) {
      const group: Members = byTag.get(name) ?? { by: 'tag', name, vms: 0, hit: [] };
      group.hit.push(outcome);
      byTag.set(name, group);
    }
  }
  for (const { tags } of byTag.size === 0 ? [] : state.vms) {
    for (const tag of tags) {
      const group = byTag.get(tag);
      if (group !== undefined) group.vms++;
    }
  }
  const of = new Map(outcomes.map((outcome) => [outcome.vm, outcome]));
  const grouped = state.serverGroups.flatMap(({ name, members }): readonly Members[] => {
    if (!members.some((id) => of.has(id))) return [];
    return [{ by: 'server group', name, vms: members.length, hit: members.flatMap((id) => of.get(id) ?? []) }];
  });
  return [...byTag.values(), ...grouped];
};

const longest = (downs: readonly number[]): number | null =>
  downs.length === 0 ? null : downs.reduce((a, b) => Math.max(a, b));

const outcomeOf = ({ by, name, vms, hit }: Members): GroupOutcome => {
  const downs = hit.flatMap((vm) => (vm.downMs === null ? [] : [vm.downMs]));
  const someoneRan = hit.length < vms;
  return {
    by,
    name,
    vms,
    hit: hit.length,
    notBack: hit.length - downs.length,
    downMsMax: longest(downs),
    allDownMs: someoneRan ? 0 : downs.length === 0 ? null : downs.reduce((a, b) => Math.min(a, b)),
  };
};

const badness = (ms: number | null): number => ms ?? Infinity;

/** Groups with a VM the drill hit: the longest without anybody running first, then those with most VMs not back. */
export const groupOutcomes = (
  state: ClusterState,
  vms: readonly VmOutcome[],
  tagsOf: TagsOf,
): readonly GroupOutcome[] => {
  const apart = (a: number, b: number): number => (a === b ? 0 : b - a);
  return groupsOf(state, vms, tagsOf)
    .map(outcomeOf)
    .sort(
      (a, b) =>
        apart(badness(a.allDownMs), badness(b.allDownMs)) ||
        b.notBack - a.notBack ||
        apart(badness(a.downMsMax), badness(b.downMsMax)) ||
        (a.by < b.by ? -1 : a.by > b.by ? 1 : a.name < b.name ? -1 : 1),
    );
};
