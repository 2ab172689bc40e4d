// How many different pages a guest has written after so many writes: what the next bitmap sync will find.
import { PAGE_BYTES, type WritePattern } from './qemu.ts';

/** A set of pages written to with one intensity. */
export type WriteClass = {
  readonly pages: number;
  /** Share of all writes that fall into this class. */
  readonly share: number;
};

/** 80-20, after the pattern's name. */
const HOT_WRITES = 0.8;
const HOT_PAGES = 0.2;

const NONE: WriteClass = { pages: 0, share: 0 };

/** The working set as at most two classes; the second is empty unless the pattern is 80-20. */
export const writeClasses = (pattern: WritePattern, workingSetBytes: number): readonly [WriteClass, WriteClass] => {
  const pages = workingSetBytes / PAGE_BYTES;
  if (pattern !== '80-20') return [{ pages, share: 1 }, NONE];
  return [
    { pages: pages * HOT_PAGES, share: HOT_WRITES },
    { pages: pages * (1 - HOT_PAGES), share: 1 - HOT_WRITES },
  ];
};

/** From here on 1 − e^(−x) keeps thirteen digits; `expm1`, which keeps all of them below, takes three times as long. */
const PLAIN_FROM = 1e-3;

/** Share of a set that x uniform writes for each of its members reach. */
const covered = (x: number): number => (x < PLAIN_FROM ? -Math.expm1(-x) : 1 - Math.exp(-x));

/**
 * Dirty pages of a class at a sync, from `left` pages not sent since the last one and `writes` made to the class meanwhile.
 * Uniform writes find W(1 − e^(−w/W)) different pages, of which the share left/W was dirty anyway. A sweep continues where
 * it stopped: what it writes lies beside what is left, unless the whole set was dirty at the last sync (`allDirty`); then
 * nothing ties its position to that of the migration, and the share left/W of what it writes was dirty anyway.
 */
export const dirtyAtSync = (
  pattern: WritePattern,
  pages: number,
  left: number,
  writes: number,
  allDirty: boolean,
): number => {
  if (pages <= 0 || writes <= 0) return left;
  if (pattern === 'sweep') {
    const written = Math.min(pages, writes);
    return Math.min(pages, left + (allDirty ? written * (1 - left / pages) : written));
  }
  return left + (pages - left) * covered(writes / pages);
};
