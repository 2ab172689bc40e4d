// Neat's vectors encode Python values in JSON: deques, dictionaries keyed by window size, small expressions.
import type { Estimation } from '../../domain/consolidation/mhod/estimation.ts';

export type Deque = { readonly deque: readonly number[]; readonly maxlen: number };
type BySize<T> = Readonly<Record<string, T>>;

export const sizesOf = (row: BySize<unknown>): readonly number[] =>
  Object.keys(row)
    .map(Number)
    .sort((a, b) => a - b);

/** Rows of dictionaries by window size to rows of lists in ascending size. */
export const bySizeToLists = (rows: readonly (readonly BySize<number>[])[]): number[][][] =>
  rows.map((row) => row.map((cell) => sizesOf(cell).map((size) => cell[size]!)));

export const listsToBySize = <T>(
  rows: readonly (readonly (readonly T[])[])[],
  sizes: readonly number[],
): BySize<T>[][] => rows.map((row) => row.map((cell) => Object.fromEntries(sizes.map((size, k) => [size, cell[k]!]))));

export const dequesToLists = (rows: readonly (readonly BySize<Deque>[])[]): number[][][][] =>
  rows.map((row) => row.map((cell) => sizesOf(cell).map((size) => [...cell[size]!.deque])));

export const listsToDeques = (
  rows: readonly (readonly (readonly (readonly number[])[])[])[],
  sizes: readonly number[],
): BySize<Deque>[][] =>
  rows.map((row) =>
    row.map((cell) => Object.fromEntries(sizes.map((size, k) => [size, { deque: cell[k]!, maxlen: size }]))),
  );

/** The estimation as Neat keeps it in its state dictionary. */
export const encodeEstimation = (e: Estimation): Record<string, unknown> => ({
  request_windows: e.requests.map((deque) => ({ deque, maxlen: Math.max(...e.windowSizes) })),
  estimate_windows: listsToDeques(e.estimates, e.windowSizes),
  variances: listsToBySize(e.variances, e.windowSizes),
  acceptable_variances: listsToBySize(e.acceptable, e.windowSizes),
});

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '/': (a, b) => a / b,
  '*': (a, b) => a * b,
};

/** Evaluates the vectors' tiny expressions, such as "2 * x + y": products bind first, all from left to right. */
export const expression =
  (text: string): ((x: number, y: number) => number) =>
  (x, y) => {
    const tokens = text.split(/\s+/);
    const value = (token: string): number => (token === 'x' ? x : token === 'y' ? y : Number(token));
    const terms: (number | string)[] = [value(tokens[0]!)];
    for (let i = 1; i < tokens.length; i += 2) {
      const operator = tokens[i]!;
      const right = value(tokens[i + 1]!);
      if (operator === '*' || operator === '/') terms.push(OPERATORS[operator]!(terms.pop() as number, right));
      else terms.push(operator, right);
    }
    let result = terms[0] as number;
    for (let i = 1; i < terms.length; i += 2) result = OPERATORS[terms[i] as string]!(result, terms[i + 1] as number);
    return result;
  };

/** Largest numeric difference between two values of the same shape; infinite when the shapes or texts differ. */
export const difference = (ours: unknown, theirs: unknown): number => {
  if (typeof ours === 'number' && typeof theirs === 'number') {
    return Object.is(ours, theirs) || (Number.isNaN(ours) && Number.isNaN(theirs)) ? 0 : Math.abs(ours - theirs);
  }
  if (ours === null || theirs === null || typeof ours !== 'object' || typeof theirs !== 'object') {
    return ours === theirs ? 0 : Number.POSITIVE_INFINITY;
  }
  const keys = Object.keys(theirs);
  if (Array.isArray(ours) !== Array.isArray(theirs) || Object.keys(ours).length !== keys.length) {
    return Number.POSITIVE_INFINITY;
  }
  const at = (of: object, key: string): unknown => (of as Record<string, unknown>)[key];
  return keys.reduce((worst, key) => Math.max(worst, difference(at(ours, key), at(theirs, key))), 0);
};
