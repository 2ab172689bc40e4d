// The cluster at any instant: the nearest keyframe at or before it, made from its patches, and the tail of events after it folded.
import { type Instant, instant } from '../base/brand.ts';
import { type Cluster, emptyCluster, forkCluster } from '../cluster/cluster.ts';
import { fold } from '../cluster/fold.ts';
import { applyClusterPatch, clusterPatch, sizesAfter, sizesOf } from '../cluster/patch.ts';
import { seatRosters } from '../cluster/rosters.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { type Anchor, isCrossing, type Keyframe, levelOf, type Mark, marksAt, States } from './keyframes.ts';
import { type Cut, isBefore, type Position } from './order.ts';

/** Where a keyframe stands: its place, and the number of events folded into it. */
export type KeptAt = { readonly position: Position; readonly ordinal: number };

/** What a replayer reads: one timeline's lineage, and the keyframes kept for it. */
export interface History {
  /** Events after a cut (from the first where it is null) up to a cut, inclusive, in event-time order. */
  readonly events: (after: Cut | null, upTo: Cut) => Iterable<LogEvent>;
  /** The nearest keyframe kept at or before a cut; null when there is none. A cache: it may forget at any time. */
  readonly nearest: (cut: Cut) => KeptAt | null;
  /** The keyframe kept at a place; null when it is gone or unreadable. */
  readonly load: (position: Position) => Keyframe | null;
  /** Called between reads, never during one, so that a single database connection can serve both. */
  readonly keep: (frames: readonly Keyframe[]) => void;
  /** What is kept at and after an instant no longer holds, because an event landed there. */
  readonly forget: (from: Instant) => void;
}

export type ReplayOptions = {
  /** Cost between keyframes, in simple events (see `costOf`). A seek folds at most this much. */
  readonly keyframeEvery: number;
  /** The states in memory, where several replayers share a budget. */
  readonly states: States;
};

/**
 * Reading, parsing and folding an event costs 4 to 18 µs, most where its page has still to be copied: 500 of them are half of the
 * 16 ms a seek may take at p95. With 1,000 the tail took twice as long, and half as many keyframes saved a fifth of their bytes.
 */
const DEFAULTS = { keyframeEvery: 500 } as const;
const BUDGET_BYTES = 160 * 2 ** 20;

/** State and place. `position` is null before the first event. The cluster is the replayer's: fork it before folding on. */
export type Moment = { readonly cluster: Cluster; readonly position: Position | null };

export type Replayer = {
  readonly seek: (cut: Cut) => Cluster;
  /** As `seek`, with the place of the last event in it. */
  readonly moment: (cut: Cut) => Moment;
  /** Folds about so many events of history that no keyframe covers yet; false when there are none. */
  readonly warm: (events: number) => boolean;
  /** An event landed at this instant: every state that contains the instant is forgotten. */
  readonly invalidate: (from: Instant) => void;
};

/** Bytes of packed samples that cost as much to read and parse as one simple event. */
const PACKED_BYTES_AN_EVENT = 2_000;

/** What an event costs to read, parse and fold, in simple events. */
const costOf = (e: LogEvent): number => {
  if (e.type === 'telemetry.sampled') return 1 + e.data.values.length / PACKED_BYTES_AN_EVENT;
  if (e.type === 'telemetry.roster_set') return 1 + (e.data.entities.length * 40) / PACKED_BYTES_AN_EVENT;
  return 1;
};

/** Keyframes are handed over to be kept when there are so many: one write for all of them. */
const KEPT_AT_ONCE = 32;

/** A state being folded on from the last keyframe on its way; `read` is its position, or all of that instant. */
type Walk = Moment & { readonly anchor: Anchor; readonly sinceFrame: number; readonly read: Cut | null };

/** After every event. */
const END: Cut = { at: instant(Number.MAX_SAFE_INTEGER), seq: null };

/** Keyframes stand at the ends of instants, so that those of a long listing are not read again to go on from one. */
const wholeInstant = (position: Position | null): Cut | null =>
  position === null ? null : { at: position.at, seq: null };

const fromAnchor = (anchor: Anchor): Walk => ({
  cluster: anchor.cluster,
  position: anchor.position,
  anchor,
  sinceFrame: 0,
  read: wholeInstant(anchor.position),
});
const ordinal = (c: Cluster): number => c.counts.folded;

const nothingYet = (): Anchor => {
  const cluster = emptyCluster();
  return { cluster, sizes: sizesOf(cluster), position: null, number: -1, marks: [] };
};

