// The switch-over rule: pending against threshold, a bitmap sync where it is below, and the guest stopped where it stays below.
import { DEVICE_STATE_BYTES, PAGE_BYTES, ZERO_PAGE_WIRE_BYTES } from './qemu.ts';
import { dirtyAtSync } from './guest-writes.ts';
import { pendingPages, type Run } from './run.ts';
import { evaluateThrottle } from './throttle.ts';

/** Two rounds whose pending differs by less than this share are the same round again. */
const SAME_ROUND = 1e-5;
const SAME_MS = 1e-6;

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
  run.syncs += 1;
  if (run.move.autoConverge !== null) evaluateThrottle(run, run.move.autoConverge);
};

/** Below this QEMU tries to switch over; 0 until the first window has been measured. */
export const thresholdBytes = (run: Run): number => {
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
export const decide = (run: Run, untilMs: number): void => {
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
      skipEqualRounds(run, { tookMs, sentBytes, endBytes: pending }, after, untilMs);
      return;
    }
  }
  stopAndFlush(run);
};

type LastRound = { readonly tookMs: number; readonly sentBytes: number; readonly endBytes: number };

/**
 * A guest that out-writes its link settles into one round repeated. Repeats it until something is due; where nothing ever
 * is, the move is endless.
 */
const skipEqualRounds = (run: Run, last: LastRound, pending: number, untilMs: number): void => {
  const { tookMs } = last;
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
  run.writesCountedMs += skippedMs;
  run.sentBytes += times * last.sentBytes;
  run.syncs += times;
  closeRound(run, last.endBytes, times);
};
