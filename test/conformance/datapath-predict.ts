// Predicts one row of the calibration file from its contexts or its words, never from its result; or says why not.
import {
  bottleneck,
  type Context,
  contextCycles,
  coresBusy,
  once,
  withSharing,
} from '../../domain/datapath/context.ts';
import { lineRateMpps } from '../../domain/datapath/frame.ts';
import { pathCost } from '../../domain/datapath/path-cost.ts';
import { isStageName, REFERENCE_CLOCK_GHZ, type StageName } from '../../domain/datapath/stages.ts';
import { benchmarkOf, transferOf } from './datapath-scenario.ts';
import { type CalibrationRow, clockOf, coresOf, frameOf, wordsOf } from './datapath-rows.ts';

export type Prediction = {
  readonly name: string;
  /** Id of the row it belongs to. */
  readonly row: string;
  readonly measured: number;
  readonly predicted: number;
  readonly unit: string;
  /** Figures of one comparison are to keep their order. */
  readonly comparison: string;
  readonly configuration: string;
  /** What had to be supposed. */
  readonly said: string;
  /** Half the width a figure was read with, in its unit. */
  readonly readingError: number;
  /** A stage value was taken from this row. */
  readonly fitted: boolean;
  /** The clock that was supposed, where the row names none: its error may be the clock's. */
  readonly clockSupposedGhz: number | null;
};

export type Answer = {
  readonly predictions: readonly Prediction[];
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
};

/** Rows that stage values were taken from beside those of the published fit, which carry its result themselves. */
const CALIBRATED: ReadonlySet<string> = new Set([
  'vm-vm-samehost-kernel-tap',
  'vm-vm-samehost-afxdp-vhostuser-nooffload',
  'vm-vm-samehost-afxdp-vhostuser-csum',
  'vm-vm-crosshost-geneve-kernel-tap',
  'vm-vm-crosshost-geneve-afxdp-tap-irq',
  'vm-vm-crosshost-geneve-afxdp-tap-poll',
  'vm-vm-crosshost-geneve-afxdp-vhostuser',
  'vm-vm-crosshost-geneve-afxdp-vhostuser-csum',
  'afxdp -> tap',
  'ovs-dpdk VXLAN decap 118 B',
  'netperf TCP_RR host<->VM on another host',
  'linux IPv4 forwarding scaling',
  'DPDK rx-drop per core',
]);

/** No contexts run on more packets than this link brings: what a row names (`2x40GbE`), or nothing. */
const lineOf = (row: CalibrationRow, frame: number): number => {
  if (typeof row.link_gbps === 'number') return lineRateMpps(row.link_gbps, frame);
  const said = `${row.id} ${row.note ?? ''}`.match(/(?:(\d+) ?x ?)?(\d+) ?GbE/i);
  return said === null ? Infinity : lineRateMpps(Number(said[1] ?? 1) * Number(said[2]), frame);
};

const comparisonOf = ({ source = '', id }: CalibrationRow): string => {
  const figure = source.match(/(?:Fig|Table) \d+[a-z]?/)?.[0];
  return figure ?? source.match(/commit \w+/)?.[0] ?? (source === '' ? id : source);
};

const readingErrorOf = ({ read }: CalibrationRow): number => Number(read?.match(/\+-([\d.]+)/)?.[1] ?? 0);

const cannot = (row: CalibrationRow, why: string): Answer => ({ predictions: [], skipped: [{ name: row.id, why }] });

type Rig = { readonly clockGhz: number; readonly said: string; readonly clockSupposedGhz: number | null };

const rigOf = (row: CalibrationRow, all: readonly CalibrationRow[]): Rig => {
  const clock = clockOf(row, all);
  if (clock !== null) return { clockGhz: clock, said: `${clock} GHz`, clockSupposedGhz: null };
  const said = `clock not stated, ${REFERENCE_CLOCK_GHZ} GHz supposed`;
  return { clockGhz: REFERENCE_CLOCK_GHZ, said, clockSupposedGhz: REFERENCE_CLOCK_GHZ };
};

