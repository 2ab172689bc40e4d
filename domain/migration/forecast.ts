// A prediction with its band: one move simulated under a fixed set of slightly different circumstances.
import type { Machine, Tails } from './machine.ts';
import type { Move } from './qemu.ts';
import { simulate, type MoveResult } from './simulate.ts';
import { UNLIMITED_BPS } from './qemu.ts';

/** How well the inputs are known: standard deviations, as shares of the values. */
export type InputUncertainty = {
  readonly link: number;
  readonly writeRate: number;
  readonly workingSet: number;
};

/** Assumed unless told: a link measured, a write rate sampled, a working set estimated. */
export const INPUT_UNCERTAINTY: InputUncertainty = { link: 0.02, writeRate: 0.1, workingSet: 0.05 };

export type Band = { readonly p10: number; readonly p50: number; readonly p90: number };

export type Forecast = MoveResult & {
  readonly totalBand: Band;
  readonly downtimeBand: Band;
  readonly bytesBand: Band;
  /** Share of the circumstances in which the outcome is the one forecast. */
  readonly outcomeShare: number;
};

export type ForecastOptions = {
  readonly linkBytesPerS: number | null;
  readonly machine: Machine;
  readonly uncertainty?: InputUncertainty;
  readonly keepRounds?: boolean;
};

/** Members of the set beside the nominal one; enough for a tenth and a ninetieth percentile. */
const MEMBERS = 8;

/** Acklam's rational approximation of the normal quantile in its central region, and its tails; relative error below 1e-8. */
const normalQuantile = (p: number): number => {
  const tail = (q: number): number =>
    (((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 0.97575) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
};

/** Root of x⁴ = x + 1: its powers spread points over a cube more evenly than chance (Roberts' R3 sequence). */
const SPREAD = 1.2207440846057596;

/** Standard-normal deviates of each member for link, write rate and working set; fixed, so forecasts are deterministic. */
const DEVIATES: readonly (readonly [number, number, number])[] = Array.from({ length: MEMBERS }, (_, i) => {
  const at = (power: number): number => normalQuantile((0.5 + (i + 1) * SPREAD ** -power) % 1);
  return [at(1), at(2), at(3)];
});

/** Quantile of sorted values, linear between them. */
export const quantile = (sorted: Float64Array, p: number): number => {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
};

const NONE: Tails = { below: 0, above: 0 };

/** Percentiles of the members (sorted in place), widened by the model's own error as independent errors add. */
const bandOf = (values: Float64Array, share: Tails, fixed: Tails = NONE): Band => {
  const sorted = values.sort();
  const p50 = quantile(sorted, 0.5);
  const below = Math.hypot(p50 - quantile(sorted, 0.1), share.below * p50, fixed.below);
  const above = Math.hypot(quantile(sorted, 0.9) - p50, share.above * p50, fixed.above);
  return { p10: Math.max(0, p50 - below), p50, p90: p50 + above };
};

const vary = (move: Move, u: InputUncertainty, d: readonly [number, number, number]): Move => ({
  ...move,
  dirtyPagesPerS: move.dirtyPagesPerS * Math.exp(u.writeRate * d[1]),
  workingSetBytes: Math.min(move.ramBytes, move.workingSetBytes * Math.exp(u.workingSet * d[2])),
});

/**
 * Simulates the move as described and in MEMBERS circumstances drawn evenly from the inputs' uncertainty. Time, bytes and
 * rounds are those of the move as described. The downtime of a move limited by its link depends on where in a 50 ms stretch
 * of sending pending happens to fall below the threshold, which no input tells: there the median is given.
 */
export const forecast = (move: Move, options: ForecastOptions): Forecast => {
  const u = options.uncertainty ?? INPUT_UNCERTAINTY;
  const link = options.linkBytesPerS;
  const nominal = simulate(move, options);
  const total = new Float64Array(MEMBERS + 1);
  const downtime = new Float64Array(MEMBERS + 1);
  const bytes = new Float64Array(MEMBERS + 1);
  let same = 1;
  total[0] = nominal.totalMs;
  downtime[0] = nominal.downtimeMs;
  bytes[0] = nominal.ramBytes + nominal.diskBytes;
  for (let i = 0; i < MEMBERS; i++) {
    const d = DEVIATES[i]!;
    const member = simulate(vary(move, u, d), {
      linkBytesPerS: (link ?? UNLIMITED_BPS) * Math.exp(u.link * d[0]),
      machine: options.machine,
    });
    total[i + 1] = member.totalMs;
    downtime[i + 1] = member.downtimeMs;
    bytes[i + 1] = member.ramBytes + member.diskBytes;
    if (member.outcome === nominal.outcome) same += 1;
  }
  const own = options.machine.error;
  const downtimeBand = bandOf(downtime, own.downtime, own.downtimeMs);
  const settled = nominal.outcome === 'completed' && same === MEMBERS + 1;
  return {
    ...nominal,
    downtimeMs: settled ? downtimeBand.p50 : nominal.downtimeMs,
    totalBand: bandOf(total, own.total),
    downtimeBand,
    bytesBand: bandOf(bytes, own.bytes),
    outcomeShare: same / (MEMBERS + 1),
  };
};
