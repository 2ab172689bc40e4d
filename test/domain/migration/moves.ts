// Moves for the tests of this room: one described in full, and seeded random ones.
import { wireFormat, type Move } from '../../../domain/migration/qemu.ts';
import { below, pick, type Rng } from '../../../domain/base/rng.ts';

const MIB = 1_048_576;

/** 256 MiB, 160 of them touched, a working set of 64 written 14,648 times a second, default downtime limit. */
export const aMove = (changes: Partial<Move> = {}): Move => ({
  ramBytes: 256 * MIB,
  touchedBytes: 160 * MIB,
  workingSetBytes: 64 * MIB,
  dirtyPagesPerS: 14_648,
  pattern: 'random',
  bandwidthBytesPerS: null,
  postCopyBytesPerS: null,
  downtimeLimitMs: 300,
  switchoverBytesPerS: null,
  postCopyAfterFirstPass: false,
  autoConverge: null,
  wire: wireFormat(7.2, false),
  disk: null,
  sharedStorage: false,
  orders: [],
  ...changes,
});

/** A random move with a time limit, so that it ends. */
export const randomMove = (r: Rng): Move => {
  const ramBytes = (64 + below(r, 2000)) * MIB;
  const touchedBytes = Math.floor(ramBytes * r.next());
  return aMove({
    ramBytes,
    touchedBytes,
    workingSetBytes: Math.floor(touchedBytes * r.next()),
    dirtyPagesPerS: below(r, 40_000),
    pattern: pick(r, ['random', 'sweep', '80-20'] as const),
    bandwidthBytesPerS: pick(r, [null, 20e6, 50e6, 134_217_728]),
    downtimeLimitMs: pick(r, [50, 300, 500, 2000]),
    orders: [{ atMs: 60_000, do: 'stop', as: 'timeout' }],
  });
};
