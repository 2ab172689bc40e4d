// Work is counted, not timed, so that an answer is the same on every machine: looks of a VM at a host, until a budget is spent.

/** A budget in words, for a sentence that says where an answer ends. */
export const looksWords = (looks: number): string =>
  `${looks >= 1e6 ? `${looks / 1e6} million` : looks} ${looks === 1 ? 'look' : 'looks'} of a VM at a host`;

export class Work {
  readonly most: number;
  #left: number;

  constructor(looks: number) {
    this.most = looks;
    this.#left = looks;
  }

  spend(looks: number): void {
    this.#left -= looks;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }
}
