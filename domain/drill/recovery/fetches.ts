// Images on their way to hosts: each as fast as one may come, all of a host together no faster than its network card.
type Fetch = { leftGiB: number; readonly done: () => void };

type Arrivals = {
  readonly active: Set<Fetch>;
  /** When `leftGiB` was last brought up to date. */
  seenAt: number;
  /** Each change of rates makes what was planned before void. */
  plan: number;
};

export type FetchRates = {
  /** One image alone. */
  readonly sPerGiB: number;
  /** What the card carries, at its full rate. */
  readonly nicGbitPerS: number;
};

const MS_PER_S = 1000;
const GIB_PER_GBIT = 1e9 / 8 / 2 ** 30;
/** Of arithmetic with fractions: less is nothing, in GiB and in milliseconds alike. */
const NOTHING = 1e-6;

export class Fetches {
  readonly #rates: FetchRates;
  readonly #clock: { readonly now: () => number; readonly after: (ms: number, act: () => void) => void };
  readonly #hosts = new Map<string, Arrivals>();
  readonly #shares = new Map<string, number>();

  constructor(rates: FetchRates, clock: { now: () => number; after: (ms: number, act: () => void) => void }) {
    this.#rates = rates;
    this.#clock = clock;
  }

  /** The host's card carries this share of its rate from now on. */
  slow(host: string, share: number): void {
    this.#catchUp(host);
    this.#shares.set(host, share);
    this.#planNext(host);
  }

  /** An image comes to a host. */
  begin(host: string, gib: number, done: () => void): void {
    if (gib <= 0 || this.#rates.sPerGiB === 0) return done();
    this.#catchUp(host);
    this.#at(host).active.add({ leftGiB: gib, done });
    this.#planNext(host);
  }

  #at(host: string): Arrivals {
    const known = this.#hosts.get(host) ?? { active: new Set(), seenAt: this.#clock.now(), plan: 0 };
    this.#hosts.set(host, known);
    return known;
  }

  /** GiB a millisecond of each image on its way. */
  #rate(host: string): number {
    const { sPerGiB, nicGbitPerS } = this.#rates;
    const card = nicGbitPerS * GIB_PER_GBIT * (this.#shares.get(host) ?? 1);
    return Math.min(1 / sPerGiB, card / Math.max(1, this.#at(host).active.size)) / MS_PER_S;
  }

  #catchUp(host: string): void {
    const here = this.#at(host);
    const passed = this.#clock.now() - here.seenAt;
    here.seenAt = this.#clock.now();
    if (passed === 0 || here.active.size === 0) return;
    const come = passed * this.#rate(host);
    for (const image of here.active) image.leftGiB -= come;
  }

  #planNext(host: string): void {
    const here = this.#at(host);
    const plan = ++here.plan;
    if (here.active.size === 0) return;
    const least = [...here.active].reduce((gib, { leftGiB }) => Math.min(gib, leftGiB), Infinity);
    this.#clock.after(Math.max(0, Math.ceil(least / this.#rate(host) - NOTHING)), () => {
      if (here.plan !== plan) return;
      this.#catchUp(host);
      const come = [...here.active].filter(({ leftGiB }) => leftGiB <= NOTHING);
      for (const image of come) here.active.delete(image);
      this.#planNext(host);
      for (const { done } of come) done();
    });
  }
}
