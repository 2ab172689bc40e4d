// Which pending pages the next bytes of pre-copy carry, and what that takes of time, link and budget.
import { PAGE_BYTES, ZERO_PAGE_WIRE_BYTES, ZERO_SCAN_BYTES_PER_S } from './qemu.ts';
import type { Run } from './run.ts';

const ZERO_PAGE_SCAN_MS = (PAGE_BYTES / ZERO_SCAN_BYTES_PER_S) * 1000;
/** A page's worth of rounding: less than this is nothing. */
export const NOTHING_PAGES = 1e-6;

/** Time of a zero page: found at scanning speed, or sent at the line's, whichever is longer. */
export const zeroPageMs = (line: number): number => Math.max(ZERO_PAGE_SCAN_MS, ZERO_PAGE_WIRE_BYTES / line);

/** Takes `pages` from the working set's pending pages, both classes alike. */
export const takeHot = (run: Run, pages: number): void => {
  const hot = run.hot0 + run.hot1;
  const keep = hot > pages ? (hot - pages) / hot : 0;
  run.hot0 *= keep;
  run.hot1 *= keep;
};

const spend = (run: Run, ms: number, bytes: number): void => {
  run.nowMs += ms;
  run.sentBytes += bytes;
  run.windowBytes += bytes;
  run.budgetBytes -= bytes;
};

/** How many of `waiting` pages with content fit into the time and the window's budget. */
const fitting = (run: Run, waiting: number, line: number, untilMs: number): number =>
  Math.max(
    0,
    Math.min(
      waiting,
      run.budgetBytes / run.move.wire.pageBytes,
      ((untilMs - run.nowMs) * line) / run.move.wire.pageBytes,
    ),
  );

const sendHot = (run: Run, line: number, untilMs: number): void => {
  const pages = fitting(run, run.hot0 + run.hot1, line, untilMs);
  takeHot(run, pages);
  spend(run, (pages * run.move.wire.pageBytes) / line, pages * run.move.wire.pageBytes);
};

const sendCold = (run: Run, line: number, untilMs: number): void => {
  const pages = fitting(run, run.cold, line, untilMs);
  run.cold -= pages;
  spend(run, (pages * run.move.wire.pageBytes) / line, pages * run.move.wire.pageBytes);
};

const sendZero = (run: Run, line: number, untilMs: number): void => {
  const perPageMs = zeroPageMs(line);
  const pages = Math.min(run.zero, run.budgetBytes / ZERO_PAGE_WIRE_BYTES, (untilMs - run.nowMs) / perPageMs);
  if (pages <= 0) return;
  run.zero -= pages;
  spend(run, pages * perPageMs, pages * ZERO_PAGE_WIRE_BYTES);
};

/**
 * What the cursor meets next. The first pass goes in address order: working set, other touched RAM, zero pages. When a sync
 * comes, the cursor goes on from where it is, so what the first pass had left is sent before the working set's turn again.
 */
export const nextKind = (run: Run): 'hot' | 'cold' | 'zero' => {
  if (run.bulk && run.hot0 + run.hot1 > NOTHING_PAGES) return 'hot';
  if (run.cold > NOTHING_PAGES) return 'cold';
  return run.bulk || run.zero > NOTHING_PAGES ? 'zero' : 'hot';
};

/** Sends until the iterate ends, the window's budget is spent, nothing is pending, or `untilMs`. */
export const send = (run: Run, line: number, untilMs: number): void => {
  const end = Math.min(untilMs, run.iterateEndMs);
  for (;;) {
    const kind = nextKind(run);
    if (kind === 'hot') sendHot(run, line, end);
    else if (kind === 'cold') sendCold(run, line, end);
    else sendZero(run, line, end);
    if (nextKind(run) === kind) return;
  }
};
