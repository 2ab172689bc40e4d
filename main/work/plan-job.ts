// A plan from question to answer: state at an instant, plan, checker's word, and the plan's facts on a branch where one is wanted.
import { createHash } from 'node:crypto';
import { err, ok } from '../../domain/base/result.ts';
import type { At, MadeOn } from '../../domain/contract/contract.ts';
import { type Checked, checkPlan } from '../../domain/planning/checker.ts';
import { factsOf } from '../../domain/planning/facts.ts';
import { goalsWords, type SoughtGoal } from '../../domain/planning/goal.ts';
import type { PlanOptions } from '../../domain/planning/options.ts';
import type { Plan, PlannedMove } from '../../domain/planning/plan.ts';
import { planGoals } from '../../domain/planning/reach.ts';
import { resolveOptions } from '../../domain/planning/resolve.ts';
import { reversePlan } from '../../domain/planning/reverse.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { type Surroundings, surroundingsOf } from '../../domain/scheduling/blockers-hardware.ts';
import { underRelease } from '../../domain/scheduling/release.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import { keepOnBranch } from './keep-branch.ts';
import type { Answer, Watcher } from './watcher.ts';

export type PlanOrder = {
  readonly timeline: string;
  readonly at: At | null;
  readonly goals: readonly SoughtGoal[];
  /** Null: the plan is told and nothing is written. */
  readonly branch: string | null;
  readonly options: PlanOptions;
  /** The plan that takes everything home again is told too. */
  readonly reverse?: boolean;
  /** Of Nova, under whose defaults it is asked; null, or nothing said, for the cluster as it is. */
  readonly release?: string | null;
};

export type PlanRecord = Plan & {
  readonly at: string;
  readonly made: MadeOn;
  /** Moves that have ended before this plan begins, where it goes on from one that failed. */
  readonly reached: readonly PlannedMove[];
  readonly options: PlanOptions;
  readonly checker: Checked;
  readonly branch: string | null;
  /** The way back, checked on the state the plan leaves; null unless asked for. */
  readonly reverse: (Plan & { readonly checker: Checked }) | null;
};

/** The state a plan is made for, with the place it was read at. */
export type Seen = {
  readonly timeline: Timeline;
  readonly cut: Cut;
  readonly state: ClusterState;
  readonly around: Surroundings;
  readonly made: MadeOn;
};

export const seenAt = (log: Log, name: string, at: At | null, release: string | null): Answer<Seen> => {
  const timeline = log.timeline(name);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, at);
  if (!cut.ok) return cut;
  const histories = historiesOf(log);
  const released = underRelease(histories.stateAt(timeline.value, cut.value), release);
  if (!released.ok) return err({ code: 'bad_plan', sentence: released.error });
  const state = released.value;
  const around = surroundingsOf(histories.seek(timeline.value, cut.value).cluster);
  const { seq, hash } = state;
  const made = { timeline: name, asked: at, seq, at: state.at, hash, ...(release === null ? {} : { release }) };
  return ok({ timeline: timeline.value, cut: cut.value, state, around, made });
};

/** A name that is taken is told before anything is worked out. */
export const freeBranch = (log: Log, branch: string | null): Answer<null> =>
  branch !== null && log.timeline(branch).ok
    ? err({
        code: 'name_taken',
        sentence: `There is already a timeline named ${branch}. Choose another name for the branch.`,
      })
    : ok(null);

/** Writes a plan as facts onto a branch of its own. A plan that its checker refuses is never written. */
export const keepPlan = (log: Log, seen: Seen, plan: Plan, checker: Checked, branch: string): Answer<null> => {
  if (!checker.ok) {
    return err({
      code: 'plan_refused',
      sentence: `The checker refuses the plan, so nothing was written: ${checker.notes[0]}.`,
    });
  }
  const id = createHash('sha256')
    .update(JSON.stringify([seen.cut, plan.goals, plan.moves]))
    .digest('hex')
    .slice(0, 12);
  const events = factsOf(plan, seen.cut.at, id, seen.state);
  const source = { id: `run:plan:${id}`, name: goalsWords(plan.goals), format: 'plan' };
  return keepOnBranch(log, { parent: seen.timeline, cut: seen.cut, branch }, source, events);
};

/** Plans, checks, and writes where a branch is named. */
export const runPlanJob = (log: Log, order: PlanOrder, watcher: Watcher): Answer<PlanRecord> => {
  const { branch, goals } = order;
  const free = freeBranch(log, branch);
  if (!free.ok) return free;
  watcher.progress({ done: 0, total: null, says: 'looking at the cluster' });
  const seen = seenAt(log, order.timeline, order.at, order.release ?? null);
  if (!seen.ok) return seen;
  const { state, around, made } = seen.value;
  const resolved = resolveOptions(state, around, order.options);
  if (!resolved.ok) return err({ code: 'bad_plan', sentence: resolved.error });
  const options = resolved.value;
  watcher.progress({ done: 0, total: null, says: 'planning' });
  const plan = planGoals({ state, around, goals, options });
  if (!plan.ok) return err({ code: 'bad_plan', sentence: plan.error });
  const checker = checkPlan(state, plan.value, options);
  let reverse: PlanRecord['reverse'] = null;
  if (order.reverse === true) {
    const back = reversePlan(state, around, plan.value, options);
    if (!back.ok) return err({ code: 'bad_plan', sentence: back.error });
    reverse = { ...back.value.plan, checker: checkPlan(back.value.state, back.value.plan, options) };
  }
  const report = { ...plan.value, at: state.at, made, reached: [], options, checker, branch, reverse };
  if (branch === null) return ok(report);
  const kept = keepPlan(log, seen.value, plan.value, checker, branch);
  return kept.ok ? ok(report) : kept;
};
