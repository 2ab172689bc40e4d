// When a resource runs out: the trend of its own history with a band, or a refusal to guess from too little.
import type { Instant } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';

export type UsagePoint = { readonly at: Instant; readonly used: number };

export type Runway = {
  /** Growth per day and its standard error, in the resource's unit. */
  readonly perDay: number;
  readonly perDayError: number;
  /** Days from the last point until capacity: the median, and the day it is reached in the worst tenth of cases. Null: not on this trend. */
  readonly daysP50: number | null;
  readonly daysP90: number | null;
  readonly points: number;
  readonly spanDays: number;
};

const DAY_MS = 86_400_000;
/** A trend needs a week, so that a weekend is in it, and enough points for its error to mean something. */
const MIN_SPAN_DAYS = 7;
const MIN_POINTS = 8;
/** Nine tenths of a normal distribution lie below mean + 1.2816 standard deviations. */
const Z90 = 1.2816;
/** Beyond ten times the history seen, a straight line is no forecast. */
const HORIZON_FACTOR = 10;

/**
 * Ordinary least squares of use over time, extrapolated to `capacity`. `daysP90` grows faster than the trend by 1.28
 * standard errors of the slope and starts 1.28 standard deviations of the residuals higher.
 * Errors: a history too short, too thin or not in order of time.
 */
export const runwayOf = (points: readonly UsagePoint[], capacity: number): Result<Runway, string> => {
  const [first, last] = [points[0], points.at(-1)];
  const spanDays = first && last ? (last.at - first.at) / DAY_MS : 0;
  if (points.length < MIN_POINTS || spanDays < MIN_SPAN_DAYS) {
    return err(
      `The log covers ${spanDays.toFixed(1)} days in ${points.length} points; a trend needs at least ${MIN_SPAN_DAYS} days and ${MIN_POINTS} points.`,
    );
  }
  const n = points.length;
  const x = points.map((p) => (p.at - last!.at) / DAY_MS);
  const meanX = x.reduce((a, b) => a + b, 0) / n;
  const meanY = points.reduce((a, p) => a + p.used, 0) / n;
  let sxx = 0;
  let sxy = 0;
  for (let i = 0; i < n; i++) {
    sxx += (x[i]! - meanX) ** 2;
    sxy += (x[i]! - meanX) * (points[i]!.used - meanY);
  }
  const perDay = sxy / sxx;
  const level = meanY - perDay * meanX; // the line's value at the last point
  let rss = 0;
  for (let i = 0; i < n; i++) rss += (points[i]!.used - level - perDay * x[i]!) ** 2;
  const sigma = Math.sqrt(rss / (n - 2));
  const perDayError = sigma / Math.sqrt(sxx);
  const days = (from: number, slope: number): number | null => {
    if (from >= capacity) return 0;
    const d = slope > 0 ? (capacity - from) / slope : Infinity;
    return d <= spanDays * HORIZON_FACTOR ? d : null;
  };
  return ok({
    perDay,
    perDayError,
    daysP50: days(level, perDay),
    daysP90: days(level + Z90 * sigma, perDay + Z90 * perDayError),
    points: n,
    spanDays,
  });
};
