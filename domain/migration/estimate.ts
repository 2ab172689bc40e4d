// A guest's write rate and working set, read from the progress of its own migration: what pending gained at each bitmap sync.
import { PAGE_BYTES, type Move } from './qemu.ts';

/** One look at a running pre-copy: QMP's query-migrate, or a Nova progress line (which lacks the last three). */
export type ProgressSample = {
  /** From the start of the RAM phase. */
  readonly atMs: number;
  /** Bytes on the wire so far. */
  readonly transferredBytes: number;
  readonly remainingBytes: number;
  /** Pages sent so far with content, and as zeros. */
  readonly normalPages: number | null;
  readonly zeroPages: number | null;
  /** dirty-sync-count; it rises by one at each bitmap sync. */
  readonly syncCount: number | null;
};

export type WriteEstimate = {
  readonly dirtyPagesPerS: number;
  /** Null where every sync found so little of the set that its size cannot be told. */
  readonly workingSetBytes: number | null;
  /** Bitmap syncs the estimate rests on; Nova's progress lines show none. */
  readonly syncs: number;
  /** True when the rate is only a floor: pages written twice between syncs count once. */
  readonly isLowerBound: boolean;
};

/** Between two samples with one sync: pages left before it, pages new after it, milliseconds since the sync before. */
type Gain = { readonly left: number; readonly gained: number; readonly overMs: number };

const pagesSent = (a: ProgressSample, b: ProgressSample): number =>
  a.normalPages !== null && b.normalPages !== null
    ? b.normalPages - a.normalPages + (b.zeroPages ?? 0) - (a.zeroPages ?? 0)
    : (b.transferredBytes - a.transferredBytes) / (PAGE_BYTES + 8);

/** Pages that became dirty between two samples: what pending grew by, and what was sent meanwhile. */
const gainedPages = (a: ProgressSample, b: ProgressSample): number =>
  Math.max(0, (b.remainingBytes - a.remainingBytes) / PAGE_BYTES + pagesSent(a, b));

/** The gains of single syncs; a sync is placed in the middle of the samples around it. */
const gainsOf = (samples: readonly ProgressSample[]): readonly Gain[] => {
  const gains: Gain[] = [];
  let syncedMs = 0;
  for (let i = 1; i < samples.length; i++) {
    const a = samples[i - 1]!;
    const b = samples[i]!;
    if (a.syncCount === null || b.syncCount === null || b.syncCount === a.syncCount) continue;
    const atMs = (a.atMs + b.atMs) / 2;
    if (b.syncCount === a.syncCount + 1) {
      const gained = gainedPages(a, b);
      gains.push({ left: Math.max(0, b.remainingBytes / PAGE_BYTES - gained), gained, overMs: atMs - syncedMs });
    }
    syncedMs = atMs;
  }
  return gains.filter((g) => g.overMs > 0);
};

/** Above this share of the set a sync says only that it was all written. */
const SATURATED = 0.97;
/** Below this share the set's size does not show in what a sync finds. */
const TELLING = 0.25;

/** Pages a second that explain a gain if the set has `pages`; null when the gain says only "at least". */
const rateFor = (g: Gain, pages: number, first: boolean): number | null => {
  // After the first pass what is left lies outside the set: pages of zeros not yet sent.
  const left = first ? 0 : Math.min(g.left, pages);
  const share = g.gained / Math.max(1, pages - left);
  if (share >= SATURATED) return null;
  return (-Math.log1p(-share) * pages * 1000) / g.overMs;
};

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** How little the syncs agree on one rate, if the set has `pages`: spread of the logarithms around their median. */
const disagreement = (gains: readonly Gain[], pages: number): number => {
  const rates = gains.map((g, i) => rateFor(g, pages, i === 0)).filter((r): r is number => r !== null && r > 0);
  if (rates.length < 2) return Infinity;
  const middle = Math.log(median(rates));
  return rates.reduce((sum, r) => sum + Math.abs(Math.log(r) - middle), 0) / rates.length;
};

/** Sizes tried, from the largest gain upwards in steps of 3 %. */
const STEP = 1.03;
const STEPS = 120;

const likeliestPages = (gains: readonly Gain[]): number | null => {
  const least = Math.max(...gains.map((g) => g.gained));
  let best: number | null = null;
  let bestSpread = Infinity;
  for (let i = 0, pages = least * 1.001; i < STEPS; i++, pages *= STEP) {
    const spread = disagreement(gains, pages);
    if (spread < bestSpread) [best, bestSpread] = [pages, spread];
  }
  return best;
};

/** Nova's lines: new dirty bytes between the first and the last, over the time; syncs and repeated writes stay unseen. */
const fromTotals = (samples: readonly ProgressSample[]): WriteEstimate | null => {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  const perS = (gainedPages(first, last) * 1000) / (last.atMs - first.atMs);
  return { dirtyPagesPerS: perS, workingSetBytes: null, syncs: 0, isLowerBound: true };
};

/**
 * Estimates from samples in order of time, of one pre-copy without throttling. Uniform writes at rate r into W pages, L of
 * them still dirty, gain (W − L)(1 − e^(−rt/W)) at a sync t after the last; W is the size at which the syncs agree best on one
 * r. Null when the samples show nothing: no sync among them, or no time between them.
 */
export const estimateWrites = (samples: readonly ProgressSample[]): WriteEstimate | null => {
  const gains = gainsOf(samples);
  if (gains.length === 0) return samples.some((s) => s.syncCount !== null) ? null : fromTotals(samples);
  const pages = gains.length >= 2 ? likeliestPages(gains) : null;
  const largest = Math.max(...gains.map((g) => g.gained));
  if (pages === null || largest < TELLING * pages) {
    const perS = median(gains.map((g) => (g.gained * 1000) / g.overMs));
    return { dirtyPagesPerS: perS, workingSetBytes: null, syncs: gains.length, isLowerBound: true };
  }
  const rates = gains.map((g, i) => rateFor(g, pages, i === 0)).filter((r) => r !== null);
  return {
    dirtyPagesPerS: median(rates),
    workingSetBytes: pages * PAGE_BYTES,
    syncs: gains.length,
    isLowerBound: false,
  };
};

/** The move with what was estimated in place of what was assumed; a floor is still better than a guess below it. */
export const withEstimate = (move: Move, estimate: WriteEstimate): Move => ({
  ...move,
  dirtyPagesPerS: estimate.isLowerBound
    ? Math.max(move.dirtyPagesPerS, estimate.dirtyPagesPerS)
    : estimate.dirtyPagesPerS,
  workingSetBytes: estimate.workingSetBytes ?? move.workingSetBytes,
});
