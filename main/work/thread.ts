// Runs jobs on threads of their own, so that the window's calls go on being answered; stopping a job ends its thread.
import { Worker } from 'node:worker_threads';
import { err } from '../../domain/base/result.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';
import type { JobInput, JobName, JobOutput } from './jobs.ts';
import type { Answer, Watcher } from './watcher.ts';

/** What a thread is told to do. */
export type Order = { readonly [N in JobName]: { readonly name: N; readonly input: JobInput<N> } }[JobName];

/** What the thread says: how far it is, and once what came out. */
export type FromThread =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'answer'; readonly answer: Answer<unknown> };

/** Runs a job to its end, wherever that happens. */
export type RunJob = <N extends JobName>(
  name: N,
  input: JobInput<N>,
  watcher: Watcher,
) => Promise<Answer<JobOutput<N>>>;

// Beside this file either the source runs (Node strips its types) or the bundle does.
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './entry.ts' : './work.js', import.meta.url);

const stoppedAt = (last: Progress | null): Failure => ({
  code: 'cancelled',
  sentence:
    last === null
      ? 'Stopped before it began. Nothing was changed.'
      : `Stopped at ${last.done}${last.total === null ? '' : ` of ${last.total}`}: ${last.says}. What was finished before is kept.`,
});

const died = (name: string, cause: string): Failure => ({
  code: 'job_died',
  sentence: `The ${name} stopped by a mistake of Understudy's own: ${cause}. What was finished before is kept.`,
});

/** A thread that has done its work waits for more, because starting one takes half a second; one is enough for a person. */
const MOST_RESTING = 1;
const resting: Worker[] = [];

const newThread = (): Worker => {
  const thread = new Worker(ENTRY);
  thread.once('exit', () => {
    const place = resting.indexOf(thread);
    if (place >= 0) resting.splice(place, 1);
  });
  return thread;
};

const takeThread = (): Worker => {
  const thread = resting.pop() ?? newThread();
  thread.ref();
  return thread;
};

const rest = (thread: Worker): void => {
  if (resting.length >= MOST_RESTING) return void thread.terminate();
  thread.unref(); // a resting thread keeps no program from ending
  resting.push(thread);
};

/**
 * Runs the job on a thread of its own. A job writes whole transactions or nothing, so ending its thread at any instant
 * is a safe way to stop it; the failure then says how far it had come.
 */
export const runOnThread: RunJob = (name, input, watcher) => {
  if (watcher.signal.aborted) return Promise.resolve(err(stoppedAt(null)));
  return new Promise((resolve) => {
    const thread = takeThread();
    let last: Progress | null = null;
    const stop = (): void => void thread.terminate();
    const settle = (answer: Answer<unknown>): void => {
      watcher.signal.removeEventListener('abort', stop);
      thread.off('message', hear).off('error', fail).off('exit', end);
      resolve(answer as Answer<never>);
    };
    const hear = (message: FromThread): void => {
      if (message.kind === 'answer') {
        settle(message.answer);
        return rest(thread);
      }
      last = message.progress;
      watcher.progress(message.progress);
    };
    const fail = (cause: unknown): void =>
      settle(err(died(name, cause instanceof Error ? cause.message : String(cause))));
    const end = (code: number): void =>
      settle(err(watcher.signal.aborted ? stoppedAt(last) : died(name, `exit ${code}`)));
    watcher.signal.addEventListener('abort', stop, { once: true });
    thread.on('message', hear).on('error', fail).on('exit', end);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    thread.postMessage({ name, input });
  });
};
