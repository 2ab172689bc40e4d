// Which of several histories the others explain best.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng } from '../../../domain/base/rng.ts';
import { mostExplained } from '../../../domain/consolidation/regression.ts';
import {
  loessLine,
  mad,
  median,
  robustLoessLine,
  tricubeBisquareWeights,
} from '../../../domain/consolidation/statistics.ts';

const noise = (seed: string, length = 30): Float64Array => {
  const r = rng(seed);
  return Float64Array.from({ length }, () => r.next());
};

test('a row that is nearly a sum of two others is chosen over an unrelated one', () => {
  const [a, b, lone, little] = ['a', 'b', 'c', 'd'].map((s) => noise(s)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const sum = a.map((x, i) => x + b[i]! + 0.01 * little[i]!);
  expect([0, 1, 2]).toContain(mostExplained([sum, a, b, lone]));
  expect(mostExplained([lone, little.map((x, i) => 0.001 * x + a[i]!), a])).toBeGreaterThan(0);
});

test('too few values, no others, or an all-zero row leave it undefined', () => {
  expect(mostExplained([noise('a', 2), noise('b', 2), noise('c', 2), noise('d', 2)])).toBeNull();
  expect(mostExplained([noise('a')])).toBeNull();
  expect(mostExplained([noise('a'), noise('b'), new Float64Array(30)])).toBeNull();
});

test('a constant row is not chosen', () => {
  const flat = new Float64Array(30).fill(0.5);
  const a = noise('a');
  expect(mostExplained([flat, a, a.map((x, i) => x + 0.1 * noise('b')[i]!)])).not.toBe(0);
});

test('robust regression follows an outlier less than half as far as the plain one', () => {
  const line = Array.from({ length: 12 }, (_, i) => 0.2 + 0.01 * (i + 1) + 0.001 * Math.sin(i));
  const hit = line.with(10, 2);
  const slopeError = ([, slope]: readonly [number, number]): number => Math.abs(slope - 0.01);
  expect(slopeError(robustLoessLine(hit))).toBeLessThan(slopeError(loessLine(hit)) / 2);
});

test('where most residuals are zero, the tricube weights stand alone', () => {
  const weights = tricubeBisquareWeights([0, 0, 0, 0, 5]);
  expect(weights.at(-1)).toBe(1);
  expect(weights.every(Number.isFinite)).toBe(true);
  expect(mad([1, 1, 2, 2, 4, 6, 9])).toBe(1);
});

test('the median absolute deviation found from both sides is the median of all deviations, at most half the range', () => {
  const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 1)), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(values, (v) => {
      const found = mad(v);
      const middle = median(v);
      expect(found).toBe(median(v.map((x) => Math.abs(x - middle))));
      expect(found).toBeLessThanOrEqual((Math.max(...v) - Math.min(...v)) * (0.5 + 1e-9));
    }),
  );
});
