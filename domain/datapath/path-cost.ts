// The price of a packet between two VMs: its stages as a waterfall, rates, CPU on each host, and latency.
import { bottleneck, type Context, contextCycles, contextMpps, coresBusy, cyclesToNs, useCycles } from './context.ts';
import {
  type Encapsulation,
  ETHERNET_BYTES,
  FCS_BYTES,
  FRAME_BYTES_MIN,
  lineRateMpps,
  overheadBytes,
  underlayVerdict,
} from './frame.ts';
import { contextsOf, cutOf, type PathInput, SKB_BYTES_MAX } from './path.ts';
import { PROFILES } from './profiles.ts';
import { meanWaitNs, QUEUEING_ASSUMPTIONS, type Service } from './queueing.ts';
import { type Basis, STAGES, type StageName } from './stages.ts';
import { err, ok, type Result } from '../base/result.ts';

export type PathCostInput = PathInput & {
  readonly clockGhz: number;
  /** Rate of the link between the hosts. */
  readonly linkGbps: number;
  readonly underlayMtu: number;
  /** Share of packets whose flow no cache knows: each is an upcall to ovs-vswitchd. */
  readonly missShare: number;
  /** Share of the greatest rate at which CPU use and latency are told. */
  readonly loadShare: number;
};

export type WaterfallStage = {
  readonly name: StageName;
  readonly host: string;
  readonly context: string;
  /** Cycles a packet, over all its frames and passes. */
  readonly cycles: number;
  readonly ns: number;
  readonly basis: Basis;
};

export type PathCost = {
  readonly stages: readonly WaterfallStage[];
  /** What limits the rate: a context, `link`, `upcalls` or, where nothing passes, `mtu`. */
  readonly bottleneck: { readonly context: string; readonly host: string | null };
  /** Million packets a second as the sender counts them. */
  readonly mppsMax: number;
  /** Frames of the guests, headers and check sequence included, tunnel excluded. */
  readonly gbpsMax: number;
  /** Per host, in percent of one core, at `loadShare` of the greatest rate. */
  readonly cpuPercent: Readonly<Record<string, number>>;
  readonly latency: {
    /** One way, microseconds: work, waking and waiting. */
    readonly us: number;
    readonly workUs: number;
    readonly wakeUs: number;
    readonly waitUs: number;
    readonly linkUs: number;
    readonly loadShare: number;
    readonly assumptions: readonly string[];
  };
  readonly frames: {
    readonly count: number;
    readonly bytes: number;
    readonly overheadBytes: number;
    readonly cutBy: string;
  };
  readonly notes: readonly string[];
};

/** Upcalls a second that one host answers: 74,163 before and 206,358 after OVS 68eadcf05 (2013, published). */
export const UPCALLS_PER_S_MAX = 206_358;
/** From interrupt or notification to the woken thread's first work; fitted to netperf TCP_RR of Tu et al. 2021. */
export const WAKE_US = 5;
/** NICs with their interrupt moderation, cable and one switch, beyond the time on the wire (assumed). */
const LINK_DELAY_US = 3;

const MPPS_TO_GBPS = 8 / 1000;

/** Errors: a sentence for each number that makes no sense. */
export const checkPathInput = (input: PathCostInput): Result<PathCostInput, string> => {
  const { sizeBytes, clockGhz, flows, cores, guestCores, linkGbps, missShare, loadShare, passes } = input;
  if (!Number.isInteger(sizeBytes) || sizeBytes < FRAME_BYTES_MIN || sizeBytes > SKB_BYTES_MAX)
    return err(`A packet has ${FRAME_BYTES_MIN} to ${SKB_BYTES_MAX} bytes, not ${sizeBytes}.`);
  if (!(clockGhz > 0 && clockGhz <= 10)) return err(`A clock of ${clockGhz} GHz is none: give up to 10.`);
  for (const [what, n] of Object.entries({ flows, cores, 'guest cores': guestCores, passes }))
    if (!Number.isInteger(n) || n < 1) return err(`The number of ${what} is a whole number from 1 on, not ${n}.`);
  if (!(linkGbps > 0 && Number.isFinite(linkGbps))) return err(`A link of ${linkGbps} Gbit/s carries nothing.`);
  if (!(missShare >= 0 && missShare <= 1)) return err(`The share of misses is between 0 and 1, not ${missShare}.`);
  if (!(loadShare >= 0 && loadShare < 1)) return err(`The load is a share from 0 to below 1, not ${loadShare}.`);
  if (missShare > 0 && PROFILES[input.datapath].lookup === 'bridge')
    return err('A Linux bridge has no flows to miss: leave the share of misses at 0.');
  return ok(input);
};

const handlesMissesItself = ({ datapath }: PathCostInput): boolean => PROFILES[datapath].lookup !== 'kernel';

/** Threads of the userspace datapath. */
const LOOKS_UP: ReadonlySet<string> = new Set(['pmd', 'ovs-vswitchd']);

/** The userspace datapath answers misses in the thread that met them; the kernel's go to handler threads. */
const withMisses = (contexts: readonly [Context, ...Context[]], input: PathCostInput) => {
  if (input.missShare === 0 || !handlesMissesItself(input)) return contexts;
  const missed = { stage: 'upcall', times: input.missShare, bytes: FRAME_BYTES_MIN } as const;
  return contexts.map((c) => (LOOKS_UP.has(c.name) ? { ...c, uses: [...c.uses, missed] } : c)) as unknown as readonly [
    Context,
    ...Context[],
  ];
};

