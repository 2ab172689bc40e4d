// Pre-copy as QEMU runs it: bandwidth windows and stretches of sending, many windows a step where nothing can change.
import {
  ITERATE_MS,
  ITERATE_PAGES,
  LOW_ZERO_PAGES,
  PAGE_BYTES,
  type WireFormat,
  WINDOW_MS,
  WINDOW_TRAILER_BYTES,
  ZERO_PAGE_WIRE_BYTES,
} from './qemu.ts';
import { pendingPages, type Run } from './run.ts';
import { nextKind, NOTHING_PAGES, send, takeHot, zeroPageMs } from './send-pages.ts';
import { decide, thresholdBytes } from './switch-over.ts';

/** From the order to the first page: setup of RAM and devices (measured). */
const SETUP_MS = 2;
/** Less than this is rounding. */
const NOTHING_BYTES = 1;
const NOTHING_MS = 1e-9;

/** Share of the pages between two looks at the clock by which an iterate overruns on average (measured at 20 to 200 MB/s). */
const OVERRUN = 0.72;

/** Length of one stretch of sending when the link is the limit: until a look at the clock finds MAX_WAIT passed. */
const iterateMs = (lineBytesPerMs: number): number => {
  const lookedMs = (ITERATE_PAGES * PAGE_BYTES) / lineBytesPerMs;
  return Math.max(lookedMs, ITERATE_MS + OVERRUN * lookedMs);
};

/** Bytes a rate-limited window lets through: whole portions until the tenth of the limit is passed. */
export const windowBudgetBytes = (capBytesPerMs: number, wire: WireFormat): number => {
  if (capBytesPerMs === Infinity) return Infinity;
  const portion = wire.portionPages * wire.pageBytes;
  return Math.ceil((capBytesPerMs * WINDOW_MS) / portion) * portion + WINDOW_TRAILER_BYTES;
};

/** Starts the RAM phase now. */
export const startRam = (run: Run): void => {
  run.phase = 'ram';
  run.ramStartMs = run.nowMs;
  run.nowMs += SETUP_MS;
  run.writesCountedMs = run.nowMs;
  run.writes = 0;
  run.evaluatedMs = run.nowMs;
  run.roundStartMs = run.nowMs;
  run.roundPending = pendingPages(run) * PAGE_BYTES;
  run.sentBytes = LOW_ZERO_PAGES * ZERO_PAGE_WIRE_BYTES;
  run.syncs = 1;
  openWindow(run);
};

const openWindow = (run: Run): void => {
  run.windowStartMs = run.nowMs;
  run.windowBytes = 0;
  run.budgetBytes = windowBudgetBytes(run.capBytesPerMs, run.move.wire);
  run.iterateEndMs = -1;
};

/**
 * The bandwidth QEMU measures. A busy host loses its time in a few long stalls, so that the last window before a decision
 * usually ran at the link's own speed: the mean loss is taken out again.
 */
const measured = (run: Run, bytes: number, ms: number, capped: boolean): number =>
  bytes / (capped ? ms : ms - bytes * run.machine.extraNsPerByte * 1e-6);

/**
 * Skips whole windows that send one kind of page without a break, as long as pending stays above the threshold at either speed
 * it may be measured at; only from the start of a window.
 */
const skipWindows = (run: Run, line: number, stretchMs: number, untilMs: number): void => {
  const kind = nextKind(run);
  const pageBytes = kind === 'zero' ? ZERO_PAGE_WIRE_BYTES : run.move.wire.pageBytes;
  const bytesPerMs = kind === 'zero' ? pageBytes / zeroPageMs(line) : line;
  const limitMs = WINDOW_MS + run.machine.windowSlackMs;
  const capped = run.budgetBytes <= limitMs * bytesPerMs;
  const stretchesMs = stretchMs >= WINDOW_MS ? stretchMs : 2 * stretchMs;
  const windowMs = capped ? limitMs : Math.min(stretchesMs, run.budgetBytes / bytesPerMs);
  const bytes = capped ? run.budgetBytes : windowMs * bytesPerMs;
  const pages = bytes / pageBytes;
  const waiting = kind === 'hot' ? run.hot0 + run.hot1 : run[kind];
  if (waiting < pages) return;
  const settled = measured(run, bytes, windowMs, capped);
  const threshold = Math.max(thresholdBytes(run), settled * run.downtimeLimitMs);
  const above = pendingPages(run) - threshold / PAGE_BYTES;
  const times = Math.floor(Math.min(waiting / pages, above / pages, (untilMs - run.nowMs) / windowMs));
  if (times < 1) return;
  if (kind === 'hot') takeHot(run, times * pages);
  else run[kind] -= times * pages;
  run.nowMs += times * windowMs;
  run.sentBytes += times * bytes;
  run.bandwidthBytesPerMs = settled;
  run.windowStartMs = run.nowMs;
};

/** Runs pre-copy at a constant line rate (bytes/ms) until the guest is stopped or `untilMs`. */
export const advanceRam = (run: Run, line: number, untilMs: number): void => {
  const stretchMs = iterateMs(line);
  while (run.phase === 'ram' && run.nowMs < untilMs - NOTHING_MS) {
    if (run.iterateEndMs < 0) {
      decide(run, untilMs);
      if (run.phase !== 'ram') return;
      if (run.windowBytes === 0) skipWindows(run, line, stretchMs, untilMs);
      run.iterateEndMs = run.nowMs + stretchMs;
    }
    send(run, line, untilMs);
    if (run.budgetBytes <= NOTHING_BYTES) {
      const windowEnd = run.windowStartMs + WINDOW_MS + run.machine.windowSlackMs;
      if (run.nowMs < windowEnd) run.nowMs = Math.min(windowEnd, untilMs);
      if (run.nowMs < windowEnd - NOTHING_MS) break;
    } else if (run.nowMs < run.iterateEndMs - NOTHING_MS && pendingPages(run) > NOTHING_PAGES) break;
    run.iterateEndMs = -1;
    const windowMs = run.nowMs - run.windowStartMs;
    if (windowMs >= WINDOW_MS) {
      run.bandwidthBytesPerMs = measured(run, run.windowBytes, windowMs, run.budgetBytes <= NOTHING_BYTES);
      openWindow(run);
    }
  }
  if (run.phase === 'ram' && run.nowMs < untilMs && untilMs < Infinity) run.nowMs = untilMs;
};
