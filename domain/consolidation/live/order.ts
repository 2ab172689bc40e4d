// Puts the moves of a plan in order: the planner's schedule where it can carry all of them, else one at a time as proposed.
import type { ClusterState } from '../../readout/state.ts';
import type { Surroundings } from '../../scheduling/blockers-hardware.ts';
import { checkPlan } from '../../planning/checker.ts';
import { PLAN_DEFAULTS } from '../../planning/options.ts';
import type { Plan } from '../../planning/plan.ts';
import { planSwaps } from '../../planning/rearrange.ts';
import type { Move, Ordering } from './report.ts';

export type Ordered = {
  readonly moves: readonly Move[];
  readonly ordering: Ordering;
  /** The planner's own plan; null where the moves run one at a time. */
  readonly schedule: Plan | null;
};

const MS_PER_S = 1000;

const oneByOne = (moves: readonly Move[], why: string): Ordered => {
  let startS = 0;
  const dated = moves.map((move) => {
    const at = startS;
    startS += move.seconds;
    return { ...move, startS: at };
  });
  const ordering = { by: 'one at a time' as const, why, makespanS: startS, lowerBoundS: null, assumptions: [] };
  return { moves: dated, ordering, schedule: null };
};

/** A schedule that passes through a third host, leaves a VM behind or fails the planner's own check is not taken. */
const refusalOf = (state: ClusterState, moves: readonly Move[], plan: Plan): string | null => {
  const [stays] = plan.blocked;
  if (stays !== undefined) return `the planner leaves ${stays.name}: ${stays.reasons[0]?.detail ?? 'no reason told'}`;
  if (plan.moves.length !== moves.length) return 'the planner passes through third hosts';
  const checked = checkPlan(state, plan, PLAN_DEFAULTS);
  return checked.ok ? null : (checked.notes[0] ?? 'the check of the schedule refuses it');
};

export const orderMoves = (state: ClusterState, around: Surroundings, moves: readonly Move[]): Ordered => {
  if (moves.length === 0) return oneByOne(moves, 'nothing moves');
  const wanted = new Map(moves.map((m) => [m.vm, m.dest]));
  const plan = planSwaps({ state, around, wanted, options: PLAN_DEFAULTS });
  if (!plan.ok) return oneByOne(moves, plan.error);
  const why = refusalOf(state, moves, plan.value);
  if (why !== null) return oneByOne(moves, why);
  const byVm = new Map(moves.map((m) => [m.vm, m]));
  const dated = plan.value.moves.flatMap((planned, i): Move[] => {
    const move = byVm.get(planned.vm);
    if (move === undefined) return [];
    const seconds = (planned.endMs - planned.startMs) / MS_PER_S;
    return [{ ...move, order: i + 1, startS: planned.startMs / MS_PER_S, seconds }];
  });
  return {
    moves: dated,
    schedule: plan.value,
    ordering: {
      by: 'planner',
      why: plan.value.report.chosen,
      makespanS: plan.value.makespanMs / MS_PER_S,
      lowerBoundS: plan.value.lowerBoundMs / MS_PER_S,
      assumptions: plan.value.report.assumptions,
    },
  };
};
