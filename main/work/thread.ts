// Runs a job on a thread of its own, so that the window's calls go on being answered; stopping the job ends its thread.
import { Worker } from 'node:worker_threads';
import { err } from '../../domain/base/result.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';
import type { JobInput, JobName, JobOutput } from './jobs.ts';
import type { Answer, Watcher } from './watcher.ts';

/** What the thread is told at birth. */
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

/**
 * Runs the job on a new thread. A job writes whole transactions or nothing, so ending its thread at any instant is a
 * safe way to stop it; the failure then says how far it had come.
 */
export const runOnThread: RunJob = (name, input, watcher) => {
  if (watcher.signal.aborted) return Promise.resolve(err(stoppedAt(null)));
  return new Promise((resolve) => {
    const worker = new Worker(ENTRY, { workerData: { name, input } });
    let last: Progress | null = null;
    const stop = (): void => void worker.terminate();
    const settle = (answer: Answer<unknown>): void => {
      watcher.signal.removeEventListener('abort', stop);
      resolve(answer as Answer<never>);
    };
    watcher.signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'answer') return settle(message.answer);
      last = message.progress;
      watcher.progress(message.progress);
    });
    worker.on('error', (cause) => settle(err(died(name, cause instanceof Error ? cause.message : String(cause)))));
    worker.on('exit', (code) => settle(err(watcher.signal.aborted ? stoppedAt(last) : died(name, `exit ${code}`))));
  });
};
