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
  return region <= 0 ? 0 : region * -Math.expm1(-writtenBytes / region);
};

/** Copies at a constant line rate (bytes/ms) until the disk is in step and RAM may start, or `untilMs`. */
export const advanceMirror = (run: Run, line: number, untilMs: number): void => {
  const disk = run.move.disk;
  if (disk === null) return;
  const limit = run.capBytesPerMs * SPEED_REACHED;
  const speed = Math.min(limit, line);
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
    run.diskSent += run.diskLeft;
    run.nowMs = endMs;
    const passMs = endMs - run.diskPassMs;
    // In the first pass, writes that fall before the cursor are copied anyway: the region is passed at its share of the disk.
    const passed = run.diskBulk ? Math.min(disk.writeRegionBytes, disk.bytes) / (2 * disk.bytes) : 0;
    run.diskBulk = false;
    run.diskHoles = 0;
    run.diskPassMs = endMs;
    run.diskLeft = dirtyBytes(disk, (disk.writeBytesPerS / 1000) * passMs * (1 - passed));
    if (run.diskLeft < CHUNK_BYTES) {
      run.diskSent += run.diskLeft;
      startRam(run);
    } else if (disk.writeBytesPerS / 1000 >= speed && disk.writeRegionBytes / speed > 1e7) return;
  }
};
