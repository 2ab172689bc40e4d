// Multiple linear regression, as far as maximum-correlation selection needs it: how well others explain one series.

/** A pivot below this share of the largest means the predictors are not independent. */
const SINGULAR = 1e-10;

/** Solves A x = b for a symmetric positive definite A in place; null when A is singular. */
const solve = (a: Float64Array[], b: Float64Array): Float64Array | null => {
  const n = b.length;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(a[i]![i]!));
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(a[r]![i]!) > Math.abs(a[pivot]![i]!)) pivot = r;
    if (Math.abs(a[pivot]![i]!) <= SINGULAR * largest) return null;
    [a[i], a[pivot]] = [a[pivot]!, a[i]!];
    [b[i], b[pivot]] = [b[pivot]!, b[i]!];
    for (let r = i + 1; r < n; r++) {
      const factor = a[r]![i]! / a[i]![i]!;
      for (let c = i; c < n; c++) a[r]![c]! -= factor * a[i]![c]!;
      b[r]! -= factor * b[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) b[i]! -= a[i]![c]! * b[c]!;
    b[i]! /= a[i]![i]!;
  }
  return b;
};

const centred = (row: Float64Array): Float64Array => {
  let sum = 0;
  for (const x of row) sum += x;
  return row.map((x) => x - sum / row.length);
};

const dot = (x: Float64Array, y: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
};

/**
 * R^2 of the least-squares fit of `target` by `predictors` and a constant.
 *
 * Null when there are not more values than coefficients, or when the predictors or the target leave it undefined.
 */
const rSquared = (target: Float64Array, predictors: readonly Float64Array[]): number | null => {
  if (target.length <= predictors.length + 1) return null;
  const y = centred(target);
  const total = dot(y, y);
  if (total === 0) return null;
  const x = predictors.map(centred);
  const coefficients = solve(
    x.map((row) => Float64Array.from(x, (other) => dot(row, other))),
    Float64Array.from(x, (row) => dot(row, y)),
  );
  if (coefficients === null) return null;
  let residual = 0;
  for (let s = 0; s < y.length; s++) {
    let rest = y[s]!;
    for (let i = 0; i < x.length; i++) rest -= coefficients[i]! * x[i]![s]!;
    residual += rest * rest;
  }
  return 1 - residual / total;
};

/** Index of the row that the others explain best, the first of equals; null when any fit is undefined. */
export const mostExplained = (rows: readonly Float64Array[]): number | null => {
  let best: number | null = null;
  let most = Number.NEGATIVE_INFINITY;
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
