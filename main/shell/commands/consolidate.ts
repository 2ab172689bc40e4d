// understudy consolidate: what policies cost and save on days of CPU traces, the list of algorithms, or a plan for a log.
import { InvalidArgumentError, Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import { PROFILE_NAMES } from '../../../domain/datapath/profiles.ts';
import { POLICY_NAMES } from '../../../domain/consolidation/cloudsim/policy.ts';
import { QUIRK_NAMES, QUIRK_WORDS } from '../../../domain/consolidation/cloudsim/quirks.ts';
import { EXPERIMENTS, OUR_NAMES } from '../../../domain/consolidation/experiment.ts';
import { SPEC_POWER } from '../../../domain/consolidation/power.ts';
import { STRATEGIES } from '../../../domain/consolidation/registry.ts';
import type { AddCommand, Ending, Stage } from '../command-line/command.ts';
import { withInstant } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';
import { type ExperimentOptions, runExperiment } from './consolidate-experiment.ts';
import { LIVE_DEFAULTS } from '../../../domain/consolidation/live/settings.ts';
import { runNetwork } from './consolidate-network.ts';
import { type PlanOptions, runPlan } from './consolidate-plan.ts';

type Options = ExperimentOptions &
  PlanOptions & { readonly list?: boolean; readonly chatty?: number; readonly rates: number };

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
  const policies = { cloudsim: POLICY_NAMES, honest: [...POLICY_NAMES.filter((name) => name !== 'npa'), ...OUR_NAMES] };
  const quirks = QUIRK_NAMES.map((name) => ({ name, meaning: QUIRK_WORDS[name] }));
  const told = table(rows, [
    { head: 'QUESTION', cell: (s) => s.question },
    { head: 'NAME', cell: (s) => s.name },
    { head: 'PARAMETERS', cell: (s) => s.parameters.map((p) => `${p.name}=${JSON.stringify(p.default)}`).join(' ') },
    { head: 'WHAT IT DOES', cell: (s) => s.summary },
  ]);
  const quirkTable = table(quirks, [
    { head: 'QUIRK', cell: (q) => q.name },
    { head: 'WHAT CLOUDSIM DOES', cell: (q) => q.meaning },
  ]);
  const readable = [
    told,
    `Policies of --experiment cloudsim: ${policies.cloudsim.join(', ')}\n` +
      `Policies of --experiment honest: ${policies.honest.join(', ')}\n` +
      `Power models: ${Object.keys(SPEC_POWER).join(', ')}, or linear:IDLE:MAX in watts\n`,
    quirkTable,
  ].join('\n');
  await terminal.write(json ? `${JSON.stringify({ strategies: rows, policies, quirks })}\n` : readable);
  return ok(0);
};

export const consolidate: AddCommand = (program, stage) => {
  const command = program
    .command('consolidate')
    .description(
      'plan the consolidation of a cluster at an instant; with --workload, compare policies on days of CPU traces',
    )
    .option(
      '--workload <file...>',
      'days of traces as CSV, plain or gzipped: vm, then one utilisation in percent a sample',
    )
    .addOption(new Option('--experiment <name>', 'whose rules').choices(EXPERIMENTS).default('cloudsim'))
    .option('--policy <name...>', 'the policies, as lrr-mmt (default: seven to nine of them)', [])
    .option('--param <n>', "the policy's parameter (default: CloudSim's)", positive)
    .option('--quirk-off <name...>', "CloudSim's peculiarities to correct; --list names them (default: none)", [])
    .option('--order <file>', 'names of the VMs, one a line, in the order that decides their types')
    .option('--seed <seed>', 'seed of random selection, and of --chatty', 'cloudsim')
    .option('--workers <n>', 'threads to share the runs among (default: as many as there are cores)', whole)
    .option('--branch <name>', 'keep the plan as a branch of this name (default: nothing is written)')
    .option(
      '--power-model <name>',
      'the server whose SPECpower watts every host is assumed to draw',
      LIVE_DEFAULTS.powerModel,
    )
    .addOption(
      new Option('--datapath <name>', 'what forwards the recorded traffic on every host')
        .choices(PROFILE_NAMES)
        .default(LIVE_DEFAULTS.datapath),
    )
    .option('--underload <name>', 'the algorithm that finds underloaded hosts', LIVE_DEFAULTS.underload.name)
    .option('--overload <name>', 'the algorithm that finds overloaded hosts', LIVE_DEFAULTS.overload.name)
    .option('--selection <name>', 'the algorithm that chooses which VMs leave', LIVE_DEFAULTS.selection.name)
    .option('--set <question.parameter=value...>', 'parameters of the algorithms, as overload.threshold=0.9', [])
    .option('--give-up-n1', 'empty hosts even where it leaves VMs without a home after one more host failure')
    .option(
      '--chatty <vms>',
      'place so many VMs that talk in groups, without and with their traffic in the objective',
      whole,
    )
    .option('--rates <times>', 'multiply the rates of --chatty by this', positive, 1)
    .option('--list', 'list the algorithms for the four questions and their parameters');
  withInstant(command).action((options: Options) =>
    stage.run(() => {
      if (options.list === true) return list(stage, options.json === true);
      if (options.chatty !== undefined) return runNetwork(stage, { ...options, chatty: options.chatty });
      return options.workload === undefined ? runPlan(stage, options) : runExperiment(stage, options);
    }),
  );
};