/** `softirq*9.9` is a context on 9.9 cores. */
const contextsFrom = (
  stages: Readonly<Record<string, readonly string[]>>,
  frame: number,
  cores: number,
): readonly Context[] | string => {
  const contexts: Context[] = [];
  for (const [key, names] of Object.entries(stages)) {
    const unknown = names.find((name) => !isStageName(name));
    if (unknown !== undefined) return `no stage is called ${unknown}`;
    const [name = key, factor] = key.split('*');
    const polls = name === 'pmd' || name === 'user';
    const n = factor === undefined ? cores : Number(factor);
    const uses = withSharing(once(names as StageName[], frame), n);
    contexts.push({ name, host: 'a', uses, cores: n, pollingCores: polls ? n : 0 });
  }
  return contexts.length === 0 ? 'no context is given' : contexts;
};

const rateOf = (contexts: readonly Context[], clockGhz: number): number =>
  bottleneck(contexts as readonly [Context, ...Context[]], clockGhz).mpps;

const base = (row: CalibrationRow, configuration: string, { said, clockSupposedGhz }: Rig) => ({
  row: row.id,
  comparison: comparisonOf(row),
  configuration,
  said,
  clockSupposedGhz,
  readingError: readingErrorOf(row),
  fitted: CALIBRATED.has(row.id) || 'model_mpps' in row || 'model_gbps' in row,
});

const told = (contexts: readonly Context[]): string =>
  contexts.map((c) => `${c.name} ${Math.round(contextCycles(c))} cycles`).join(', ');

/** A row with contexts: its rate, and the hyperthreads it keeps busy (guests apart, which the contexts leave out). */
const fromContexts = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  const frame = frameOf(row);
  const contexts = contextsFrom(row.contexts ?? {}, frame, 1);
  if (typeof contexts === 'string') return cannot(row, contexts);
  if (typeof row.rate_mpps !== 'number') return cannot(row, 'no rate was measured');
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const predicted = Math.min(rateOf(contexts, clockGhz), lineOf(row, frame));
  const about = base(row, told(contexts), rig);
  const rate: Prediction = { ...about, name: row.id, measured: row.rate_mpps, predicted, unit: 'Mpps' };
  const threads = row.cpu_hyperthreads_reported;
  if (threads === undefined || threads === null || wordsOf(row).includes('pvp'))
    return { predictions: [rate], skipped: [] };
  const busy = contexts.reduce((sum, c) => sum + coresBusy(c, predicted, clockGhz), 0);
  return {
    predictions: [
      rate,
      {
        ...about,
        name: `${row.id}, CPU`,
        measured: threads,
        predicted: busy,
        unit: 'hyperthreads',
        readingError: 0.2,
        fitted: false,
      },
    ],
    skipped: [],
  };
};

const WHY_NOT: readonly (readonly [RegExp, string])[] = [
  [/ebpf/, 'no stages for the eBPF datapath'],
  [/upcall rate/, 'the later figure is the constant of our miss path'],
  [/cpu % of the whole machine/, 'the number of cores of the machine is not given'],
  [/ladder/, "steps of one program's tuning, which the stages do not tell apart"],
  [/cost/, 'a figure its authors use, without a configuration'],
  [/xdp/, "no stages for programs that run on a tap's own XDP hook"],
];

type Figure = { readonly name: string; readonly measured: number; readonly cores: number; readonly subtables: number };

