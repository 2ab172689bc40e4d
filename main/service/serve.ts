// Speaks the port protocol for a service: hello first, then numbered calls with progress and cancellation, and streams.
import { performance } from 'node:perf_hooks';
import type { Streams } from '../../domain/contract/contract.ts';
import {
  CONTRACT_VERSION,
  type Failure,
  type Port,
  type Progress,
  type ToService,
  type ToWindow,
} from '../../domain/contract/port.ts';
import type { Door } from './door.ts';

/** What a port needs of the service behind it. */
export interface Served {
  readonly call: Door;
  /** Calls back for every stream value; returns the way to stop. */
  readonly subscribe: (listener: <N extends keyof Streams>(name: N, value: Streams[N]) => void) => () => void;
}

const PROGRESS_EVERY_MS = 100; // ten reports a second are as many as anyone reads

const CANCELLED: Failure = { code: 'cancelled', sentence: 'Stopped, as asked.' };

const notAgreed = (theirs: number | null): Failure => ({
  code: 'version',
  sentence:
    theirs === null
      ? 'Say hello with the version of the contract first.'
      : `The window speaks version ${theirs} of the contract and this program version ${CONTRACT_VERSION}. Reload the window.`,
});

const isMessage = (message: unknown): message is ToService => {
  if (typeof message !== 'object' || message === null) return false;
  const m = message as Record<string, unknown>;
  if (m['kind'] === 'hello') return typeof m['version'] === 'number';
  if (m['kind'] === 'cancel') return typeof m['id'] === 'number';
  return m['kind'] === 'call' && typeof m['id'] === 'number' && typeof m['name'] === 'string';
};

/** Lets the first report through at once, then one every PROGRESS_EVERY_MS. */
const paced = (report: (progress: Progress) => void): ((progress: Progress) => void) => {
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (now - last < PROGRESS_EVERY_MS) return;
    last = now;
    report(progress);
  };
};

/**
 * Serves `served` over one port until the port closes; then every call still running on it is cancelled. A call that
 * was cancelled answers with the failure `cancelled`; a message that is none is answered by closing the port.
 */
export const serve = (port: Port<ToService, ToWindow>, served: Served): void => {
  const running = new Map<number, AbortController>();
  let theirs: number | null = null;
  let open = true;
  const post = (message: ToWindow): void => {
    if (open) port.post(message);
  };

  const stop = served.subscribe((name, value) => {
    if (theirs === CONTRACT_VERSION) post({ kind: 'stream', name, value });
  });
  port.onClose(() => {
    open = false;
    stop();
    for (const call of running.values()) call.abort();
  });

  const run = async (id: number, name: string, input: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const progress = paced((value) => {
      if (!controller.signal.aborted) post({ kind: 'progress', id, progress: value });
    });
    const answer = await served.call(name, input, { signal: controller.signal, progress });
    running.delete(id);
    if (answer.ok) return post({ kind: 'result', id, value: answer.value });
    const stopped = controller.signal.aborted && answer.error.code !== CANCELLED.code;
    post({ kind: 'failure', id, failure: stopped ? CANCELLED : answer.error });
  };

  port.listen((message) => {
    if (!isMessage(message)) return port.close();
    switch (message.kind) {
      case 'hello':
        theirs = message.version;
        return post({ kind: 'hello', version: CONTRACT_VERSION });
      case 'cancel':
        return running.get(message.id)?.abort();
      case 'call':
        if (theirs !== CONTRACT_VERSION) return post({ kind: 'failure', id: message.id, failure: notAgreed(theirs) });
        if (running.has(message.id)) return; // asked again while it runs: its answer is on the way
        return void run(message.id, message.name, message.input);
    }
  });
};
