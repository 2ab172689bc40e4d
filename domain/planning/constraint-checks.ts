// The checker's side of each constraint: does it hold at this instant, at the end, or over the whole plan? Written without the guards.
import { type Constraint, explain, isContinuous } from './constraints.ts';
import type { PlannedMove } from './plan.ts';

/** Hosts each VM is charged on, by id. */
export type Positions = ReadonlyMap<string, ReadonlySet<string>>;

export type Moment = {
  readonly at: Positions;
  /** Where each VM was before the plan: what stood together there is not the plan's doing. */
  readonly home: (vm: string) => string | null;
};

const NOWHERE: ReadonlySet<string> = new Set();
const on = (at: Positions, vm: string): ReadonlySet<string> => at.get(vm) ?? NOWHERE;
const union = (at: Positions, vms: readonly string[]): Set<string> => new Set(vms.flatMap((vm) => [...on(at, vm)]));

const pairs = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));

/** Hosts a VM was taken to. */
const taken = ({ at, home }: Moment, vm: string): readonly string[] => [...on(at, vm)].filter((h) => h !== home(vm));

/** No host runs both, but one where both have always been. */
const isApart = (m: Moment, a: string, b: string): boolean =>
  [...on(m.at, a)].every((h) => !on(m.at, b).has(h) || (m.home(a) === h && m.home(b) === h));

/** What can be said of any one instant alone; true where the constraint says nothing of places, or of how many are in use. */
const holdsAmong = (c: Constraint, m: Moment): boolean => {
  if (c.kind === 'ban') return c.vms.every((vm) => taken(m, vm).every((h) => !c.hosts.includes(h)));
  if (c.kind === 'fence') return c.vms.every((vm) => taken(m, vm).every((h) => c.hosts.includes(h)));
  if (c.kind === 'spread') return pairs(c.vms).every(([a, b]) => isApart(m, a, b));
  if (c.kind === 'split')
    return pairs(c.groups).every(([left, right]) => left.every((a) => right.every((b) => isApart(m, a, b))));
  if (c.kind === 'lonely') {
    const alone = new Set(c.vms);
    return [...m.at.keys()].every((vm) => alone.has(vm) || c.vms.every((a) => isApart(m, a, vm)));
  }
  return true;
};

/** What is said of the end alone. */
const holdsResting = (c: Constraint, at: Positions): boolean => {
  if (c.kind === 'gather') return union(at, c.vms).size <= 1;
  if (c.kind === 'among') return c.groups.some((hosts) => [...union(at, c.vms)].every((h) => hosts.includes(h)));
  if (c.kind === 'maxOnline') return onlineOf(c.hosts, at) <= c.most;
  return true;
};

const onlineOf = (hosts: readonly string[], at: Positions): number => {
  const online = new Set([...at.values()].flatMap((where) => [...where]));
  return hosts.filter((h) => online.has(h)).length;
};

/** Hosts of a gather, groups of an among and hosts online of a maxOnline that are in use, beside how many may be. */
const inUse = (c: Constraint, at: Positions): { readonly used: number; readonly most: number } => {
  if (c.kind === 'gather' && c.vms.length > 1) return { used: union(at, c.vms).size, most: 1 };
  if (c.kind === 'among') {
    const hosts = union(at, c.vms);
    return { used: c.groups.filter((group) => group.some((h) => hosts.has(h))).length, most: 1 };
  }
  return c.kind === 'maxOnline' ? { used: onlineOf(c.hosts, at), most: c.most } : { used: 0, most: 0 };
};

/** No more hosts or groups in use than may be, or than were before the plan. */
const isNoWorse = (c: Constraint, m: Moment): boolean => {
  const { used, most } = inUse(c, m.at);
  return used <= most || used <= inUse(c, homes(m)).used;
};

/** What a plan that touches the rule has to leave; hosts that were online before it are not its doing. */
const endsWell = (c: Constraint, end: Moment): boolean =>
  c.kind === 'maxOnline' ? isNoWorse(c, end) : holdsResting(c, end.at);

/** What has to hold at an instant of the way; what was broken before the plan may stay so, and not get worse. */
const holdsAt = (c: Constraint, m: Moment): boolean => {
  if (!isContinuous(c)) return true;
  return holdsAmong(c, m) && isNoWorse(c, m);
};

const homes = ({ at, home }: Moment): Positions =>
  new Map([...at.keys()].map((vm) => [vm, new Set([home(vm)].filter((h) => h !== null))]));

/** A rule that was broken before and that no move touches is not the plan's doing. */
const isTouched = (c: Constraint, moves: readonly PlannedMove[]): boolean =>
  c.kind === 'maxOnline'
    ? moves.some((m) => c.hosts.includes(m.dest))
    : moves.some((m) => 'vms' in c && c.vms.includes(m.vm));

const holdsOver = (c: Constraint, moves: readonly PlannedMove[], isRunning: (vm: string) => boolean): boolean => {
  const mine = 'vms' in c ? moves.filter((m) => c.vms.includes(m.vm)) : [];
  if (c.kind === 'preserve') return mine.every((m) => m.kind === 'live' || !isRunning(m.vm));
  if (c.kind === 'quarantine')
    return moves.every((m) => m.kind === 'stop' || (!c.hosts.includes(m.source) && !c.hosts.includes(m.dest)));
  if (c.kind === 'root') return mine.every((m) => m.kind === 'stop');
  if (c.kind === 'sequential') return pairs(mine).every(([a, b]) => a.endMs <= b.startMs || b.endMs <= a.startMs);
  if (c.kind === 'deadline') return mine.every((m) => m.endMs <= c.atMs);
  if (c.kind === 'noDelay') return mine.every((m) => m.startMs === 0);
  return true;
};

/** Broken at this instant, in words. */
export const brokenAt = (rules: readonly Constraint[], moment: Moment): readonly string[] =>
  rules.filter((c) => !holdsAt(c, moment)).map(explain);

/** Broken at the end or by the plan as a whole, in words. `isRunning` tells of the VMs before the plan. */
export const brokenBy = (
  rules: readonly Constraint[],
  end: Moment,
  moves: readonly PlannedMove[],
  isRunning: (vm: string) => boolean,
): readonly string[] =>
  rules
    .filter((c) => !holdsAmong(c, end) || (isTouched(c, moves) && !endsWell(c, end)) || !holdsOver(c, moves, isRunning))
    .map(explain);

/** Broken while nothing moves, in words, whoever broke it. */
export const brokenAtRest = (rules: readonly Constraint[], at: Positions): readonly string[] =>
  rules.filter((c) => !holdsAmong(c, { at, home: () => null }) || !holdsResting(c, at)).map(explain);
