// understudy path-cost: what a packet costs from one VM to another, stage by stage.
import { Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { hostLimits } from '../../../domain/datapath/host-limits.ts';
import { AXIS_VALUES, type Curve, curves, generatorMpps } from '../../../domain/datapath/curves.ts';
import { checkPathInput, type PathCost, pathCost, type PathCostInput } from '../../../domain/datapath/path-cost.ts';
import {
  ALL_OFFLOADS,
  GUEST_KINDS,
  type GuestKind,
  NO_OFFLOADS,
  type Offloads,
} from '../../../domain/datapath/path.ts';
import { ETHERNET_BYTES, FCS_BYTES, guestMtu } from '../../../domain/datapath/frame.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../../domain/datapath/profiles.ts';
import { STANDARD_PATH } from '../../../domain/datapath/standard-path.ts';
import { vmPath, type VmPath } from '../../../domain/datapath/vm-path.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

type Options = InstantOptions & {
  readonly from: string;
  readonly to: string;
  readonly datapath: ProfileName;
  readonly size?: string;
  readonly clock?: string;
  readonly flows?: string;
  readonly cores?: string;
  readonly queues?: string;
  readonly link?: string;
  readonly load?: string;
  readonly misses?: string;
  /** True: all of them. */
  readonly offloads?: true | string;
  readonly underlay: '4' | '6';
  readonly tagged?: boolean;
  readonly guest: GuestKind;
  readonly curve?: keyof typeof AXES;
};

/** Options that are numbers, by the field they set. */
const NUMBERS = {
  size: 'sizeBytes',
  clock: 'clockGhz',
  flows: 'flows',
  cores: 'cores',
  queues: 'guestCores',
  link: 'linkGbps',
  load: 'loadShare',
  misses: 'missShare',
} as const;

/** What `--curve` runs over. */
const AXES = { size: 'sizeBytes', flows: 'flows', cores: 'cores' } as const;

/** Datapaths set beside each other; the others are variants of these. */
const COMPARED: readonly ProfileName[] = ['kernel-ovs', 'linux-bridge', 'af-xdp', 'ovs-dpdk'];

const DECIMAL = /^\d+(\.\d+)?$/;

/** What the options set; a sentence for one that is no number. Sense of the numbers is `checkPathInput`'s. */
const numbersIn = (options: Options): Result<Partial<PathCostInput>, string> => {
  const set: Record<string, number> = {};
  for (const [option, field] of Object.entries(NUMBERS)) {
    const written = options[option as keyof typeof NUMBERS];
    if (written === undefined) continue;
    if (!DECIMAL.test(written)) return err(`--${option} takes a number, not ${written}.`);
    set[field] = Number(written);
  }
  return ok(set);
};

/** `--offloads` alone is all of them; a sentence for a word that is none. */
const offloadsIn = (written: Options['offloads']): Result<Offloads, string> => {
  if (written === undefined) return ok(NO_OFFLOADS);
  if (written === true) return ok(ALL_OFFLOADS);
  const words = written.split(',');
  const strange = words.find((word) => !Object.hasOwn(NO_OFFLOADS, word));
  if (strange !== undefined)
    return err(`"${strange}" is no offload: name some of ${Object.keys(NO_OFFLOADS).join(',')}.`);
  return ok({ ...NO_OFFLOADS, ...Object.fromEntries(words.map((word) => [word, true])) });
};

/** The tunnel as the underlay asked for carries it; the guest's MTU is what is left where the log tells none. */
const underlaid = (path: VmPath, { underlay, tagged }: Options): Pick<PathCostInput, 'encapsulation' | 'guestMtu'> => {
  const { encapsulation: known, network, underlayMtu } = path;
  if (known === null) return { encapsulation: null, guestMtu: path.guestMtu };
  const encapsulation = { ...known, ip: underlay === '6' ? (6 as const) : (4 as const), tagged: tagged === true };
  const told = network?.mtu ?? null;
  return { encapsulation, guestMtu: Math.min(told ?? Infinity, guestMtu(underlayMtu, encapsulation)) };
};

const inputFor = (path: VmPath, options: Options): Result<PathCostInput, string> => {
  const numbers = numbersIn(options);
  if (!numbers.ok) return numbers;
  const offloads = offloadsIn(options.offloads);
  if (!offloads.ok) return offloads;
  const { fromHost: from, toHost: to, underlayMtu } = path;
  const { encapsulation, guestMtu: mtu } = underlaid(path, options);
  return checkPathInput({
    ...STANDARD_PATH,
    from,
    to,
    encapsulation,
    guestMtu: mtu,
    underlayMtu,
    datapath: options.datapath,
    guest: options.guest,
    sizeBytes: mtu + ETHERNET_BYTES + FCS_BYTES,
    offloads: offloads.value,
    ...numbers.value,
  });
};

const where = (path: VmPath): string =>
  path.fromHost === path.toHost
    ? `both on ${path.fromHost}`
    : `${path.fromHost} to ${path.toHost}${path.encapsulation === null ? '' : `, ${path.encapsulation.tunnel}`}`;

const readable = (path: VmPath, input: PathCostInput, cost: PathCost): string => {
  const { latency, frames } = cost;
  const cpu = Object.entries(cost.cpuPercent).map(([host, percent]) => `${host} ${percent.toFixed(0)} %`);
  const limit = cost.bottleneck.host === null ? '' : ` on ${cost.bottleneck.host}`;
  const load = Math.round(input.loadShare * 100);
  const pieces = frames.count === 1 ? '' : `, cut into ${frames.count} frames by ${frames.cutBy}`;
  return [
    `${path.from.name} to ${path.to.name}, ${where(path)}: ${input.sizeBytes} bytes over ${PROFILES[input.datapath].title}` +
      `${pieces}; the tunnel adds ${frames.overheadBytes} bytes a frame.\n`,
    table(cost.stages, [
      { head: 'HOST', cell: (s) => s.host },
      { head: 'CONTEXT', cell: (s) => s.context },
      { head: 'STAGE', cell: (s) => s.name },
      { head: 'CYCLES', cell: (s) => Math.round(s.cycles) },
      { head: 'NS', cell: (s) => Math.round(s.ns) },
      { head: 'BASIS', cell: (s) => s.basis },
    ]),
    `At most ${cost.mppsMax.toFixed(3)} Mpps, ${cost.gbpsMax.toFixed(2)} Gbit/s; the limit is ${cost.bottleneck.context}${limit}.\n` +
      `At ${load} % of that: CPU ${cpu.join(', ')} of one core; one way ${latency.us.toFixed(1)} µs ` +
      `(work ${latency.workUs.toFixed(1)}, waking ${latency.wakeUs.toFixed(1)}, waiting ${latency.waitUs.toFixed(1)}, link ${latency.linkUs.toFixed(1)}).\n`,
    `Cycles of a ${input.clockGhz} GHz core. ${latency.assumptions.map((a) => `Assumed: ${a}.`).join(' ')}\n` +
      [...path.notes, ...cost.notes].map((note) => `Note: ${note}.\n`).join(''),
  ].join('\n');
};

/** What one MoonGen sends over a port of the link, so that it is seen which of the rates below are the load's. */
const offeredMpps = (axis: keyof typeof AXES, x: number, input: PathCostInput): number => {
  const at: PathCostInput = { ...input, [AXES[axis]]: x };
  const { sizeBytes, cores, linkGbps, clockGhz } = at;
  return generatorMpps(sizeBytes, { cores, ports: 1, portGbps: linkGbps, clockGhz });
};

/** One line a value of the axis: what a load generator offers, then Mpps and Gbit/s of every datapath compared. */
const curveTable = (axis: keyof typeof AXES, input: PathCostInput, lines: readonly Curve[]): string =>
  table(
    AXIS_VALUES[AXES[axis]].map((x, i) => ({ x, points: lines.map((line) => line.points[i]) })),
    [
      { head: axis.toUpperCase(), cell: (row) => row.x },
      { head: 'MOONGEN OFFERS', cell: (row) => `${offeredMpps(axis, row.x, input).toFixed(2)} Mpps` },
      ...lines.map(({ datapath }, d) => ({
        head: datapath.toUpperCase(),
        cell: (row: { readonly points: readonly (Curve['points'][number] | undefined)[] }) => {
          const at = row.points[d];
          return at === undefined ? null : `${at.mppsMax.toFixed(3)} Mpps ${at.gbpsMax.toFixed(2)} Gbit/s`;
        },
      })),
    ],
  );

const asJson = (path: VmPath, input: PathCostInput, cost: PathCost, lines: readonly Curve[]): string =>
  `${JSON.stringify({
    from: { vm: path.from.id, host: path.fromHost },
    to: { vm: path.to.id, host: path.toHost },
    datapath: input.datapath,
    sizeBytes: input.sizeBytes,
    clockGhz: input.clockGhz,
    ...cost,
    ...(lines.length === 0 ? {} : { curves: lines }),
    notes: [...path.notes, ...cost.notes],
  })}\n`;

export const pathCostOf: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('path-cost')
    .description('tell what a packet costs from one VM to another')
    .requiredOption('--from <vm>', 'the sender, by name or id')
    .requiredOption('--to <vm>', 'the receiver')
    .option('--size <bytes>', 'frame with its check sequence, 64 to 65536 (default: a full frame of the network)')
    .addOption(new Option('--datapath <name>', 'the datapath').choices(PROFILE_NAMES).default('kernel-ovs'))
    .addOption(new Option('--guest <what>', 'what runs in the guests').choices(GUEST_KINDS).default('sockets'))
    .option('--clock <ghz>', `clock of the cores (default: ${STANDARD_PATH.clockGhz})`)
    .option('--flows <n>', 'flows the packets belong to (default: 1)')
    .option('--cores <n>', 'cores or PMD threads a host spreads flows over (default: 1)')
    .option('--queues <n>', 'cores of each guest, each with a virtio queue of its own (default: 1)')
    .option('--link <gbps>', `rate of the link between hosts (default: ${STANDARD_PATH.linkGbps})`)
    .option('--load <share>', `share of the greatest rate for CPU and latency (default: ${STANDARD_PATH.loadShare})`)
    .option('--misses <share>', 'share of packets that need an upcall (default: 0)')
    .addOption(new Option('--curve <axis>', 'throughput of each datapath along an axis').choices(Object.keys(AXES)))
    .addOption(new Option('--underlay <ip>', 'IP of the underlay').choices(['4', '6']).default('4'))
    .option('--tagged', 'the underlay tags frames (802.1Q)')
    .option(
      '--offloads [names]',
      'what is offloaded: checksum, segmentation (GSO and TSO), tunnel; all where none is named',
    );
  withInstant(command).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const state = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!state.ok) return state;
        const path = vmPath(state.value, options.from, options.to);
        if (!path.ok) return path;
        const input = inputFor(path.value, options);
        if (!input.ok) return input;
        const priced = pathCost(input.value);
        const asked = hostLimits(state.value, [path.value.fromHost, path.value.toHost], input.value);
        const cost = { ...priced, notes: [...priced.notes, ...asked] };
        const lines = options.curve === undefined ? [] : curves(input.value, AXES[options.curve], COMPARED);
        if (options.json === true) await terminal.write(asJson(path.value, input.value, cost, lines));
        else if (options.curve === undefined) await terminal.write(readable(path.value, input.value, cost));
        else await terminal.write(curveTable(options.curve, input.value, lines));
        return ok(0);
      }),
    ),
  );
};
