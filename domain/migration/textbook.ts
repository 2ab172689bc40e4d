// The pre-copy loop of the papers and simulators, kept beside the QEMU model for comparison.
import { PAGE_BYTES, UNLIMITED_BPS, type Move } from './qemu.ts';

export type TextbookResult = {
  readonly outcome: 'completed' | 'endless';
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly ramBytes: number;
};

/** Rounds after which implementations of the loop give up. */
const ROUNDS_MAX = 500;

/**
 * Sends all touched RAM, then what was dirtied meanwhile (rate × time, at most the working set), until what is left could be
 * sent within the downtime limit; then stops the guest. As in SimGrid's live migration plug-in and Akoush et al. (2010). It
 * knows no windows, no repeated writes to one page, no throttling, no post-copy.
 */
export const textbook = (move: Move, linkBytesPerS: number | null): TextbookResult => {
  const bytesPerS = Math.min(linkBytesPerS ?? UNLIMITED_BPS, move.bandwidthBytesPerS ?? UNLIMITED_BPS);
  const dirtyBytesPerS = move.dirtyPagesPerS * PAGE_BYTES;
  const limitBytes = (bytesPerS * move.downtimeLimitMs) / 1000;
  let left = move.touchedBytes;
  let seconds = 0;
  let sent = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (round > 0 && left <= limitBytes) {
      const downtimeS = left / bytesPerS;
      return {
        outcome: 'completed',
        totalMs: (seconds + downtimeS) * 1000,
        downtimeMs: downtimeS * 1000,
        ramBytes: sent + left,
      };
    }
    const roundS = left / bytesPerS;
    seconds += roundS;
    sent += left;
    left = Math.min(move.workingSetBytes, dirtyBytesPerS * roundS);
  }
  return { outcome: 'endless', totalMs: seconds * 1000, downtimeMs: 0, ramBytes: sent };
};
