// How windows of pre-copy go by that send one kind of page at one rate: in units, a decision after each.
import { ITERATE_MS, ITERATE_PAGES, PAGE_BYTES, type WireFormat, WINDOW_MS, WINDOW_TRAILER_BYTES } from './qemu.ts';
import type { Run } from './run.ts';

/** Share of the pages between two looks at the clock by which an iterate overruns on average (measured at 20 to 200 MB/s). */
const OVERRUN = 0.72;

/** Length of one stretch of sending when the link is the limit: until a look at the clock finds MAX_WAIT passed. */
export const iterateMs = (lineBytesPerMs: number): number => {
  const lookedMs = (ITERATE_PAGES * PAGE_BYTES) / lineBytesPerMs;
  return Math.max(lookedMs, ITERATE_MS + OVERRUN * lookedMs);
};

/** Bytes a rate-limited window lets through: whole portions until the tenth of the limit is passed. */
export const windowBudgetBytes = (capBytesPerMs: number, wire: WireFormat): number => {
  if (capBytesPerMs === Infinity) return Infinity;
  const portion = wire.portionPages * wire.pageBytes;
  return Math.ceil((capBytesPerMs * WINDOW_MS) / portion) * portion + WINDOW_TRAILER_BYTES;
};

/**
 * The bandwidth QEMU measures. A busy host loses its time in a few long stalls, so that the last window before a decision
 * usually ran at the link's own speed: the mean loss is taken out again.
 */
export const measured = (run: Run, bytes: number, ms: number, capped: boolean): number =>
  bytes / (capped ? ms : ms - bytes * run.machine.extraNsPerByte * 1e-6);

/** How windows that send one kind of page without a break go by: units of sending, a decision after each. */
export type Pace = {
  /** What a window lets through. */
  readonly budgetBytes: number;
  readonly unitMs: number;
  readonly unitBytes: number;
  readonly unitPages: number;
  readonly perWindow: number;
  /** Bandwidth such a window measures, bytes/ms. */
  readonly settled: number;
  /** Whether there are decisions within a unit beside the one at its end. */
  readonly isCoarse: boolean;
};

/** A unit is a stretch of sending; or a whole window, where its limit is spent within one stretch or part-way through a second. */
export const paceOf = (run: Run, bytesPerMs: number, pageBytes: number, stretchMs: number): Pace => {
  const limitMs = WINDOW_MS + run.machine.windowSlackMs;
  const budgetBytes = windowBudgetBytes(run.capBytesPerMs, run.move.wire);
  const capped = budgetBytes <= limitMs * bytesPerMs;
  const stretches = stretchMs >= WINDOW_MS ? 1 : 2;
  const windowMs = capped ? limitMs : Math.min(stretches * stretchMs, budgetBytes / bytesPerMs);
  const windowBytes = capped ? budgetBytes : windowMs * bytesPerMs;
  const isCoarse = capped ? budgetBytes > stretchMs * bytesPerMs : windowMs < stretches * stretchMs;
  const perWindow = capped || isCoarse ? 1 : stretches;
  return {
    budgetBytes,
    unitMs: windowMs / perWindow,
    unitBytes: windowBytes / perWindow,
    unitPages: windowBytes / perWindow / pageBytes,
    perWindow,
    settled: measured(run, windowBytes, windowMs, capped),
    isCoarse,
  };
};
