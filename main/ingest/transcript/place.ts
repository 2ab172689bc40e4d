// Gives every moment of a document its instant: by Nova's own `updated` where it can be believed, else by a clock of ours.
import type { Evidence } from '../../../domain/events/dictionary.ts';
import type { Moment } from './moment.ts';

/** One second between things of unknown time: readable on a timeline, and small against any operator's pace. */
const STEP_MS = 1000;

export type Placed = { readonly at: number; readonly timed: 'updated' | 'clock' | 'undated' };

/**
 * True where a moment stands at its `updated`: when that is news about its VM. The same or an older `updated` once more is
 * a block that was pasted twice, or a VM that did not change since.
 */
const anchorsOf = (moments: readonly Moment[]): readonly boolean[] => {
  const latest = new Map<string, number>();
  return moments.map(({ vm, updated }) => {
    if (vm === null || updated === null || updated <= (latest.get(vm) ?? -Infinity)) return false;
    latest.set(vm, updated);
    return true;
  });
};

/**
 * Instants in document order. Anchors stand at their `updated`. Between two anchors that move the document forward the
 * others follow a second apart, or closer where the gap is small; before the first one they lead up to it. None stands at
 * or after the next anchor of its own VM. Without any anchor all follow `undatedAt`.
 */
export const place = (moments: readonly Moment[], undatedAt: number): readonly Placed[] => {
  const anchored = anchorsOf(moments);
  const next = nextAnchors(moments, anchored);
  if (!anchored.includes(true)) {
    return moments.map((_, i) => ({ at: undatedAt + i * STEP_MS, timed: 'undated' }));
  }
  const placed: Placed[] = [];
  let waiting: number[] = [];
  let clock: number | null = null;
  const settle = (until: number): void => {
    const gap = clock === null ? Infinity : until - clock;
    const step = Math.min(STEP_MS, Math.floor(gap / (waiting.length + 1)));
    const from = clock ?? until - (waiting.length + 1) * STEP_MS;
    waiting.forEach((i, n) => {
      const at = Math.min(from + (n + 1) * step, (next[i] ?? Infinity) - 1);
      placed[i] = { at, timed: 'clock' };
    });
    waiting = [];
  };
  moments.forEach(({ updated }, i) => {
    if (anchored[i] !== true || updated === null) {
      waiting.push(i);
      return;
    }
    placed[i] = { at: updated, timed: 'updated' };
    if (clock !== null && updated <= clock) return; // news about its VM, but from before what the document already told
    settle(updated);
    clock = updated;
  });
  settle(Infinity);
  return placed;
};

/** For each moment the next anchor of the same VM, or null. */
const nextAnchors = (moments: readonly Moment[], anchored: readonly boolean[]): readonly (number | null)[] => {
  const coming = new Map<string, number>();
  const next: (number | null)[] = [];
  for (let i = moments.length - 1; i >= 0; i--) {
    const { vm = null, updated = null } = moments[i] ?? {};
    next[i] = vm === null ? null : (coming.get(vm) ?? null);
    if (vm !== null && updated !== null && anchored[i] === true) coming.set(vm, updated);
  }
  return next;
};

/** What a fact is worth once placed: seen at a time we had to infer, it is inferred; `asked`: a person gave the time. */
export const worth = (evidence: Evidence, timed: Placed['timed'], asked: boolean): Evidence => {
  const isKnown = timed === 'updated' || (timed === 'undated' && asked);
  return evidence === 'observed' && !isKnown ? 'inferred' : evidence;
};
