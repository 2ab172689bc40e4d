// What is done to a running migration: post-copy, pause, limits changed, cancelled, ends killed; auto-converge; the mirror.
import { expect, test } from 'vitest';
import { QUIET } from '../../../domain/migration/machine.ts';
import { AUTO_CONVERGE_DEFAULTS, type DiskCopy, type Order } from '../../../domain/migration/qemu.ts';
import { simulate } from '../../../domain/migration/simulate.ts';
import { writeShareAt } from '../../../domain/migration/throttle.ts';
import { below, rng } from '../../../domain/base/rng.ts';
import { aMove, randomMove } from './moves.ts';

const MIB = 1_048_576;
const LINK = { linkBytesPerS: 50e6, machine: QUIET, keepRounds: true };
/** Writes faster than the link carries, into more than the limit allows. */
const STUCK = { dirtyPagesPerS: 40_000, workingSetBytes: 140 * MIB } as const;
const with_ = (...orders: Order[]) => aMove({ ...STUCK, orders });

test('post-copy ends what pre-copy cannot: the rest goes once, the guest stops for milliseconds', () => {
  expect(simulate(with_(), LINK).outcome).toBe('endless');
  const got = simulate(with_({ atMs: 8000, do: 'post-copy' }), LINK);
  expect(got.outcome).toBe('completed');
  expect(got.downtimeMs).toBeLessThan(50);
  expect(got.totalMs).toBeGreaterThan(8000);
  expect(got.totalMs).toBeLessThan(8000 + 1000 * ((140 * MIB * 1.002) / 50e6) + 100);
});

test('post-copy waits for the end of the first pass where that is asked', () => {
  const got = simulate(aMove({ ...STUCK, postCopyAfterFirstPass: true }), LINK);
  expect(got.outcome).toBe('completed');
  expect(got.totalMs - got.postCopyMs).toBeGreaterThan((1000 * 160 * MIB) / 50e6);
});

test('post-copy follows the first pass within two windows, whatever a window would let through before the next decision', () => {
  const r = rng('after the first pass');
  for (let n = 0; n < 200; n++) {
    const move = { ...randomMove(r), postCopyAfterFirstPass: true, orders: [] };
    const got = simulate(move, { linkBytesPerS: (10 + below(r, 400)) * 1e6, machine: QUIET, keepRounds: true });
    if (got.postCopyMs === 0) continue; // it converged first
    expect(got.totalMs - got.postCopyMs - got.rounds[0]!.endMs).toBeLessThan(2 * 102.5);
  }
});

test('a pause lets the rest be sent, and counts as downtime from the pause on', () => {
  const got = simulate(with_({ atMs: 8000, do: 'pause' }), LINK);
  expect(got.outcome).toBe('completed');
  expect(got.downtimeMs).toBeCloseTo(got.totalMs - 8000, 3);
});

test('raising the limit of a stuck migration acts within two tenths of a second', () => {
  const got = simulate(with_({ atMs: 8000, do: 'limit-downtime', downtimeLimitMs: 3000 }), LINK);
  expect(got.outcome).toBe('completed');
  expect(got.totalMs - got.downtimeMs).toBeLessThan(8200);
});

test('cancel and timeout leave the guest running; too late once it has stopped or runs at the destination', () => {
  const cancelled = simulate(with_({ atMs: 5000, do: 'stop', as: 'cancel' }), LINK);
  expect([cancelled.outcome, cancelled.downtimeMs, cancelled.totalMs]).toEqual(['cancelled', 0, 5000]);
  const late = simulate(with_({ atMs: 5000, do: 'post-copy' }, { atMs: 6000, do: 'stop', as: 'timeout' }), LINK);
  expect(late.outcome).toBe('completed');
});

test('an end killed: source lost, source runs on, or the guest split between both', () => {
  expect(simulate(with_({ atMs: 2000, do: 'stop', as: 'source-killed' }), LINK).outcome).toBe('source-killed');
  expect(simulate(with_({ atMs: 2000, do: 'stop', as: 'destination-killed' }), LINK).outcome).toBe('failed');
  const split = simulate(
    with_({ atMs: 5000, do: 'post-copy' }, { atMs: 5500, do: 'stop', as: 'destination-killed' }),
    LINK,
  );
  expect(split.outcome).toBe('postcopy-paused');
});

test('auto-converge slows the guest step by step until it converges', () => {
  const got = simulate(aMove({ ...STUCK, autoConverge: AUTO_CONVERGE_DEFAULTS }), LINK);
  expect(got.outcome).toBe('completed');
  const steps = [...new Set(got.rounds.map((r) => r.throttlePct))];
  expect(steps.slice(0, 3)).toEqual([0, 20, 30]);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

test('a throttled guest writes what was measured at 20, 50 and 80 per cent', () => {
  expect(writeShareAt(0)).toBe(1);
  expect(writeShareAt(20)).toBeCloseTo(0.85, 1);
  expect(writeShareAt(50)).toBeCloseTo(0.53, 1);
  expect(writeShareAt(80)).toBeCloseTo(0.22, 2);
});

const disk = (changes: Partial<DiskCopy> = {}): DiskCopy => ({
  bytes: 256 * MIB,
  fill: 0.5,
  writeBytesPerS: 0,
  readBytesPerS: null,
  writeRegionBytes: 32 * MIB,
  targetDiscards: false,
  writeBlocking: false,
  ...changes,
});

test('block migration mirrors the disk, holes at the speed limit unless the target discards them', () => {
  const capped = { ...LINK, linkBytesPerS: null };
  const move = aMove({ dirtyPagesPerS: 0, bandwidthBytesPerS: 50e6, disk: disk() });
  expect(simulate(move, capped).mirrorMs).toBeCloseTo(5423, -2);
  // A source that reads at 20 MB/s: the 128 MiB of data take that long, holes still pass at the job's limit.
  const slow = simulate({ ...move, disk: disk({ readBytesPerS: 20e6 }) }, capped);
  expect(slow.mirrorMs).toBeCloseTo(6711 + 2711, -2);
  const discards = simulate({ ...move, disk: disk({ targetDiscards: true }) }, capped);
  expect(discards.mirrorMs).toBeCloseTo(2711, -2);
  expect(discards.diskBytes).toBe(128 * MIB);
  expect(discards.totalMs).toBeCloseTo(discards.mirrorMs + discards.ramMs, 6);
});

test('a guest that rewrites its disk faster than it is mirrored never gets to its RAM; write-blocking does', () => {
  const flood = disk({ writeBytesPerS: 400e6, writeRegionBytes: 200 * MIB });
  expect(simulate(aMove({ disk: flood }), LINK).outcome).toBe('endless');
  const orders: Order[] = [{ atMs: 30_000, do: 'stop', as: 'timeout' }];
  expect(simulate(aMove({ disk: flood, orders }), LINK).outcome).toBe('mirror-cancelled');
  expect(simulate(aMove({ disk: { ...flood, writeBlocking: true } }), LINK).outcome).toBe('completed');
});
