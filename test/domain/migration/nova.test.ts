// Nova's arithmetic, exactly, and what its options do to a migration.
import { expect, test } from 'vitest';
import { QUIET } from '../../../domain/migration/machine.ts';
import { NOVA_DEFAULTS } from '../../../domain/migration/nova-options.ts';
import {
  completionTimeoutS,
  dataGb,
  downtimeSchedule,
  firstPollAfterS,
} from '../../../domain/migration/nova-schedule.ts';
import { novaMove, novaOrders, novaStatus, type VmMemory } from '../../../domain/migration/nova-move.ts';
import { AUTO_CONVERGE_DEFAULTS } from '../../../domain/migration/qemu.ts';
import { simulate } from '../../../domain/migration/simulate.ts';

const GIB = 1_073_741_824;
const schedule = (gb: number, changes: object = {}): string =>
  downtimeSchedule(gb, { ...NOVA_DEFAULTS, ...changes })
    .map((s) => `${s.atS}:${s.downtimeMs}`)
    .join(' ');

test("the downtime schedule of Nova's own docstring", () => {
  expect(schedule(3, { downtimeMs: 400, downtimeSteps: 10, downtimeDelayS: 30 })).toBe(
    '0:40 90:76 180:112 270:148 360:184 450:220 540:256 630:292 720:328 810:364 900:400',
  );
});

test('the schedules and timeouts of the defaults at 2, 8 and 64 GiB', () => {
  expect(schedule(8)).toBe(
    '0:50 600:95 1200:140 1800:185 2400:230 3000:275 3600:320 4200:365 4800:410 5400:455 6000:500',
  );
  expect(schedule(2)).toMatch(/^0:50 150:95 300:140 .* 1500:500$/);
  expect(schedule(64)).toMatch(/^0:50 4800:95 .* 48000:500$/);
  expect([2, 8, 64].map((gb) => completionTimeoutS(gb, NOVA_DEFAULTS))).toEqual([1600, 6400, 51_200]);
  expect(completionTimeoutS(8, { ...NOVA_DEFAULTS, completionTimeoutS: 0 })).toBe(null);
});

test('RAM and every disk count as at least two, and are not rounded to whole numbers', () => {
  expect(dataGb(512, [])).toBe(2);
  expect(dataGb(3584, [])).toBe(3.5);
  expect(dataGb(8192, [0.3, 20.5])).toBe(8 + 2 + 20.5);
});

test('an elapsed time is compared strictly, at polls every half second', () => {
  expect([0, 0.4, 0.5, 90, 1600].map(firstPollAfterS)).toEqual([0.5, 0.5, 1, 90.5, 1600.5]);
});

/** An 8 GiB guest whose hot set sweeps 0.4 GiB faster than 1.1 GiB/s carries it. */
const hot: VmMemory = {
  flavorRamMiB: 8192,
  touchedBytes: 8 * GIB,
  workingSetBytes: 0.4 * GIB,
  dirtyPagesPerS: (1.2 * GIB) / 4096,
  pattern: 'sweep',
  disks: [],
  sharedStorage: true,
  postCopyPossible: true,
};
const link = { linkBytesPerS: 1.1 * GIB, machine: QUIET, keepRounds: true };

test('a hot set between the first and the last step completes late, not never: at the step that lets it fit', () => {
  const got = simulate(novaMove({ ...hot, sharedStorage: false }, NOVA_DEFAULTS, 7.2), link);
  expect(got.outcome).toBe('completed');
  expect(got.totalMs / 1000).toBeGreaterThan(4200);
  expect(got.totalMs / 1000).toBeLessThan(4203);
  expect(got.downtimeMs).toBeCloseTo((0.4 / 1.1) * 1000, -1);
});

const hopeless: VmMemory = { ...hot, workingSetBytes: 2 * GIB, pattern: 'random', dirtyPagesPerS: 900_000 };

test('at the timeout: abort, or post-copy where it is permitted and possible, or a pause', () => {
  const run = (changes: object, vm = hopeless) => simulate(novaMove(vm, { ...NOVA_DEFAULTS, ...changes }, 7.2), link);
  const aborted = run({});
  expect([aborted.outcome, aborted.totalMs, novaStatus(aborted.outcome)]).toEqual([
    'cancelled-timeout',
    6_400_500,
    'cancelled',
  ]);
  const paused = run({ timeoutAction: 'force_complete' });
  expect(paused.outcome).toBe('completed');
  expect(paused.downtimeMs).toBeGreaterThan(1000);
  const post = run({ timeoutAction: 'force_complete', permitPostCopy: true });
  expect(post.outcome).toBe('completed');
  expect(post.downtimeMs).toBeLessThan(100);
  const vgpu = run({ timeoutAction: 'force_complete', permitPostCopy: true }, { ...hopeless, postCopyPossible: false });
  expect(vgpu.downtimeMs).toBeGreaterThan(1000);
});

test('auto-converge is ignored where post-copy is permitted and possible', () => {
  const move = (changes: object, vm = hopeless, qemu = 9) => novaMove(vm, { ...NOVA_DEFAULTS, ...changes }, qemu);
  expect(move({ permitAutoConverge: true }).autoConverge).toEqual(AUTO_CONVERGE_DEFAULTS);
  const both = { permitAutoConverge: true, permitPostCopy: true };
  expect(move(both).autoConverge).toBe(null);
  expect(move(both, { ...hopeless, postCopyPossible: false }).autoConverge).toEqual(AUTO_CONVERGE_DEFAULTS);
  // Post-copy over several connections needs QEMU 10.1.
  expect(move({ ...both, parallelConnections: 4 }, hopeless, 9).autoConverge).toEqual(AUTO_CONVERGE_DEFAULTS);
  expect(move({ ...both, parallelConnections: 4 }, hopeless, 10.1).autoConverge).toBe(null);
});

test('bandwidth is in MiB a second, and 0 leaves it unlimited', () => {
  expect(novaMove(hot, NOVA_DEFAULTS, 7.2).bandwidthBytesPerS).toBe(null);
  expect(novaMove(hot, { ...NOVA_DEFAULTS, bandwidthMiBPerS: 50 }, 7.2).bandwidthBytesPerS).toBe(52_428_800);
});

test("block migration's disks lengthen schedule and timeout by what their files hold", () => {
  const vm = { ...hot, disks: [{ bytes: 40 * GIB, fill: 0.25, writeBytesPerS: 0 }] };
  const last = novaOrders(vm, NOVA_DEFAULTS, 7.2).at(-1);
  expect(last).toEqual({ atMs: (800 * 18 + 0.5) * 1000, do: 'stop', as: 'timeout' });
});