/** Figures in Mpps of a row without contexts, each with the cores and subtables it was taken with. */
const figuresOf = (row: CalibrationRow): readonly Figure[] => {
  const { mpps, cores, subtable_lookups: subtables, labels } = row;
  const own = { cores: coresOf(row), subtables: 1 };
  if (row.mpps_single_core !== undefined) return [{ ...own, name: row.id, measured: row.mpps_single_core, cores: 1 }];
  if (mpps === undefined) return [];
  if (typeof mpps === 'number') return [{ ...own, name: row.id, measured: mpps }];
  // Before and after a change of code that our stages do not tell apart: they stand for the later state.
  if (!Array.isArray(mpps)) {
    const variants = Object.entries(mpps as Readonly<Record<string, readonly number[]>>);
    return variants.flatMap(([key, list]) =>
      list.slice(-1).map((m) => ({ ...own, name: `${row.id} ${key}`, measured: m })),
    );
  }
  const figures = mpps as readonly number[];
  const each = (tell: (i: number) => Partial<Figure> & { readonly name: string }): readonly Figure[] =>
    figures.map((measured, i) => ({ ...own, measured, ...tell(i) }));
  if (cores !== undefined) return each((i) => ({ name: `${row.id}, ${cores[i]} cores`, cores: cores[i] ?? 1 }));
  if (subtables !== undefined)
    return each((i) => ({ name: `${row.id}, ${subtables[i]} subtables`, subtables: subtables[i] ?? 1 }));
  if (row.id.includes('per core')) return each((i) => ({ name: `${row.id}, ${i + 1} cores`, cores: i + 1 }));
  if (labels !== undefined)
    return each((i) => ({ name: `${row.id}, ${labels[i]}` })).filter((_, i) => labels[i] === PLAIN);
  return each(() => ({ name: figures.length > 1 ? `${row.id} (last figure)` : row.id })).slice(-1);
};

/** Label of the figure without any of a row's optimisations. */
const PLAIN = 'plain';

const fromBenchmark = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  const stages = benchmarkOf(row);
  if (stages === null)
    return cannot(
      row,
      WHY_NOT.find(([words]) => words.test(wordsOf(row)))?.[1] ?? 'no stages of ours tell this configuration',
    );
  const figures = figuresOf(row);
  const tuned = (row.labels ?? []).filter((label) => label !== PLAIN);
  const skipped = tuned.map((label) => ({
    name: `${row.id}, ${label}`,
    why: 'an optimisation that no stage of ours tells',
  }));
  if (figures.length === 0)
    return { predictions: [], skipped: skipped.length > 0 ? skipped : cannot(row, 'it gives no packet rate').skipped };
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const frame = frameOf(row);
  const lookups = Object.values(stages)
    .flat()
    .filter((s) => s === 'd_dpcls').length;
  const predictions = figures.map(({ name, measured, cores, subtables }): Prediction => {
    const extra = { stage: 'd_subtable', times: lookups * (subtables - 1), bytes: frame } as const;
    const contexts = (contextsFrom(stages, frame, cores) as readonly Context[]).map((c) => ({
      ...c,
      uses: [...c.uses, extra],
    }));
    const predicted = Math.min(rateOf(contexts, clockGhz), lineOf(row, frame));
    const about = base(row, `${told(contexts)} on ${cores} cores`, rig);
    return {
      ...about,
      name,
      measured,
      predicted,
      unit: 'Mpps',
      comparison: figures.length > 1 ? row.id : about.comparison,
    };
  });
  return { predictions, skipped };
};

/** Hyperthreads a benchmark keeps busy at its greatest rate; a guest that forwards polls one more. */
const fromHyperthreads = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  const stages = benchmarkOf(row);
  const measured = Number.parseFloat(String(row.hyperthreads?.['total']));
  if (stages === null || Number.isNaN(measured)) return cannot(row, 'no stages of ours tell this configuration');
  const spreads = Object.hasOwn(stages, 'softirq') && /kernel/i.test(row.id) && !/pcp/i.test(row.id);
  if (spreads) return cannot(row, 'how many queues 1,000 flows fill is the setting of the rig');
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const contexts = contextsFrom(stages, frameOf(row), 1) as readonly Context[];
  const guest = /pvp/i.test(row.id) ? 1 : 0;
  const predicted = contexts.reduce((sum, c) => sum + coresBusy(c, rateOf(contexts, clockGhz), clockGhz), guest);
  return {
    predictions: [
      { ...base(row, told(contexts), rig), name: `${row.id}, CPU`, measured, predicted, unit: 'hyperthreads' },
    ],
    skipped: [],
  };
};

