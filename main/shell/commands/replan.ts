// understudy replan: a move has failed; plans what is left from the state reached, the failed destination ruled out.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { Progress } from '../../../domain/planning/replan.ts';
import { replanFrom } from '../../work/apply-plan.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { type FormOptions, withForm } from '../command-line/plan-options.ts';
import { readInput, readPlan } from '../command-line/read-input.ts';
import { tellRecord } from '../command-line/tell-plan.ts';

type Options = LogOption &
  JsonOption &
  FormOptions & {
    readonly done?: readonly string[];
    readonly failed?: readonly string[];
    readonly state?: string;
  };

/** Steps as written: `1 2 5-9`. */
const stepsOf = (name: string, written: readonly string[]): Result<readonly number[], string> => {
  const steps: number[] = [];
  for (const text of written) {
    const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
    if (from === undefined) return err(`${name} takes steps like 3 or 1-5, not ${text}.`);
    for (let n = Number(from); n <= Number(to ?? from); n++) steps.push(n);
  }
  return ok(steps);
};

const MOST_SHOWN = 60;

/** What a runbook noted: which steps it started, and which are done. */
const noted = (
  path: string,
): Result<{ readonly started: readonly number[]; readonly done: readonly number[] }, string> => {
  const text = readInput(path);
  if (!text.ok) return text;
  const lines = text.value.split('\n').filter((line) => line !== '');
  const strange = lines.find((line) => !/^(?:plan [0-9a-f]+|(?:started|done|was-[A-Z_]+) \d+)$/.test(line));
  if (lines.length === 0 || strange !== undefined)
    return err(
      `${path} is not the state file of a runbook: ${strange === undefined ? 'it is empty' : `it has the line "${strange.slice(0, MOST_SHOWN)}"`}.`,
    );
  const steps = (word: string): readonly number[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.slice(word.length + 1))] : []));
  return ok({ started: steps('started'), done: steps('done') });
};

const progressOf = (options: Options): Result<Progress, string> => {
  const done = stepsOf('--done', options.done ?? []);
  if (!done.ok) return done;
  const failed = stepsOf('--failed', options.failed ?? []);
  if (!failed.ok) return failed;
  if (options.state === undefined) return ok({ done: done.value, failed: failed.value });
  const file = noted(options.state);
  if (!file.ok) return file;
  const all = [...new Set([...done.value, ...file.value.done])];
  const open = file.value.started.find((n) => !all.includes(n) && !failed.value.includes(n));
  if (open !== undefined)
    return err(`Step ${open} was started and is not done: say --failed ${open}, or --done ${open} once it has ended.`);
  return ok({ done: all, failed: failed.value });
};

export const replan: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('replan <plan>')
    .description('plan what is left of a plan (JSON of a planning command) after a move has failed')
    .option('--done <step...>', 'steps that are done: 1 2 5-9')
    .option('--failed <step...>', 'steps that failed; their destinations are ruled out')
    .option('--state <file>', 'the state file of the runbook, for what is done');
  withJson(withLog(withForm(command))).action((path: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const plan = readPlan(path);
        if (!plan.ok) return plan;
        const progress = progressOf(options);
        if (!progress.ok) return progress;
        const next = replanFrom(open.log, plan.value, progress.value);
        if (!next.ok) return err(next.error.sentence);
        return tellRecord(terminal, open, next.value, options);
      }),
    ),
  );
};
