// Auto-converge: when QEMU slows a guest down, and how much slower a slowed guest writes.
import type { AutoConverge } from './qemu.ts';
import { PAGE_BYTES, THROTTLE_PERIOD_MS } from './qemu.ts';
import type { Run } from './run.ts';

/** A throttled guest runs this much longer per slice than asked, because its vCPU is put to sleep late (measured at 20 to 80). */
const LATE_SLEEP = 1.08;

/** Share of its writes a processor-bound guest still makes at a throttle percentage. */
export const writeShareAt = (throttlePct: number): number => Math.min(1, LATE_SLEEP * (1 - throttlePct / 100));

/** The next throttle percentage after one found too low; `excess` is the share of new dirty bytes above the allowed ones. */
const nextPct = (pct: number, ac: AutoConverge, excess: number): number => {
  if (pct === 0) return ac.initialPct;
  const step = ac.tailSlow ? Math.min(ac.incrementPct, (100 - pct) * excess) : ac.incrementPct;
  return Math.min(ac.maxPct, pct + step);
};

/**
 * migration_trigger_throttle, called at every bitmap sync: looks at most once a second, and at every second look that finds
 * new dirty bytes above the trigger's share of the bytes sent, throttles one step further.
 */
export const evaluateThrottle = (run: Run, ac: AutoConverge): void => {
  // QEMU compares whole milliseconds: ten windows of exactly 100 ms are not yet more than a second.
  if (run.nowMs - run.evaluatedMs < THROTTLE_PERIOD_MS + 1) return;
  const allowed = ((run.sentBytes - run.sentAtEvaluation) * ac.triggerPct) / 100;
  const dirtied = run.newDirtyPages * PAGE_BYTES;
  if (dirtied > allowed) {
    run.highCount += 1;
    if (run.highCount >= 2) {
      run.highCount = 0;
      run.throttledMs = run.nowMs;
      run.throttlePct = nextPct(run.throttlePct, ac, 1 - allowed / dirtied);
      if (run.writesPerMs > 0) run.writesPerMs = run.fullWritesPerMs * writeShareAt(run.throttlePct);
    }
  }
  run.evaluatedMs = run.nowMs;
  run.newDirtyPages = 0;
  run.sentAtEvaluation = run.sentBytes;
};
