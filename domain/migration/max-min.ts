// Max-min fair rates by progressive filling: every flow grows alike until its demand is met or a link it crosses is full.

export type Flow = {
  /** Indices into the capacities; a flow that crosses no link is limited by its demand alone. */
  readonly links: readonly number[];
  /** The most the flow would use; Infinity takes what it gets. */
  readonly demand: number;
};

/** Below this share of a capacity, what is left of a link is rounding. */
const FULL = 1e-12;

/**
 * Fills links of `capacities` with `flows`. `left` and `growing` are scratch, one entry a link; afterwards `left` holds what
 * the links crossed have left, and `growing` is zero again. O(levels × (links + flows)).
 */
const fill = (
  capacities: readonly number[],
  flows: readonly Flow[],
  left: Float64Array,
  growing: Int32Array,
): Float64Array => {
  const rates = new Float64Array(flows.length);
  const open: number[] = [];
  const used: number[] = [];
  for (let f = 0; f < flows.length; f++) {
    const flow = flows[f]!;
    if (flow.links.length === 0) rates[f] = flow.demand;
    else if (flow.demand > 0) open.push(f);
    for (const link of flow.links) {
      left[link] = capacities[link]!;
      if (flow.demand <= 0) continue;
      if (growing[link] === 0) used.push(link);
      growing[link]! += 1;
    }
  }
  let level = 0;
  while (open.length > 0) {
    // How much further all growing flows can rise together before a link fills or a demand is met.
    let step = Infinity;
    for (const l of used) {
      if (growing[l]! > 0) step = Math.min(step, left[l]! / growing[l]!);
    }
    for (const f of open) step = Math.min(step, flows[f]!.demand - level);
    step = Math.max(0, step);
    level += step;
    for (const l of used) left[l]! -= step * growing[l]!;
    let kept = 0;
    for (const f of open) {
      const flow = flows[f]!;
      const met = level >= flow.demand * (1 - FULL);
      if (met || flow.links.some((l) => left[l]! <= capacities[l]! * FULL)) {
        rates[f] = met ? flow.demand : level;
        for (const link of flow.links) growing[link]! -= 1;
      } else open[kept++] = f;
    }
    if (kept === open.length) break; // capacities of Infinity: nothing limits the rest
    open.length = kept;
  }
  for (const f of open) rates[f] = Infinity;
  for (const l of used) growing[l] = 0;
  return rates;
};

/**
 * Rates of `flows` over links of `capacities` (any one unit). No flow can gain without one that has no more losing: the
 * definition of max-min fairness, which is what TCP's equal shares approach.
 */
export const maxMinRates = (capacities: readonly number[], flows: readonly Flow[]): Float64Array =>
  fill(capacities, flows, new Float64Array(capacities.length), new Int32Array(capacities.length));

/**
 * Max-min fair rates while flows come, change and go. Only flows that share links with a change, directly or through others,
 * are worked out again: in a cluster whose fabric limits nobody, a handful of hundreds.
 */
export class FairRates<F extends Flow> {
  readonly #capacities: readonly number[];
  readonly #on: F[][];
  readonly #left: Float64Array;
  readonly #growing: Int32Array;
  readonly #rates = new Map<F, number>();
  readonly #touched = new Set<F>();
  readonly #touchedLinks = new Set<number>();

  constructor(capacities: readonly number[]) {
    this.#capacities = capacities;
    this.#on = capacities.map(() => []);
    this.#left = Float64Array.from(capacities);
    this.#growing = new Int32Array(capacities.length);
  }

  add(flow: F): void {
    for (const l of flow.links) this.#on[l]!.push(flow);
    this.touch(flow);
  }

  /** Its demand has changed, or has to be looked at again. */
  touch(flow: F): void {
    this.#touched.add(flow);
    for (const l of flow.links) this.#touchedLinks.add(l);
  }

  remove(flow: F): void {
    this.#touched.delete(flow);
    this.#rates.delete(flow);
    for (const l of flow.links) {
      this.#on[l] = this.#on[l]!.filter((other) => other !== flow);
      this.#touchedLinks.add(l);
    }
  }

  /** Works out what has changed since the last call; the flows whose rates may be others now. */
  settle(): readonly F[] {
    const found = new Set(this.#touched);
    const links = [...this.#touchedLinks];
    const seen = new Set(links);
    for (let l = links.pop(); l !== undefined; l = links.pop()) {
      this.#left[l] = this.#capacities[l]!;
      for (const flow of this.#on[l]!) {
        found.add(flow);
        for (const next of flow.links) {
          if (seen.has(next)) continue;
          seen.add(next);
          links.push(next);
        }
      }
    }
    this.#touched.clear();
    this.#touchedLinks.clear();
    const flows = [...found];
    const rates = fill(this.#capacities, flows, this.#left, this.#growing);
    flows.forEach((flow, i) => this.#rates.set(flow, rates[i]!));
    return flows;
  }

  /** As of the last `settle`. */
  rate(flow: F): number {
    return this.#rates.get(flow) ?? 0;
  }

  /** What a link has left, as of the last `settle`. */
  left(link: number): number {
    return Math.max(0, this.#left[link]!);
  }
}
