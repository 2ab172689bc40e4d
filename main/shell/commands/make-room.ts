// understudy make-room: plans the fewest moves after which a flavor fits so many times.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { flavorNamed } from '../../../domain/capacity/flavors.ts';
import type { SoughtGoal } from '../../../domain/planning/goal.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { AddCommand } from '../command-line/command.ts';
import {
  number,
  type PlanningOptions,
  type TellingOptions,
  withPlanning,
  withTelling,
} from '../command-line/plan-options.ts';
import { tellPlan } from '../command-line/tell-plan.ts';

type Options = PlanningOptions &
  TellingOptions & {
    readonly count: string;
    readonly on?: readonly string[];
    readonly zone?: string;
    readonly volume?: boolean;
    readonly project?: string;
  };

/** The hosts on which room counts; null for all. */
const hostsOf = (state: ClusterState, { on, zone }: Options): Result<readonly string[] | null, string> => {
  if (zone === undefined) return ok(on ?? null);
  if (on !== undefined) return err('Say either --on HOST... or --zone NAME.');
  const hosts = state.hosts.filter((h) => h.az === zone).map((h) => h.name);
  if (hosts.length > 0) return ok(hosts);
  const known = [...new Set(state.hosts.flatMap((h) => h.az ?? []))].sort();
  return err(`There is no zone ${zone}. Known zones: ${known.join(', ') || 'none'}.`);
};

const goalOf = (state: ClusterState, flavor: string, options: Options): Result<readonly SoughtGoal[], string> => {
  const count = number('--count', options.count, 1, 100_000, true);
  if (!count.ok) return count;
  const size = flavorNamed(state, flavor);
  if (!size.ok) return size;
  const hosts = hostsOf(state, options);
  if (!hosts.ok) return hosts;
  const { name, vcpus, ramMiB, diskGiB, extraSpecs } = size.value;
  const { volume, project } = options;
  const ask = {
    name,
    vcpus,
    ramMiB,
    diskGiB: volume === true ? 0 : diskGiB,
    extraSpecs,
    ...(project === undefined ? {} : { project }),
  };
  return ok([{ kind: 'make-room', flavor: ask, count: count.value, hosts: hosts.value }]);
};

export const makeRoom: AddCommand = (program, stage) => {
  const command = program
    .command('make-room <flavor>')
    .description('plan the fewest moves after which a flavor fits so many times')
    .option('--count <n>', 'how many VMs of the flavor have to fit', '1')
    .option('--on <host...>', 'only room on these hosts counts')
    .option('--zone <name>', 'only room in this availability zone counts')
    .option('--project <id>', 'VMs of this project, where aggregates are kept for some')
    .option('--volume', 'the VMs boot from volumes and ask for no host disk');
  withPlanning(withTelling(command)).action((flavor: string, options: Options) =>
    stage.run(() => tellPlan(stage, options, (state) => goalOf(state, flavor, options))),
  );
};
