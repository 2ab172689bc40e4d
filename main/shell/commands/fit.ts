// understudy fit: how many more VMs of each flavor fit, what limits them, how many while hosts may still fail, and what if.
import { Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { type FitOptions, flavorNamed, flavorsOf, type FlavorSize } from '../../../domain/capacity/flavors.ts';
import { hostRooms } from '../../../domain/capacity/host-room.ts';
import { fitKeeping } from '../../../domain/capacity/keep.ts';
import { fitMix, readMix } from '../../../domain/capacity/mix.ts';
import { assuming } from '../../../domain/capacity/what-if.ts';
import { SWEEPS, type SweepKind } from '../../../domain/drill/sweep/sweep.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type AssumptionOptions, premisesIn, withAssumptions } from '../command-line/assumptions.ts';
import { type RacksOption, withRacksOption } from '../command-line/racks.ts';
import { csv } from '../command-line/csv.ts';
import { fitColumns, type FitRow, fitText, hostColumnsFor, hostTable, mixText } from '../command-line/fit-text.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';

type Options = InstantOptions &
  AssumptionOptions &
  RacksOption & {
    readonly flavor?: string;
    readonly mix?: string;
    readonly zone?: string;
    readonly aggregate?: string;
    readonly project?: string;
    readonly keep?: SweepKind;
    readonly volume?: boolean;
    readonly hosts?: boolean;
    readonly beside?: readonly string[];
    readonly csv?: boolean;
    readonly branch?: string;
  };

/** The name, when some host has it; a sentence with those that are known otherwise. */
const known = (what: string, name: string | undefined, names: readonly string[]): Result<string | null, string> => {
  if (name === undefined || names.includes(name)) return ok(name ?? null);
  const all = [...new Set(names)].sort();
  return err(`There is no ${what} ${name}. Known ${what}s: ${all.join(', ') || 'none'}.`);
};

const fitOptions = (state: ClusterState, options: Options): Result<FitOptions, string> => {
  const zones = state.hosts.flatMap((h) => (h.az === null ? [] : [h.az]));
  const zone = known('zone', options.zone, zones);
  if (!zone.ok) return zone;
  const aggregates = state.hosts.flatMap((h) => h.aggregates);
  const aggregate = known('aggregate', options.aggregate, aggregates);
  if (!aggregate.ok) return aggregate;
  const project = options.project ?? null;
  return ok({ zone: zone.value, aggregate: aggregate.value, project, localDisk: options.volume !== true });
};

/** The state the question is about, and the one as it is where that is another. */
type Question = { readonly state: ClusterState; readonly now: ClusterState | null; readonly at: FitOptions };

const rowsOf = (
  { state, now, at }: Question,
  flavors: readonly FlavorSize[],
  keep: SweepKind | undefined,
  others: ReadonlyMap<string, ClusterState>,
): readonly FitRow[] =>
  flavors.map((flavor) => ({
    ...fitOf(state, flavor, at),
    keeping: keep === undefined ? null : fitKeeping(state, flavor, at, keep),
    now: now && fitOf(now, flavor, at).count,
    beside: Object.fromEntries([...others].map(([name, other]) => [name, fitOf(other, flavor, at).count])),
  }));

const flavorsAsked = (state: ClusterState, name: string | undefined): Result<readonly FlavorSize[], string> => {
  if (name !== undefined) {
    const one = flavorNamed(state, name);
    return one.ok ? ok([one.value]) : one;
  }
  const all = flavorsOf(state);
  return all.length === 0 ? err('The log describes no flavor and no VM of a known size up to this instant.') : ok(all);
};

/** The whole answer as text: JSON, CSV or columns. */
const answer = (
  question: Question,
  options: Options,
  others: ReadonlyMap<string, ClusterState>,
): Result<string, string> => {
  const { state, at } = question;
  if (options.mix !== undefined) {
    const mix = readMix(state, options.mix);
    if (!mix.ok) return mix;
    const fit = fitMix(state, mix.value, at);
    return ok(options.json === true ? `${JSON.stringify({ ...fit, ...at })}\n` : mixText(fit));
  }
  const flavors = flavorsAsked(state, options.flavor);
  if (!flavors.ok) return flavors;
  if (options.hosts === true) {
    const [flavor] = flavors.value;
    if (options.flavor === undefined || flavor === undefined)
      return err('--hosts is about one flavor: name it with --flavor.');
    const rooms = hostRooms(state, flavor, at);
    if (options.json === true) return ok(`${JSON.stringify({ flavor: flavor.name, hosts: rooms, ...at })}\n`);
    return ok(options.csv === true ? csv(rooms, hostColumnsFor(rooms)) : hostTable(rooms));
  }
  const rows = rowsOf(question, flavors.value, options.keep, others);
  if (options.json === true) return ok(`${JSON.stringify({ flavors: rows, ...at, keep: options.keep ?? null })}\n`);
  return ok(options.csv === true ? csv(rows, fitColumns(rows)) : fitText(rows, at));
};

export const fit: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('fit')
    .description('tell how many more VMs of each flavor fit, what limits them, and what would change it')
    .option('--flavor <name>', 'only this flavor')
    .option('--mix <flavor=n,...>', 'how many whole sets of several flavors fit together, placed in this order')
    .option('--zone <name>', 'only hosts of this availability zone')
    .option('--aggregate <name>', 'only hosts of this host aggregate')
    .option('--project <id>', 'VMs of this project, where aggregates are kept for some')
    .addOption(
      new Option('--keep <n>', 'also how many fit while any host, pair, rack or zone may fail').choices(SWEEPS),
    )
    .option('--volume', 'the VMs boot from volumes and ask for no host disk')
    .option('--hosts', "every host's books for one flavor: what is used, what lies stranded")
    .option('--beside <timeline...>', 'the same question at the head of other branches, side by side')
    .option('--branch <name>', 'keep what is assumed as facts on a branch of this name (default: nothing is written)')
    .option('--csv', 'print comma-separated values');
  withRacksOption(withInstant(withAssumptions(command))).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const { ask, moment } = open;
        const assumptions = await premisesIn(open, options);
        if (!assumptions.ok) return assumptions;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const asked = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!asked.ok) return asked;
        const state = assuming(asked.value, assumptions.value);
        if (!state.ok) return state;
        const where = fitOptions(state.value, options);
        if (!where.ok) return where;
        const others = new Map<string, ClusterState>();
        for (const name of options.beside ?? []) {
          const other = await ask('view.state', { timeline: name, at: null });
          if (!other.ok) return other;
          others.set(name, other.value);
        }
        if (options.branch !== undefined) {
          if (assumptions.value === null) return err('--branch keeps assumptions: name some, as --vcpu-ratio 4.');
          const kept = { timeline: options.timeline, at: at.value, assume: assumptions.value, branch: options.branch };
          const branch = await ask('capacity.keep', kept);
          if (!branch.ok) return branch;
          terminal.status(`What was assumed is on the branch ${options.branch}; ask anything else there.`);
        }
        const now = assumptions.value === null ? null : asked.value;
        const told = answer({ state: state.value, now, at: where.value }, options, others);
        if (!told.ok) return told;
        await terminal.write(told.value);
        return ok(0);
      }),
    ),
  );
};
