// Pre-copy as QEMU runs it: windows, iterates, bitmap syncs and the switch-over rule, many windows a step where nothing can change.
import {
  DEVICE_STATE_BYTES,
  ITERATE_MS,
  ITERATE_PAGES,
  LOW_ZERO_PAGES,
  PAGE_BYTES,
  type WireFormat,
  WINDOW_MS,
  WINDOW_TRAILER_BYTES,
  ZERO_PAGE_WIRE_BYTES,
  ZERO_SCAN_BYTES_PER_S,
} from './qemu.ts';
import { dirtyAtSync } from './guest-writes.ts';
import { pendingPages, type Run } from './run.ts';
import { evaluateThrottle } from './throttle.ts';

const ZERO_PAGE_SCAN_MS = (PAGE_BYTES / ZERO_SCAN_BYTES_PER_S) * 1000;
/** From the order to the first page: setup of RAM and devices (measured). */
const SETUP_MS = 2;
/** Two rounds whose pending differs by less than this share are the same round again. */
const SAME_ROUND = 1e-5;
const SAME_MS = 1e-6;

/** Share of the pages between two looks at the clock by which an iterate overruns on average (measured at 20 to 200 MB/s). */
const OVERRUN = 0.72;

/** Length of one stretch of sending when the link is the limit: until a look at the clock finds MAX_WAIT passed. */
export const iterateMs = (lineBytesPerMs: number): number => {
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
  run.lastSyncMs = run.nowMs;
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

/** Counts the guest's writes up to now, before their rate changes. */
export const countWrites = (run: Run): void => {
  run.writes += run.writesPerMs * (run.nowMs - run.writesCountedMs);
  run.writesCountedMs = run.nowMs;
};

/** migration_bitmap_sync: what was written since the last one becomes pending. */
const sync = (run: Run): void => {
  countWrites(run);
  const before = run.hot0 + run.hot1;
  run.hot0 = dirtyAtSync(run.pattern, run.pages0, run.hot0, run.writes * run.share0, run.allDirty);
  run.hot1 = dirtyAtSync(run.pattern, run.pages1, run.hot1, run.writes * run.share1, run.allDirty);
  run.allDirty = run.hot0 >= run.pages0;
  run.newDirtyPages += run.hot0 + run.hot1 - before;
  run.writes = 0;
  run.lastSyncMs = run.nowMs;
  run.syncs += 1;
  if (run.move.autoConverge !== null) evaluateThrottle(run, run.move.autoConverge);
};

/** Below this QEMU tries to switch over; 0 until the first window has been measured. */
const thresholdBytes = (run: Run): number => {
  const given = run.move.switchoverBytesPerS;
  return (given === null ? run.bandwidthBytesPerMs : given / 1000) * run.downtimeLimitMs;
};

const closeRound = (run: Run, pendingEndBytes: number, repeats: number): void => {
  run.rounds?.push({
    startMs: run.roundStartMs,
    endMs: run.nowMs,
    pendingStartBytes: run.roundPending,
    pendingEndBytes,
    thresholdBytes: thresholdBytes(run),
    sentBytes: run.sentBytes - run.roundSent,
    throttlePct: run.throttlePct,
    repeats,
  });
  run.roundStartMs = run.nowMs;
  run.roundSent = run.sentBytes;
};

const wireBytesOf = (run: Run): number =>
  (run.hot0 + run.hot1 + run.cold) * run.move.wire.pageBytes + run.zero * ZERO_PAGE_WIRE_BYTES;

/** Guest stopped; everything left goes out at line rate, whatever max-bandwidth says. */
const stopAndFlush = (run: Run): void => {
  sync(run);
  run.phase = 'flush';
  run.flushBytes = wireBytesOf(run);
  run.flushLeft = run.flushBytes + DEVICE_STATE_BYTES;
  const m = run.machine;
  run.flushHoldMs =
    m.switchMs + (run.move.disk === null ? 0 : m.mirrorSwitchMs) + (run.move.sharedStorage ? m.sharedSwitchMs : 0);
  if (run.stoppedMs < 0) run.stoppedMs = run.nowMs;
};

/** Guest stopped, its device state sent, resumed at the destination with pages missing; the rest follows. */
const switchToPostCopy = (run: Run): void => {
  closeRound(run, pendingPages(run) * PAGE_BYTES, 1);
  sync(run);
  run.phase = 'post-copy';
  run.flushBytes = wireBytesOf(run);
  run.flushLeft = run.flushBytes;
  run.switchMs = run.nowMs;
  if (run.stoppedMs < 0) run.stoppedMs = run.nowMs;
};

/** The decision before each stretch of sending. Leaves the phase 'ram' when the guest stops. */
const decide = (run: Run, untilMs: number): void => {
  if (run.postCopyAsked) return switchToPostCopy(run);
  const threshold = thresholdBytes(run);
  const pending = pendingPages(run) * PAGE_BYTES;
  if (pending > 0 && pending >= threshold) return;
  const tookMs = run.nowMs - run.roundStartMs;
  const sentBytes = run.sentBytes - run.roundSent;
  closeRound(run, pending, 1);
  if (pending < threshold) {
    sync(run);
    const after = pendingPages(run) * PAGE_BYTES;
    if (run.bulk && run.move.postCopyAfterFirstPass) run.postCopyAsked = true;
    run.bulk = false;
    run.roundPending = after;
    if (after >= threshold) {
      skipEqualRounds(run, tookMs, sentBytes, after, untilMs);
      return;
    }
  }
  stopAndFlush(run);
};

/**
 * A guest that out-writes its link settles into one round repeated. Repeats it until something is due; where nothing ever
 * is, the move is endless.
 */
const skipEqualRounds = (run: Run, tookMs: number, sentBytes: number, pending: number, untilMs: number): void => {
  const ac = run.move.autoConverge;
  // Under a rate limit, a round that starts elsewhere in its window will not end where the last one did.
  const phaseMs = run.capBytesPerMs === Infinity ? 0 : run.nowMs - run.windowStartMs;
  const steady =
    tookMs > 0 &&
    Math.abs(pending - run.lastRoundPending) <= SAME_ROUND * pending &&
    Math.abs(tookMs - run.lastRoundMs) < SAME_MS &&
    Math.abs(phaseMs - run.lastRoundPhaseMs) < SAME_MS &&
    (ac === null || run.throttlePct >= ac.maxPct);
  run.lastRoundPending = pending;
  run.lastRoundMs = tookMs;
  run.lastRoundPhaseMs = phaseMs;
  if (!steady) return;
  if (untilMs === Infinity) {
    run.phase = 'ended';
    run.outcome = 'endless';
    return;
  }
  const times = Math.floor((untilMs - run.nowMs) / tookMs) - 1;
  if (times < 1) return;
  const skippedMs = times * tookMs;
  run.nowMs += skippedMs;
  run.windowStartMs += skippedMs;
  run.lastSyncMs += skippedMs;
  run.writesCountedMs += skippedMs;
  run.sentBytes += times * sentBytes;
  run.syncs += times;
  closeRound(run, pending, times);
};

/** Takes `pages` from the working set's pending pages, both classes alike. */
const takeHot = (run: Run, pages: number): void => {
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
  const perPageMs = Math.max(ZERO_PAGE_SCAN_MS, ZERO_PAGE_WIRE_BYTES / line);
  const pages = Math.min(run.zero, run.budgetBytes / ZERO_PAGE_WIRE_BYTES, (untilMs - run.nowMs) / perPageMs);
  if (pages <= 0) return;
  run.zero -= pages;
  spend(run, pages * perPageMs, pages * ZERO_PAGE_WIRE_BYTES);
};

/** A page's worth of rounding: less than this is nothing. */
const NOTHING_PAGES = 1e-6;
const NOTHING_BYTES = 1;
const NOTHING_MS = 1e-9;

/**
 * Sends until the iterate ends, the window's budget is spent, nothing is pending, or `untilMs`. In address order: working set,
 * other touched RAM, zero pages. The cursor goes on from where the first pass was when a sync came, so what that pass had
 * left is sent before the working set's turn comes again.
 */
const send = (run: Run, line: number, untilMs: number): void => {
  const end = Math.min(untilMs, run.iterateEndMs);
  if (run.bulk) {
    sendHot(run, line, end);
    if (run.hot0 + run.hot1 > NOTHING_PAGES) return;
  }
  if (run.cold > 0) sendCold(run, line, end);
  if (run.cold > NOTHING_PAGES) return;
  if (run.zero > 0) sendZero(run, line, end);
  if (run.zero <= NOTHING_PAGES && !run.bulk) sendHot(run, line, end);
};

/**
 * The bandwidth QEMU measures. A busy host loses its time in a few long stalls, so that the last window before a decision
 * usually ran at the link's own speed: the mean loss is taken out again.
 */
const measured = (run: Run, bytes: number, ms: number, capped: boolean): number =>
  bytes / (capped ? ms : ms - bytes * run.machine.extraNsPerByte * 1e-6);

/** Skips whole windows during which pending stays above the threshold; only from the start of a window at settled speed. */
const skipWindows = (run: Run, line: number, stretchMs: number, untilMs: number): void => {
  const capped = run.budgetBytes / line <= ITERATE_MS;
  const bytes = capped ? run.budgetBytes : 2 * stretchMs * line;
  const ms = capped ? WINDOW_MS + run.machine.windowSlackMs : 2 * stretchMs;
  const pages = bytes / run.move.wire.pageBytes;
  if (!capped && run.budgetBytes < bytes) return;
  if (!run.bulk && run.cold + run.zero > NOTHING_PAGES) return;
  const hot = run.hot0 + run.hot1;
  const waiting = run.bulk && hot <= NOTHING_PAGES ? run.cold : hot;
  const settled = measured(run, bytes, ms, capped);
  const threshold = Math.max(thresholdBytes(run), settled * run.downtimeLimitMs);
  const above = pendingPages(run) - threshold / PAGE_BYTES;
  const times = Math.floor(Math.min(waiting / pages, above / pages, (untilMs - run.nowMs) / ms));
  if (times < 1) return;
  if (waiting === hot) takeHot(run, times * pages);
  else run.cold -= times * pages;
  run.nowMs += times * ms;
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
