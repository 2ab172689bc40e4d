// understudy score: a plan held against the log of its execution, step by step, and the whole plan's deviation.
import { err, ok } from '../../../domain/base/result.ts';
import { type PlanScore, scorePlan, type StepScore } from '../../../domain/planning/score.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { readPlan } from '../command-line/read-input.ts';
import { counted, table } from '../command-line/table.ts';

type Options = InstantOptions;

const seconds = (ms: number | null): string | null => (ms === null ? null : `${(ms / 1000).toFixed(1)} s`);
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const percent = (share: number): string => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;

const words = (score: PlanScore): string => {
  const told = Object.entries(score.outcomes).filter(([, n]) => n > 0);
  const { planned, actual } = score.makespanMs;
  const whole =
    actual === null
      ? `Planned ${seconds(planned)} in all; the log does not hold the end yet.`
      : `Planned ${seconds(planned)} in all, took ${seconds(actual)}${score.etaDeviation === null ? '' : ` (${percent(score.etaDeviation)})`}.`;
  return `${counted(score.steps.length, 'step')}: ${told.map(([what, n]) => `${n} ${what}`).join(', ') || 'nothing to score'}.\n${whole}\n`;
};

const readable = (score: PlanScore): string => {
  const steps = table<StepScore>(score.steps, [
    { head: 'STEP', cell: (s) => s.step },
    { head: 'VM', cell: (s) => s.name },
    { head: 'OUTCOME', cell: (s) => s.outcome },
    {
      head: 'TO',
      cell: (s) => (s.outcome === 'elsewhere' ? `${s.dest.actual}, not ${s.dest.planned}` : s.dest.planned),
    },
    { head: 'PLANNED', cell: (s) => seconds(s.durationMs.planned) },
    { head: 'TOOK', cell: (s) => seconds(s.durationMs.actual) },
    { head: 'ERROR', cell: (s) => (s.durationError === null ? null : percent(s.durationError)) },
    { head: 'DOWN PLANNED', cell: (s) => `${Math.round(s.downtimeMs.planned)} ms` },
    { head: 'DOWN', cell: (s) => (s.downtimeMs.actual === null ? null : `${Math.round(s.downtimeMs.actual)} ms`) },
    { head: 'COPIED PLANNED', cell: (s) => megabytes(s.bytes.planned) },
    {
      head: 'COPIED',
      cell: ({ bytes }) => (bytes.actual === null ? null : `${bytes.isWhole ? '' : '≥ '}${megabytes(bytes.actual)}`),
    },
  ]);
  const error =
    score.durationErrorMedian === null
      ? 'No step has a duration on record.\n'
      : `Error of a step's duration: median ${(score.durationErrorMedian * 100).toFixed(1)} %, p90 ${((score.durationErrorP90 ?? 0) * 100).toFixed(1)} %.\n`;
  const down =
    score.downtimeErrorMedianMs === null
      ? ''
      : `Error of a step's downtime: median ${Math.round(score.downtimeErrorMedianMs)} ms.\n`;
  const copied =
    score.bytesErrorMedian === null
      ? ''
      : `Error of a step's bytes: median ${(score.bytesErrorMedian * 100).toFixed(1)} %.\n`;
  const others =
    score.unplanned.length === 0
      ? ''
      : `${counted(score.unplanned.length, 'migration')} on record that the plan did not have: ${score.unplanned
          .map((u) => u.id)
          .slice(0, 5)
          .join(', ')}${score.unplanned.length > 5 ? ', …' : ''}.\n`;
  return `${words(score)}${error}${down}${copied}${others}\n${steps}`;
};

/** Steps that went as the plan says, perhaps at the second attempt. */
const isAsPlanned = (score: PlanScore): boolean =>
  score.outcomes['as planned'] + score.outcomes.again === score.steps.length;

export const score: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('score <plan>')
    .description('hold a plan (JSON of a planning command) against the log of its execution, step by step');
  withInstant(command).action((path: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const plan = readPlan(path);
        if (!plan.ok) return plan;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const state = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!state.ok) return state;
        if (Date.parse(state.value.at) < Date.parse(plan.value.at))
          return err(
            `${options.timeline} ends at ${state.value.at}, before the plan was made (${plan.value.at}): nothing of it can be on record.`,
          );
        const found = scorePlan(plan.value, plan.value.at, state.value);
        await terminal.write(options.json === true ? `${JSON.stringify(found)}\n` : readable(found));
        return ok(isAsPlanned(found) ? 0 : 1);
      }),
    ),
  );
};
