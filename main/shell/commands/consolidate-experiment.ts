// The part of understudy consolidate that runs experiments: days and policies in, one row of figures each out.
import { basename } from 'node:path';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import {
  type CloudSimFigures,
  COMPARED,
  type ExperimentName,
  honestRows,
  type Trial,
  trialFault,
  type TrialOutcome,
} from '../../../domain/consolidation/experiment.ts';
import type { ParetoRow } from '../../../domain/consolidation/honest/pareto.ts';
import {
  parseWorkload,
  reorderWorkload,
  type Workload,
  workloadFaultText,
} from '../../../domain/consolidation/workload.ts';
import { TALK_ASSUMED } from '../../../domain/consolidation/network/talk.ts';
import { runHere } from '../../work/jobs.ts';
import { runOnThread } from '../../work/thread.ts';
import { runTrials, workersForTrials } from '../../work/trials.ts';
import type { Ending, Stage } from '../command-line/command.ts';
import type { JsonOption } from '../command-line/options.ts';
import { readInput } from '../command-line/read-input.ts';
import { table } from '../command-line/table.ts';

export type ExperimentOptions = JsonOption & {
  readonly experiment: ExperimentName;
  readonly workload?: readonly string[];
  readonly order?: string;
  readonly policy: readonly string[];
  readonly param?: number;
  readonly quirkOff: readonly string[];
  readonly seed: string;
  readonly workers?: number;
};

type Day = { readonly name: string; readonly workload: Workload };

/** The traces of one file, in the order of `--order` where one is given: the order decides which VM has which type. */
const dayOf = (path: string, order: string | undefined): Result<Day, string> => {
  const text = readInput(path);
  if (!text.ok) return text;
  const workload = parseWorkload(text.value);
  if (!workload.ok) return err(`${path}, ${workloadFaultText(workload.error)}.`);
  const name = basename(path).replace(/\.csv(\.gz)?$/, '');
  if (order === undefined) return ok({ name, workload: workload.value });
  const names = readInput(order);
  if (!names.ok) return names;
  const reordered = reorderWorkload(workload.value, names.value.trim().split(/\r?\n/));
  return reordered.ok ? ok({ name, workload: reordered.value }) : err(`${order}: ${reordered.error}.`);
};

const daysOf = ({ workload, order }: ExperimentOptions): Result<readonly Day[], string> => {
  const days: Day[] = [];
  for (const path of workload ?? []) {
    const day = dayOf(path, order);
    if (!day.ok) return day;
    days.push(day.value);
  }
  return ok(days);
};

const trialsOf = ({
  experiment,
  policy,
  param,
  seed,
  quirkOff,
}: ExperimentOptions): Result<readonly Trial[], string> => {
  const names = policy.length > 0 ? policy : COMPARED[experiment];
  if (param !== undefined && policy.length !== 1) return err('--param goes with exactly one --policy.');
  const trials = names.map((name) => ({ experiment, policy: name, param: param ?? null, seed, quirksOff: quirkOff }));
  for (const trial of trials) {
    const fault = trialFault(trial);
    if (fault !== null) return err(`${fault}.`);
  }
  return ok(trials);
};

const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;

/** A mean of nothing is no number. */
const secondsOf = (s: number, digits: number): string | null => (Number.isNaN(s) ? null : `${s.toFixed(digits)} s`);

type Told<Figures> = Figures & { readonly networkCores: number };

const cloudSimTable = (rows: readonly Told<CloudSimFigures>[]): string =>
  table(rows, [
    { head: 'POLICY', cell: (o) => o.policy },
    { head: 'ENERGY', cell: (o) => `${o.energyKwh.toFixed(2)} kWh` },
    { head: 'MIGRATIONS', cell: (o) => o.migrations },
    { head: 'PDM', cell: (o) => percent(o.pdm) },
    { head: 'AOTF', cell: (o) => percent(o.aotf) },
    { head: 'SLATAH', cell: (o) => percent(o.slatah) },
    { head: 'SLAV', cell: (o) => percent(o.slav, 5) },
    { head: 'ESV', cell: (o) => o.esv.toPrecision(4) },
    { head: 'SHUTDOWNS', cell: (o) => o.hostShutdowns },
    { head: 'AFTER', cell: (o) => secondsOf(o.meanBeforeShutdownS, 0) },
    { head: 'A MOVE TAKES', cell: (o) => secondsOf(o.meanMigrationS, 1) },
    { head: 'MOVED', cell: (o) => `${o.movedGB.toFixed(0)} GB` },
    { head: 'NETWORK CPU', cell: (o) => `${o.networkCores.toFixed(1)} cores` },
  ]);

