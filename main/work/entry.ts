// What runs on a worker thread: one job after another, as it is told.
import { parentPort } from 'node:worker_threads';
import { assert } from '../../domain/base/result.ts';
import { runHere } from './jobs.ts';
import type { FromThread, Order } from './thread.ts';

assert(parentPort !== null, 'this file runs as a worker thread');
const port = parentPort;
const say = (message: FromThread): void => port.postMessage(message);

port.on('message', ({ name, input }: Order) => {
  const answer = runHere(name, input, {
    signal: new AbortController().signal, // the thread is ended from outside
    progress: (progress) => say({ kind: 'progress', progress }),
  });
  // What a job throws is a mistake of ours: it ends the thread, and whoever waits is told.
  void answer.then((answer) => say({ kind: 'answer', answer }));
});
