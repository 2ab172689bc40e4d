// The block mirror that precedes RAM: rounds over 64 KiB chunks of the disk until nothing is dirty.
import type { Run } from './run.ts';
import type { DiskCopy } from './qemu.ts';
import { startRam } from './ram-copy.ts';

/** The mirror copies and tracks the disk in chunks of this. */
export const CHUNK_BYTES = 65_536;
/** Share of its speed limit a mirror job reaches: each of its large requests waits a little past its slice (measured). */
const SPEED_REACHED = 0.99;

/** Chunks of the written region that `writtenBytes` of uniform writes make dirty, in bytes. */
const dirtyBytes = (disk: DiskCopy, writtenBytes: number): number => {
  const region = Math.min(disk.writeRegionBytes, disk.bytes);
  return region <= 0 || disk.writeBlocking ? 0 : region * -Math.expm1(-writtenBytes / region);
};

/** Two passes that differ by less than this share are the same pass again: writes keep up with the copy. */
const SAME_PASS = 1e-7;

/** A mirror that its guest's writes keep from ever being in step: repeats the pass until something is due. */
const repeatPass = (run: Run, bytes: number, passMs: number, untilMs: number): void => {
  if (untilMs === Infinity) {
    run.phase = 'ended';
    run.outcome = 'endless';
    return;
  }
  const times = Math.max(0, Math.floor((untilMs - run.nowMs) / passMs) - 1);
  run.nowMs += times * passMs;
  run.diskSent += times * bytes;
};

/** The most a mirror may send, bytes/ms: its job's speed limit as far as it is reached. */
const jobLimit = (run: Run): number => run.capBytesPerMs * SPEED_REACHED;

/** The most a mirror sends of what holds data, bytes/ms: its job's limit, or what the source can read. */
export const mirrorLimit = (run: Run): number =>
  Math.min(jobLimit(run), (run.move.disk?.readBytesPerS ?? Infinity) / 1000);

/** Copies at a constant line rate (bytes/ms) until the disk is in step and RAM may start, or `untilMs`. */
export const advanceMirror = (run: Run, line: number, untilMs: number): void => {
  const disk = run.move.disk;
  if (disk === null) return;
  const limit = jobLimit(run);
  const speed = Math.min(mirrorLimit(run), line);
  while (run.phase === 'mirror' && run.nowMs < untilMs) {
    // Holes pass at the job's speed limit and are free where there is none.
    const holes = run.capBytesPerMs === Infinity ? 0 : run.diskHoles;
    const endMs = run.nowMs + run.diskLeft / speed + holes / limit;
    if (endMs > untilMs) {
      const share = (untilMs - run.nowMs) / (endMs - run.nowMs);
      run.diskSent += run.diskLeft * share;
      run.diskLeft *= 1 - share;
      run.diskHoles = holes * (1 - share);
      run.nowMs = untilMs;
      return;
    }
    const copied = run.diskLeft;
    run.diskSent += copied;
    run.nowMs = endMs;
    const passMs = endMs - run.diskPassMs;
    // In the first pass, writes that fall before the cursor are copied anyway: the region is passed at its share of the disk.
    const passed = run.diskBulk ? Math.min(disk.writeRegionBytes, disk.bytes) / (2 * disk.bytes) : 0;
    run.diskLeft = dirtyBytes(disk, (run.stoppedMs < 0 ? disk.writeBytesPerS / 1000 : 0) * passMs * (1 - passed));
    if (run.diskLeft < CHUNK_BYTES) {
      run.diskSent += run.diskLeft;
      startRam(run);
    } else if (!run.diskBulk && Math.abs(run.diskLeft - copied) <= SAME_PASS * copied) {
      repeatPass(run, copied, passMs, untilMs);
    }
    run.diskBulk = false;
    run.diskHoles = 0;
    run.diskPassMs = run.nowMs;
  }
};