/** What a context takes for one packet, misses apart, as a queue sees it: per core. */
const serviceOf = (context: Context, clockGhz: number, missShare: number): Service => {
  const missCycles = context.uses.filter((u) => u.stage === 'upcall').reduce((sum, u) => sum + useCycles(u), 0);
  const hit = cyclesToNs(contextCycles(context) - missCycles, clockGhz);
  if (missCycles === 0) return [{ share: 1, ns: hit }];
  return [
    { share: 1 - missShare, ns: hit },
    { share: missShare, ns: hit + cyclesToNs(missCycles / missShare, clockGhz) },
  ];
};

const latencyOf = (contexts: readonly Context[], input: PathCostInput, mpps: number, wireBytes: number) => {
  const { clockGhz, missShare, loadShare } = input;
  const workUs = contexts.reduce((sum, c) => sum + cyclesToNs(contextCycles(c), clockGhz), 0) / 1000;
  const waits = contexts.map((c) => meanWaitNs(mpps / 1000 / c.cores, serviceOf(c, clockGhz, missShare)) ?? Infinity);
  const waitUs = waits.reduce((sum, ns) => sum + ns, 0) / 1000;
  // The first context is awake already; a busy one stays awake; a container's application is woken once more.
  const sleepers = contexts.slice(1).filter((c) => c.pollingCores === 0);
  const applications = contexts.at(-1)?.name === 'guest of receiver' ? 0 : 1;
  const asleep = sleepers.reduce((sum, c) => sum + Math.max(0, 1 - mpps / contextMpps(c, clockGhz)), applications);
  const wakeUs = asleep * WAKE_US;
  const linkUs = input.from === input.to ? 0 : LINK_DELAY_US + (wireBytes * 8) / (input.linkGbps * 1000);
  return { us: workUs + wakeUs + waitUs + linkUs, workUs, wakeUs, waitUs, linkUs, loadShare };
};

const cpuOf = (contexts: readonly Context[], mpps: number, clockGhz: number): Record<string, number> => {
  const percent: Record<string, number> = {};
  for (const c of contexts) percent[c.host] = (percent[c.host] ?? 0) + 100 * coresBusy(c, mpps, clockGhz);
  return percent;
};

const waterfall = (contexts: readonly Context[], clockGhz: number): readonly WaterfallStage[] =>
  contexts.flatMap(({ name: context, host, uses }) =>
    uses.map((use) => {
      const cycles = useCycles(use);
      return {
        name: use.stage,
        host,
        context,
        cycles,
        ns: cyclesToNs(cycles, clockGhz),
        basis: STAGES[use.stage].basis,
      };
    }),
  );

type Limit = { readonly context: string; readonly host: string | null; readonly mpps: number };

const limitsOf = (contexts: readonly [Context, ...Context[]], input: PathCostInput, wireMpps: number): Limit => {
  const slowest = bottleneck(contexts, input.clockGhz);
  const limits: Limit[] = [{ context: slowest.context.name, host: slowest.context.host, mpps: slowest.mpps }];
  if (input.from !== input.to) limits.push({ context: 'link', host: null, mpps: wireMpps });
  if (input.missShare > 0 && !handlesMissesItself(input))
    limits.push({ context: 'upcalls', host: input.from, mpps: UPCALLS_PER_S_MAX / 1e6 / input.missShare });
  return limits.reduce((least, limit) => (limit.mpps < least.mpps ? limit : least));
};

/** Bytes of a frame between the hosts, and the bytes of the packet's IP part that a tunnel has to carry. */
const onTheWire = (frameBytes: number, encapsulation: Encapsulation | null): number =>
  frameBytes + (encapsulation === null ? 0 : overheadBytes(encapsulation));

/**
 * What a packet costs from one VM to another; `from` and `to` are the names of their hosts, equal for one host.
 * Cycles are those of `STAGES`, with their basis; nothing is slowed by cache or memory shared with other work.
 */
export const pathCost = (input: PathCostInput): PathCost => {
  const { clockGhz, encapsulation, sizeBytes } = input;
  const crosses = input.from !== input.to;
  const contexts = withMisses(contextsOf(input), input);
  const cut = cutOf(sizeBytes, input.guestMtu, input.offloads.segmentation);
  const tunnel = crosses ? encapsulation : null;
  const frameBytes = onTheWire(cut.frameBytes, tunnel);
  const innerIp = cut.frameBytes - ETHERNET_BYTES - FCS_BYTES;
  const verdict = tunnel === null ? null : underlayVerdict(innerIp, input.underlayMtu, tunnel);
  const limit = limitsOf(contexts, input, lineRateMpps(input.linkGbps, frameBytes) / cut.frames);
  const isDropped = verdict?.outcome === 'dropped';
  const mppsMax = isDropped ? 0 : limit.mpps;
  const load = mppsMax * input.loadShare;
  return {
    stages: waterfall(contexts, clockGhz),
    bottleneck: isDropped ? { context: 'mtu', host: input.from } : { context: limit.context, host: limit.host },
    mppsMax,
    gbpsMax: mppsMax * sizeBytes * MPPS_TO_GBPS,
    cpuPercent: cpuOf(contexts, load, clockGhz),
    latency: {
      ...latencyOf(contexts, input, load, frameBytes * cut.frames),
      assumptions: [...QUEUEING_ASSUMPTIONS, `a sleeping thread takes ${WAKE_US} us to wake (fitted), a busy one none`],
    },
    frames: {
      count: cut.frames,
      bytes: cut.frameBytes,
      overheadBytes: tunnel === null ? 0 : overheadBytes(tunnel),
      cutBy: cut.by,
    },
    notes: isDropped
      ? [
          `the outer packet of ${verdict.outerIpBytes} bytes does not fit the underlay MTU of ${input.underlayMtu}, and tunnels set DF`,
        ]
      : [],
  };
};
