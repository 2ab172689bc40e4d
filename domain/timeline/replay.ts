// The cluster at any instant: the nearest keyframe at or before it, forked, and the tail of events after it folded.
import { type Instant, instant } from '../base/brand.ts';
import {
  type Cluster,
  type ClusterDump,
  dumpCluster,
  emptyCluster,
  FOLD_VERSION,
  forkCluster,
  restoreCluster,
} from '../cluster/cluster.ts';
import { fold } from '../cluster/fold.ts';
import { clusterPatch } from '../cluster/patch.ts';
import { seatRosters } from '../cluster/rosters.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { Keyframes } from './keyframes.ts';
import { type Cut, isBefore, type Position } from './order.ts';

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
  /** Cells written between whole states in memory; the keyframes between them hold only what was written. */
  readonly wholeEvery: number;
  /** Bytes that keyframes in memory may hold. */
  readonly budgetBytes: number;
};

/**
 * Reading and parsing an event costs about 3 µs and folding it about 1 µs, so 1,000 events are 4 of the 16 ms a seek may
 * take at p95; writing a cell of a patch costs some 50 ns, so 20,000 of them are 1 ms. Kept keyframes are whole states
 * in a file, so they are 300 times sparser: a fresh process folds for a second or two, once.
 */
export const REPLAY_DEFAULTS: ReplayOptions = {
  keyframeEvery: 1_000,
  storeEvery: 300_000,
  wholeEvery: 20_000,
  budgetBytes: 256 * 2 ** 20,
};

/** State and place. `position` is null before the first event. The cluster is the replayer's: fork it before folding on. */
export type Moment = { readonly cluster: Cluster; readonly position: Position | null };

export type Replayer = {
  readonly seek: (cut: Cut) => Cluster;
  /** As `seek`, with the place of the last event in it. */
  readonly moment: (cut: Cut) => Moment;
  /** Folds about so many events of history nobody has looked at yet, for the keyframes they leave; false when there are none, or no room. */
  readonly warm: (events: number) => boolean;
  /** An event landed at this instant: every state that contains the instant is forgotten. */
  readonly invalidate: (from: Instant) => void;
  readonly usage: () => { readonly keyframes: number; readonly bytes: number };
};

/** Bytes of packed samples that cost as much to read and parse as one simple event. */
const PACKED_BYTES_AN_EVENT = 2_000;

/** What an event costs to read, parse and fold, in simple events. */
const costOf = (e: LogEvent): number => {
  if (e.type === 'telemetry.sampled') return 1 + e.data.values.length / PACKED_BYTES_AN_EVENT;
  if (e.type === 'telemetry.roster_set') return 1 + (e.data.entities.length * 40) / PACKED_BYTES_AN_EVENT;
  return 1;
};

/** Reading a kept keyframe costs about as much as folding this many spacings of events. */
const WORTH_LOADING = 4;

/** Of the budget, what warming may fill. */
const WARMED_SHARE = 0.8;

/** The end of a seek is kept when it folded this part of the way between kept keyframes. */
const LONG_WALK = 3;

/** A state being folded on: what the last frame on its way was, and what was spent since. */
type Walk = Moment & {
  /** The state at the last frame, for the patch to the next; null before the first. */
  readonly frame: Cluster;
  readonly sinceFrame: number;
  readonly sinceStored: number;
};

/** After every event. */
const END: Cut = { at: instant(Number.MAX_SAFE_INTEGER), seq: null };

const atFrame = (m: Moment): Walk => ({ ...m, frame: m.cluster, sinceFrame: 0, sinceStored: 0 });
const ordinal = (c: Cluster): number => c.counts.folded;

