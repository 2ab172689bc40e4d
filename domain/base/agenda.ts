// Virtual time: what is due leaves in order of its instant, and at one instant in the order it was scheduled.
import type { Instant, Millis } from './brand.ts';

type Due<E> = { readonly at: number; readonly order: number; readonly event: E };

const before = (a: Due<unknown>, b: Due<unknown>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap of things to come. The domain never asks the time; a drill advances this instead. */
export class Agenda<E> {
  #now: number;
  #order = 0;
  readonly #heap: Due<E>[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  get now(): Instant {
    return this.#now as Instant;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Schedules relative to now; a negative delay is due now. */
  schedule(delay: Millis, event: E): void {
    const item: Due<E> = { at: this.#now + Math.max(0, delay), order: this.#order++, event };
    const heap = this.#heap;
    let i = heap.push(item) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(item, heap[up]!)) break;
      heap[i] = heap[up]!;
      i = up;
    }
    heap[i] = item;
  }

  /** Moves the clock to the next due event and returns it; null when nothing is left. */
  advance(): E | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return null;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
        if (!before(heap[child]!, last)) break;
        heap[i] = heap[child]!;
        i = child;
      }
      heap[i] = last;
    }
    this.#now = first.at;
    return first.event;
  }
}
