// Multiple linear regression, as far as maximum-correlation selection needs it: how well others explain one series.

/**
 * Least squares by Householder reflections, in the order of operations of commons-math's QRDecomposition, which CloudSim
 * uses: exact fits are told apart by their rounding.
 *
 * @param columns of the matrix, all of the length of y, and no more of them than it has values; overwritten
 * @returns the coefficients, or null when a column is exactly dependent on those before it
 */
const leastSquares = (columns: readonly Float64Array[], y: Float64Array): Float64Array | null => {
  const diagonal = new Float64Array(columns.length);
  for (const [k, v] of columns.entries()) {
    let square = 0;
    for (let r = k; r < v.length; r++) square += v[r]! * v[r]!;
    const a = v[k]! > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    if (a === 0) return null;
    diagonal[k] = a;
    v[k]! -= a;
    for (let c = k + 1; c < columns.length; c++) {
      const column = columns[c]!;
      let alpha = 0;
      for (let r = k; r < v.length; r++) alpha -= column[r]! * v[r]!;
      alpha /= a * v[k]!;
      for (let r = k; r < v.length; r++) column[r]! -= alpha * v[r]!;
    }
  }
  const rest = y.slice();
  for (const [k, v] of columns.entries()) {
    let dot = 0;
    for (let r = k; r < v.length; r++) dot += rest[r]! * v[r]!;
    dot /= diagonal[k]! * v[k]!;
    for (let r = k; r < v.length; r++) rest[r]! += dot * v[r]!;
  }
  for (let k = columns.length - 1; k >= 0; k--) {
    rest[k]! /= diagonal[k]!;
    for (let r = 0; r < k; r++) rest[r]! -= rest[k]! * columns[k]![r]!;
  }
  return rest.slice(0, columns.length);
};

/** Sum of squared differences from the mean, by the updating formula of commons-math's SecondMoment. */
const totalSquares = (y: Float64Array): number => {
  let mean = 0;
  let squares = 0;
  for (let n = 0; n < y.length; n++) {
    const off = y[n]! - mean;
    const step = off / (n + 1);
    mean += step;
    squares += n * off * step;
  }
  return squares;
};

/**
 * R^2 of the least-squares fit of `target` by a constant and `predictors`; NaN for a constant target.
 *
 * Null when there are fewer values than coefficients or no predictors, or when the predictors are dependent.
 */
const rSquared = (target: Float64Array, predictors: readonly Float64Array[]): number | null => {
  if (predictors.length === 0 || target.length < predictors.length + 1) return null;
  const columns = [new Float64Array(target.length).fill(1), ...predictors.map((p) => p.slice())];
  const coefficients = leastSquares(columns, target);
  if (coefficients === null) return null;
  let residual = 0;
  for (let s = 0; s < target.length; s++) {
    let fitted = coefficients[0]!;
    for (let i = 0; i < predictors.length; i++) fitted += predictors[i]![s]! * coefficients[i + 1]!;
    const rest = target[s]! - fitted;
    residual += rest * rest;
  }
  return 1 - residual / totalSquares(target);
};

/**
 * Index of the row that the others explain best, the first of equals; null when any fit is undefined. Constant rows are
 * never chosen unless all are.
 */
export const mostExplained = (rows: readonly Float64Array[]): number | null => {
  let best = 0;
  let most = 0;
  for (const [i, row] of rows.entries()) {
    const r2 = rSquared(
      row,
      rows.filter((_, j) => j !== i),
    );
    if (r2 === null) return null;
    if (r2 > most) {
      best = i;
      most = r2;
    }
  }
  return best;
};
