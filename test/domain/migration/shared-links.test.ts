// Migrations beside each other: shares, queues, tenant traffic, and the way through racks.
import { expect, test } from 'vitest';
import { payloadBytesPerS, payloadShare } from '../../../domain/migration/encapsulation.ts';
import { QUIET } from '../../../domain/migration/machine.ts';
import { pathsOf } from '../../../domain/migration/network-path.ts';
import { simulate } from '../../../domain/migration/simulate.ts';
import {
  simulateShared,
  type SharedLinks,
  type SharedMove,
  type SharedResult,
} from '../../../domain/migration/shared-links.ts';
import { below, rng } from '../../../domain/base/rng.ts';
import { aMove, randomMove } from './moves.ts';

const asked = (changes: Partial<SharedMove> = {}): SharedMove => ({
  move: aMove(),
  links: [0],
  readyMs: 0,
  queue: null,
  ...changes,
});
/** All results of moves that each get their turn. */
const together = (moves: readonly SharedMove[], on: SharedLinks): readonly SharedResult[] =>
  simulateShared(moves, on).filter((m) => m !== null);

const links = { capacities: [100e6], background: [], perQueue: 1, machine: QUIET };

test('one move on shared links is that move alone', () => {
  const r = rng('alone');
  for (let n = 0; n < 100; n++) {
    const move = randomMove(r);
    const [shared] = together([asked({ move })], links);
    const alone = simulate(move, { linkBytesPerS: 100e6, machine: QUIET });
    expect(shared?.outcome).toBe(alone.outcome);
    expect(shared?.totalMs).toBeCloseTo(alone.totalMs, 3);
    expect(shared?.ramBytes).toBeCloseTo(alone.ramBytes, 0);
  }
});

test('three alike take three times as long each, and no link carries more than it can', () => {
  const idle = aMove({ dirtyPagesPerS: 0 });
  const alone = simulate(idle, { linkBytesPerS: 100e6, machine: QUIET });
  const three = together([asked({ move: idle }), asked({ move: idle }), asked({ move: idle })], links);
  for (const got of three) expect(got.totalMs / alone.totalMs).toBeCloseTo(3, 1);
  const bytes = three.reduce((sum, m) => sum + m.ramBytes, 0);
  expect(Math.max(...three.map((m) => m.endMs))).toBeGreaterThanOrEqual(bytes / 100e3);
});

test('a queue runs one at a time in the order given; another queue does not wait for it', () => {
  const queued = [asked({ queue: 'a' }), asked({ queue: 'a' }), asked({ queue: 'b', links: [1] })];
  const got = together(queued, { ...links, capacities: [100e6, 100e6] });
  expect(got[0]?.startMs).toBe(0);
  expect(got[1]?.startMs).toBeCloseTo(got[0]!.endMs, 6);
  expect(got[2]?.startMs).toBe(0);
  const two = together(queued, { ...links, capacities: [100e6, 100e6], perQueue: 2 });
  expect(two[1]?.startMs).toBe(0);
});

test('tenant traffic takes its share, and a move asked for later starts later', () => {
  const idle = asked({ move: aMove({ dirtyPagesPerS: 0 }) });
  const free = together([idle], links)[0]!;
  const half = together([idle], { ...links, background: [{ links: [0], demand: 50e6 }] })[0]!;
  expect(half.totalMs / free.totalMs).toBeCloseTo(2, 1);
  const greedy = together([idle], { ...links, background: [{ links: [0], demand: 500e6 }] })[0]!;
  expect(greedy.totalMs).toBeCloseTo(half.totalMs, 0);
  expect(together([{ ...idle, readyMs: 1234 }], links)[0]?.startMs).toBe(1234);
});

test('a move that never converges beside others ends as endless and holds nobody up', () => {
  const stuck = aMove({ dirtyPagesPerS: 60_000, workingSetBytes: 150 * 1_048_576 });
  const got = together([asked({ move: stuck }), asked()], links);
  expect(got.map((m) => m.outcome)).toEqual(['endless', 'completed']);
});

test('who waits behind an endless move never runs, and says so', () => {
  const stuck = aMove({ dirtyPagesPerS: 60_000, workingSetBytes: 150 * 1_048_576 });
  const got = simulateShared([asked({ move: stuck, queue: 'a' }), asked({ queue: 'a' })], links);
  expect(got[0]?.outcome).toBe('endless');
  expect(got[1]).toBe(null);
});

test('on a path with nothing to give, only the time limit ends a move', () => {
  const orders = [{ atMs: 7000, do: 'stop', as: 'timeout' }] as const;
  const [got] = simulateShared([asked({ move: aMove({ orders }) })], { ...links, capacities: [0] });
  expect([got?.outcome, got?.totalMs]).toEqual(['cancelled-timeout', 7000]);
});

test('a mixed crowd: all end, never sooner than the bytes over their bottleneck', () => {
  const r = rng('crowd');
  const capacities = [50e6, 100e6, 200e6, 400e6];
  const crowd = Array.from({ length: 60 }, () =>
    asked({
      move: randomMove(r),
      links: [below(r, 4), below(r, 4)],
      readyMs: below(r, 5000),
      queue: `h${below(r, 5)}`,
    }),
  ).map((m) => ({ ...m, links: [...new Set(m.links)] }));
  const got = together(crowd, { ...links, capacities, perQueue: 2 });
  expect(got.every((m) => m.outcome === 'completed' || m.outcome === 'cancelled-timeout')).toBe(true);
  capacities.forEach((bytesPerS, link) => {
    const on = got.filter((_, i) => crowd[i]!.links.includes(link));
    const bytes = on.reduce((sum, m) => sum + m.ramBytes, 0);
    const lastMs = Math.max(0, ...on.map((m) => m.endMs));
    expect(bytes).toBeLessThanOrEqual((bytesPerS / 1000) * lastMs * 1.001);
  });
  expect(together(crowd, { ...links, capacities, perQueue: 2 })).toEqual(got);
});

test('the way between racks crosses both uplinks, within a rack none, each direction by itself', () => {
  const paths = pathsOf({
    hosts: [
      { name: 'a1', rack: 'a', nicBytesPerS: 10 },
      { name: 'a2', rack: 'a', nicBytesPerS: 20 },
      { name: 'b1', rack: 'b', nicBytesPerS: 30 },
    ],
    racks: [
      { name: 'a', uplinkBytesPerS: 40 },
      { name: 'b', uplinkBytesPerS: 50 },
    ],
  });
  const named = (source: string, dest: string): unknown => paths.path(source, dest)?.map((l) => paths.names[l]);
  expect(named('a1', 'a2')).toEqual(['a1 out', 'a2 in']);
  expect(named('a1', 'b1')).toEqual(['a1 out', 'a out', 'b in', 'b1 in']);
  expect(named('b1', 'a1')).toEqual(['b1 out', 'b out', 'a in', 'a1 in']);
  expect(named('a1', 'c9')).toBe(undefined);
  expect(paths.capacities).toEqual([10, 10, 20, 20, 30, 30, 40, 40, 50, 50]);
});

test('tunnelled traffic carries fifty bytes less in a frame, and takes more of the link for it', () => {
  expect(payloadShare(1500, 'none')).toBeCloseTo(1448 / 1538, 9);
  expect(payloadShare(1500, 'vxlan')).toBeCloseTo(1398 / 1538, 9);
  expect(payloadBytesPerS(10e9, 9000, 'none')).toBeCloseTo((1.25e9 * 8948) / 9038, 0);
});