const fromTransfer = (row: CalibrationRow, measured: number, all: readonly CalibrationRow[]): Answer => {
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const input = transferOf(row, clockGhz);
  if (input === null) return cannot(row, 'the datapath is not named');
  const cost = pathCost(input);
  const configuration = `${input.datapath}, ${input.sizeBytes} B, slowest ${cost.bottleneck.context}`;
  // Goodput: headers of the frames are no payload.
  const payload = input.offloads.segmentation ? 1 : (input.guestMtu - 52) / input.sizeBytes;
  return {
    predictions: [
      {
        ...base(row, configuration, rig),
        name: row.id,
        measured,
        predicted: cost.gbpsMax * payload,
        unit: 'Gbit/s',
      },
    ],
    skipped: [],
  };
};

/** TCP_RR: one small packet each way, nothing else on the path: no queueing, so the median only. */
const fromLatency = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const predictions: Prediction[] = [];
  const skipped = [
    {
      name: `${row.id}: p90, p99`,
      why: "one packet is under way at a time: no queue, and the tail is the scheduler's",
    },
  ];
  for (const [name, [p50 = 0]] of Object.entries(row.us_p50_p90_p99 ?? {})) {
    const datapath = name.split('~')[0]!;
    const where = row.id.includes('container') ? ' container' : ' vm vhostuser';
    const scenario = transferOf({ ...row, id: `${datapath}${where} ${row.id.replace(/host<->vm/i, '')}` }, clockGhz);
    if (scenario === null) {
      skipped.push({ name: `${row.id}: ${name}`, why: 'no datapath of ours' });
      continue;
    }
    const input = { ...scenario, sizeBytes: 67, loadShare: 0 };
    const predicted = 2 * pathCost(input).latency.us;
    predictions.push({
      ...base(row, input.datapath, rig),
      name: `${row.id}: ${name} p50`,
      measured: p50,
      predicted,
      unit: 'us (lower is better)',
    });
  }
  return { predictions, skipped };
};

/** What one datapath gains on another, from both predicted: bandwidth and latency of TCP. */
const fromGain = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  const rig = rigOf(row, all);
  const { clockGhz } = rig;
  const skipped: { name: string; why: string }[] = [];
  const predictions: Prediction[] = [];
  const of = (id: string) => transferOf({ id, offloads: 'none' }, clockGhz)!;
  const [old, dpdk] = [of('vm-vm kernel'), of('vm-vm dpdk vhostuser')];
  for (const [name, gain] of Object.entries(row.gain_pct ?? {})) {
    if (!name.startsWith('tcp')) {
      skipped.push({ name: `${row.id}: ${name}`, why: 'the size of the datagrams is not given' });
      continue;
    }
    const small = { sizeBytes: 67, loadShare: 0 };
    const ratio = name.includes('lat')
      ? pathCost({ ...dpdk, ...small }).latency.us / pathCost({ ...old, ...small }).latency.us
      : pathCost(dpdk).gbpsMax / pathCost(old).gbpsMax;
    predictions.push({
      ...base(row, 'kernel-ovs against ovs-dpdk', rig),
      comparison: row.id,
      name: `${row.id}: ${name}`,
      measured: 1 + gain / 100,
      predicted: ratio,
      unit: 'times',
    });
  }
  return { predictions, skipped };
};

/** Predictions of a row, or the reason there is none; the row's measured figures are used for nothing else. */
export const predictRow = (row: CalibrationRow, all: readonly CalibrationRow[]): Answer => {
  if (row.contexts !== undefined) return fromContexts(row, all);
  if (typeof row.gbps === 'number') return fromTransfer(row, row.gbps, all);
  if (row.us_p50_p90_p99 !== undefined) return fromLatency(row, all);
  if (row.gain_pct !== undefined) return fromGain(row, all);
  if (row.hyperthreads !== undefined) return fromHyperthreads(row, all);
  if (Object.hasOwn(row, 'avg_us'))
    return cannot(row, "batches held back for sending are no stage; the generator's share of the delay is not given");
  return fromBenchmark(row, all);
};
