// What serves together, by tag and by server group: the worst that a drill does to each.
import type { ServerGroupState } from '../readout/state.ts';
import type { GroupOutcome, VmOutcome } from './outcome.ts';
import type { World } from './world.ts';

/** A group, how many it has, and those of them that the drill hit. */
type Members = {
  readonly by: GroupOutcome['by'];
  readonly name: string;
  vms: number;
  readonly hit: VmOutcome[];
};

/** Every group somebody of `hit` is in; all there are where a VM may be in several, which is rare. */
const groupsTouched = ({ state, groupOf }: World, hit: readonly VmOutcome[]): readonly ServerGroupState[] => {
  const members = state.serverGroups.reduce((sum, g) => sum + g.members.length, 0);
  const of = groupOf();
  if (members !== of.size) return state.serverGroups;
  const touched = new Set(hit.map(({ vm }) => of.get(vm)));
  return state.serverGroups.filter((g) => touched.has(g));
};

/** Only groups with somebody hit. */
const groupsOf = (world: World, outcomes: readonly VmOutcome[]): readonly Members[] => {
  const byTag = new Map<string, Members>();
  for (const outcome of outcomes) {
    for (const name of world.vms.get(outcome.vm)?.tags ?? []) {
      const group: Members = byTag.get(name) ?? { by: 'tag', name, vms: 0, hit: [] };
      group.hit.push(outcome);
      byTag.set(name, group);
    }
  }
  for (const { tags } of byTag.size === 0 ? [] : world.state.vms) {
    for (const tag of tags) {
      const group = byTag.get(tag);
      if (group !== undefined) group.vms++;
    }
  }
  const of = new Map(outcomes.map((outcome) => [outcome.vm, outcome]));
  const grouped = groupsTouched(world, outcomes).map(({ name, members }): Members => {
    const hit = members.flatMap((id) => of.get(id) ?? []);
    return { by: 'server group', name, vms: members.length, hit };
  });
  return [...byTag.values(), ...grouped.filter(({ hit }) => hit.length > 0)];
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
export const groupOutcomes = (world: World, vms: readonly VmOutcome[]): readonly GroupOutcome[] => {
  const apart = (a: number, b: number): number => (a === b ? 0 : b - a);
  return groupsOf(world, vms)
    .map(outcomeOf)
    .sort(
      (a, b) =>
        apart(badness(a.allDownMs), badness(b.allDownMs)) ||
        b.notBack - a.notBack ||
        apart(badness(a.downMsMax), badness(b.downMsMax)) ||
        (a.by < b.by ? -1 : a.by > b.by ? 1 : a.name < b.name ? -1 : 1),
    );
};
