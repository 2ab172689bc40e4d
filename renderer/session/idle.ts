// Counts what is still to happen (calls, frames, renders, charts), so that a test can wait for the picture and never for time.

export class Idle {
  readonly #pending = new Map<symbol, string>();
  #waiting: (() => void)[] = [];

  /** Something has begun; call the answer when it has ended. `what` names it for whoever wonders why it never ends. */
  begin(what: string): () => void {
    const key = Symbol(what);
    this.#pending.set(key, what);
    return () => {
      if (this.#pending.delete(key) && this.#pending.size === 0) setTimeout(() => this.#release(), 0);
    };
  }

  /** What has begun and not ended. */
  busy(): readonly string[] {
    return [...this.#pending.values()];
  }

  /** Resolves when nothing is pending and nothing has begun in the turn after that. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#pending.size === 0) setTimeout(() => this.#release(), 0);
    });
  }

  #release(): void {
    if (this.#pending.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
