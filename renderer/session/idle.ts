// Counts what is still to happen (calls, frames, renders, charts), so that a test can wait for the picture and never for time.

export class Idle {
  #pending = 0;
  #waiting: (() => void)[] = [];

  /** Something has begun; call the answer once when it has ended. */
  begin(): () => void {
    this.#pending += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#pending -= 1;
      if (this.#pending === 0) setTimeout(() => this.#release(), 0);
    };
  }

  /** Resolves when nothing is pending and nothing has begun in the turn after that. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#pending === 0) setTimeout(() => this.#release(), 0);
    });
  }

  #release(): void {
    if (this.#pending > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
