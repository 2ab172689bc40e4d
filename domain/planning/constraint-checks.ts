// The checker's side of each constraint: does it hold at this instant, at the end, or over the whole plan? Written without the guards.
import type { Constraint } from './constraints.ts';
import { explain } from './constraints.ts';
import type { PlannedMove } from './plan.ts';

/** Hosts each VM is charged on, by id. */
export type Positions = ReadonlyMap<string, ReadonlySet<string>>;

const NOWHERE: ReadonlySet<string> = new Set();
const on = (at: Positions, vm: string): ReadonlySet<string> => at.get(vm) ?? NOWHERE;
const union = (at: Positions, vms: readonly string[]): Set<string> => new Set(vms.flatMap((vm) => [...on(at, vm)]));

const isApart = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].every((h) => !b.has(h));

const pairs = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));

/** What has to hold at an instant; true where the constraint says nothing of instants. `moved` are VMs that have left home. */
const holdsAt = (c: Constraint, at: Positions, moved: ReadonlySet<string>): boolean => {
  switch (c.kind) {
    case 'ban':
      return c.vms.every((vm) => !moved.has(vm) || c.hosts.every((h) => !on(at, vm).has(h)));
    case 'fence':
      return c.vms.every((vm) => !moved.has(vm) || [...on(at, vm)].every((h) => c.hosts.includes(h)));
    case 'spread':
      return pairs(c.vms).every(([a, b]) => (!moved.has(a) && !moved.has(b)) || isApart(on(at, a), on(at, b)));
    case 'split':
      return pairs(c.groups).every(([a, b]) => {
        const [from, to] = [a, b].map((vms) =>
          union(
            at,
            vms.filter((vm) => moved.has(vm)),
          ),
        );
        return isApart(from ?? NOWHERE, union(at, b)) && isApart(to ?? NOWHERE, union(at, a));
      });
    case 'lonely': {
      const alone = union(at, c.vms);
      return [...at].every(([vm, hosts]) => {
        if (c.vms.includes(vm)) return true;
        return (
          isApart(hosts, alone) || !(moved.has(vm) || c.vms.some((v) => moved.has(v) && !isApart(on(at, v), hosts)))
        );
      });
    }
    default:
      return true;
  }
};

const holdsAtEnd = (c: Constraint, at: Positions, moves: readonly PlannedMove[]): boolean => {
  const touched = moves.some((m) => 'vms' in c && c.vms.includes(m.vm));
  switch (c.kind) {
    case 'gather':
      return !touched || union(at, c.vms).size <= 1;
    case 'among':
      return !touched || c.groups.some((hosts) => [...union(at, c.vms)].every((h) => hosts.includes(h)));
    case 'maxOnline': {
      const online = new Set([...at.values()].flatMap((hosts) => [...hosts]));
      const isEntered = moves.some((m) => c.hosts.includes(m.dest));
      return !isEntered || c.hosts.filter((h) => online.has(h)).length <= c.most;
    }
    default:
      return true;
  }
};

const holdsOver = (c: Constraint, moves: readonly PlannedMove[]): boolean => {
  const mine = 'vms' in c ? moves.filter((m) => c.vms.includes(m.vm)) : [];
  switch (c.kind) {
    case 'preserve':
      return mine.every((m) => m.kind === 'live');
    case 'quarantine':
      return moves.every((m) => m.kind === 'stop' || (!c.hosts.includes(m.source) && !c.hosts.includes(m.dest)));
    case 'root':
      return mine.every((m) => m.kind === 'stop');
    case 'sequential':
      return pairs(mine).every(([a, b]) => a.endMs <= b.startMs || b.endMs <= a.startMs);
    case 'deadline':
      return mine.every((m) => m.endMs <= c.atMs);
    case 'noDelay':
      return c.vms.every((vm) => (mine.find((m) => m.vm === vm)?.startMs ?? 0) === 0);
    default:
      return true;
  }
};

/** Broken at this instant, in words. */
export const brokenAt = (rules: readonly Constraint[], at: Positions, moved: ReadonlySet<string>): readonly string[] =>
  rules.filter((c) => !holdsAt(c, at, moved)).map(explain);

/** Broken at the end or by the plan as a whole, in words. A rule broken before that no move touches is not the plan's. */
export const brokenBy = (
  rules: readonly Constraint[],
  end: Positions,
  moves: readonly PlannedMove[],
): readonly string[] => rules.filter((c) => !holdsAtEnd(c, end, moves) || !holdsOver(c, moves)).map(explain);
