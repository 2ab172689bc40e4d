// A whole sweep in equal shares, all at once on as many threads as there are cores where that pays.
import { availableParallelism } from 'node:os';
import { ok } from '../../domain/base/result.ts';
import { mergeSweeps, type SweepKind, type SweepResult } from '../../domain/drill/sweep/sweep.ts';
import type { SweepOrder } from './sweep-job.ts';
import type { RunJob } from './thread.ts';
import type { Answer, Watcher } from './watcher.ts';

/** Racks and zones are few, hosts a thousand: only pairs are worth a second thread, which has to replay the log too. */
const KINDS_WORTH_THREADS: readonly SweepKind[] = ['2'];
const MOST_WORKERS = 8; // each holds a cluster of its own

/** How many workers a sweep is worth here. */
export const workersFor = (kind: SweepKind): number =>
  KINDS_WORTH_THREADS.includes(kind) ? Math.min(MOST_WORKERS, availableParallelism()) : 1;

/**
 * A whole sweep in equal shares, each run by `runJob`; the answer is the same bytes whatever the number of workers.
 * The first share that fails ends the others.
 */
export const sweepInShares = async (
  runJob: RunJob,
  logPath: string,
  order: Omit<SweepOrder, 'share'>,
  watcher: Watcher,
  workers = workersFor(order.kind),
): Promise<Answer<SweepResult>> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([watcher.signal, failed.signal]);
  const done = new Float64Array(workers);
  const total = new Float64Array(workers);
  const share = async (index: number): Promise<Answer<SweepResult>> => {
    const progress: Watcher['progress'] = (now) => {
      done[index] = now.done;
      total[index] = now.total ?? 0;
      const all = total.every((n) => n > 0) ? total.reduce((a, b) => a + b) : null;
      const checked = done.reduce((a, b) => a + b);
      watcher.progress({
        done: checked,
        total: all,
        says: `${checked}${all === null ? '' : ` of ${all}`} failures checked`,
      });
    };
    const answer = await runJob(
      'sweep',
      { logPath, order: { ...order, share: { index, of: workers } } },
      { signal, progress },
    );
    if (!answer.ok) failed.abort();
    return answer;
  };
  const answers = await Promise.all(Array.from({ length: workers }, (_, index) => share(index)));
  const parts: SweepResult[] = [];
  let wrong: Answer<SweepResult> | null = null;
  for (const answer of answers) {
    if (answer.ok) parts.push(answer.value);
    // What another share's failure ended says only "cancelled"; the cause is the one that does not.
    else if (wrong === null || (!wrong.ok && wrong.error.code === 'cancelled')) wrong = answer;
  }
  return wrong ?? ok(mergeSweeps(parts));
};
