// A question whose input keeps changing: at most one call in flight, the newest input wins, the last answer stays.
import { signal, type ReadonlySignal } from '@preact/signals';
import type { CallName, Input, Output } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import type { Client } from './client.ts';
import { Lru } from './lru.ts';

const REMEMBERED = 64; // pictures of 600 VMs are about 60 KB each as objects: a few MB at most

type Asked<N extends CallName> = { readonly key: string; readonly input: Input<N> };

export class Latest<N extends CallName> {
  readonly #client: Client;
  readonly #name: N;
  readonly #known = new Lru<Output<N>>(REMEMBERED);
  readonly #value = signal<Output<N> | null>(null);
  readonly #failure = signal<Failure | null>(null);
  readonly #pending = signal(false);
  /** Whether an answer to an older input may be shown: true for frames, which stay true of their own instant. */
  readonly #showsOlder: boolean;
  #wanted: Asked<N> | null = null;
  #inFlight = false;
  #age = 0;

  constructor(client: Client, name: N, options: { readonly showsOlder: boolean }) {
    this.#client = client;
    this.#name = name;
    this.#showsOlder = options.showsOlder;
  }

  /** The newest answer that arrived; it stays while a newer one is on its way. */
  get value(): ReadonlySignal<Output<N> | null> {
    return this.#value;
  }
  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }
  get pending(): ReadonlySignal<boolean> {
    return this.#pending;
  }

  /** Asks with a new input; null asks nothing and clears the answer. */
  ask(input: Input<N> | null): void {
    if (input === null) {
      this.#wanted = null;
      this.#value.value = null;
      this.#failure.value = null;
      this.#pending.value = false;
      return;
    }
    const key = JSON.stringify(input);
    const known = this.#known.get(key);
    this.#wanted = { key, input };
    if (known !== undefined) return this.#settle(known);
    this.#pending.value = true;
    if (!this.#inFlight) void this.#run();
  }

  /** What was answered may no longer be true: forget it, and ask again if anything is wanted. */
  forget(): void {
    this.#known.clear();
    this.#age += 1;
    if (this.#wanted !== null) this.ask(this.#wanted.input);
  }

  async #run(): Promise<void> {
    const asked = this.#wanted;
    if (asked === null) return;
    this.#inFlight = true;
    const age = this.#age;
    const answer = await this.#client.call(this.#name, asked.input);
    this.#inFlight = false;
    if (this.#wanted === null) return;
    const current = this.#wanted.key === asked.key && this.#age === age;
    if (answer.ok) {
      if (this.#age === age) this.#known.set(asked.key, answer.value);
      if (current) this.#settle(answer.value);
      else if (this.#showsOlder && this.#pending.peek()) this.#value.value = answer.value;
    } else if (current) {
      this.#failure.value = answer.error;
      this.#pending.value = false;
    }
    if (this.#pending.peek()) void this.#run();
  }

  #settle(value: Output<N>): void {
    this.#value.value = value;
    this.#failure.value = null;
    this.#pending.value = false;
  }
}
