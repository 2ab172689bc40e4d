// The window's end of the contract: numbered calls with progress and cancellation, streams, and a link that mends itself.
import { signal, type ReadonlySignal } from '@preact/signals';
import type { CallName, Input, Output, Streams } from '../../domain/contract/contract.ts';
import { CONTRACT_VERSION, type Failure, type Progress, type ToWindow } from '../../domain/contract/port.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Idle } from './idle.ts';
import type { Open, WindowPort } from './transport.ts';

export type Link = { readonly state: 'opening' | 'open' | 'lost'; readonly sentence: string | null };

export type CallOptions = {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
};

type Running = {
  readonly name: string;
  readonly input: unknown;
  readonly answer: (result: Result<unknown, Failure>) => void;
  readonly progress: (progress: Progress) => void;
};

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000; // a link that is back should not be waited for longer than this

const LOST: Failure = {
  code: 'lost',
  sentence: 'The connection to Understudy was lost before it answered. Nothing was changed by this window since.',
};

export class Client {
  readonly #open: Open;
  readonly #idle: Idle;
  readonly #running = new Map<number, Running>();
  readonly #listeners = new Map<string, Set<(value: unknown) => void>>();
  readonly #link = signal<Link>({ state: 'opening', sentence: null });
  readonly #connections = signal(0);
  #port: WindowPort | null = null;
  #nextId = 1;
  #retryMs = FIRST_RETRY_MS;
  #connecting: (() => void) | null = null;

  constructor(open: Open, idle: Idle) {
    this.#open = open;
    this.#idle = idle;
    void this.#connect();
  }

  get link(): ReadonlySignal<Link> {
    return this.#link;
  }

  /** How many times the link was established: what was read over an earlier one may be stale. */
  get connections(): ReadonlySignal<number> {
    return this.#connections;
  }

  /** Asks the service. Calls made while the link is opening wait for it; a lost link answers them with a failure. */
  call<N extends CallName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Result<Output<N>, Failure>> {
    const id = this.#nextId++;
    const done = this.#idle.begin(`call ${name}`);
    return new Promise((resolve) => {
      const cancel = (): void => this.#port?.post({ kind: 'cancel', id });
      this.#running.set(id, {
        name,
        input,
        progress: options.progress ?? (() => undefined),
        answer: (result) => {
          this.#running.delete(id);
          options.signal?.removeEventListener('abort', cancel);
          resolve(result as Result<Output<N>, Failure>);
          done();
        },
      });
      options.signal?.addEventListener('abort', cancel);
      if (this.#link.peek().state === 'lost') this.#running.get(id)?.answer(err(LOST));
      else this.#port?.post({ kind: 'call', id, name, input });
    });
  }

  /** Calls back for every value of a stream; returns the way to stop. */
  on<N extends keyof Streams>(name: N, listener: (value: Streams[N]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    const heard = listener as (value: unknown) => void;
    set.add(heard);
    return () => set.delete(heard);
  }

  async #connect(): Promise<void> {
    this.#connecting ??= this.#idle.begin('connecting');
    const opened = await this.#open();
    if (!opened.ok) return this.#lose(opened.error);
    const port = opened.value;
    port.onClose(() => this.#lose('The connection to Understudy was lost.'));
    port.listen((message) => this.#hear(message, port));
    port.post({ kind: 'hello', version: CONTRACT_VERSION });
  }

  #lose(why: string): void {
    this.#port = null;
    this.#link.value = {
      state: 'lost',
      sentence: `${why} This window keeps trying. If the program was stopped, start it again and open the new address it prints.`,
    };
    for (const call of this.#running.values()) call.answer(err(LOST));
    this.#settle();
    setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  /** The attempt to connect has ended, one way or the other. */
  #settle(): void {
    this.#connecting?.();
    this.#connecting = null;
  }

  #hear(message: ToWindow, port: WindowPort): void {
    switch (message.kind) {
      case 'hello':
        return this.#greet(message.version, port);
      case 'result':
        return this.#running.get(message.id)?.answer(ok(message.value));
      case 'failure':
        return this.#running.get(message.id)?.answer(err(message.failure));
      case 'progress':
        return this.#running.get(message.id)?.progress(message.progress);
      case 'stream':
        for (const listener of this.#listeners.get(message.name) ?? []) listener(message.value);
    }
  }

  #greet(version: number, port: WindowPort): void {
    if (version !== CONTRACT_VERSION) {
      const sentence = `This window speaks version ${CONTRACT_VERSION} of the contract and the program version ${version}. Reload the window.`;
      this.#link.value = { state: 'lost', sentence };
      return this.#settle();
    }
    this.#port = port;
    this.#retryMs = FIRST_RETRY_MS;
    this.#link.value = { state: 'open', sentence: null };
    this.#connections.value += 1;
    for (const [id, { name, input }] of this.#running) port.post({ kind: 'call', id, name, input });
    this.#settle();
  }
}
