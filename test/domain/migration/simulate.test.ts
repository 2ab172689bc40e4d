// The QEMU model as a mechanism: bytes conserved, the switch-over rule kept, convergence where arithmetic says so.
import { expect, test } from 'vitest';
import { QUIET } from '../../../domain/migration/machine.ts';
import { DEVICE_STATE_BYTES, PAGE_BYTES } from '../../../domain/migration/qemu.ts';
import { simulate } from '../../../domain/migration/simulate.ts';
import { begin, pendingPages, type Run } from '../../../domain/migration/run.ts';
import { advance, start } from '../../../domain/migration/advance.ts';
import { below, rng } from '../../../domain/base/rng.ts';
import { aMove, randomMove } from './moves.ts';

const MIB = 1_048_576;
const on = (linkBytesPerS: number | null) => ({ linkBytesPerS, machine: QUIET, keepRounds: true });

test('an idle guest is sent once: its touched pages in full, its zero pages as nine bytes', () => {
  const got = simulate(aMove({ dirtyPagesPerS: 0 }), on(50e6));
  const normal = 118 + (160 * MIB) / PAGE_BYTES;
  const zero = (256 * MIB + 532_480) / PAGE_BYTES - normal;
  expect(got.ramBytes).toBeCloseTo(normal * 4104 + zero * 9, -1);
  expect(got.totalMs / 1000).toBeCloseTo(got.ramBytes / 50e6, 1);
  expect(got.downtimeMs).toBeLessThan(10);
});

test('rounds follow each other, and the bytes sent in them with those of the stop make the total', () => {
  const r = rng('conservation');
  for (let n = 0; n < 300; n++) {
    const move = randomMove(r);
    const got = simulate(move, on(10e6 + below(r, 400) * 1e6));
    let endMs = got.rounds[0]?.startMs ?? 0;
    for (const round of got.rounds) {
      expect(round.startMs).toBeCloseTo(endMs, 6);
      expect(round.sentBytes).toBeGreaterThanOrEqual(0);
      endMs = round.endMs;
    }
    if (got.outcome !== 'completed') continue;
    const inRounds = got.rounds.reduce((sum, round) => sum + round.sentBytes, 0);
    expect(inRounds + got.flushBytes).toBeCloseTo(got.ramBytes, 0);
    expect(got.ramBytes).toBeGreaterThanOrEqual(move.touchedBytes);
  }
});

test('every round but the last ends below its threshold, and the guest stops below it too', () => {
  const r = rng('threshold');
  for (let n = 0; n < 300; n++) {
    const got = simulate(randomMove(r), on(100e6));
    if (got.outcome !== 'completed') continue;
    for (const round of got.rounds) {
      if (round.thresholdBytes > 0) expect(round.pendingEndBytes).toBeLessThan(round.thresholdBytes);
    }
    const last = got.rounds.at(-1);
    if (last !== undefined && last.thresholdBytes > 0)
      expect((got.flushBytes / 4104) * PAGE_BYTES).toBeLessThan(last.thresholdBytes);
  }
});

test('link-limited, the stop is the last bytes at line rate; capped, it ignores max-bandwidth', () => {
  const link = simulate(aMove(), on(50e6));
  expect(link.downtimeMs).toBeCloseTo((link.flushBytes + DEVICE_STATE_BYTES) / 50e3 + 1, 3);
  expect(link.downtimeMs).toBeGreaterThan(150);
  const capped = simulate(aMove({ bandwidthBytesPerS: 100e6 }), on(null));
  expect(capped.downtimeMs).toBeLessThan(20);
});

test('uniform writes converge exactly where W(1 - B/r) pages fit into the downtime limit', () => {
  for (const linkBytesPerS of [50e6, 100e6]) {
    for (const workingSetBytes of [32 * MIB, 64 * MIB, 120 * MIB]) {
      const fits = (linkBytesPerS * 0.3) / PAGE_BYTES;
      const pages = workingSetBytes / PAGE_BYTES;
      const sent = linkBytesPerS / 4104;
      for (const share of [0.8, 1.25]) {
        // The write rate at which what settles is `share` of what fits.
        const settled = share * fits;
        if (settled >= pages) continue;
        const dirtyPagesPerS = sent / (1 - settled / pages);
        const got = simulate(aMove({ workingSetBytes, dirtyPagesPerS }), on(linkBytesPerS));
        expect(got.outcome).toBe(share < 1 ? 'completed' : 'endless');
      }
    }
  }
});

test('twice the link never takes longer; more writes never send less', () => {
  const r = rng('monotone');
  for (let n = 0; n < 200; n++) {
    const move = { ...randomMove(r), bandwidthBytesPerS: null };
    const slow = simulate(move, on(50e6));
    const fast = simulate(move, on(100e6));
    if (slow.outcome === 'completed') expect(fast.outcome).toBe('completed');
    expect(fast.totalMs).toBeLessThanOrEqual(slow.totalMs + 60);
    const idle = simulate({ ...move, dirtyPagesPerS: 0 }, on(50e6));
    expect(idle.ramBytes).toBeLessThanOrEqual(slow.outcome === 'completed' ? slow.ramBytes + 1 : Infinity);
  }
});

const runs = (run: Run): boolean => run.phase !== 'ended';

test('advancing in pieces is advancing at once', () => {
  const r = rng('pieces');
  for (let n = 0; n < 100; n++) {
    const move = randomMove(r);
    const whole = begin(move, QUIET, false);
    start(whole, 0);
    while (runs(whole)) advance(whole, 80_000, Infinity);
    const pieces = begin(move, QUIET, false);
    start(pieces, 0);
    let untilMs = 0;
    while (runs(pieces)) {
      untilMs += 1 + 700 * r.next();
      while (runs(pieces) && pieces.nowMs < untilMs) advance(pieces, 80_000, untilMs);
      expect(pendingPages(pieces)).toBeGreaterThanOrEqual(-1e-6);
    }
    expect(pieces.outcome).toBe(whole.outcome);
    expect(pieces.nowMs).toBeCloseTo(whole.nowMs, 3);
    expect(Math.abs(pieces.sentBytes - whole.sentBytes)).toBeLessThan(1e-4 * whole.sentBytes + 1);
  }
});

test('hours of a migration that never converges cost little and end at their time limit', () => {
  const orders = [{ atMs: 51_200_000, do: 'stop', as: 'timeout' }] as const;
  const got = simulate(aMove({ dirtyPagesPerS: 60_000, workingSetBytes: 150 * MIB, orders }), on(50e6));
  expect(got.outcome).toBe('cancelled-timeout');
  expect(got.totalMs).toBeCloseTo(51_200_000, -1);
  expect(got.ramBytes).toBeCloseTo(50e6 * 51_200, -9);
  expect(got.rounds.length).toBeLessThan(500);
});
