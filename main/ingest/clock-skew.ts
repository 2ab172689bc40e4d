// How far a source's clock is from others': the same step of the same move, as each of them timed it.
import { instant } from '../../domain/base/brand.ts';
import type { Candidate, LogEvent } from '../../domain/events/dictionary.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';

export type Skew = {
  /** Content id of the other source. */
  readonly source: string;
  /** Steps that both sources timed. */
  readonly pairs: number;
  /** Median of this source's time minus the other's: above zero where this clock is ahead. */
  readonly medianMs: number;
  /** Median distance of the pairs from that; a large one says that delays, not clocks, were measured. */
  readonly spreadMs: number;
};

/** Fewer pairs are shown to nobody: one delayed message would pass for a clock. */
const PAIRS_MIN = 3;
/** Steps remembered of one source; the first so many are as good a sample as all. */
const STEPS_MAX = 20_000;
/** Clocks further apart than this are another time zone or another incident; nothing is looked for beyond. */
const APART_MS_MAX = 15 * 60_000;
/** Events of the log that are looked at: a second's work, however large it is. */
const EVENTS_MAX = 200_000;

/**
 * What happens once in the life of a move or a VM, and is told by whoever took part: the status of a migration that its
 * request names, the end of a VM. Only where a source saw it itself: an inferred time is no reading of a clock.
 */
const stepIn = (e: Candidate | LogEvent): string | null => {
  if (e.evidence !== 'observed') return null;
  if (e.type === 'migration.status_changed') return `${e.entity} ${e.data.status}`;
  return e.type === 'vm.deleted' ? e.entity : null;
};

/** Steps of one source with the time of each; one that is told twice is no landmark, and is forgotten. */
export class Steps {
  readonly times = new Map<string, number>();
  readonly #twice = new Set<string>();

  hear(event: Candidate | LogEvent): void {
    const step = stepIn(event);
    if (step === null || this.#twice.has(step)) return;
    if (this.times.delete(step)) this.#twice.add(step);
    else if (this.times.size < STEPS_MAX) this.times.set(step, event.at);
  }
}

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

/** The skew of a source against one other; null where they share too few steps. */
export const skewBetween = (own: Steps, other: Steps, source: string): Skew | null => {
  const distances: number[] = [];
  for (const [step, at] of other.times) {
    const mine = own.times.get(step);
    if (mine !== undefined && Math.abs(mine - at) <= APART_MS_MAX) distances.push(mine - at);
  }
  if (distances.length < PAIRS_MIN) return null;
  const medianMs = medianOf(distances);
  const spreadMs = medianOf(distances.map((distance) => Math.abs(distance - medianMs)));
  return { source, pairs: distances.length, medianMs, spreadMs };
};

/**
 * The skew of a source against every other that tells of the same steps on the timeline. Medians, because a message that
 * waited says nothing about a clock (the robust estimate of Theil and Sen, without drift: an incident is short). Nothing is
 * corrected by it: a time in the log is what its source said.
 */
export const skewsOf = (log: Log, timeline: Timeline, id: string, own: Steps): readonly Skew[] => {
  if (own.times.size < PAIRS_MIN) return [];
  let [from, to] = [Infinity, -Infinity];
  for (const at of own.times.values()) [from, to] = [Math.min(from, at), Math.max(to, at)];
  const others = new Map<string, Steps>();
  const around = log.inEventTime(timeline, {
    after: { at: instant(from - APART_MS_MAX), seq: null },
    upTo: { at: instant(to + APART_MS_MAX), seq: null },
    limit: EVENTS_MAX,
  });
  for (const event of around) {
    if (event.source === id) continue;
    const steps = others.get(event.source) ?? new Steps();
    others.set(event.source, steps);
    steps.hear(event);
  }
  const skews = [...others].map(([source, steps]) => skewBetween(own, steps, source));
  return skews.filter((skew) => skew !== null).sort((a, b) => b.pairs - a.pairs);
};
