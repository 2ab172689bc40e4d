// The statistics of the adaptive detectors: spread of a history, and lines fitted through its end.

/** Sorts few values in place, by insertion: quicker than a general sort up to some fifty. */
export const sortFew = (values: Float64Array): Float64Array => {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  return values;
};

const FEW = 50;

const sorted = (values: ArrayLike<number>): Float64Array => {
  const copy = new Float64Array(values);
  return copy.length <= FEW ? sortFew(copy) : copy.sort();
};

/** Halves away from zero, as Python 2 rounds; values here are never negative. */
const roundHalfUp = (x: number): number => Math.floor(x + 0.5);

const medianOfSorted = (s: Float64Array): number => {
  const half = s.length >> 1;
  return s.length % 2 === 1 ? s[half]! : s[half - 1]! + (s[half]! - s[half - 1]!) / 2;
};

/** The middle value; the mean of the two middle ones for an even count. NaN of nothing. */
export const median = (values: ArrayLike<number>): number =>
  values.length === 0 ? Number.NaN : medianOfSorted(sorted(values));

/** Median absolute deviation: median of |x - median(x)|. NaN of nothing. */
export const mad = (values: ArrayLike<number>): number =>
  values.length === 0 ? Number.NaN : madOfSorted(sorted(values));

/** The same of ascending values: deviations grow from the middle outwards, so going out half-way on both sides finds it. */
export const madOfSorted = (s: Float64Array): number => {
  const middle = medianOfSorted(s);
  const half = s.length >> 1;
  let below = half - 1;
  let above = half;
  let last = 0;
  let beforeLast = 0;
  for (let taken = 0; taken <= half; taken++) {
    const down = below >= 0 ? Math.abs(s[below]! - middle) : Number.POSITIVE_INFINITY;
    const up = above < s.length ? Math.abs(s[above]! - middle) : Number.POSITIVE_INFINITY;
    beforeLast = last;
    if (down < up) {
      last = down;
      below--;
    } else {
      last = up;
      above++;
    }
  }
  return s.length % 2 === 1 ? last : beforeLast + (last - beforeLast) / 2;
};

/**
 * Interquartile range by element numbers round(0.25 (n + 1)) and round(0.75 (n + 1)), 1-based, without interpolation, as
 * Neat and CloudSim both take it.
 */
export const iqr = (values: ArrayLike<number>): number => iqrOfSorted(sorted(values));

/** The same of ascending values. */
export const iqrOfSorted = (s: Float64Array): number => {
  const at = (share: number): number => s[roundHalfUp(share * (s.length + 1)) - 1]!;
  return at(0.75) - at(0.25);
};

/**
 * Intercept and slope of the line through (1, y1), (2, y2), ... that makes sum w (y - line)^2 least.
 *
 * @param weights one per value, not all zero
 */
export const weightedLine = (
  y: readonly number[],
  weights: readonly number[],
): readonly [intercept: number, slope: number] => {
  let sw = 0;
  let sx = 0;
  let sy = 0;
  for (let i = 0; i < y.length; i++) {
    const w = weights[i]!;
    sw += w;
    sx += w * (i + 1);
    sy += w * y[i]!;
  }
  const xMean = sx / sw;
  const yMean = sy / sw;
  let sxx = 0;
  let sxy = 0;
  for (let i = 0; i < y.length; i++) {
    const dx = i + 1 - xMean;
    sxx += weights[i]! * dx * dx;
    sxy += weights[i]! * dx * (y[i]! - yMean);
  }
  const slope = sxy / sxx;
  return [yMean - slope * xMean, slope];
};

/**
 * Tricube weights of n points, the newest weighing 1: w_i = (1 - ((n - 1 - i) / (n - 1))^3)^3, the first two copied from
 * the third because the formula would make them vanish. Shorter than three: all 1.
 */
export const tricubeWeights = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => (n < 3 ? 1 : (1 - ((n - 1 - Math.max(i, 2)) / (n - 1)) ** 3) ** 3));

/**
 * Tricube weights times the bisquare (1 - (r / s)^2)^2 of the residuals, s = 6 * median |r|, the first two again copied from
 * the third. Where s is 0 at least half of the points lie on the line and the residuals say nothing: tricube alone (Neat
 * divides by zero there).
 */
export const tricubeBisquareWeights = (residuals: readonly number[]): readonly number[] => {
  const tricube = tricubeWeights(residuals.length);
  const scale = 6 * median(residuals.map(Math.abs));
  if (scale === 0) return tricube;
  const weight = (i: number): number => tricube[i]! * (1 - (residuals[i]! / scale) ** 2) ** 2;
  return residuals.map((_, i) => weight(residuals.length < 3 ? i : Math.max(i, 2)));
};

const squares = (weights: readonly number[]): readonly number[] => weights.map((w) => w * w);

/** Intercept and slope of local regression. The weights multiply the residuals, so they count squared, as in Neat. */
export const loessLine = (y: readonly number[]): readonly [intercept: number, slope: number] =>
  weightedLine(y, squares(tricubeWeights(y.length)));

/** The same, refitted once with outliers weighed down. */
export const robustLoessLine = (y: readonly number[]): readonly [intercept: number, slope: number] => {
  const [intercept, slope] = loessLine(y);
  const residuals = y.map((value, i) => value - (intercept + slope * (i + 1)));
  return weightedLine(y, squares(tricubeBisquareWeights(residuals)));
};
