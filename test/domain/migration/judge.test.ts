// Beside the model: the textbook loop, the option sweep and estimates from progress.
import { expect, test } from 'vitest';
import { estimateWrites, withEstimate, type ProgressSample } from '../../../domain/migration/estimate.ts';
import { estimateEffect } from '../../../domain/migration/estimate-effect.ts';
import { novaProgress, qmpProgress } from '../../../domain/migration/progress.ts';
import { QUIET } from '../../../domain/migration/machine.ts';
import { NOVA_DEFAULTS } from '../../../domain/migration/nova-options.ts';
import { sweepOptions } from '../../../domain/migration/option-sweep.ts';
import { textbook } from '../../../domain/migration/textbook.ts';
import { advance, start } from '../../../domain/migration/advance.ts';
import { begin, pendingPages } from '../../../domain/migration/run.ts';
import type { Move } from '../../../domain/migration/qemu.ts';
import { aMove } from './moves.ts';

const GIB = 1_073_741_824;
const MIB = 1_048_576;

test('the textbook loop gives the published consequences', () => {
  const loop = (dirtyGiBPerS: number, setGiB: number) =>
    textbook(
      aMove({
        ramBytes: 8 * GIB,
        touchedBytes: 8 * GIB,
        workingSetBytes: setGiB * GIB,
        dirtyPagesPerS: (dirtyGiBPerS * GIB) / 4096,
        downtimeLimitMs: 50,
      }),
      1.1 * GIB,
    );
  const calm = loop(0.05, 2);
  expect([calm.totalMs / 1000, calm.downtimeMs].map((x) => Number(x.toPrecision(2)))).toEqual([7.6, 15]);
  const busy = loop(0.5, 2);
  expect(Number((busy.totalMs / 1000).toFixed(1))).toBe(10.6);
  expect([Math.round(busy.downtimeMs), Number((busy.ramBytes / GIB).toFixed(1))]).toEqual([35, 11.6]);
  expect(loop(1.2, 2).outcome).toBe('endless');
});

const vm = {
  flavorRamMiB: 4096,
  touchedBytes: 3 * GIB,
  workingSetBytes: 2.5 * GIB,
  dirtyPagesPerS: 400_000,
  pattern: 'random',
  disks: [],
  sharedStorage: false,
  postCopyPossible: true,
} as const;

test('the sweep finds settings under which a guest finishes that does not with the defaults, and names the cost', () => {
  const rows = sweepOptions({ vm, base: NOVA_DEFAULTS, qemu: 9, linkBytesPerS: 1.1e9, machine: QUIET });
  const asIs = rows.find((row) => row.changes.length === 0);
  expect([asIs?.finishes, asIs?.novaStatus]).toEqual([false, 'cancelled']);
  expect(rows[0]?.finishes).toBe(true);
  const finishing = rows.filter((row) => row.finishes);
  expect(rows.slice(0, finishing.length)).toEqual(finishing);
  const postCopy = finishing.find((row) => row.options.permitPostCopy && row.changes.length === 1);
  expect(postCopy?.costs.atRiskMs).toBeGreaterThan(100);
  const slowed = finishing.find((row) => row.options.permitAutoConverge && row.changes.length === 1);
  expect(slowed?.costs.slowedShare).toBeGreaterThan(0.1);
});

/** What a person polling the simulated migration every `everyMs` would see. */
const watch = (move: Move, bytesPerMs: number, everyMs: number): ProgressSample[] => {
  const run = begin(move, QUIET, false);
  start(run, 0);
  const samples: ProgressSample[] = [];
  for (let atMs = everyMs; run.phase === 'ram'; atMs += everyMs) {
    while (run.phase === 'ram' && run.nowMs < atMs) advance(run, bytesPerMs, atMs);
    if (run.phase !== 'ram') break;
    samples.push({
      atMs,
      transferredBytes: run.sentBytes,
      remainingBytes: pendingPages(run) * 4096,
      normalPages: null,
      zeroPages: null,
      syncCount: run.syncs,
    });
  }
  return samples;
};

test('write rate and working set come back from the progress of a migration they caused', () => {
  const move = aMove({
    touchedBytes: 250 * MIB,
    workingSetBytes: 200 * MIB,
    dirtyPagesPerS: 9000,
    downtimeLimitMs: 50,
  });
  const found = estimateWrites(watch(move, 50_000, 40));
  expect(found?.isLowerBound).toBe(false);
  expect(found!.dirtyPagesPerS / 9000).toBeGreaterThan(0.85);
  expect(found!.dirtyPagesPerS / 9000).toBeLessThan(1.15);
  expect(found!.workingSetBytes! / (200 * MIB)).toBeGreaterThan(0.75);
  expect(found!.workingSetBytes! / (200 * MIB)).toBeLessThan(1.3);
  const corrected = withEstimate({ ...move, dirtyPagesPerS: 100 }, found!);
  expect(corrected.dirtyPagesPerS).toBe(found!.dirtyPagesPerS);
});

test('knowing the guest writes more than assumed makes the forecast longer', () => {
  const assumed = aMove({ dirtyPagesPerS: 100 });
  const found = { dirtyPagesPerS: 9000, workingSetBytes: 64 * MIB, syncs: 4, isLowerBound: false };
  const effect = estimateEffect(assumed, found, { linkBytesPerS: 50e6, machine: QUIET });
  expect(effect.totalMs).toBeGreaterThan(100);
  expect(effect.bytes).toBeGreaterThan(1e6);
  expect(effect.estimated.totalMs - effect.assumed.totalMs).toBe(effect.totalMs);
});

test('progress is read from a line of nova-compute and from an answer of query-migrate', () => {
  const line =
    '2026-03-01 10:00:30.123 7 INFO nova.virt.libvirt.driver [None req-1] [instance: 6a] Migration running for 30 secs, ' +
    'memory 42% remaining (bytes processed=3000000000, remaining=1000000000, total=4311990272); disk 0% remaining ' +
    '(bytes processed=0, remaining=0, total=0).';
  expect(novaProgress(line)).toMatchObject({
    atMs: 30_000,
    transferredBytes: 3e9,
    remainingBytes: 1e9,
    syncCount: null,
  });
  expect(novaProgress('Migration operation has completed')).toBe(null);
  const ram = { transferred: 5, remaining: 7, normal: 1, duplicate: 2, 'dirty-sync-count': 3, total: 12 };
  expect(qmpProgress({ status: 'active', 'total-time': 250, ram })).toEqual({
    atMs: 250,
    transferredBytes: 5,
    remainingBytes: 7,
    normalPages: 1,
    zeroPages: 2,
    syncCount: 3,
  });
  expect(qmpProgress({ status: 'completed', 'total-time': 250, ram })).toBe(null);
  expect(qmpProgress({ status: 'active', 'total-time': 250, ram: { ...ram, remaining: Number.NaN } })).toBe(null);
  expect(qmpProgress(null)).toBe(null);
});

test("Nova's progress lines, which show no syncs, give a floor of the write rate", () => {
  const line = (atMs: number, transferredBytes: number, remainingBytes: number): ProgressSample => ({
    atMs,
    transferredBytes,
    remainingBytes,
    normalPages: null,
    zeroPages: null,
    syncCount: null,
  });
  const found = estimateWrites([line(30_000, 3e9, 1e9), line(60_000, 6e9, 1e9)]);
  expect(found).toMatchObject({ isLowerBound: true, workingSetBytes: null, syncs: 0 });
  expect(found!.dirtyPagesPerS).toBeCloseTo(3e9 / 4104 / 30, 3);
  expect(estimateWrites([line(0, 0, 1e9)])).toBe(null);
});
