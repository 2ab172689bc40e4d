// Pre-copy as QEMU runs it: bandwidth windows and stretches of sending, many windows a step where nothing can change.
import { iterateMs, measured, type Pace, paceOf, windowBudgetBytes } from './pace.ts';
import { LOW_ZERO_PAGES, PAGE_BYTES, WINDOW_MS, ZERO_PAGE_WIRE_BYTES } from './qemu.ts';
import { pendingPages, type Run } from './run.ts';
import { nextKind, NOTHING_PAGES, send, takeHot, zeroPageMs } from './send-pages.ts';
import { decide, thresholdBytes } from './switch-over.ts';

/** From the order to the first page: setup of RAM and devices (measured). */
const SETUP_MS = 2;
/** Less than this is rounding. */
const NOTHING_BYTES = 1;
const NOTHING_MS = 1e-9;

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

/** Windows that measure bandwidths this close measure the same. */
const SAME_BANDWIDTH = 1e-9;
/** A window that is this close to a whole number of units is at the end of one. */
const WHOLE_UNIT = 1e-6;

const waitingOf = (run: Run, kind: ReturnType<typeof nextKind>): number =>
  kind === 'hot' ? run.hot0 + run.hot1 : kind === 'cold' ? run.cold : run.zero;

const takeOut = (run: Run, kind: ReturnType<typeof nextKind>, pages: number): void => {
  if (kind === 'hot') takeHot(run, pages);
  else if (kind === 'cold') run.cold -= pages;
  else run.zero -= pages;
};

/**
 * Goes over as many units as are all alike. Where the bandwidth measured last is the one that will be measured, the threshold
 * stays, and the way leads to the first decision that finds pending below it: true, as that decision is due next. Elsewhere, and
 * from the start of a window only, over units that leave pending above the threshold at either bandwidth.
 */
const skipUnits = (run: Run, pace: Pace, untilMs: number): boolean => {
  const { unitMs, unitBytes, unitPages, perWindow, settled } = pace;
  const kind = nextKind(run);
  const waiting = waitingOf(run, kind);
  if (waiting < unitPages) return false;
  const isSteady = !pace.isCoarse && Math.abs(settled - run.bandwidthBytesPerMs) <= SAME_BANDWIDTH * settled;
  const had = run.windowBytes === 0 ? 0 : run.windowBytes / unitBytes;
  const begun = Math.floor(had + WHOLE_UNIT);
  if (isSteady ? had - begun > WHOLE_UNIT : had > 0) return false;
  const threshold = isSteady ? thresholdBytes(run) : Math.max(thresholdBytes(run), settled * run.downtimeLimitMs);
  const above = Math.floor((pendingPages(run) - threshold / PAGE_BYTES) / unitPages);
  const possible = Math.floor(Math.min(waiting / unitPages, (untilMs - run.nowMs) / unitMs));
  const times = isSteady
    ? Math.min(possible, above + 1)
    : perWindow * Math.floor(Math.min(possible, above) / perWindow);
  if (times < 1) return false;
  takeOut(run, kind, times * unitPages);
  run.nowMs += times * unitMs;
  run.sentBytes += times * unitBytes;
  run.bandwidthBytesPerMs = settled;
  // Written without %, which for doubles is a call out of the compiled code.
  const into = begun + times - perWindow * Math.floor((begun + times) / perWindow);
  run.windowStartMs = run.nowMs - into * unitMs;
  run.windowBytes = into * unitBytes;
  run.budgetBytes = pace.budgetBytes - run.windowBytes;
  return isSteady;
};

/** Runs pre-copy at a constant line rate (bytes/ms) until the guest is stopped or `untilMs`. */
export const advanceRam = (run: Run, line: number, untilMs: number): void => {
  const stretchMs = iterateMs(line);
  const pace = paceOf(run, line, run.move.wire.pageBytes, stretchMs);
  const zeroPace = paceOf(run, ZERO_PAGE_WIRE_BYTES / zeroPageMs(line), ZERO_PAGE_WIRE_BYTES, stretchMs);
  while (run.phase === 'ram' && run.nowMs < untilMs - NOTHING_MS) {
    if (run.iterateEndMs < 0) {
      decide(run, untilMs);
      if (run.phase !== 'ram') return;
      if (!run.postCopyAsked && skipUnits(run, nextKind(run) === 'zero' ? zeroPace : pace, untilMs)) continue;
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
