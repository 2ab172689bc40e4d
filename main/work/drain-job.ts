// A drain from question to answer: state at an instant, plan, checker's word, and the plan's facts on a branch where one is wanted.
import { createHash } from 'node:crypto';
import { err, ok } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import { type Checked, checkPlan } from '../../domain/planning/checker.ts';
import { planDrain } from '../../domain/planning/drain.ts';
import { factsOf } from '../../domain/planning/facts.ts';
import { resolveOptions } from '../../domain/planning/resolve.ts';
import { reversePlan } from '../../domain/planning/reverse.ts';
import type { PlanOptions } from '../../domain/planning/options.ts';
import type { Plan } from '../../domain/planning/plan.ts';
import { surroundingsOf } from '../../domain/scheduling/blockers-hardware.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import { keepOnBranch } from './keep-branch.ts';
import type { Answer, Watcher } from './watcher.ts';

export type DrainOrder = {
  readonly timeline: string;
  readonly at: At | null;
  readonly hosts: readonly string[];
  /** Null: the plan is told and nothing is written. */
  readonly branch: string | null;
  readonly options: PlanOptions;
  /** The plan that takes everything home again is told too. */
  readonly reverse?: boolean;
};

export type DrainReport = Plan & {
  readonly at: string;
  readonly checker: Checked;
  readonly branch: string | null;
  /** The way back, checked on the state the plan leaves; null unless asked for. */
  readonly reverse: (Plan & { readonly checker: Checked }) | null;
};

/** Plans the drain. A plan that its checker refuses is never written. */
export const runDrainJob = (log: Log, order: DrainOrder, watcher: Watcher): Answer<DrainReport> => {
  const timeline = log.timeline(order.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, order.at);
  if (!cut.ok) return cut;
  const { branch, hosts } = order;
  if (branch !== null && log.timeline(branch).ok) {
    return err({
      code: 'name_taken',
      sentence: `There is already a timeline named ${branch}. Choose another name for the branch.`,
    });
  }
  watcher.progress({ done: 0, total: null, says: 'looking at the cluster' });
  const histories = historiesOf(log);
  const state = histories.stateAt(timeline.value, cut.value);
  const around = surroundingsOf(histories.seek(timeline.value, cut.value).cluster);
  const resolved = resolveOptions(state, order.options);
  if (!resolved.ok) return err({ code: 'bad_drain', sentence: resolved.error });
  const options = resolved.value;
  watcher.progress({ done: 0, total: null, says: 'planning' });
  const plan = planDrain({ state, around, hosts, options });
  if (!plan.ok) return err({ code: 'bad_drain', sentence: plan.error });
  const checker = checkPlan(state, plan.value, options);
  let reverse: DrainReport['reverse'] = null;
  if (order.reverse === true) {
    const back = reversePlan(state, around, plan.value, options);
    if (!back.ok) return err({ code: 'bad_drain', sentence: back.error });
    reverse = { ...back.value.plan, checker: checkPlan(back.value.state, back.value.plan, options) };
  }
  const report = { ...plan.value, at: state.at, checker, branch, reverse };
  if (branch === null) return ok(report);
  if (!checker.ok) {
    return err({
      code: 'plan_refused',
      sentence: `The checker refuses the plan, so nothing was written: ${checker.notes[0]}.`,
    });
  }
  const id = createHash('sha256')
    .update(JSON.stringify([cut.value, hosts, options]))
    .digest('hex')
    .slice(0, 12);
  const events = factsOf(plan.value, cut.value.at, id, state);
  const source = { id: `run:drain:${id}`, name: `drain ${hosts.join(' ')}`, format: 'drain' };
  const kept = keepOnBranch(log, { parent: timeline.value, cut: cut.value, branch }, source, events);
  return kept.ok ? ok(report) : kept;
};
