// The cluster at any instant: the nearest keyframe at or before it, forked, and the tail of events after it folded.
import type { Instant, Seq } from '../base/brand.ts';
import {
  type Cluster,
  clusterBytes,
  type ClusterDump,
  dumpCluster,
  emptyCluster,
  FOLD_VERSION,
  forkCluster,
  restoreCluster,
} from '../cluster/cluster.ts';
import { fold } from '../cluster/fold.ts';
import type { LogEvent } from '../events/dictionary.ts';
import type { Cut } from './order.ts';

/** The place of the last event a state contains. */
export type Position = { readonly at: Instant; readonly seq: Seq };
export type StoredKeyframe = { readonly cut: Position; readonly dump: ClusterDump };
/** A keyframe found, not yet read: `ordinal` events are folded into it. Null when it turns out to be unreadable. */
export type FoundKeyframe = {
  readonly cut: Position;
  readonly ordinal: number;
  readonly load: () => ClusterDump | null;
};

/** What a replayer reads: one timeline's lineage, and the keyframes kept for it. */
export interface History {
  /** Events after a cut (from the first where it is null) up to a cut, inclusive, in event-time order. */
  readonly events: (after: Cut | null, upTo: Cut) => Iterable<LogEvent>;
  /** The nearest keyframe kept at or before a cut; null when there is none. A cache: it may forget at any time. */
  readonly nearest: (cut: Cut) => FoundKeyframe | null;
  /** Called between reads, never during one, so that a single database connection can serve both. */
  readonly keep: (frame: StoredKeyframe) => void;
}

export type ReplayOptions = {
  /** Cost between keyframes in memory, in simple events (see `costOf`). A seek folds at most this much. */
  readonly keyframeEvery: number;
  /** Cost between keyframes handed to `History.keep`: what a fresh process folds at most, once. */
  readonly storeEvery: number;
  /** Bytes of column pages that keyframes in memory may hold. */
  readonly budgetBytes: number;
};

/**
 * Reading and parsing an event costs about 3 µs and folding it about 1 µs, so 1,000 events are 4 ms of the 16 ms a seek
 * may take at p95, and there is room for the budget to thin the keyframes out by three. Stored keyframes are whole
 * states, so they are 100 times sparser.
 */
export const REPLAY_DEFAULTS: ReplayOptions = { keyframeEvery: 1_000, storeEvery: 100_000, budgetBytes: 256 * 2 ** 20 };

/** State and place. `position` is null before the first event. The cluster is the replayer's: fork it before folding on. */
export type Moment = { readonly cluster: Cluster; readonly position: Position | null };

export type Replayer = {
  readonly seek: (cut: Cut) => Cluster;
  /** As `seek`, with the place of the last event in it. */
  readonly moment: (cut: Cut) => Moment;
  /** An event landed at this instant: every state that contains the instant is forgotten. */
  readonly invalidate: (from: Instant) => void;
  readonly usage: () => { readonly keyframes: number; readonly bytes: number };
};

type Frame = Moment & { readonly position: Position; readonly bytes: number; usedAt: number };

/** Bytes of packed samples that cost as much to read and parse as one simple event. */
const PACKED_BYTES_AN_EVENT = 2_000;

/** What an event costs to read, parse and fold, in simple events. */
const costOf = (e: LogEvent): number => {
  if (e.type === 'telemetry.sampled') return 1 + e.data.values.length / PACKED_BYTES_AN_EVENT;
  if (e.type === 'telemetry.roster_set') return 1 + (e.data.entities.length * 40) / PACKED_BYTES_AN_EVENT;
  return 1;
};

/** True when everything in the state belongs before the cut. Two events of one instant are not compared: then it is no. */
const isBefore = (position: Position, cut: Cut): boolean =>
  position.at < cut.at || (position.at === cut.at && (cut.seq === null || cut.seq === position.seq));

/** Position in event-time order: how many events are folded into it. */
const ordinal = (m: Moment): number => m.cluster.counts.folded;

/** Reading a kept keyframe costs about as much as folding this many spacings of events. */
const WORTH_LOADING = 4;

class Keyframes {
  readonly #budget: number;
  /** Sorted by ordinal. */
  #frames: Frame[] = [];
  #bytes = 0;
  #clock = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  get usage(): { keyframes: number; bytes: number } {
    return { keyframes: this.#frames.length, bytes: this.#bytes };
  }

