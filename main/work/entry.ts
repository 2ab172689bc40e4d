// What runs on a worker thread: the one job it was born with.
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../domain/base/result.ts';
import { runHere } from './jobs.ts';
import type { FromThread, Order } from './thread.ts';

assert(parentPort !== null, 'this file runs as a worker thread');
const port = parentPort;
const say = (message: FromThread): void => port.postMessage(message);

const { name, input } = workerData as Order;
const answer = await runHere(name, input, {
  signal: new AbortController().signal, // the thread is ended from outside
  progress: (progress) => say({ kind: 'progress', progress }),
});
say({ kind: 'answer', answer });
