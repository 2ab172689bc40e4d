// understudy fit: how many more VMs of each flavor fit, what limits them, and how many while a host may still fail.
import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { type Fit, fitOf } from '../../../domain/capacity/fit.ts';
import {
  ANYWHERE,
  type FitOptions,
  flavorNamed,
  flavorsOf,
  type FlavorSize,
} from '../../../domain/capacity/flavors.ts';
import { LIMIT_WORDS } from '../../../domain/capacity/slots.ts';
import { fitKeeping } from '../../../domain/capacity/keep.ts';
import { withHostsLike, withoutHosts, withRatios } from '../../../domain/capacity/what-if.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { RELEASE_NAMES, underRelease } from '../../../domain/scheduling/release.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import {
  type AtOption,
  type JsonOption,
  type LogOption,
  type TimelineOption,
  withAt,
  withJson,
  withLog,
  withTimeline,
} from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

type Options = LogOption &
  TimelineOption &
  AtOption &
  JsonOption & {
    readonly flavor?: string;
    readonly zone?: string;
    readonly keep?: '1';
    readonly volume?: boolean;
    readonly release?: string;
    readonly vcpuRatio?: number;
    readonly ramRatio?: number;
    readonly diskRatio?: number;
    readonly without?: readonly string[];
    readonly add?: number;
    readonly like?: string;
  };

type Row = Fit & { readonly keepingOne: number | null };

const MIB_PER_GIB = 1024;

const positive = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a positive number.');
  return value;
};

/** The state under the assumptions of the options. */
const assumed = (state: ClusterState, options: Options): Result<ClusterState, string> => {
  if ((options.add === undefined) !== (options.like === undefined))
    return err('--add and --like go together: how many hosts, and like which.');
  const released = options.release === undefined ? ok(state) : underRelease(state, options.release);
  if (!released.ok) return released;
  const rated = withRatios(released.value, {
    vcpu: options.vcpuRatio ?? null,
    ram: options.ramRatio ?? null,
    disk: options.diskRatio ?? null,
  });
  const fewer = withoutHosts(rated, options.without ?? []);
  if (!fewer.ok || options.like === undefined) return fewer;
  return withHostsLike(fewer.value, options.like, Math.floor(options.add ?? 0));
};

const zoneIn = (state: ClusterState, zone: string | undefined): Result<string | null, string> => {
  if (zone === undefined || state.hosts.some((h) => h.az === zone)) return ok(zone ?? null);
  const known = [...new Set(state.hosts.flatMap((h) => (h.az === null ? [] : [h.az])))].sort();
  return err(`There is no zone ${zone}. Known zones: ${known.join(', ') || 'none'}.`);
};

const stranded = ({ stranded: s }: Fit): string =>
  `${Math.round(s.VCPU)} vCPU, ${Math.round(s.MEMORY_MB / MIB_PER_GIB)} GiB RAM`;

const readable = (rows: readonly Row[], options: FitOptions): string => {
  const zones = [...new Set(rows.flatMap((r) => Object.keys(r.byZone)))].sort();
  const unknown = rows[0]?.unknownHosts ?? [];
  return [
    table<Row>(rows, [
      { head: 'FLAVOR', cell: (r) => r.name },
      { head: 'MORE', cell: (r) => r.count },
      ...(rows.some((r) => r.keepingOne !== null) ? [{ head: 'KEEPING N+1', cell: (r: Row) => r.keepingOne }] : []),
      { head: 'LIMITED BY', cell: (r) => r.limitedBy && LIMIT_WORDS[r.limitedBy] },
      { head: 'IF DEFRAGMENTED', cell: (r) => `<= ${r.bound}` },
      ...(zones.length > 1 ? zones.map((z) => ({ head: z.toUpperCase(), cell: (r: Row) => r.byZone[z] ?? 0 })) : []),
      { head: 'STRANDED', cell: stranded },
    ]),
    options.localDisk ? '' : 'Disks are on volumes: no host disk is asked for.\n',
    unknown.length > 0
      ? `Note: the capacity of ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''} is not in the log; nothing is counted there.\n`
      : '',
  ].join('');
};

const rowsOf = (
  state: ClusterState,
  flavors: readonly FlavorSize[],
  options: FitOptions,
  keep: boolean,
): readonly Row[] =>
  flavors.map((flavor) => ({
    ...fitOf(state, flavor, options),
    keepingOne: keep ? fitKeeping(state, flavor, options) : null,
  }));

export const fit: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('fit')
    .description('tell how many more VMs of each flavor fit, and what limits them')
    .option('--flavor <name>', 'only this flavor')
    .option('--zone <name>', 'only hosts of this availability zone')
    .addOption(new Option('--keep <n>', 'also how many fit while any one host may still fail').choices(['1']))
    .option('--volume', 'the VMs boot from volumes and ask for no host disk')
    .option('--release <name>', `under the defaults of a release of Nova: ${RELEASE_NAMES.join(', ')}`)
    .option('--vcpu-ratio <n>', 'as if every host had this cpu_allocation_ratio', positive)
    .option('--ram-ratio <n>', 'as if every host had this ram_allocation_ratio', positive)
    .option('--disk-ratio <n>', 'as if every host had this disk_allocation_ratio', positive)
    .option('--without <host...>', 'as if these hosts were disabled')
    .option('--add <n>', 'as if there were n more hosts', positive)
    .option('--like <host>', 'the host that added ones are like');
  withJson(withAt(withTimeline(withLog(command)))).action((options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const answer = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!answer.ok) return answer;
        const state = assumed(answer.value, options);
        if (!state.ok) return state;
        const zone = zoneIn(state.value, options.zone);
        if (!zone.ok) return zone;
        const one = options.flavor === undefined ? null : flavorNamed(state.value, options.flavor);
        if (one !== null && !one.ok) return one;
        const flavors = one === null ? flavorsOf(state.value) : [one.value];
        if (flavors.length === 0)
          return err('The log describes no flavor and no VM of a known size up to this instant.');
        const fitOptions = { ...ANYWHERE, zone: zone.value, localDisk: options.volume !== true };
        const rows = rowsOf(state.value, flavors, fitOptions, options.keep === '1');
        await terminal.write(
          options.json === true ? `${JSON.stringify({ flavors: rows, ...fitOptions })}\n` : readable(rows, fitOptions),
        );
        return ok(0);
      }),
    ),
  );
};
