// The load of links: bytes are kept, moves at one time add up, and the busiest adapter comes first.
import { expect, test } from 'vitest';
import { linkLoads } from '../../../domain/planning/link-load.ts';
import type { PlannedMove } from '../../../domain/planning/plan.ts';

const move = (source: string, dest: string, startMs: number, endMs: number, bytes: number): PlannedMove => ({
  vm: `${source}-${dest}`,
  name: `${source}-${dest}`,
  source,
  dest,
  kind: 'live',
  storage: 'shared',
  startMs,
  endMs,
  downtimeMs: 10,
  bytes,
  after: [],
  because: '',
});

const areaOf = (steps: readonly (readonly [number, number])[]): number =>
  steps.reduce((sum, [ms, rate], i) => sum + (rate * ((steps[i + 1]?.[0] ?? ms) - ms)) / 1000, 0);

test('the area under each adapter is what its moves send', () => {
  const loads = linkLoads([move('a', 'b', 0, 10_000, 5e9), move('a', 'c', 4000, 20_000, 7e9)], 2000);
  expect(loads.map((l) => `${l.host} ${l.direction}`)).toEqual(['a out', 'c in', 'b in']);
  for (const load of loads) expect(areaOf(load.steps)).toBeCloseTo(load.bytes, -3);
  expect(loads[0]?.peakBytesPerS).toBeCloseTo(5e9 / 8 + 7e9 / 14, 0);
});

test('nothing is sent while a move is prepared, nor after the last', () => {
  const [load] = linkLoads([move('a', 'b', 0, 10_000, 8e9)], 2000);
  expect(load?.steps).toEqual([
    [2000, 1e9],
    [10_000, 0],
  ]);
  expect(linkLoads([move('a', 'a', 0, 10_000, 0)], 2000)).toEqual([]);
});
