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
 * Rates of `flows` over links of `capacities` (any one unit). No flow can gain without one that has no more losing: the
 * definition of max-min fairness, which is what TCP's equal shares approach. O(links × flows) in the worst case.
 */
export const maxMinRates = (capacities: readonly number[], flows: readonly Flow[]): Float64Array => {
  const rates = new Float64Array(flows.length);
  const left = Float64Array.from(capacities);
  const growing = new Int32Array(capacities.length);
  const open: number[] = [];
  for (let f = 0; f < flows.length; f++) {
    const flow = flows[f]!;
    if (flow.links.length === 0) rates[f] = flow.demand;
    else if (flow.demand > 0) {
      open.push(f);
      for (const link of flow.links) growing[link]! += 1;
    }
  }
  const used = capacities.map((_, l) => l).filter((l) => growing[l]! > 0);
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
  return rates;
};

/** What each link has left when flows run at `rates`. */
export const residuals = (capacities: readonly number[], flows: readonly Flow[], rates: Float64Array): Float64Array => {
  const left = Float64Array.from(capacities);
  flows.forEach((flow, f) => {
    for (const link of flow.links) left[link]! -= rates[f]!;
  });
  return left;
};
