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

/** Under a rate limit, a round that starts elsewhere in its window will not end where the last one did. */
const phaseMs = (run: Run): number => (run.capBytesPerMs === Infinity ? 0 : run.nowMs - run.windowStartMs);

/** Writes the round that starts now over an earlier one. */
const keepRound = (run: Run, pending: number, at: RoundStart): void => {
  at.nowMs = run.nowMs;
  at.pending = pending;
  at.phaseMs = phaseMs(run);
  at.bandwidthBytesPerMs = run.bandwidthBytesPerMs;
  at.throttlePct = run.throttlePct;
  at.sentBytes = run.sentBytes;
  at.syncs = run.syncs;
};

const isSame = (run: Run, pending: number, at: RoundStart): boolean =>
  at.nowMs >= 0 &&
  run.nowMs > at.nowMs &&
  Math.abs(pending - at.pending) <= SAME_ROUND * pending &&
  Math.abs(phaseMs(run) - at.phaseMs) < SAME_MS &&
  Math.abs(run.bandwidthBytesPerMs - at.bandwidthBytesPerMs) <= SAME_ROUND * run.bandwidthBytesPerMs &&
  at.throttlePct === run.throttlePct;

/** Auto-converge that took no step for so long, in rounds that repeat, will take none: it decides every second or two. */
const THROTTLE_SETTLED_MS = 10_000;

const throttleSettled = (run: Run): boolean => {
  const ac = run.move.autoConverge;
  return ac === null || run.throttlePct >= ac.maxPct || run.nowMs - run.throttledMs > THROTTLE_SETTLED_MS;
};

/** Lets the rounds since `cycle` pass `times` more. */
const repeatCycle = (run: Run, cycle: RoundStart, times: number, endBytes: number): void => {
  const skippedMs = times * (run.nowMs - cycle.nowMs);
  const syncs = times * (run.syncs - cycle.syncs);
  run.nowMs += skippedMs;
  run.windowStartMs += skippedMs;
  run.writesCountedMs += skippedMs;
  run.sentBytes += times * (run.sentBytes - cycle.sentBytes);
  run.syncs += syncs;
  run.before.nowMs = -1;
  run.kept.nowMs = -1;
  closeRound(run, endBytes, syncs);
};

/**
 * A guest that out-writes its link settles into a round, or a cycle of rounds, repeated. Looks for one at each round's start:
 * against the round before, and against one kept from further back (Brent's cycle finding, so any length is found). Repeats
 * it until something is due; where nothing ever is, the move is endless.
 */
const skipEqualRounds = (run: Run, pending: number, endBytes: number, untilMs: number): void => {
  const { before, kept } = run;
  const cycle = isSame(run, pending, before) ? before : isSame(run, pending, kept) ? kept : null;
  if (cycle !== null && throttleSettled(run)) {
    if (untilMs === Infinity) {
      run.phase = 'ended';
      run.outcome = 'endless';
      return;
    }
    const cycleMs = run.nowMs - cycle.nowMs;
    const times = Math.floor((untilMs - run.nowMs) / cycleMs) - 1;
    if (times >= 1) return repeatCycle(run, cycle, times, endBytes);
  }
  keepRound(run, pending, before);
  run.sinceKept += 1;
  if (run.sinceKept >= run.keepAfter) {
    keepRound(run, pending, kept);
    run.keepAfter *= 2;
    run.sinceKept = 0;
  }
};
