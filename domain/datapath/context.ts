// Contexts: threads and softirqs that a packet passes one after the other; the slowest sets the pace.
import { REFERENCE_CLOCK_GHZ, stageCycles, type StageName } from './stages.ts';

/** A stage as a context runs it: `times` a packet, each time on `bytes`. */
export type StageUse = { readonly stage: StageName; readonly times: number; readonly bytes: number };

export type Context = {
  readonly name: string;
  readonly host: string;
  readonly uses: readonly StageUse[];
  /** Cores this context can run on at once for the traffic in question. */
  readonly cores: number;
  /** Cores that poll-mode threads hold whether or not packets come; 0 where work is done on demand. */
  readonly pollingCores: number;
};

export const useCycles = ({ stage, times, bytes }: StageUse): number => times * stageCycles(stage, bytes);

/** Cycles one packet costs in a context. */
export const contextCycles = (context: Context): number => context.uses.reduce((sum, use) => sum + useCycles(use), 0);

/** Million packets a second a context can take: clock x cores / cycles; infinite where it has nothing to do. */
export const contextMpps = (context: Context, clockGhz = REFERENCE_CLOCK_GHZ): number =>
  (clockGhz * 1000 * context.cores) / contextCycles(context);

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
