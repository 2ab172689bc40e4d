// The tunnel map and the waterfall as values: where VTEPs stand, which pairs share a network, how stages become bars.
import { expect, test } from 'vitest';
import { pathCost } from '../../domain/datapath/path-cost.ts';
import { STANDARD_PATH } from '../../domain/datapath/standard-path.ts';
import { cloudOf } from '../../domain/network/from-state.ts';
import { overviewOf } from '../../domain/network/overview.ts';
import { chooseEnds, endsOn } from '../../renderer/session/network-view.ts';
import { allPairs, hitRing, layoutRing, sharedPairs } from '../../renderer/surfaces/tunnel-layout.ts';
import { barsOf } from '../../renderer/surfaces/waterfall-bars.ts';
import { overlaid } from '../domain/network/clouds.ts';

const state = overlaid();
const overview = overviewOf(state, cloudOf(state), 'master');

test('every VTEP stands on the ring, no two in one place, and is found again where it stands', () => {
  const ring = layoutRing(overview, { x: 100, y: 80 }, 50);
  expect(ring.points).toHaveLength(3);
  for (const [i, p] of ring.points.entries()) {
    expect(Math.hypot(p.x - 100, p.y - 80)).toBeCloseTo(50);
    expect(hitRing(ring, p.x + 3, p.y, 12)).toBe(i);
  }
  expect(hitRing(ring, 100, 80, 12)).toBeNull();
});

test('l2population joins hosts that share a network, a full mesh all', () => {
  expect(sharedPairs(overview, 100)).toEqual([[0, 1]]);
  expect(allPairs(3, 100)).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  expect(allPairs(1000, 10)).toHaveLength(10);
});

test('a trace begins at what is selected and goes to another host', () => {
  const blue = overview.networks.find((n) => n.name === 'blue')!;
  const ends = endsOn(state, blue);
  expect(ends.map((e) => e.vm.name)).toEqual(['vm-a', 'vm-b', 'vm-d']);
  const nothing = { from: null, to: null, selection: null };
  const told = (chosen: Partial<typeof nothing> | Record<string, string>) => {
    const { from, to } = chooseEnds(ends, { ...nothing, ...chosen });
    return [from?.vm.id, to?.vm.id];
  };
  expect(told({})).toEqual(['a', 'b']);
  expect(told({ selection: 'host:h2' })).toEqual(['b', 'a']);
  expect(told({ selection: 'vm:d' })).toEqual(['d', 'b']);
  expect(told({ from: 'd', to: 'a' })).toEqual(['d', 'a']);
  expect(told({ from: 'gone' })).toEqual(['a', 'b']);
  expect(chooseEnds([], nothing)).toEqual({ from: null, to: null });
});

test('bars stand one after the other, sum to the cost, and few of them are enough', () => {
  const cost = pathCost({ ...STANDARD_PATH, from: 'h1', to: 'h2' });
  const total = cost.stages.reduce((sum, s) => sum + s.cycles, 0);
  for (const most of [6, 12, 40]) {
    const bars = barsOf(cost.stages, most);
    expect(bars.length).toBeLessThanOrEqual(most);
    expect(bars.reduce((sum, b) => sum + b.cycles, 0)).toBeCloseTo(total);
    for (const [i, bar] of bars.entries()) {
      const previous = bars[i - 1];
      expect(bar.before).toBeCloseTo(previous === undefined ? 0 : previous.before + previous.cycles);
    }
    const hosts = bars.map((b) => b.host);
    expect(hosts.lastIndexOf('h1')).toBeLessThan(hosts.indexOf('h2'));
  }
});
