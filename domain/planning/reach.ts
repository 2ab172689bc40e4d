// From goals to a plan: each goal sought on the state the one before leaves, all moves in one order.
import { err, ok, type Result } from '../base/result.ts';
import { shelfOf } from '../drill/sweep/shelf.ts';
import type { ClusterState, HostState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { unknownHosts } from './check.ts';
import { planDrain } from './drain.ts';
import { goalWords, type SoughtGoal } from './goal.ts';
import { seekRoom } from './make-room.ts';
import type { PlanOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { planSwaps } from './rearrange.ts';
import { seekBalance } from './rebalance.ts';
import { seekRepair } from './repair.ts';
import { afterPlan } from './reverse.ts';
import type { Sought } from './sought.ts';
import { withNames } from './rule-names.ts';
import { SpareWatch } from './spare.ts';
import { timely } from './timely.ts';
import { Ways } from './ways.ts';

export type ReachInput = {
  readonly state: ClusterState;
  readonly around: Surroundings;
  /** In order; a goal is planned on what the one before it leaves. */
  readonly goals: readonly SoughtGoal[];
  readonly options: PlanOptions;
};

type Searched = Exclude<SoughtGoal, { readonly kind: 'drain' }>;

const seek = (goal: Searched, { state, around, options: o }: Omit<ReachInput, 'goals'>): Sought => {
  const shelf = shelfOf(state);
  const ways = new Ways(state, around, shelf, o);
  switch (goal.kind) {
    case 'make-room':
      return seekRoom(goal, state, shelf, ways, o);
    case 'repair':
      return seekRepair(state, shelf, ways, o);
    case 'rebalance':
      return seekBalance(goal, shelf, ways, o);
  }
};

/** The moves a search came back with, in order and timed. */
const ordered = (goal: Searched, input: Omit<ReachInput, 'goals'>): Result<Plan, string> => {
  const found = seek(goal, input);
  const { shelf, host } = found.standing;
  const moved = found.standing.moved();
  const plan = planSwaps({
    ...input,
    wanted: new Map(moved.map((v) => [shelf.vms[v]!.id, shelf.hosts[host[v]!]!])),
    because: new Map(moved.map((v) => [shelf.vms[v]!.id, found.because])),
  });
  if (!plan.ok) return plan;
  const { value } = plan;
  return ok({
    ...value,
    feasible: value.feasible && found.reached,
    goals: [goal],
    report: {
      ...value.report,
      considered: { ...value.report.considered, vms: shelf.vms.length, destinations: shelf.emptiest.length },
      chosen: 'fewest moves, then fewest bytes; then the shortest order',
      conflict: found.conflict,
      notes: [...found.notes, ...value.report.notes],
    },
  });
};

const planOne = (goal: SoughtGoal, input: Omit<ReachInput, 'goals'>): Result<Plan, string> => {
  switch (goal.kind) {
    case 'drain':
      return planDrain({ ...input, hosts: goal.hosts });
    case 'make-room': {
      const missing = unknownHosts(input.state, goal.hosts ?? []);
      return missing === null ? ordered(goal, input) : err(missing);
    }
    case 'repair':
    case 'rebalance':
      return ordered(goal, input);
  }
};

/** The state for the next goal: VMs where the plan takes them, hosts it emptied closed. */
const closed = (state: ClusterState, plan: Plan): ClusterState => {
  const after = afterPlan(state, plan);
  const shut = new Set(plan.drained);
  return {
    ...after,
    hosts: after.hosts.map((h): HostState => (shut.has(h.name) ? { ...h, enabled: false } : h)),
  };
};

/** Two plans as one: what the second moves starts when all of the first has ended. */
const chained = (first: Plan, second: Plan, state: ClusterState): Plan => {
  const waitedFor = new Set(first.moves.flatMap((m) => m.after));
  const last = [...first.moves.keys()].filter((i) => !waitedFor.has(i));
  const by = first.moves.length;
  const moves = [
    ...first.moves,
    ...second.moves.map((m) => ({
      ...m,
      startMs: m.startMs + first.makespanMs,
      endMs: m.endMs + first.makespanMs,
      after: m.after.length === 0 ? last : m.after.map((i) => i + by),
    })),
  ];
  const [a, b] = [first.report, second.report];
  const drained = [...new Set([...first.drained, ...second.drained])].sort();
  return {
    feasible: first.feasible && second.feasible,
    drained,
    goals: [...first.goals, ...second.goals],
    moves,
    makespanMs: second.moves.length === 0 ? first.makespanMs : first.makespanMs + second.makespanMs,
    lowerBoundMs: first.lowerBoundMs + second.lowerBoundMs,
    blocked: [...first.blocked, ...second.blocked],
    report: {
      ...a,
      considered: {
        vms: Math.max(a.considered.vms, b.considered.vms),
        destinations: Math.max(a.considered.destinations, b.considered.destinations),
        plans: [...a.considered.plans, ...b.considered.plans],
      },
      chosen: `${a.chosen}; then ${b.chosen}`,
      lowerBound: [a, b].map((r) => r.lowerBound).join('; then '),
      spare: new SpareWatch(state, shelfOf(state), new Set(drained)).report(moves),
      conflict: a.conflict ?? b.conflict,
      notes: [...a.notes, ...b.notes],
    },
  };
};

const told = (plan: Plan, { state, options }: Pick<ReachInput, 'state' | 'options'>): Plan =>
  withNames(timely(plan, options.constraints), state, options.constraints);

/** Plans the goals one after another, up to the first that cannot be reached. Errors: a host that is not there. Pure. */
export const planGoals = ({ goals, ...input }: ReachInput): Result<Plan, string> => {
  const [first, ...rest] = goals;
  if (first === undefined) return err('A plan needs a goal.');
  const begun = planOne(first, input);
  if (!begun.ok) return begun;
  let plan = begun.value;
  let { state } = input;
  let last = plan;
  for (const goal of rest) {
    if (!plan.feasible) {
      const note = `${goalWords(goal)} is not planned: what comes before it cannot be reached`;
      return ok(told({ ...plan, report: { ...plan.report, notes: [...plan.report.notes, note] } }, input));
    }
    state = closed(state, last);
    const next = planOne(goal, { ...input, state });
    if (!next.ok) return next;
    last = next.value;
    plan = chained(plan, last, input.state);
  }
  return ok(told(plan, input));
};
