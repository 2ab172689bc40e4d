// What a person chose can be taken back, newest first: picks, limits, pins. Never an event of the log.
import { effect, type Signal } from '@preact/signals';

const MOST_KEPT = 100;

export class Undo {
  readonly #past: (() => void)[] = [];
  #isUndoing = false;

  /** Remembers every change of the signal from now on. */
  watch<T>(choice: Signal<T>): void {
    let last = choice.peek();
    effect(() => {
      const now = choice.value;
      const before = last;
      last = now;
      if (now === before || this.#isUndoing) return;
      this.#past.push(() => (choice.value = before));
      if (this.#past.length > MOST_KEPT) this.#past.shift();
    });
  }

  /** Takes the newest change back; false where there is none. */
  undo(): boolean {
    const back = this.#past.pop();
    if (back === undefined) return false;
    this.#isUndoing = true;
    back();
    this.#isUndoing = false;
    return true;
  }

  get isEmpty(): boolean {
    return this.#past.length === 0;
  }
}
