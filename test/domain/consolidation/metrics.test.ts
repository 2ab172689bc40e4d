// Measures on cases small enough to work out by hand.
import { expect, test } from 'vitest';
import * as m from '../../../domain/consolidation/metrics.ts';

test('the aggregate fraction weighs hosts by the time they were on', () => {
  const hosts = [
    { overloadedS: 10, onS: 10 },
    { overloadedS: 0, onS: 90 },
  ];
  expect(m.aggregateOverloadTimeFraction(hosts)).toBe(0.1);
  expect(m.meanOverloadTimeFraction([...hosts, { overloadedS: 0, onS: 0 }])).toBe(0.5);
  expect(m.meanOverloadTimeFraction([])).toBe(0);
  expect(m.overloadTimeFraction(0, 0)).toBe(0);
});

test('SLAV and ESV are products', () => {
  const slav = m.slaViolation(0.05, m.performanceDegradation(2, 100));
  expect(slav).toBeCloseTo(0.001, 12);
  expect(m.energySlaViolation(m.kwhOf(3.6e8), slav)).toBeCloseTo(0.1, 12);
  expect(m.overallShortfall(100, 75)).toBe(0.25);
});

test('mean and deviation of nothing are NaN, of one value exact', () => {
  expect(m.mean([])).toBeNaN();
  expect(m.stdev([])).toBeNaN();
  expect(m.stdev([4])).toBe(0);
  expect(m.stdev([1, 3])).toBeCloseTo(Math.SQRT2, 12);
});
