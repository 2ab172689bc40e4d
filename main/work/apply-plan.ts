// A plan made earlier, taken up again: only on the state it was made for, checked anew, and written or planned on.
import { err, ok } from '../../domain/base/result.ts';
import { checkPlan } from '../../domain/planning/checker.ts';
import { type Progress, replan } from '../../domain/planning/replan.ts';
import { afterPlan } from '../../domain/planning/reverse.ts';
import type { Log } from '../log/types.ts';
import { freeBranch, keepPlan, type PlanRecord, type Seen, seenAt } from './plan-job.ts';
import type { Answer } from './watcher.ts';

/** The state the plan starts from; refused where the log no longer says what it said when the plan was made. */
const seenAgain = (log: Log, plan: PlanRecord): Answer<Seen> => {
  const { made } = plan;
  const seen = seenAt(log, made.timeline, made.asked, made.release ?? null);
  if (!seen.ok) return seen;
  const now = seen.value.made;
  if (now.hash !== made.hash) {
    const what =
      made.asked === null && now.at !== made.at
        ? `The timeline ${made.timeline} has gone on since the plan was made: it ended at ${made.at} then and ends at ${now.at} now`
        : `What ${made.timeline} says of ${made.at} has changed since the plan was made`;
    return err({ code: 'head_moved', sentence: `${what}. Nothing was done; plan anew on what it says now.` });
  }
  const state =
    plan.reached.length === 0 ? seen.value.state : afterPlan(seen.value.state, { ...plan, moves: plan.reached });
  return ok({ ...seen.value, state });
};

/** Checks the plan as it stands in its file, and writes it where a branch is named. */
export const applyPlan = (log: Log, plan: PlanRecord, branch: string | null): Answer<PlanRecord> => {
  const free = freeBranch(log, branch);
  if (!free.ok) return free;
  const seen = seenAgain(log, plan);
  if (!seen.ok) return seen;
  const checker = checkPlan(seen.value.state, plan, plan.options);
  const told = { ...plan, checker, branch: null, reverse: null };
  if (branch === null || !checker.ok) return ok(told);
  if (plan.reached.length > 0) {
    const sentence =
      'The plan starts after moves that the log does not hold yet. Import what happened and plan anew; then it can be written.';
    return err({ code: 'bad_plan', sentence });
  }
  const kept = keepPlan(log, seen.value, plan, checker, branch);
  return kept.ok ? ok({ ...told, branch }) : kept;
};

/** Plans what is left of a plan once some of its steps are done and others have failed. */
export const replanFrom = (log: Log, plan: PlanRecord, progress: Progress): Answer<PlanRecord> => {
  const seen = seenAgain(log, plan);
  if (!seen.ok) return seen;
  const next = replan(seen.value.state, seen.value.around, plan, progress, plan.options);
  if (!next.ok) return err({ code: 'bad_plan', sentence: next.error });
  const { state, options, plan: rest } = next.value;
  return ok({
    ...rest,
    at: plan.at,
    made: plan.made,
    reached: [...plan.reached, ...plan.moves.filter((_, i) => progress.done.includes(i + 1))],
    options,
    checker: checkPlan(state, rest, options),
    branch: null,
    reverse: null,
  });
};
