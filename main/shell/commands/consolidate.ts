// understudy consolidate: what policies cost and save on days of CPU traces, the list of algorithms, or a plan for a log.
import { InvalidArgumentError, Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import { EXPERIMENTS } from '../../../domain/consolidation/experiment.ts';
import { STRATEGIES } from '../../../domain/consolidation/registry.ts';
import type { AddCommand, Ending, Stage } from '../command-line/command.ts';
import { withJson } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';
import { type ExperimentOptions, runExperiment } from './consolidate-experiment.ts';

type Options = ExperimentOptions & { readonly list?: boolean };

const positive = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
};

const whole = (written: string): number => {
  const value = Number(written);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
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

export const consolidate: AddCommand = (program, stage) => {
  const command = program
    .command('consolidate')
    .description('compare consolidation policies on days of CPU traces; --json prints one policy a line')
    .option(
      '--workload <file...>',
      'days of traces as CSV, plain or gzipped: vm, then one utilisation in percent a sample',
    )
    .addOption(new Option('--experiment <name>', 'whose rules').choices(EXPERIMENTS).default('cloudsim'))
    .option('--policy <name...>', 'the policies, as lrr-mmt (default: seven or eight of them)', [])
    .option('--param <n>', "the policy's parameter (default: CloudSim's)", positive)
    .option('--order <file>', 'names of the VMs, one a line, in the order that decides their types')
    .option('--seed <seed>', 'seed of random selection', 'cloudsim')
    .option('--workers <n>', 'threads to share the runs among (default: as many as there are cores)', whole)
    .option('--list', 'list the algorithms for the four questions and their parameters');
  withJson(command).action((options: Options) =>
    stage.run(() => (options.list === true ? list(stage, options.json === true) : runExperiment(stage, options))),
  );
};