  /** Index of the first frame of at least this ordinal. */
  #indexOf(n: number): number {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ordinal(this.#frames[middle]!) < n) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  nearest(cut: Cut): Frame | null {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frames[middle]!.position.at <= cut.at) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0; i--) {
      const frame = this.#frames[i]!;
      if (!isBefore(frame.position, cut)) continue;
      frame.usedAt = ++this.#clock;
      return frame;
    }
    return null;
  }

  /** Ordinal of the first frame after one; Infinity when it is the last. */
  following(n: number): number {
    const next = this.#frames[this.#indexOf(n + 1)];
    return next === undefined ? Infinity : ordinal(next);
  }

  add(moment: Moment & { readonly position: Position }, bytes: number): void {
    const i = this.#indexOf(ordinal(moment));
    if (this.#frames[i] !== undefined && ordinal(this.#frames[i]) === ordinal(moment)) return;
    this.#frames.splice(i, 0, { ...moment, bytes, usedAt: ++this.#clock });
    this.#bytes += bytes;
    while (this.#bytes > this.#budget && this.#frames.length > 1) this.#evict();
  }

  dropFrom(at: Instant): void {
    this.#frames = this.#frames.filter((f) => f.position.at < at);
    this.#bytes = this.#frames.reduce((sum, f) => sum + f.bytes, 0);
  }

  /** Of the less recently used half, the frame whose loss leaves the smallest gap: history thins out evenly. */
  #evict(): void {
    const frames = this.#frames;
    const uses = frames.map((f) => f.usedAt).sort((a, b) => a - b);
    const median = uses[uses.length >> 1]!;
    let victim = 0;
    let smallest = Infinity;
    for (const [i, frame] of frames.entries()) {
      if (frame.usedAt > median) continue;
      const before = i === 0 ? 0 : ordinal(frames[i - 1]!);
      const after = i === frames.length - 1 ? ordinal(frame) : ordinal(frames[i + 1]!);
      if (after - before >= smallest) continue;
      smallest = after - before;
      victim = i;
    }
    this.#bytes -= frames[victim]!.bytes;
    frames.splice(victim, 1);
  }
}

/** Replays one timeline. Keyframes are left along the way of every seek, within the budget. */
export const createReplayer = (history: History, options: Partial<ReplayOptions> = {}): Replayer => {
  const { keyframeEvery, storeEvery, budgetBytes } = { ...REPLAY_DEFAULTS, ...options };
  const frames = new Keyframes(budgetBytes);
  /** Where the last seek ended: playing forward folds only what is new. */
  let cursor: Moment = { cluster: emptyCluster(), position: null };

  /** A kept keyframe, where it saves more folding than reading it costs. */
  const better = (cut: Cut, than: Moment): Moment | null => {
    const found = history.nearest(cut);
    if (found === null || found.ordinal - ordinal(than) <= keyframeEvery * WORTH_LOADING) return null;
    const dump = found.load();
    if (dump === null || dump.version !== FOLD_VERSION) return null;
    const moment = { cluster: restoreCluster(dump, cursor.cluster), position: found.cut };
    frames.add(moment, clusterBytes(moment.cluster, 'all'));
    return moment;
  };

  const start = (cut: Cut): Moment => {
    let best: Moment = frames.nearest(cut) ?? { cluster: emptyCluster(), position: null };
    if (cursor.position !== null && isBefore(cursor.position, cut) && ordinal(cursor) > ordinal(best)) best = cursor;
    // A frame soon after means that this stretch was walked before: the tail is short, nothing kept can be nearer.
    const isShort = frames.following(ordinal(best)) - ordinal(best) <= keyframeEvery * WORTH_LOADING;
    return isShort ? best : (better(cut, best) ?? best);
  };

  /** Folds the tail onto a fork, leaving keyframes; those to be stored are handed over after the reading has ended. */
  const foldTail = (from: Moment, cut: Cut): Moment => {
    const cluster = forkCluster(from.cluster);
    const toStore: StoredKeyframe[] = [];
    let position = from.position;
    let sinceFrame = 0;
    let sinceStored = 0;
    for (const e of history.events(from.position, cut)) {
      fold(cluster, e);
      position = { at: e.at, seq: e.seq };
      const cost = costOf(e);
      sinceFrame += cost;
      sinceStored += cost;
      if (sinceFrame < keyframeEvery) continue;
      sinceFrame = 0;
      const bytes = clusterBytes(cluster, 'owned');
      frames.add({ cluster: forkCluster(cluster), position }, bytes);
      if (sinceStored < storeEvery) continue;
      sinceStored = 0;
      toStore.push({ cut: position, dump: dumpCluster(cluster) });
    }
    for (const frame of toStore) history.keep(frame);
    return { cluster, position };
  };

  const moment = (cut: Cut): Moment => {
    cursor = foldTail(start(cut), cut);
    return cursor;
  };

  return {
    seek: (cut) => moment(cut).cluster,
    moment,
    invalidate: (from) => {
      frames.dropFrom(from);
      if (cursor.position !== null && cursor.position.at >= from) cursor = { cluster: emptyCluster(), position: null };
    },
    usage: () => frames.usage,
  };
};
