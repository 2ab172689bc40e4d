// Max-min fairness: the definition itself as the checker, on seeded random networks.
import { expect, test } from 'vitest';
import { FairRates, maxMinRates, type Flow } from '../../../domain/migration/max-min.ts';
import { below, rng } from '../../../domain/base/rng.ts';

test('equal flows share a link equally, and a small demand leaves its rest to the others', () => {
  const one = { links: [0], demand: Infinity };
  expect([...maxMinRates([90], [one, one, one])]).toEqual([30, 30, 30]);
  expect([...maxMinRates([90], [one, { links: [0], demand: 10 }, one])]).toEqual([40, 10, 40]);
});

test('a flow over two links gets the scarcer share, and what it leaves goes to the flow beside it', () => {
  const rates = maxMinRates(
    [100, 30],
    [
      { links: [0], demand: Infinity },
      { links: [0, 1], demand: Infinity },
      { links: [1], demand: Infinity },
    ],
  );
  expect([...rates]).toEqual([85, 15, 15]);
});

test('a flow that crosses nothing gets its demand; a link of no capacity stops its flows', () => {
  expect([
    ...maxMinRates(
      [0],
      [
        { links: [], demand: 7 },
        { links: [0], demand: 5 },
      ],
    ),
  ]).toEqual([7, 0]);
});

/** What each link has left when flows run at `rates`. */
const residuals = (capacities: readonly number[], flows: readonly Flow[], rates: ArrayLike<number>): number[] =>
  capacities.map((c, l) => flows.reduce((left, flow, f) => (flow.links.includes(l) ? left - rates[f]! : left), c));

/** Max-min: each flow has its demand, or a full link on which nobody has more. */
const isMaxMin = (capacities: readonly number[], flows: readonly Flow[], rates: Float64Array): boolean => {
  const left = residuals(capacities, flows, rates);
  const full = (l: number): boolean => left[l]! <= 1e-9 * capacities[l]!;
  if (left.some((x, l) => x < -1e-9 * capacities[l]!)) return false;
  return flows.every((flow, f) => {
    if (rates[f]! >= flow.demand * (1 - 1e-9)) return true;
    return flow.links.some(
      (l) => full(l) && flows.every((other, o) => !other.links.includes(l) || rates[o]! <= rates[f]! * (1 + 1e-9)),
    );
  });
};

test('random networks satisfy the definition', () => {
  const r = rng('max-min');
  for (let n = 0; n < 500; n++) {
    const capacities = Array.from({ length: 1 + below(r, 8) }, () => 1 + below(r, 1000));
    const flows = Array.from({ length: 1 + below(r, 20) }, (): Flow => {
      const links = capacities.map((_, l) => l).filter(() => r.next() < 0.4);
      return { links: links.length > 0 ? links : [0], demand: r.next() < 0.5 ? Infinity : below(r, 400) };
    });
    expect(isMaxMin(capacities, flows, maxMinRates(capacities, flows))).toBe(true);
  }
});

test('the checker refuses rates that are feasible but unfair', () => {
  const one = { links: [0], demand: Infinity };
  expect(isMaxMin([90], [one, one], Float64Array.of(60, 30))).toBe(false);
  expect(isMaxMin([90], [one, one], Float64Array.of(40, 40))).toBe(false);
});

test('rates kept while flows come and go are those worked out anew', () => {
  const r = rng('fair rates');
  for (let n = 0; n < 60; n++) {
    const capacities = Array.from({ length: 12 }, () => 1 + below(r, 1000));
    const fair = new FairRates<{ links: readonly number[]; demand: number }>(capacities);
    const flows: { links: readonly number[]; demand: number }[] = [];
    for (let step = 0; step < 40; step++) {
      const what = r.next();
      if (what < 0.5 || flows.length === 0) {
        const links = capacities.map((_, l) => l).filter(() => r.next() < 0.15);
        flows.push({ links, demand: below(r, 400) });
        fair.add(flows.at(-1)!);
      } else if (what < 0.75) fair.remove(flows.splice(below(r, flows.length), 1)[0]!);
      else {
        const flow = flows[below(r, flows.length)]!;
        flow.demand = below(r, 400);
        fair.touch(flow);
      }
      fair.settle();
      const anew = maxMinRates(capacities, flows);
      flows.forEach((flow, f) => expect(fair.rate(flow)).toBeCloseTo(anew[f]!, 6));
      residuals(capacities, flows, anew).forEach((left, l) => expect(fair.left(l)).toBeCloseTo(left, 6));
    }
  }
});