/** Replays one timeline. Keyframes are left along the way of every seek, within the budget. */
export const createReplayer = (history: History, options: Partial<ReplayOptions> = {}): Replayer => {
  const { keyframeEvery, storeEvery, wholeEvery, budgetBytes } = { ...REPLAY_DEFAULTS, ...options };
  const frames = new Keyframes(budgetBytes, wholeEvery);
  /** Every walk begins here, so that all of them give the same rows to the same ids. */
  const beginning: Walk = atFrame({ cluster: emptyCluster(), position: null });
  /** Where the last seek ended: playing forward folds only what is new. */
  let cursor = beginning;
  /** How far `warm` has come. */
  let warmed = beginning;

  /** A kept keyframe, where it saves more folding than reading it costs. */
  const kept = (cut: Cut, than: number): Walk | null => {
    const found = history.nearest(cut);
    if (found === null || found.ordinal - than <= keyframeEvery * WORTH_LOADING) return null;
    const dump = found.load();
    if (dump === null || dump.version !== FOLD_VERSION) return null;
    const cluster = restoreCluster(dump, beginning.cluster);
    frames.add(cluster, found.cut, null, 0);
    return atFrame({ cluster, position: found.cut });
  };

  const start = (cut: Cut): Walk => {
    const nearest = frames.nearest(cut);
    const usesCursor = cursor.position !== null && isBefore(cursor.position, cut) && ordinal(cursor.cluster) >= nearest;
    const best = usesCursor ? ordinal(cursor.cluster) : nearest;
    // A frame soon after means that this stretch was walked before: the tail is short, nothing kept can be nearer.
    const isShort = frames.following(best) - best <= keyframeEvery * WORTH_LOADING;
    const loaded = isShort ? null : kept(cut, best);
    if (loaded !== null) return loaded;
    if (usesCursor) return cursor;
    const frame = nearest === 0 ? null : frames.materialise(nearest);
    return frame === null ? beginning : atFrame(frame);
  };

  /** Frames lie at the same places whoever walks by: what was left there before is the same state. */
  const leaveFrame = (cluster: Cluster, position: Position, before: Cluster): void => {
    if (frames.has(ordinal(cluster))) return;
    const patch = ordinal(before) === 0 ? null : clusterPatch(before, cluster);
    frames.add(cluster, position, patch, ordinal(before));
  };

  /** Folds `most` events, and what shares the last one's instant, onto a fork, leaving keyframes; stops early at the frame that is to be kept. */
  const foldStretch = (from: Walk, cut: Cut, most: number): Walk => {
    const cluster = forkCluster(from.cluster);
    let { position, frame, sinceFrame, sinceStored } = from;
    const last = ordinal(cluster) + most;
    for (const e of history.events(position, cut)) {
      // Not within an instant: to go on there, all of its events are read again.
      if (ordinal(cluster) >= last && e.at !== position?.at) break;
      fold(cluster, e);
      position = { at: e.at, seq: e.seq };
      const cost = costOf(e);
      sinceFrame += cost;
      sinceStored += cost;
      if (sinceFrame >= keyframeEvery) {
        sinceFrame = 0;
        seatRosters(cluster);
        leaveFrame(cluster, position, frame);
        frame = forkCluster(cluster);
        if (sinceStored >= storeEvery) break;
      }
    }
    return { cluster, position, frame, sinceFrame, sinceStored };
  };

  const keep = (walk: Walk): Walk => {
    if (walk.position === null) return walk;
    seatRosters(walk.cluster);
    history.keep({ cut: walk.position, dump: dumpCluster(walk.cluster) });
    return { ...walk, sinceStored: 0 };
  };

  /** Folds the tail, or `most` events of it. What is to be kept is handed over between readings. */
  const foldTail = (from: Walk, cut: Cut, most = Infinity): Walk => {
    const last = ordinal(from.cluster) + most;
    let walk = from;
    for (;;) {
      walk = foldStretch(walk, cut, last - ordinal(walk.cluster));
      if (walk.sinceFrame > 0 || walk.sinceStored < storeEvery) return walk;
      walk = keep(walk);
      if (ordinal(walk.cluster) >= last) return walk;
    }
  };

  const moment = (cut: Cut): Moment => {
    const from = start(cut);
    cursor = foldTail(from, cut);
    // Where a long walk ends the next process begins: at the head of a log just opened, for one.
    const isLong = ordinal(cursor.cluster) - ordinal(from.cluster) >= storeEvery / LONG_WALK;
    if (isLong && cursor.sinceStored >= storeEvery / LONG_WALK) cursor = keep(cursor);
    return cursor;
  };

  return {
    seek: (cut) => moment(cut).cluster,
    moment,
    warm: (events) => {
      // Where the budget is spent, one more frame costs another that somebody may be looking at.
      if (frames.usage.bytes > budgetBytes * WARMED_SHARE) return false;
      const before = ordinal(warmed.cluster);
      warmed = foldTail(warmed, END, events);
      return ordinal(warmed.cluster) > before;
    },
    invalidate: (from) => {
      frames.dropFrom(from);
      if (cursor.position !== null && cursor.position.at >= from) cursor = beginning;
      if (warmed.position === null || warmed.position.at < from) return;
      const left = frames.materialise(frames.nearest({ at: instant(from - 1), seq: null }));
      warmed = left === null ? beginning : atFrame(left);
    },
    usage: () => frames.usage,
  };
};
