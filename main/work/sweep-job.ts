// A sweep of all failures of a kind: one share of it as a job, and all shares at once on as many threads as there are cores.
import { availableParallelism } from 'node:os';
import { err, ok } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import {
  mergeSweeps,
  type Share,
  type SweepKind,
  sweepRange,
  type SweepResult,
} from '../../domain/drill/sweep/sweep.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import type { RunJob } from './thread.ts';
import type { Answer, Watcher } from './watcher.ts';

export type SweepOrder = {
  readonly timeline: string;
  readonly at: At | null;
  readonly kind: SweepKind;
  readonly share: Share;
};

/** Sets between two reports; a set takes from 5 microseconds to a second. */
const REPORT_EVERY = 500;
/** Racks and zones are few, hosts a thousand: only pairs are worth a second thread, which has to replay the log too. */
const KINDS_WORTH_THREADS: readonly SweepKind[] = ['2'];
const MOST_WORKERS = 8; // each holds a cluster of its own

const NAMELESS = { rack: 'rack', az: 'availability zone' } as const;

/** Checks one share of a sweep. */
export const runSweepJob = (log: Log, asked: SweepOrder, watcher: Watcher): Answer<SweepResult> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  const state = historiesOf(log).stateAt(timeline.value, cut.value);
  const { kind } = asked;
  if (state.hosts.length === 0)
    return err({ code: 'bad_sweep', sentence: 'No hosts are recorded up to this instant.' });
  if ((kind === 'rack' || kind === 'az') && state.hosts.every((h) => h[kind] === null)) {
    const sentence = `The log names no ${NAMELESS[kind]} for any host, so there is nothing to fail. A \`host.reported\` fact can name it.`;
    return err({ code: 'bad_sweep', sentence });
  }
  const run = sweepRange(state, kind, asked.share);
  for (let step = run.next(); ; step = run.next()) {
    if (step.done === true) return ok(step.value);
    const { done, of } = step.value;
    if (done % REPORT_EVERY === 0 || done === of)
      watcher.progress({ done, total: of, says: `checking ${of} failures` });
  }
};

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
