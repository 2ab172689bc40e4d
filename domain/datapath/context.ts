// Contexts: threads and softirqs that a packet passes one after the other; the slowest sets the pace.
import { sharedRate } from './queueing.ts';
import { BASE_FRAME_BYTES, REFERENCE_CLOCK_GHZ, stageCycles, type StageName } from './stages.ts';

/** A stage as a context runs it: `times` a packet, each time on `bytes`. */
export type StageUse = { readonly stage: StageName; readonly times: number; readonly bytes: number };

export type Context = {
  readonly name: string;
  readonly host: string;
  readonly uses: readonly StageUse[];
  /** Cores this context can run on at once for the traffic in question; a mean where chance spreads the flows. */
  readonly cores: number;
  /** Cores that poll-mode threads hold whether or not packets come; 0 where work is done on demand. */
  readonly pollingCores: number;
};

export const useCycles = ({ stage, times, bytes }: StageUse): number => times * stageCycles(stage, bytes);

/** Cycles one packet costs in a context. */
export const contextCycles = (context: Context): number => context.uses.reduce((sum, use) => sum + useCycles(use), 0);

/** Stages that meet the network card, each way: descriptors and payload cross its PCIe slot. */
const CARD_STAGES: readonly ReadonlySet<StageName>[] = [new Set(['drv_rx', 'd_rx']), new Set(['drv_tx', 'd_tx'])];
/** Bytes a ns of a PCIe 3.0 x16 slot, each way. */
const SLOT_BYTES_PER_NS = 15.75;
/** Bytes of the slot that descriptors, completions and packet headers of PCIe take a frame (assumed): cards on such a slot end at about 115 Mpps of 64 bytes. */
const SLOT_OVERHEAD_BYTES = 73;

/** How long a packet holds the slot that all cores share, in ns: the busier way. */
const cardNs = ({ uses }: Context): number =>
  Math.max(
    ...CARD_STAGES.map((stages) =>
      uses
        .filter(({ stage }) => stages.has(stage))
        .reduce((sum, { times, bytes }) => sum + (times * (bytes + SLOT_OVERHEAD_BYTES)) / SLOT_BYTES_PER_NS, 0),
    ),
  );

/** Million packets a second a context can take: clock x cores / cycles, and cores wait for one another at the card. */
export const contextMpps = (context: Context, clockGhz = REFERENCE_CLOCK_GHZ): number => {
  const ns = cyclesToNs(contextCycles(context), clockGhz);
  const card = cardNs(context);
  if (card === 0) return (1000 * context.cores) / ns;
  return 1000 * sharedRate(context.cores, Math.max(0, ns - card), card);
};

/** Where several cores make and free sk_buffs, each pays for every other one. */
export const withSharing = (uses: readonly StageUse[], cores: number): readonly StageUse[] =>
  cores > 1 && uses.some(({ stage }) => stage === 'skb')
    ? [...uses, { stage: 'k_shared', times: cores - 1, bytes: BASE_FRAME_BYTES }]
    : uses;

/** The context with the lowest rate, and that rate. */
export const bottleneck = (
  contexts: readonly [Context, ...Context[]],
  clockGhz: number,
): { readonly context: Context; readonly mpps: number } => {
  let slowest = contexts[0];
  for (const context of contexts) {
    if (contextMpps(context, clockGhz) < contextMpps(slowest, clockGhz)) slowest = context;
  }
  return { context: slowest, mpps: contextMpps(slowest, clockGhz) };
};

/** Cores a context keeps busy at a packet rate; never more than it has. */
export const coresBusy = (context: Context, mpps: number, clockGhz: number): number => {
  if (context.pollingCores > 0) return context.pollingCores;
  const rate = contextMpps(context, clockGhz);
  return rate === 0 ? 0 : context.cores * Math.min(1, mpps / rate);
};

/** One pass of each stage over a frame of `bytes`. */
export const once = (stages: readonly StageName[], bytes: number): readonly StageUse[] =>
  stages.map((stage) => ({ stage, times: 1, bytes }));

/** Nanoseconds of cycles. */
export const cyclesToNs = (cycles: number, clockGhz: number): number => cycles / clockGhz;
