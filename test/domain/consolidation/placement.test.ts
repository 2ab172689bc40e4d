// The fast packing equals the slow one that is obviously best-fit decreasing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ascendingOrder } from '../../../domain/consolidation/order.ts';
import { type Amounts, bestFitDecreasing, type PackingProblem } from '../../../domain/consolidation/placement.ts';

const amounts = (prefix: string, rows: readonly (readonly [number, number])[]): Amounts => ({
  names: rows.map((_, i) => `${prefix}${i}`),
  cpu: Float64Array.from(rows, ([cpu]) => cpu),
  ram: Float64Array.from(rows, ([, ram]) => ram),
});

type Item = { readonly index: number; readonly name: string; readonly cpu: number; readonly ram: number };
const items = (of: Amounts): Item[] =>
  of.names.map((name, index) => ({ index, name, cpu: of.cpu[index]!, ram: of.ram[index]! }));
const ascending = (a: Item, b: Item): number => a.cpu - b.cpu || a.ram - b.ram || (a.name < b.name ? -1 : 1);

/** As Neat does it: scan a sorted list, wake the smallest sleeper, sort again by the original amounts. */
const slowly = ({ hosts, inactive, vms }: PackingProblem): Int32Array | null => {
  const asleep = items(inactive)
    .sort(ascending)
    .map((h) => ({ ...h, index: h.index + hosts.names.length }));
  let awake = items(hosts).sort(ascending);
  const left = new Map(awake.map((h) => [h.index, { cpu: h.cpu, ram: h.ram }]));
  const target = new Int32Array(vms.names.length);
  for (const vm of items(vms).sort(ascending).reverse()) {
    const hasRoom = (h: Item): boolean => left.get(h.index)!.cpu >= vm.cpu && left.get(h.index)!.ram >= vm.ram;
    let host = awake.find(hasRoom);
    while (host === undefined && asleep.length > 0) {
      const woken = asleep.shift()!;
      left.set(woken.index, { cpu: woken.cpu, ram: woken.ram });
      awake = [...awake, woken].sort(ascending);
      host = awake.find(hasRoom);
    }
    if (host === undefined) return null;
    left.get(host.index)!.cpu -= vm.cpu;
    left.get(host.index)!.ram -= vm.ram;
    target[vm.index] = host.index;
  }
  return target;
};

const pair = (most: number) => fc.tuple(fc.integer({ min: -3, max: most }), fc.integer({ min: -3, max: most }));
const positivePair = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));

test('any problem is packed as by a linear scan', () => {
  const problem = fc.record({
    hosts: fc.array(pair(25), { maxLength: 12 }),
    inactive: fc.array(pair(25), { maxLength: 6 }),
    vms: fc.array(positivePair, { maxLength: 25 }),
  });
  let solved = 0;
  fc.assert(
    fc.property(problem, ({ hosts, inactive, vms }) => {
      const p = { hosts: amounts('h', hosts), inactive: amounts('s', inactive), vms: amounts('v', vms) };
      const fast = bestFitDecreasing(p);
      if (fast !== null) solved++;
      expect(fast).toEqual(slowly(p));
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(solved).toBeGreaterThan(40);
});

test.each([
  ['whole numbers', fc.integer({ min: 0, max: 5 }).map((x) => x * 200_000)],
  ['fractions', fc.integer({ min: -2, max: 5 }).map((x) => x / 3)],
])('order of %s: by both columns, then by name', (_, value) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, fc.string()), { maxLength: 40 }), (rows) => {
      const unique = rows.map(([a, b, name], i) => ({ a, b, name: `${name}${i}` }));
      const order = ascendingOrder(
        Float64Array.from(unique, (r) => r.a),
        Float64Array.from(unique, (r) => r.b),
        unique.map((r) => r.name),
      );
      const expected = [...unique].sort((x, y) => x.a - y.a || x.b - y.b || (x.name < y.name ? -1 : 1));
      expect(Array.from(order, (i) => unique[i])).toEqual(expected);
    }),
    { seed: 11 },
  );
});
