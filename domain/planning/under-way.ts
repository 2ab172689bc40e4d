// Moves under way by estimate: prepared, then sending at a fair share of their links, each at most at the rate it has alone.
import { FairRates, type Flow as OtherTraffic } from '../migration/max-min.ts';
import type { Network } from './network.ts';

export type Sending = {
  readonly links: readonly number[];
  /** Bytes a millisecond it uses when alone. */
  readonly demand: number;
  readonly bytes: number;
  /** From its start to its first byte, ms. */
  readonly prepareMs: number;
};

type Flow = Sending & {
  readonly id: number;
  /** Not negative; as of `sinceMs`. */
  left: number;
  sinceMs: number;
  rate: number;
  /** The next instant at which it changes: its first byte, then its end. */
  nextMs: number;
  isSending: boolean;
};

/** Rounding: what ends within this ends together. */
const TOGETHER_MS = 1e-6;

export class UnderWay {
  readonly #fair: FairRates<Flow | OtherTraffic>;
  #flows: Flow[] = [];
  #nowMs = 0;

  /** Bytes a second: what each link carries, and what others want of it. */
  constructor({ capacities, background }: Pick<Network, 'capacities' | 'background'>) {
    this.#fair = new FairRates(capacities.map((bytesPerS) => bytesPerS / 1000));
    for (const { links, demand } of background) this.#fair.add({ links, demand: demand / 1000 });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get count(): number {
    return this.#flows.length;
  }

  start(id: number, sending: Sending): void {
    const nextMs = this.#nowMs + sending.prepareMs;
    this.#flows.push({ ...sending, id, left: sending.bytes, sinceMs: nextMs, rate: 0, nextMs, isSending: false });
  }

  /** Goes on to the next instant at which moves end; their ids in the order they were started. */
  advance(): readonly number[] {
    for (;;) {
      this.#nowMs = this.#flows.reduce((least, f) => Math.min(least, f.nextMs), Infinity);
      const ended: Flow[] = [];
      for (const flow of this.#flows) {
        if (flow.nextMs > this.#nowMs + TOGETHER_MS) continue;
        if (flow.isSending) ended.push(flow);
        else {
          flow.isSending = true;
          this.#fair.add(flow);
        }
      }
      for (const flow of ended) this.#fair.remove(flow);
      if (ended.length > 0) this.#flows = this.#flows.filter((f) => !ended.includes(f));
      for (const flow of this.#fair.settle()) if ('id' in flow) this.#pace(flow);
      if (ended.length > 0) return ended.map((f) => f.id);
    }
  }

  #pace(flow: Flow): void {
    flow.left = Math.max(0, flow.left - flow.rate * (this.#nowMs - flow.sinceMs));
    flow.sinceMs = this.#nowMs;
    flow.rate = this.#fair.rate(flow);
    flow.nextMs = this.#nowMs + flow.left / flow.rate;
  }
}
