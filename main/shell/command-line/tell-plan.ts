// The common body of every planning command: plan, tell it as asked, and end with whether it can be done.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { SoughtGoal } from '../../../domain/planning/goal.ts';
import { planMarkdown } from '../../../domain/planning/plan-markdown.ts';
import { runbook } from '../../../domain/planning/runbook.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { underRelease } from '../../../domain/scheduling/release.ts';
import { type PlanRecord, runPlanJob } from '../../work/plan-job.ts';
import { unwatched } from '../../work/watcher.ts';
import type { Ending, Stage } from './command.ts';
import { inLog } from './open.ts';
import { underRules } from './options.ts';
import { type PlanningOptions, planOptions, type TellingOptions } from './plan-options.ts';
import { planText } from './plan-text.ts';

/** The plan, or its way back, in the words, the shell script, the Markdown or the JSON asked for. */
export const toldPlan = (plan: PlanRecord, how: TellingOptions & { readonly json?: boolean }): string => {
  const told = plan.reverse ?? plan;
  if (how.json === true) return `${JSON.stringify(plan)}\n`;
  if (how.script === true) return runbook(told, plan.at);
  return how.markdown === true
    ? planMarkdown(told, told.checker, plan.at)
    : underRules(plan.made) + planText(told, told.checker, plan.branch);
};

/** Runs a planning command; `goalsFor` may look at the state to understand what was written. */
export const tellPlan = (
  { terminal }: Stage,
  options: PlanningOptions & TellingOptions,
  goalsFor: (state: ClusterState) => Result<readonly SoughtGoal[], string>,
): Promise<Ending> =>
  inLog(terminal, { path: options.log ?? null, create: false }, async ({ log, moment, ask }) => {
    const planned = planOptions(options);
    if (!planned.ok) return planned;
    const at = moment(options.timeline, options.at);
    if (!at.ok) return at;
    const state = await ask('view.state', { timeline: options.timeline, at: at.value });
    if (!state.ok) return state;
    const release = options.release ?? null;
    const released = underRelease(state.value, release);
    if (!released.ok) return released;
    const goals = goalsFor(released.value);
    if (!goals.ok) return goals;
    const order = {
      timeline: options.timeline,
      at: at.value,
      goals: goals.value,
      branch: options.branch ?? null,
      options: planned.value,
      reverse: options.reverse === true,
      release,
    };
    const report = runPlanJob(log, order, unwatched());
    if (!report.ok) return err(report.error.sentence);
    const told = report.value.reverse ?? report.value;
    await terminal.write(toldPlan(report.value, options));
    return ok(told.feasible && told.checker.ok ? 0 : 1);
  });
