// The drill asked backwards: which threads, which detection or how many spare hosts keep every VM's down time within a goal.
import { ok, type Result } from '../base/result.ts';
import type { HostState } from '../readout/state.ts';
import type { DrillOutcome, DrillSettings, DrillSummary } from './outcome.ts';
import { type DrillInput, runDrill } from './play.ts';
import { likelyExtra, MOST_EXTRA, withExtra } from './sweep/extra-hosts.ts';

export type RtoAnswer = {
  readonly rtoMs: number;
  /** The slowest recovery with the settings as they are; null when nobody comes back. */
  readonly downMsMax: number | null;
  readonly met: boolean;
  /** VMs that no setting of clocks brings back. */
  readonly notBack: number;
  /** Fewest evacuations at once that meet the goal, all else equal; null when no number does. */
  readonly threads: number | null;
  /** Longest service_down_time in whole seconds that meets it, all else equal; null when not even 0 does. */
  readonly serviceDownTimeS: number | null;
  /** Fewest empty hosts more (like `spareLike`) with which everybody whose disk is left comes back within the goal; null when `MOST_EXTRA` do not do it. */
  readonly spareHosts: number | null;
  readonly spareLike: string | null;
};

/** As many as settings allow; beyond the number of VMs more change nothing. */
const MOST_THREADS = 1000;
const LONGEST_DETECTION_S = 3600;

const isMet = (s: DrillSummary, rtoMs: number): boolean => (s.downMsMax ?? 0) <= rtoMs;

/** Smallest value in [low, high] that holds, where holding once means holding from there on; null when none does. */
const smallest = (low: number, high: number, holds: (n: number) => boolean): number | null => {
  if (!holds(high)) return null;
  let [no, yes] = [low - 1, high];
  while (yes - no > 1) {
    const middle = (no + yes) >> 1;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
};

/** Nobody is late, and nobody is left who only wants room. */
const isServed = ({ vms, summary }: DrillOutcome, rtoMs: number): boolean =>
  isMet(summary, rtoMs) && vms.every((vm) => vm.downMs !== null || vm.outcome === 'lost');

/** Spare hosts one by one: a host more changes every destination, so nothing is said of numbers that were not played. */
const spareHosts = (input: DrillInput, like: HostState, rtoMs: number): number | null => {
  for (let count = 0; count <= MOST_EXTRA; count++) {
    const drill = runDrill({ ...input, state: withExtra(input.state, like, count) });
    if (drill.ok && isServed(drill.value.outcome, rtoMs)) return count;
  }
  return null;
};

/**
 * Bisects over threads and over service_down_time: one thread more never makes anybody later, because VMs wait in one
 * queue and do not wait for each other. Errors: the drill's own.
 */
export const recoverWithin = (input: DrillInput, rtoMs: number): Result<RtoAnswer, string> => {
  const asIs = runDrill(input);
  if (!asIs.ok) return asIs;
  const holds = (change: Partial<DrillSettings>): boolean => {
    const drill = runDrill({ ...input, settings: { ...input.settings, ...change } });
    return drill.ok && isMet(drill.value.outcome.summary, rtoMs);
  };
  const { summary, vms } = asIs.value.outcome;
  const like = likelyExtra(input.state);
  const cut = smallest(0, LONGEST_DETECTION_S, (less) => holds({ serviceDownTimeS: LONGEST_DETECTION_S - less }));
  return ok({
    rtoMs,
    downMsMax: summary.downMsMax,
    met: isMet(summary, rtoMs),
    notBack: vms.filter((vm) => vm.downMs === null).length,
    threads: smallest(1, Math.min(MOST_THREADS, Math.max(1, vms.length)), (threads) => holds({ threads })),
    serviceDownTimeS: cut === null ? null : LONGEST_DETECTION_S - cut,
    spareHosts: like === null ? null : spareHosts(input, like, rtoMs),
    spareLike: like?.name ?? null,
  });
};
