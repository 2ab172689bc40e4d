// The switch-over rule: pending against threshold, a bitmap sync where it is below, and the guest stopped where it stays below.
import { DEVICE_STATE_BYTES, PAGE_BYTES, ZERO_PAGE_WIRE_BYTES } from './qemu.ts';
import { dirtyAtSync } from './guest-writes.ts';
import { pendingPages, type RoundStart, type Run } from './run.ts';
import { evaluateThrottle } from './throttle.ts';

/** Two rounds that start this alike are the same round again. */
const SAME_ROUND = 1e-5;
const SAME_MS = 1e-3;
/** More rounds than anybody draws: later ones are joined to the last. */
const ROUNDS_MOST = 1000;

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
  if (run.rounds !== null) {
    const last = run.rounds.length < ROUNDS_MOST ? undefined : run.rounds.pop();
    run.rounds.push({
      startMs: last?.startMs ?? run.roundStartMs,
      endMs: run.nowMs,
      pendingStartBytes: last?.pendingStartBytes ?? run.roundPending,
      pendingEndBytes,
      thresholdBytes: thresholdBytes(run),
      sentBytes: (last?.sentBytes ?? 0) + run.sentBytes - run.roundSent,
      throttlePct: run.throttlePct,
      repeats: (last?.repeats ?? 0) + repeats,
    });
  }
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
  closeRound(run, pending, 1);
  if (pending < threshold) {
    sync(run);
    const after = pendingPages(run) * PAGE_BYTES;
    if (run.bulk && run.move.postCopyAfterFirstPass) run.postCopyAsked = true;
    run.bulk = false;
    run.roundPending = after;
    if (after >= threshold) {
      skipEqualRounds(run, after, pending, untilMs);
      return;
    }
  }
  stopAndFlush(run);
};

const roundStart = (run: Run, pending: number): RoundStart => ({
  nowMs: run.nowMs,
  pending,
  // Under a rate limit, a round that starts elsewhere in its window will not end where the last one did.
  phaseMs: run.capBytesPerMs === Infinity ? 0 : run.nowMs - run.windowStartMs,
  bandwidthBytesPerMs: run.bandwidthBytesPerMs,
  throttlePct: run.throttlePct,
  sentBytes: run.sentBytes,
  syncs: run.syncs,
});

const same = (a: RoundStart, b: RoundStart): boolean =>
  b.nowMs > a.nowMs &&
  Math.abs(b.pending - a.pending) <= SAME_ROUND * b.pending &&
  Math.abs(b.phaseMs - a.phaseMs) < SAME_MS &&
  Math.abs(b.bandwidthBytesPerMs - a.bandwidthBytesPerMs) <= SAME_ROUND * b.bandwidthBytesPerMs &&
  a.throttlePct === b.throttlePct;

/** Auto-converge that took no step for so long, in rounds that repeat, will take none: it decides every second or two. */
const THROTTLE_SETTLED_MS = 10_000;

const throttleSettled = (run: Run): boolean => {
  const ac = run.move.autoConverge;
  return ac === null || run.throttlePct >= ac.maxPct || run.nowMs - run.throttledMs > THROTTLE_SETTLED_MS;
};

/**
 * A guest that out-writes its link settles into a round, or a cycle of rounds, repeated. Looks for one at each round's start:
 * against the round before, and against one kept from further back (Brent's cycle finding, so any length is found). Repeats
 * it until something is due; where nothing ever is, the move is endless.
 */
const skipEqualRounds = (run: Run, pending: number, endBytes: number, untilMs: number): void => {
  const start = roundStart(run, pending);
  const { before, kept } = run;
  run.before = start;
  run.sinceKept += 1;
  const cycle = before !== null && same(before, start) ? before : kept !== null && same(kept, start) ? kept : null;
  if (run.sinceKept >= run.keepAfter) {
    run.kept = start;
    run.keepAfter *= 2;
    run.sinceKept = 0;
  }
  if (cycle === null || !throttleSettled(run)) return;
  if (untilMs === Infinity) {
    run.phase = 'ended';
    run.outcome = 'endless';
    return;
  }
  const cycleMs = start.nowMs - cycle.nowMs;
  const times = Math.floor((untilMs - run.nowMs) / cycleMs) - 1;
  if (times < 1) return;
  const skippedMs = times * cycleMs;
  const syncs = start.syncs - cycle.syncs;
  run.nowMs += skippedMs;
  run.windowStartMs += skippedMs;
  run.writesCountedMs += skippedMs;
  run.sentBytes += times * (start.sentBytes - cycle.sentBytes);
  run.syncs += times * syncs;
  run.before = null;
  run.kept = null;
  closeRound(run, endBytes, times * syncs);
};
