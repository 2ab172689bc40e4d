// Is a host overloaded? Neat's detectors that look at the utilization history only; newest value last.
import { iqr, loessLine, mad, robustLoessLine } from './statistics.ts';

/** Utilization of a host over time as a fraction of what VMs may use, newest last; may exceed 1. */
export type History = readonly number[];

/** The newest value is above the threshold. */
export const threshold = (limit: number, utilization: History): boolean =>
  utilization.length > 0 && utilization.at(-1)! > limit;

/** The mean of the newest n values is above the threshold. */
export const lastNAverageThreshold = (limit: number, n: number, utilization: History): boolean => {
  const newest = utilization.slice(-n);
  if (newest.length === 0) return false;
  let sum = 0;
  for (const u of newest) sum += u;
  return sum / newest.length > limit;
};

/**
 * The newest value reaches a limit that the history itself sets.
 *
 * @param limitOf the adaptive threshold, from the whole history
 * @param length shorter histories are not judged: false
 */
export const adaptiveThreshold = (
  limitOf: (utilization: History) => number,
  length: number,
  utilization: History,
): boolean => utilization.length > 0 && utilization.length >= length && limitOf(utilization) <= utilization.at(-1)!;

/** Median absolute deviation: overloaded if 1 - param * MAD <= newest. Beloglazov and Buyya 2012, section 5.1. */
export const madThreshold = (param: number, length: number, utilization: History): boolean =>
  adaptiveThreshold((u) => 1 - param * mad(u), length, utilization);

/** Interquartile range: overloaded if 1 - param * IQR <= newest. Beloglazov and Buyya 2012, section 5.2. */
export const iqrThreshold = (param: number, length: number, utilization: History): boolean =>
  adaptiveThreshold((u) => 1 - param * iqr(u), length, utilization);

type Line = readonly [intercept: number, slope: number];

/** What local regression needs besides the history. */
export type LoessParams = {
  readonly threshold: number;
  /** Safety: the prediction is multiplied by it. */
  readonly param: number;
  /** Newest values fitted; shorter histories are not judged. */
  readonly length: number;
  /** Migration time over the time step, not rounded: how far ahead the line is read. */
  readonly migrationTimeSteps: number;
};

const predicted = (fit: (y: History) => Line, p: LoessParams, utilization: History): boolean => {
  if (utilization.length < p.length) return false;
  const [intercept, slope] = fit(utilization.slice(-p.length));
  return p.param * (intercept + slope * (p.length + p.migrationTimeSteps)) >= p.threshold;
};

/** Local regression (LR): overloaded if param * (line at the end of the migration) >= threshold. */
export const loess = (p: LoessParams, utilization: History): boolean => predicted(loessLine, p, utilization);

/** Robust local regression (LRR): the same with outliers weighed down (bisquare). */
export const loessRobust = (p: LoessParams, utilization: History): boolean =>
  predicted(robustLoessLine, p, utilization);

/** What OTF remembers between calls: how many intervals were overloaded, of how many. */
export type OtfState = { readonly overload: number; readonly total: number };

export type OtfParams = {
  /** Accepted overload time fraction. */
  readonly otf: number;
  readonly threshold: number;
  /** Shorter histories are not judged. */
  readonly limit: number;
  readonly migrationTimeSteps: number;
};

/**
 * Overload time fraction: overloaded if the newest value is, and the fraction of overloaded intervals, counting the
 * migration itself as overloaded, would reach the accepted one: (m + overload) / (m + total) >= otf.
 */
export const otf = (p: OtfParams, utilization: History, state: OtfState): readonly [boolean, OtfState] => {
  const isOver = utilization.length > 0 && utilization.at(-1)! >= p.threshold;
  const next = { overload: state.overload + (isOver ? 1 : 0), total: state.total + 1 };
  if (!isOver || utilization.length < p.limit) return [false, next];
  const m = p.migrationTimeSteps;
  return [(m + next.overload) / (m + next.total) >= p.otf, next];
};
