// Many policies on many days: shared out among threads, the figures the same whatever their number.
import { availableParallelism } from 'node:os';
import { err, ok } from '../../domain/base/result.ts';
import type { TrialOutcome } from '../../domain/consolidation/experiment.ts';
import type { RunJob } from './thread.ts';
import type { TrialOrder } from './trial-job.ts';
import type { Answer, Watcher } from './watcher.ts';

const MOST_WORKERS = 8; // each holds a day of traces and 800 hosts of its own

/** How many threads so many trials are worth here. */
export const workersForTrials = (trials: number): number => Math.min(MOST_WORKERS, availableParallelism(), trials);

/**
 * Runs all trials, `workers` at a time, each by `runJob`; answers in the order of `orders`. A trial draws its own random
 * numbers and shares nothing, so the order in which they end changes no figure. The first that fails, or a stop, ends all.
 */
export const runTrials = async (
  runJob: RunJob,
  orders: readonly (TrialOrder & { readonly says: string })[],
  watcher: Watcher,
  workers = workersForTrials(orders.length),
): Promise<Answer<readonly TrialOutcome[]>> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([watcher.signal, failed.signal]);
  const outcomes: TrialOutcome[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<Answer<null>> => {
    for (let i = next++; i < orders.length; i = next++) {
      const { says, ...order } = orders[i]!;
      watcher.progress({ done, total: orders.length, says });
      const outcome = await runJob('trial', { logPath: null, order }, { signal, progress: () => {} });
      if (!outcome.ok) {
        failed.abort();
        return outcome;
      }
      outcomes[i] = outcome.value;
      watcher.progress({ done: ++done, total: orders.length, says });
    }
    return ok(null);
  };
  const lanes = await Promise.all(Array.from({ length: workers }, lane));
  if (watcher.signal.aborted) {
    const sentence = `Stopped after ${done} of ${orders.length} policies. Nothing was changed.`;
    return err({ code: 'cancelled', sentence });
  }
  // The lane that failed says why; the others only that they were stopped.
  const faults = lanes.flatMap((ended) => (ended.ok ? [] : [ended.error]));
  const fault = faults.find((f) => f.code !== 'cancelled') ?? faults[0];
  return fault === undefined ? ok(outcomes) : err(fault);
};
