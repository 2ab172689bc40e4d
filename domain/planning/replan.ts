// When a move has failed: the state the plan has reached, and a plan for what is left, the failed destination ruled out.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import type { Constraint } from './constraints.ts';
import type { SoughtGoal } from './goal.ts';
import type { PlanOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { planGoals } from './reach.ts';
import { afterPlan } from './reverse.ts';

export type Progress = {
  /** Steps that have ended well, counted from 1 as in the runbook. */
  readonly done: readonly number[];
  /** Steps that failed; their VMs are where the step began. */
  readonly failed: readonly number[];
};

export type Replanned = { readonly state: ClusterState; readonly options: PlanOptions; readonly plan: Plan };

const isSought = (goal: Plan['goals'][number]): goal is SoughtGoal => goal.kind !== 'move';

const outOfRange = (plan: Plan, steps: readonly number[]): number | undefined =>
  steps.find((n) => !Number.isInteger(n) || n < 1 || n > plan.moves.length);

/**
 * The state after the steps that are done, and a plan for the same goals from there. A VM whose move failed may go anywhere
 * but where it failed to go. Errors: a step that the plan does not have, or that could not have run yet.
 */
export const replan = (
  state: ClusterState,
  around: Surroundings,
  plan: Plan,
  { done, failed }: Progress,
  options: PlanOptions,
): Result<Replanned, string> => {
  const strange = outOfRange(plan, [...done, ...failed]);
  if (strange !== undefined) return err(`The plan has steps 1 to ${plan.moves.length}, not ${strange}.`);
  const both = done.find((n) => failed.includes(n));
  if (both !== undefined) return err(`Step ${both} cannot be both done and failed.`);
  const ended = new Set(done);
  for (const n of [...done, ...failed]) {
    const early = plan.moves[n - 1]!.after.find((i) => !ended.has(i + 1));
    if (early !== undefined)
      return err(`Step ${n} waits for step ${early + 1}, which is not among the steps that are done.`);
  }
  const reached = afterPlan(state, { ...plan, moves: plan.moves.filter((_, i) => ended.has(i + 1)) });
  const bans = failed.flatMap((n): Constraint[] => {
    const { vm, dest, kind } = plan.moves[n - 1]!;
    return kind === 'stop' ? [] : [{ kind: 'ban', vms: [vm], hosts: [dest] }];
  });
  const pins = options.pins.filter((p) => !failed.some((n) => plan.moves[n - 1]!.vm === p.vm));
  const held = options.constraints.filter(
    (c) =>
      c.kind !== 'fence' ||
      c.hosts.length !== 1 ||
      !failed.some(
        (n) => c.vms.length === 1 && c.vms[0] === plan.moves[n - 1]!.vm && options.pins.some((p) => p.vm === c.vms[0]),
      ),
  );
  const later = { ...options, pins, constraints: [...held, ...bans] };
  const goals = plan.goals.filter(isSought);
  if (goals.length === 0)
    return err('The plan does not say what it is for, so what is left of it cannot be planned anew.');
  const next = planGoals({ state: reached, around, goals, options: later });
  return next.ok ? ok({ state: reached, options: later, plan: next.value }) : next;
};
