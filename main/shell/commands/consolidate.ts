// understudy consolidate: what consolidation policies cost and save on a day of CPU traces; and the list of algorithms.
import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { CloudSimOutcome } from '../../../domain/consolidation/cloudsim/outcome.ts';
import { parsePolicy, type Policy } from '../../../domain/consolidation/cloudsim/policy.ts';
import { printedFigures } from '../../../domain/consolidation/cloudsim/print.ts';
import { runCloudSim } from '../../../domain/consolidation/cloudsim/run.ts';
import { STRATEGIES } from '../../../domain/consolidation/registry.ts';
import {
  parseWorkload,
  reorderWorkload,
  type Workload,
  workloadFaultText,
} from '../../../domain/consolidation/workload.ts';
import type { AddCommand, Ending, Stage } from '../command-line/command.ts';
import { type JsonOption, withJson } from '../command-line/options.ts';
import { readInput } from '../command-line/read-input.ts';
import { table } from '../command-line/table.ts';

type Options = JsonOption & {
  readonly list?: boolean;
  readonly workload?: string;
  readonly order?: string;
  readonly policy: readonly string[];
  readonly param?: number;
  readonly seed: string;
};

/** What is compared when no policy is named: the two that never move a VM, and each detector with Neat's own selection. */
const COMPARED = ['npa', 'dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt'] as const;

const positive = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
};

const list = async ({ terminal }: Stage, json: boolean): Promise<Ending> => {
  const rows = STRATEGIES.map(({ question, name, summary, parameters }) => ({ question, name, summary, parameters }));
  const told = table(rows, [
    { head: 'QUESTION', cell: (s) => s.question },
    { head: 'NAME', cell: (s) => s.name },
    { head: 'PARAMETERS', cell: (s) => s.parameters.map((p) => `${p.name}=${JSON.stringify(p.default)}`).join(' ') },
    { head: 'WHAT IT DOES', cell: (s) => s.summary },
  ]);
  await terminal.write(json ? `${JSON.stringify({ strategies: rows })}\n` : told);
  return ok(0);
};

/** The traces of `--workload`, in the order of `--order` where one is given: the order decides which VM has which type. */
const workloadOf = (path: string, order: string | undefined): Result<Workload, string> => {
  const text = readInput(path);
  if (!text.ok) return text;
  const workload = parseWorkload(text.value);
  if (!workload.ok) return err(`${path}, ${workloadFaultText(workload.error)}.`);
  if (order === undefined) return workload;
  const names = readInput(order);
  if (!names.ok) return names;
  const reordered = reorderWorkload(workload.value, names.value.trim().split(/\r?\n/));
  return reordered.ok ? reordered : err(`${order}: ${reordered.error}.`);
};

const policiesOf = ({ policy, param }: Options): Result<readonly Policy[], string> => {
  const names = policy.length > 0 ? policy : COMPARED;
  const policies: Policy[] = [];
  for (const name of names) {
    // One --param is meant for the one policy that was named; a comparison runs each with CloudSim's own.
    const parsed = parsePolicy(name, policy.length === 1 ? (param ?? null) : null);
    if (!parsed.ok) return err(`${parsed.error}.`);
    policies.push(parsed.value);
  }
  if (param !== undefined && policy.length !== 1) return err('--param goes with exactly one --policy.');
  return ok(policies);
};

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

const readable = (outcomes: readonly CloudSimOutcome[]): string =>
  table(outcomes, [
    { head: 'POLICY', cell: (o) => o.policy },
    { head: 'ENERGY', cell: (o) => `${o.energyKwh.toFixed(2)} kWh` },
    { head: 'MIGRATIONS', cell: (o) => o.migrations },
    { head: 'PDM', cell: (o) => percent(o.pdm) },
    { head: 'SLATAH', cell: (o) => percent(o.slatah) },
    { head: 'SLAV', cell: (o) => `${(o.slav * 100).toFixed(5)} %` },
    { head: 'ESV', cell: (o) => o.esv.toPrecision(4) },
    { head: 'SHUTDOWNS', cell: (o) => o.hostShutdowns },
  ]);

const machineReadable = (outcome: CloudSimOutcome): string =>
  JSON.stringify({ ...outcome, slaviolation: outcome.overallSlaViolation, printed: printedFigures(outcome) });

const experiment = async ({ terminal }: Stage, options: Options): Promise<Ending> => {
  if (options.workload === undefined) return err('Name a day of CPU traces with --workload FILE, or ask for --list.');
  const policies = policiesOf(options);
  if (!policies.ok) return policies;
  const workload = workloadOf(options.workload, options.order);
  if (!workload.ok) return workload;
  const outcomes: CloudSimOutcome[] = [];
  for (const policy of policies.value) {
    terminal.status(`running ${policies.value.length} policies: ${outcomes.length} done`);
    const outcome = runCloudSim({ workload: workload.value, policy, seed: options.seed });
    outcomes.push(outcome);
    if (options.json === true) await terminal.write(`${machineReadable(outcome)}\n`);
  }
  if (options.json !== true) await terminal.write(readable(outcomes));
  return ok(0);
};

export const consolidate: AddCommand = (program, stage) => {
  const command = program
    .command('consolidate')
    .description('compare consolidation policies on a day of CPU traces; --json prints one policy a line')
    .option(
      '--workload <file>',
      'a day of traces as CSV, plain or gzipped: vm, then one utilisation in percent a sample',
    )
    .addOption(new Option('--experiment <name>', 'whose rules').choices(['cloudsim']).default('cloudsim'))
    .option('--policy <name...>', 'the policies, as lrr-mmt (default: seven of them)', [])
    .option('--param <n>', "the policy's parameter (default: CloudSim's)", positive)
    .option('--order <file>', 'names of the VMs, one a line, in the order that decides their types')
    .option('--seed <seed>', 'seed of random selection', 'cloudsim')
    .option('--list', 'list the algorithms for the four questions and their parameters');
  withJson(command).action((options: Options) =>
    stage.run(() => (options.list === true ? list(stage, options.json === true) : experiment(stage, options))),
  );
};
