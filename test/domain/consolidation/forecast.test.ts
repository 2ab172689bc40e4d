// Forecast errors on series whose errors can be counted by hand.
import { expect, test } from 'vitest';
import { forecastError, lastValue, localTrend, recentPeak } from '../../../domain/consolidation/forecast.ts';

const one = (samples: readonly number[]) => ({
  vms: ['vm'],
  steps: samples.length,
  samples: Float64Array.from(samples),
});

test('the last value errs by every change', () => {
  expect(forecastError(one([10, 10, 30, 20]), lastValue, 1)).toEqual({
    meanAbsolute: 10,
    bias: -10 / 3,
    exceeded: 1 / 3,
  });
});

test('a recent peak is exceeded only by a new one', () => {
  expect(forecastError(one([10, 40, 20, 20, 20]), recentPeak(3), 1)).toEqual({
    meanAbsolute: (30 + 20 + 20 + 20) / 4,
    bias: (-30 + 20 + 20 + 20) / 4,
    exceeded: 1 / 4,
  });
});

test('a local trend foresees a straight line', () => {
  const error = forecastError(one(Array.from({ length: 20 }, (_, i) => 3 * i)), localTrend(10), 5);
  expect(error.meanAbsolute).toBeCloseTo(0, 9);
});
