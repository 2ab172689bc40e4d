// When a resource runs out: the trend of its own history with a band, or a refusal to guess from too little.
import type { Instant } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';

export type UsagePoint = { readonly at: Instant; readonly used: number };

/** What use is expected to be, `day` days after the last point. */
export type Expected = { readonly day: number; readonly p10: number; readonly p50: number; readonly p90: number };

export type Runway = {
  /** Growth per day and its standard error, in the resource's unit; without what was assumed on top. */
  readonly perDay: number;
  readonly perDayError: number;
  /** Days from the last point until capacity: the median, and the day it is reached in the worst tenth of cases. Null: not on this trend. */
  readonly daysP50: number | null;
  readonly daysP90: number | null;
  readonly points: number;
  readonly spanDays: number;
  /** The band ahead, as far as the history reaches back and to capacity if that is later. */
  readonly ahead: readonly Expected[];
};

/** Use on top of the trend, `day` days after the last point: committed projects, a flavor that grows faster. */
export type OnTop = (day: number) => number;
export const NOTHING_ON_TOP: OnTop = () => 0;

const DAY_MS = 86_400_000;
/** A trend needs a week, so that a weekend is in it, and enough points for its error to mean something. */
const MIN_SPAN_DAYS = 7;
const MIN_POINTS = 8;
/** Nine tenths of a normal distribution lie below mean + 1.2816 standard deviations. */
const Z90 = 1.2816;
/** Beyond ten times the history seen, a straight line is no forecast. */
const HORIZON_FACTOR = 10;
/** Steps in which the way to the horizon is looked at; a crossing inside one is then found exactly. */
const STEPS = 2000;
const AHEAD = 48;
/** Neighbouring residuals that are alike tell less than independent ones; beyond this likeness nothing is left to correct. */
const MOST_ALIKE = 0.9;

type Line = {
  readonly level: number;
  readonly perDay: number;
  readonly perDayError: number;
  /** Standard deviation of a new observation, by day. */
  readonly spread: (day: number) => number;
};

/** Ordinary least squares over days before the last point; errors widened where neighbouring residuals are alike. */
const lineThrough = (points: readonly UsagePoint[], last: Instant): Line => {
  const n = points.length;
  const x = points.map((p) => (p.at - last) / DAY_MS);
  const meanX = x.reduce((a, b) => a + b, 0) / n;
  const meanY = points.reduce((a, p) => a + p.used, 0) / n;
  let [sxx, sxy] = [0, 0];
  for (let i = 0; i < n; i++) {
    sxx += (x[i]! - meanX) ** 2;
    sxy += (x[i]! - meanX) * (points[i]!.used - meanY);
  }
  const perDay = sxy / sxx;
  const level = meanY - perDay * meanX; // the line's value at the last point
  const off = points.map((p, i) => p.used - level - perDay * x[i]!);
  const rss = off.reduce((sum, e) => sum + e * e, 0);
  const variance = rss / (n - 2);
  const alike = off.reduce((sum, e, i) => sum + (i === 0 ? 0 : e * off[i - 1]!), 0) / (rss || 1);
  const rho = Math.min(MOST_ALIKE, Math.max(0, alike));
  const fewer = (1 + rho) / (1 - rho); // observations count as so many times fewer
  return {
    level,
    perDay,
    perDayError: Math.sqrt((variance * fewer) / sxx),
    spread: (day) => Math.sqrt(variance * (1 + fewer * (1 / n + (day - meanX) ** 2 / sxx))),
  };
};

/** The first day at which `use` reaches `capacity`, up to `horizon`; null when it does not. */
const crossing = (use: (day: number) => number, capacity: number, horizon: number): number | null => {
  if (use(0) >= capacity) return 0;
  for (let i = 1; i <= STEPS; i++) {
    let [low, high] = [(horizon * (i - 1)) / STEPS, (horizon * i) / STEPS];
    if (use(high) < capacity) continue;
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (use(middle) >= capacity) high = middle;
      else low = middle;
    }
    return high;
  }
  return null;
};

/**
 * The trend of use over time, extrapolated to `capacity` with whatever is known to come on top. The band is that of a new
 * observation: residuals, and the doubt about the line itself.
 * Errors: a history too short or too thin.
 */
export const runwayOf = (
  points: readonly UsagePoint[],
  capacity: number,
  onTop: OnTop = NOTHING_ON_TOP,
): Result<Runway, string> => {
  const [first, last] = [points[0], points.at(-1)];
  const spanDays = first && last ? (last.at - first.at) / DAY_MS : 0;
  if (!last || points.length < MIN_POINTS || spanDays < MIN_SPAN_DAYS) {
    return err(
      `The log covers ${spanDays.toFixed(1)} days in ${points.length} points; a trend needs at least ${MIN_SPAN_DAYS} days and ${MIN_POINTS} points.`,
    );
  }
  const line = lineThrough(points, last.at);
  const expected = (day: number, z: number): number =>
    line.level + line.perDay * day + onTop(day) + z * line.spread(day);
  const horizon = spanDays * HORIZON_FACTOR;
  const daysP50 = crossing((day) => expected(day, 0), capacity, horizon);
  const daysP90 = crossing((day) => expected(day, Z90), capacity, horizon);
  const shown = Math.min(horizon, Math.max(spanDays, (daysP50 ?? 0) * 1.1));
  return ok({
    perDay: line.perDay,
    perDayError: line.perDayError,
    daysP50,
    daysP90,
    points: points.length,
    spanDays,
    ahead: Array.from({ length: AHEAD + 1 }, (_, i) => {
      const day = (shown * i) / AHEAD;
      return { day, p10: expected(day, -Z90), p50: expected(day, 0), p90: expected(day, Z90) };
    }),
  });
};
