// What it changes to know the guest's writes: the same move forecast as assumed and as estimated from its progress.
import { withEstimate, type WriteEstimate } from './estimate.ts';
import { forecast, type Forecast, type ForecastOptions } from './forecast.ts';
import type { Move } from './qemu.ts';

export type EstimateEffect = {
  readonly assumed: Forecast;
  readonly estimated: Forecast;
  /** Estimated less assumed. */
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
};

export const estimateEffect = (move: Move, estimate: WriteEstimate, options: ForecastOptions): EstimateEffect => {
  const assumed = forecast(move, options);
  const estimated = forecast(withEstimate(move, estimate), options);
  return {
    assumed,
    estimated,
    totalMs: estimated.totalMs - assumed.totalMs,
    downtimeMs: estimated.downtimeMs - assumed.downtimeMs,
    bytes: estimated.ramBytes + estimated.diskBytes - assumed.ramBytes - assumed.diskBytes,
  };
};