/** Replays one timeline. Keyframes are left along the way of every seek, and kept by the history. */
export const createReplayer = (history: History, options: Partial<ReplayOptions> = {}): Replayer => {
  const { keyframeEvery } = { ...DEFAULTS, ...options };
  const states = options.states ?? new States(BUDGET_BYTES);
  /** Whose states they are, of those in memory. */
  const owner = {};
  /** Every walk begins here, so that all of them give the same rows to the same ids. */
  let beginning = nothingYet();
  /** Where the last seek ended: playing forward folds only what is new. */
  let cursor = fromAnchor(beginning);
  /** How far `warm` has come; null before it looked. */
  let warmed: Walk | null = null;

  const reset = (): void => {
    states.forget(owner);
    beginning = nothingYet();
    cursor = fromAnchor(beginning);
    warmed = null;
  };

  /** The keyframe at a place, made from the nearest state in memory on its way; or the place of what cannot be used. */
  const made = (position: Position): Anchor | { readonly missing: Position } => {
    const way: Keyframe[] = [];
    let anchor: Anchor | null = null;
    for (let at: Position | null = position; anchor === null;) {
      anchor = at === null ? beginning : states.at(owner, at);
      if (anchor !== null || at === null) continue;
      const frame = history.load(at);
      if (frame === null) return { missing: at };
      way.push(frame);
      at = frame.base;
    }
    // Pages are copied once for each fork, so all patches are written onto one until its state is to be remembered.
    let cluster = forkCluster(anchor.cluster);
    let from = anchor;
    let { marks } = anchor;
    let text = 0;
    for (let frame = way.pop(); frame !== undefined; frame = way.pop()) {
      if (!applyClusterPatch(cluster, frame.patch)) return { missing: frame.position };
      text += frame.patch.cells.text.length;
      marks = marksAt(frame.position, frame.number, marks);
      const isLast = way.length === 0;
      const isKept =
        (isLast || isCrossing(frame.number, way.at(-1)!.number)) && states.wants(frame.number, frame.position);
      if (!isLast && !isKept) continue;
      anchor = { cluster, sizes: sizesAfter(frame.patch), position: frame.position, number: frame.number, marks };
      if (isLast) marks = marksAt(anchor, frame.number, marks);
      if (isKept) states.add(owner, anchor, from.cluster, text);
      from = anchor;
      text = 0;
      if (!isLast) cluster = forkCluster(cluster);
    }
    return { ...anchor, marks };
  };

  /** The state that the keyframe of this number is a patch on. */
  const baseOf = (anchor: Anchor, number: number): Mark => {
    const mark = anchor.marks[levelOf(number)];
    if (mark === undefined) return beginning;
    if ('cluster' in mark) return mark;
    const base = made(mark);
    return 'missing' in base ? beginning : base; // a patch on the beginning is longer, and always right
  };

  /** Leaves a keyframe where the walk has come to; the cluster may be folded on. */
  const leaveFrame = (anchor: Anchor, cluster: Cluster, position: Position) => {
    seatRosters(cluster);
    const number = anchor.number + 1;
    const base = baseOf(anchor, number);
    const frame: Keyframe = {
      number,
      position,
      base: base.position,
      patch: clusterPatch(base.cluster, base.sizes, cluster),
    };
    const mark: Mark = { cluster: forkCluster(cluster), sizes: sizesOf(cluster), position };
    const next: Anchor = { ...mark, number, marks: marksAt(mark, number, anchor.marks) };
    return { anchor: next, frame };
  };

  /** The nearest keyframe at or before a cut that can be used; what comes after it is folded, and left anew. */
  const nearest = (cut: Cut): Anchor => {
    for (let below = cut, isFresh = false; ;) {
      const found = history.nearest(below);
      if (found === null) return beginning;
      const anchor = made(found.position);
      if (!('missing' in anchor)) return anchor;
      // Rows may have been given out in another order since it was written: begin again from what is kept, once.
      if (isFresh) below = { at: instant(anchor.missing.at - 1), seq: null };
      else reset();
      isFresh = true;
    }
  };

  const start = (cut: Cut): Walk => {
    const usesCursor = cursor.position !== null && isBefore(cursor.position, cut);
    const kept = history.nearest(cut);
    // To fold on for the length of one keyframe is as quick as to make the next.
    if (usesCursor && (kept === null || kept.ordinal - ordinal(cursor.cluster) <= keyframeEvery)) return cursor;
    return fromAnchor(nearest(cut));
  };

  /** Folds `most` events, and what shares the last one's instant, onto a fork; stops when there are keyframes to be kept. */
  const foldStretch = (from: Walk, cut: Cut, most: number, left: Keyframe[]): Walk => {
    const cluster = forkCluster(from.cluster);
    let { position, anchor, sinceFrame, read } = from;
    const last = ordinal(cluster) + most;
    const leave = (at: Position): void => {
      if (sinceFrame < keyframeEvery) return;
      sinceFrame = 0;
      const next = leaveFrame(anchor, cluster, at);
      anchor = next.anchor;
      left.push(next.frame);
    };
    for (const e of history.events(read, cut)) {
      if (position !== null && e.at !== position.at) {
        read = wholeInstant(position);
        leave(position);
        if (left.length === KEPT_AT_ONCE || ordinal(cluster) >= last) {
          return { cluster, position, anchor, sinceFrame, read };
        }
      }
      fold(cluster, e);
      position = { at: e.at, seq: e.seq };
      read = position;
      sinceFrame += costOf(e);
    }
    if (position !== null && (cut.seq === null || cut.at > position.at)) {
      read = wholeInstant(position);
      leave(position);
    }
    return { cluster, position, anchor, sinceFrame, read };
  };

  /** Folds the tail, or `most` events of it. What is to be kept is handed over between readings. */
  const foldTail = (from: Walk, cut: Cut, most = Infinity): Walk => {
    const last = ordinal(from.cluster) + most;
    for (let walk = from; ;) {
      const left: Keyframe[] = [];
      walk = foldStretch(walk, cut, last - ordinal(walk.cluster), left);
      if (left.length > 0) history.keep(left);
      if (left.length < KEPT_AT_ONCE || ordinal(walk.cluster) >= last) return walk;
    }
  };

  const moment = (cut: Cut): Moment => (cursor = foldTail(start(cut), cut));

  return {
    seek: (cut) => moment(cut).cluster,
    moment,
    warm: (events) => {
      const from: Walk = warmed ?? fromAnchor(nearest(END));
      warmed = foldTail(from, END, events);
      return ordinal(warmed.cluster) > ordinal(from.cluster);
    },
    invalidate: (from) => {
      history.forget(from);
      const reaches = (walk: Walk | null): boolean =>
        walk !== null && walk.position !== null && walk.position.at >= from;
      if (reaches(cursor) || reaches(warmed) || states.reach(owner, from)) reset();
    },
  };
};