const honestTable = (rows: readonly Told<ParetoRow>[]): string =>
  table(rows, [
    { head: 'POLICY', cell: (o) => o.strategy },
    { head: 'ENERGY', cell: (o) => `${o.energyKwh.toFixed(2)} kWh` },
    { head: 'OVER BOUND', cell: (o) => percent(o.overBound, 1) },
    { head: 'MIGRATIONS', cell: (o) => o.migrations },
    { head: 'A MOVE TAKES', cell: (o) => secondsOf(o.meanMigrationS, 1) },
    { head: 'AOTF', cell: (o) => percent(o.aotf) },
    { head: 'SLATAH', cell: (o) => percent(o.slatah) },
    { head: 'SLAV', cell: (o) => percent(o.slav, 5) },
    { head: 'SHORTFALL', cell: (o) => percent(o.shortfall, 3) },
    { head: 'HOSTS ON', cell: (o) => o.meanHostsOn.toFixed(1) },
    { head: 'MOVED', cell: (o) => `${o.movedGB.toFixed(1)} GB` },
    { head: 'NETWORK CPU', cell: (o) => `${o.networkCores.toFixed(1)} cores` },
    { head: 'FRONT', cell: (o) => (o.onFront ? 'yes' : null) },
  ]);

/** Figures that do not exist, such as the mean of no migrations, are null. */
const jsonLine = (day: string, policy: string, figures: object): string =>
  `${JSON.stringify({ workload: day, ...figures, policy })}\n`;

const honestOf = (outcomes: readonly TrialOutcome[]): readonly Told<ParetoRow>[] =>
  honestRows(outcomes).map((row, i) => ({ ...row, networkCores: outcomes[i]!.networkCores }));

const cloudSimOf = (outcomes: readonly TrialOutcome[]): readonly Told<CloudSimFigures>[] =>
  outcomes.flatMap((o) => (o.experiment === 'cloudsim' ? [{ ...o.figures, networkCores: o.networkCores }] : []));

const readable = (day: string, outcomes: readonly TrialOutcome[], titled: boolean): string => {
  const honest = honestOf(outcomes);
  const [first] = honest;
  const rows =
    first === undefined
      ? cloudSimTable(cloudSimOf(outcomes))
      : `${honestTable(honest)}No placement could use less than ${first.boundKwh.toFixed(2)} kWh.\n`;
  return titled ? `${day}\n${rows}\n` : `${rows}${TALK_ASSUMED}\n`;
};

const machineReadable = (day: string, outcomes: readonly TrialOutcome[]): string =>
  [
    ...honestOf(outcomes).map((row) => jsonLine(day, row.strategy, row)),
    ...cloudSimOf(outcomes).map((row) => jsonLine(day, row.policy, row)),
  ].join('');

/** Checks everything before it runs anything; then all policies on all days, on as many threads as `--workers` says. */
export const runExperiment = async ({ terminal }: Stage, options: ExperimentOptions): Promise<Ending> => {
  const trials = trialsOf(options);
  if (!trials.ok) return trials;
  const days = daysOf(options);
  if (!days.ok) return days;
  const orders = days.value.flatMap(({ name, workload }) =>
    trials.value.map((trial) => ({ workload, trial, says: `${trial.policy} on ${name}` })),
  );
  const workers = Math.min(options.workers ?? workersForTrials(orders.length), orders.length);
  const watcher = {
    signal: new AbortController().signal, // Ctrl-C ends the process and its threads
    progress: ({
      done,
      total,
      says,
    }: {
      readonly done: number;
      readonly total: number | null;
      readonly says: string;
    }) => terminal.status(`${done} of ${total} runs done: ${says}`),
  };
  // One worker is this thread: starting another would cost more than it spares.
  const ran = await runTrials(workers === 1 ? runHere : runOnThread, orders, watcher, workers);
  if (!ran.ok) return err(ran.error.sentence);
  for (const [at, { name }] of days.value.entries()) {
    const outcomes = ran.value.slice(at * trials.value.length, (at + 1) * trials.value.length);
    const told =
      options.json === true ? machineReadable(name, outcomes) : readable(name, outcomes, days.value.length > 1);
    await terminal.write(told);
  }
  if (options.json !== true && days.value.length > 1) await terminal.write(`${TALK_ASSUMED}\n`);
  return ok(0);
};
