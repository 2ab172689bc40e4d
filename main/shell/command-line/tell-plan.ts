// The common body of every planning command: plan, tell it as asked, and end with whether it can be done.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { SoughtGoal } from '../../../domain/planning/goal.ts';
import { planCpu } from '../../../domain/planning/host-cpu.ts';
import { runbook } from '../../../domain/planning/runbook.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { markdown } from '../../../domain/report/markdown.ts';
import { planReport } from '../../../domain/report/plan-report.ts';
import { underRelease } from '../../../domain/scheduling/release.ts';
import { type PlanRecord, runPlanJob } from '../../work/plan-job.ts';
import { unwatched } from '../../work/watcher.ts';
import type { Ending, Stage } from './command.ts';
import { inLog, type Opened } from './open.ts';
import { type JsonOption, underRules } from './options.ts';
import { type FormOptions, type PlanningOptions, planOptions, type TellingOptions } from './plan-options.ts';
import { planText } from './plan-text.ts';
import type { Terminal } from './terminal.ts';

/** As JSON tells it: what the moves cost hosts beside the plan, and beside its way back. */
const withCpu = (plan: PlanRecord) => ({
  ...plan,
  cpu: planCpu(plan.moves, plan.options),
  reverse: plan.reverse === null ? null : { ...plan.reverse, cpu: planCpu(plan.reverse.moves, plan.options) },
});

/** The plan, or its way back, in the words, the shell script, the Markdown or the JSON asked for. */
const toldPlan = async ({ ask }: Opened, plan: PlanRecord, how: FormOptions & JsonOption): Promise<string> => {
  const told = plan.reverse ?? plan;
  const cpu = planCpu(told.moves, plan.options);
  if (how.json === true) return `${JSON.stringify(withCpu(plan))}\n`;
  if (how.script === true) return runbook(told, plan.at);
  if (how.markdown !== true) return underRules(plan.made) + planText(told, told.checker, cpu, plan.branch);
  const info = await ask('log.info', {});
  // The way back begins where the plan ends: at no event of the record.
  const { seq, hash } = plan.reverse === null ? plan.made : { seq: null, hash: null };
  const log = info.ok ? info.value.name : null;
  const provenance = { log, timeline: plan.made.timeline, at: plan.at, seq, hash };
  return markdown(planReport(told, told.checker, cpu, provenance, plan.made.release));
};

/** Writes the plan; the status says whether it can be done and the checker accepts it. */
export const tellRecord = async (
  terminal: Terminal,
  open: Opened,
  plan: PlanRecord,
  how: FormOptions & JsonOption,
): Promise<Ending> => {
  const told = plan.reverse ?? plan;
  await terminal.write(await toldPlan(open, plan, how));
  return ok(told.feasible && told.checker.ok ? 0 : 1);
};

/** Runs a planning command; `goalsFor` may look at the state to understand what was written. */
export const tellPlan = (
  { terminal }: Stage,
  options: PlanningOptions & TellingOptions,
  goalsFor: (state: ClusterState) => Result<readonly SoughtGoal[], string>,
): Promise<Ending> =>
  inLog(terminal, options.log, async (open) => {
    const { log, moment, ask } = open;
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
    return tellRecord(terminal, open, report.value, options);
  });
