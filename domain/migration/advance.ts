// Moves one migration through its phases: mirror, RAM, flush or post-copy, with the orders given to it on the way.
import { unreachable } from '../base/result.ts';
import type { MoveOutcome, Order, StopReason } from './qemu.ts';
import { sendingRate } from './machine.ts';
import { nextOrderMs, type Run } from './run.ts';
import { advanceRam, startRam } from './ram-copy.ts';
import { countWrites } from './switch-over.ts';
import { advanceMirror } from './mirror-copy.ts';

/** Guest stopped for the switch to post-copy: device state packed, sent and loaded before it runs again (measured). */
const POST_COPY_SWITCH_MS = 7;
/** A page asked for over the network during post-copy (measured on one host; a real network adds its round trip). */
const FAULT_MS = 0.15;

const end = (run: Run, outcome: MoveOutcome): void => {
  run.phase = 'ended';
  run.outcome = outcome;
};

/** A stop from outside, as QEMU takes it in each phase. From the guest's stop on, a cancel comes too late to be obeyed. */
const stop = (run: Run, reason: StopReason): void => {
  const byPerson = reason === 'cancel' || reason === 'timeout';
  if (run.phase === 'mirror')
    end(run, reason === 'source-killed' ? reason : byPerson ? 'mirror-cancelled' : 'mirror-failed');
  else if (reason === 'source-killed') end(run, 'source-killed');
  else if (run.phase === 'post-copy') {
    if (reason === 'destination-killed') end(run, 'postcopy-paused');
  } else if (reason === 'destination-killed') end(run, 'failed');
  else if (run.phase === 'ram') end(run, reason === 'cancel' ? 'cancelled' : 'cancelled-timeout');
};

const obey = (run: Run, order: Order): void => {
  switch (order.do) {
    case 'limit-downtime':
      run.downtimeLimitMs = order.downtimeLimitMs;
      return;
    case 'limit-bandwidth':
      run.capBytesPerMs = order.bytesPerS === null ? Infinity : order.bytesPerS / 1000;
      return;
    case 'post-copy':
      run.postCopyAsked = true;
      return;
    case 'pause':
      if (run.phase !== 'mirror' && run.phase !== 'ram') return;
      if (run.phase === 'ram') countWrites(run);
      run.writesPerMs = 0;
      if (run.stoppedMs < 0) run.stoppedMs = run.nowMs;
      return;
    case 'stop':
      stop(run, order.as);
      return;
    default:
      unreachable(order);
  }
};

const advanceFlush = (run: Run, line: number, untilMs: number): void => {
  const endMs = run.nowMs + run.flushHoldMs + run.flushLeft / line;
  if (endMs <= untilMs) {
    run.nowMs = endMs;
    run.sentBytes += run.flushBytes;
    run.resumedMs = endMs;
    end(run, 'completed');
    return;
  }
  const ms = untilMs - run.nowMs;
  const sending = Math.max(0, ms - run.flushHoldMs);
  run.flushHoldMs = Math.max(0, run.flushHoldMs - ms);
  run.flushLeft -= sending * line;
  run.nowMs = untilMs;
};

/**
 * Rate of the remaining pages in post-copy, bytes/ms: the link, what the destination takes in, and max-postcopy-bandwidth.
 * Pages the guest faults on are sent past that last limit: on the way from all missing to none, about every second write
 * of the working set faults, and each fault holds the writer up.
 */
export const postCopyRate = (run: Run, line: number): number => {
  const most = Math.min(line, run.machine.placeBytesPerS / 1000);
  const limit = run.move.postCopyBytesPerS;
  if (limit === null) return most;
  const writeMs = run.writesPerMs > 0 ? 1 / run.writesPerMs : Infinity;
  const faultsPerMs = 0.5 / (writeMs + 0.5 * FAULT_MS);
  return Math.min(most, limit / 1000 + faultsPerMs * run.move.wire.pageBytes);
};

const advancePostCopy = (run: Run, line: number, untilMs: number): void => {
  const rate = postCopyRate(run, line);
  const endMs = run.nowMs + run.flushLeft / rate;
  if (run.resumedMs < 0) run.resumedMs = run.switchMs + POST_COPY_SWITCH_MS;
  if (endMs <= untilMs) {
    run.nowMs = Math.max(endMs, run.resumedMs);
    run.sentBytes += run.flushBytes;
    end(run, 'completed');
    return;
  }
  run.flushLeft -= (untilMs - run.nowMs) * rate;
  run.nowMs = untilMs;
};

/** Starts the first phase of a run made by `begin`, at `atMs`. */
export const start = (run: Run, atMs: number): void => {
  run.nowMs = atMs;
  run.startMs = atMs;
  run.diskPassMs = atMs;
  if (run.phase === 'ram') startRam(run);
};

/**
 * Advances to `untilMs` with `lineBytesPerMs` available all the while, or less far: to the end, to the first change of phase,
 * or past the next order. At these the demand on the link may change.
 */
export const advance = (run: Run, lineBytesPerMs: number, untilMs: number): void => {
  const phase = run.phase;
  // With the guest stopped nothing competes with sending: the flush gets the full rate even on a busy host (measured).
  // So does a window that waits for its rate limit anyway: it has time to make up for a stall.
  const slowed = sendingRate(lineBytesPerMs, run.machine);
  const sending = phase === 'ram' && run.capBytesPerMs < slowed ? lineBytesPerMs : slowed;
  const orderMs = nextOrderMs(run);
  const target = Math.min(untilMs, orderMs);
  if (phase === 'mirror') advanceMirror(run, sending, target);
  else if (phase === 'ram') advanceRam(run, sending, target);
  else if (phase === 'flush') advanceFlush(run, lineBytesPerMs, target);
  else if (phase === 'post-copy') advancePostCopy(run, sending, target);
  if (run.phase === phase && run.nowMs >= orderMs) {
    const order = run.move.orders[run.nextOrder];
    run.nextOrder += 1;
    if (order !== undefined) obey(run, order);
  }
};
