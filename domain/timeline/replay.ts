// The cluster at any instant: laid over the nearest keyframe at or before it, and the tail of events after that folded.
import { type Instant, instant } from '../base/brand.ts';
import { type Cluster, forkCluster } from '../cluster/cluster.ts';
import { fold } from '../cluster/fold.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { type Base, HistoryChanged, type Keyframe, Keyframes, type KeptAt, type KeptHistory } from './keyframes.ts';
import { KeptRows } from './kept-rows.ts';
import { type Cut, isBefore, type Position } from './order.ts';

/** What a replayer reads: one timeline's lineage, and the keyframes kept for it. */
export type History = KeptHistory & {
  /** Events after a cut (from the first where it is null) up to a cut, inclusive, in event-time order. */
  readonly events: (after: Cut | null, upTo: Cut) => Iterable<LogEvent>;
  /** The nearest keyframe kept at or before a cut; null when there is none. A cache: it may forget at any time. */
  readonly nearest: (cut: Cut) => KeptAt | null;
  /** Keeps what follows a keyframe (null: the beginning); null where it has no room, or somebody else went on from there. */
  readonly keep: (after: KeptAt | null, frame: Keyframe) => KeptAt | null;
  /** What was kept is written, or stays in memory; false when it was dropped, because others have gone on. */
  readonly flush: () => boolean;
  /** What is kept at and after an instant no longer holds, because an event landed there. */
  readonly forget: (from: Instant) => void;
};

export type ReplayOptions = {
  /** Cost between keyframes, in simple events (see `costOf`). A seek folds at most this much. */
  readonly keyframeEvery: number;
  /** Rows of the state in memory. */
  readonly rowsInMemory: number;
};

/** Reading, parsing and folding an event costs 4 to 18 µs: 250 of them are a quarter of the 16 ms a seek may take at p95. */
const KEYFRAME_EVERY = 250;

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

/** A state being folded on from a keyframe; `read` is its position, or all of that instant. */
type Walk = Moment & { readonly base: Base; readonly sinceFrame: number; readonly read: Cut | null };

/** After every event. */
const END: Cut = { at: instant(Number.MAX_SAFE_INTEGER), seq: null };

/** Keyframes stand at the ends of instants, so that those of a long listing are not read again to go on from one. */
const wholeInstant = (position: Position | null): Cut | null =>
  position === null ? null : { at: position.at, seq: null };

const ordinal = (c: Cluster): number => c.counts.folded;

/** Others may go on while we read; whoever is overtaken so often in one call is told. */
const MOST_TRIES = 4;

/** Replays one timeline. Keyframes are left along the way of every seek, and kept by the history. */
export const createReplayer = (history: History, options: Partial<ReplayOptions> = {}): Replayer => {
  const { keyframeEvery = KEYFRAME_EVERY, rowsInMemory } = options;
  const beginning = (frames: Keyframes): Walk => ({
    ...frames.beginning(),
    position: null,
    sinceFrame: 0,
    read: null,
  });
  let keyframes = new Keyframes(history, new KeptRows(rowsInMemory));
  /** Where the last seek ended: playing forward folds only what is new. */
  let cursor = beginning(keyframes);
  /** How far `warm` has come; null before it looked. */
  let warmed: Walk | null = null;
  /** Of the keyframes that were used last. */
  let view: string | null = null;

  const reset = (): void => {
    keyframes = new Keyframes(history, new KeptRows(rowsInMemory));
    cursor = beginning(keyframes);
    warmed = null;
    view = null;
  };

  /** The nearest keyframe kept. What was read of others that are gone is forgotten. */
  const nearest = (cut: Cut): KeptAt | null => {
    const at = history.nearest(cut);
    const now = at?.view ?? null;
    if (view !== null && now !== view) reset();
    view = now;
    return at;
  };

  /** The nearest keyframe at or before a cut that can be used, as the beginning of a walk. */
  const walkFrom = (cut: Cut): Walk => {
    for (let below = cut, isFresh = false; ;) {
      const at = nearest(below);
      if (at === null) return beginning(keyframes);
      const laid = keyframes.lay(at);
      const { position } = at;
      if (laid !== null) return { ...laid, position, sinceFrame: 0, read: wholeInstant(position) };
      // Rows may have been given out in another order since it was written: begin again from what is kept, once.
      if (isFresh) below = { at: instant(position.at - 1), seq: null };
      else reset();
      isFresh = true;
    }
  };

  const start = (cut: Cut): Walk => {
    const kept = nearest(cut);
    const usesCursor = cursor.position !== null && isBefore(cursor.position, cut);
    if (usesCursor && (kept === null || kept.ordinal - ordinal(cursor.cluster) <= keyframeEvery)) return cursor;
    return walkFrom(cut);
  };

  /** Folds the tail, or `most` events of it and what shares the last one's instant; leaves keyframes on the way. */
  const foldTail = (from: Walk, cut: Cut, most = Infinity): Walk => {
    let cluster = forkCluster(from.cluster);
    let { position, base, sinceFrame, read } = from;
    const last = ordinal(cluster) + most;
    const leave = (at: Position): void => {
      if (sinceFrame < keyframeEvery) return;
      sinceFrame = 0;
      const frame = keyframes.frame(base, cluster, at);
      const kept = history.keep(base.at, frame);
      if (kept === null) return;
      view = kept.view;
      ({ base, cluster } = keyframes.goOn(kept, frame, cluster));
    };
    for (const e of history.events(read, cut)) {
      if (position !== null && e.at !== position.at) {
        read = wholeInstant(position);
        leave(position);
        if (ordinal(cluster) >= last) break;
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
    if (!history.flush()) throw new HistoryChanged();
    return { cluster, position, base, sinceFrame, read };
  };

  /** Does it again from what is kept by then, where that has changed meanwhile. */
  const tried = <T>(work: () => T): T => {
    for (let tries = 1; ; tries++) {
      try {
        return work();
      } catch (thrown) {
        reset();
        if (!(thrown instanceof HistoryChanged) || tries === MOST_TRIES) throw thrown;
      }
    }
  };

  const moment = (cut: Cut): Moment => tried(() => (cursor = foldTail(start(cut), cut)));

  return {
    seek: (cut) => moment(cut).cluster,
    moment,
    warm: (events) =>
      tried(() => {
        const kept = nearest(END);
        const from = warmed === null || (kept?.number ?? -1) > warmed.base.number ? walkFrom(END) : warmed;
        warmed = foldTail(from, END, events);
        return ordinal(warmed.cluster) > ordinal(from.cluster);
      }),
    invalidate: (from) => {
      history.forget(from);
      const reaches = (walk: Walk | null): boolean =>
        walk !== null && walk.position !== null && walk.position.at >= from;
      if (reaches(cursor)) cursor = beginning(keyframes);
      if (reaches(warmed)) warmed = null;
    },
  };
};
