// How far demand can be foreseen: three forecasts of a VM's CPU, and their measured error on a workload.
import { loessLine } from './statistics.ts';
import type { Workload } from './workload.ts';

/** Takes the samples up to now, newest last, and tells the next one, in the same unit. */
export type Forecast = (past: readonly number[]) => number;

/** Tomorrow is like today. */
export const lastValue: Forecast = (past) => past.at(-1) ?? 0;

/** The largest of the newest n: cautious, what our strategy reserves for a VM that arrives. */
export const recentPeak =
  (n: number): Forecast =>
  (past) =>
    past.length === 0 ? 0 : Math.max(...past.slice(-n));

/** Local regression through the newest n, one step ahead. */
export const localTrend =
  (n: number): Forecast =>
  (past) => {
    const newest = past.slice(-n);
    if (newest.length < 3) return lastValue(past);
    const [intercept, slope] = loessLine(newest);
    return intercept + slope * (newest.length + 1);
  };

export type ForecastError = {
  /** Mean of |forecast - sample|, in percentage points of a VM's CPU. */
  readonly meanAbsolute: number;
  /** Mean of forecast - sample: above 0 it errs on the safe side. */
  readonly bias: number;
  /** Share of samples above their forecast. */
  readonly exceeded: number;
};

/** Samples a forecast may look back on. */
const PAST_MAX = 30;

/** One-step-ahead error over all VMs and all steps from `from` on. */
export const forecastError = (workload: Workload, forecast: Forecast, from: number): ForecastError => {
  const { steps, samples } = workload;
  let absolute = 0;
  let signed = 0;
  let exceeded = 0;
  let count = 0;
  for (let vm = 0; vm < workload.vms.length; vm++) {
    const row = Array.from(samples.subarray(vm * steps, (vm + 1) * steps));
    for (let s = from; s < steps; s++) {
      const error = forecast(row.slice(Math.max(0, s - PAST_MAX), s)) - row[s]!;
      absolute += Math.abs(error);
      signed += error;
      if (error < 0) exceeded++;
      count++;
    }
  }
  return { meanAbsolute: absolute / count, bias: signed / count, exceeded: exceeded / count };
};
