// Replays the timelines of a log: one replayer each, fed from the log, its keyframes kept there.
import { instant, type Seq, seq } from '../../domain/base/brand.ts';
import type { Cluster } from '../../domain/cluster/cluster.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { HistoryChanged, type KeptAt } from '../../domain/timeline/keyframes.ts';
import { type Cut, isBefore, type Position, type Timeline } from '../../domain/timeline/order.ts';
import { createReplayer, type History, type Replayer } from '../../domain/timeline/replay.ts';
import { LogFailure } from '../log/fault.ts';
import type { KeptVersion, KeyframePlace, KeyframeToKeep, Log } from '../log/types.ts';
import { packed, unpacked } from './keyframe-bytes.ts';

/** A state with the place it was read at; `position` is null before the first event. The cluster is the replayer's. */
export type Seen = { readonly cluster: Cluster; readonly cut: Cut; readonly position: Position | null };

export type Histories = {
  readonly seek: (timeline: Timeline, cut: Cut) => Seen;
  readonly stateAt: (timeline: Timeline, cut: Cut) => ClusterState;
  /** Folds so many events more of the timeline that was looked at last; false when none are left. */
  readonly warm: (events: number) => boolean;
  /** The timeline grew: what its new events changed is forgotten. Null: any of them may have grown. */
  readonly forget: (timeline: number | null) => void;
};

/** Timelines remembered at once: one looked at, and two compared. */
const MOST_REPLAYERS = 3;

/** New events looked at one by one for the earliest of them; after more, beginning again is as quick. */
const MOST_NEWS = 20_000;

/** Keyframes are written when there are so many: one transaction for all of them. */
const WRITTEN_AT_ONCE = 128;

/** Of keyframes that cannot be written: they stay in memory. */
const UNWRITTEN_BYTES = 96 * 2 ** 20;

type Version = { readonly number: number; readonly text: string };

/** Keyframes in memory that follow one in the file: not written yet, or not to be written. */
class Unwritten {
  readonly frames: KeyframeToKeep[] = [];
  /** The keyframe in the file that the first of them follows. */
  readonly after: KeyframePlace | null;
  bytes = 0;
  readonly #versions = new Map<number, Version[]>();

  constructor(after: KeyframePlace | null) {
    this.after = after;
  }

  add(frame: KeyframeToKeep): void {
    this.frames.push(frame);
    this.bytes += frame.bytes.length;
    for (const { entity, text } of frame.rows) {
      const versions = this.#versions.get(entity) ?? [];
      this.#versions.set(entity, versions);
      versions.push({ number: frame.number, text });
      this.bytes += text.length;
    }
  }

  /** Versions of the file, as they end where something here follows. */
  endingIn(found: ReadonlyMap<number, KeptVersion>): ReadonlyMap<number, KeptVersion> {
    const ending = ([entity, version]: readonly [number, KeptVersion]): readonly [number, KeptVersion] => [
      entity,
      { ...version, next: version.next ?? this.#versions.get(entity)?.[0]?.number ?? null },
    ];
    return new Map(Array.from(found, ending));
  }

  /** What is kept of entities at a keyframe, here or in the file. */
  versions(number: number, entities: readonly number[], inFile: Versions): ReadonlyMap<number, KeptVersion> | null {
    const found = new Map<number, KeptVersion>();
    const older: number[] = [];
    for (const entity of entities) {
      const mine = this.#versions.get(entity) ?? [];
      // What the file has past the keyframe that these follow is somebody else's.
      const next = mine.find((v) => v.number > number)?.number ?? null;
      const here = mine.findLast((v) => v.number <= number);
      if (here === undefined) older.push(entity);
      found.set(entity, { number: -1, text: null, ...here, next });
    }
    if (older.length === 0 || this.after === null) return found;
    const kept = inFile(this.after, older);
    if (kept === null) return null;
    for (const entity of older) found.set(entity, { ...kept.get(entity)!, next: found.get(entity)!.next });
    return found;
  }
}

type Versions = (place: KeyframePlace, entities: readonly number[]) => ReadonlyMap<number, KeptVersion> | null;

/** Where a keyframe is: in the file, or among the unwritten. */
type Kept = KeptAt & { place: KeyframePlace | 'unwritten' | 'dropped' };

/** The log's side of a replayer: events from the log, keyframes in it. Those are a cache: one that cannot be read or written is as good as none. */
const historyOf = (log: Log, timeline: Timeline): History => {
  /** The head when the last reading began: the states kept after it know nothing later. */
  let head = seq(0);
  let unwritten = new Unwritten(null);
  /** Those of `unwritten`, in order. */
  let waiting: Kept[] = [];
  let isWritable = !log.readOnly;
  /** False once the file held something that was not what was written. */
  let isTrusted = true;
  /** Rises when something unwritten is dropped. */
  let drops = 0;

  const inFile = (cut: Cut): Kept | null => {
    const found = isTrusted ? log.keyframes.nearest(timeline, cut) : null;
    if (found === null) return null;
    const { chain, epoch, number, ordinal, newest, view, cut: position } = found;
    return { number, position, ordinal, newest, view: `${view}${drops}`, place: { chain, epoch, number } };
  };
  const dropUnwritten = (): void => {
    unwritten = new Unwritten(null);
    for (const kept of waiting) kept.place = 'dropped';
    waiting = [];
    drops++;
  };
  const write = (): readonly KeyframePlace[] | 'unwritable' | null => {
    if (!isWritable) return 'unwritable';
    try {
      return log.keyframes.put(timeline, unwritten.after, unwritten.frames);
    } catch (thrown) {
      if (!(thrown instanceof LogFailure)) throw thrown;
      isWritable = false; // full, or held by others for long: they stay in memory
      return 'unwritable';
    }
  };
  const flush = (): boolean => {
    if (waiting.length === 0) return true;
    const places = write();
    if (places === 'unwritable') return true;
    if (places === null) {
      dropUnwritten();
      return false;
    }
    for (const [i, kept] of waiting.entries()) kept.place = places[i]!;
    unwritten = new Unwritten(null);
    waiting = [];
    return true;
  };
  return {
    events: (after, upTo) => {
      head = log.head(timeline);
      return log.inEventTime(timeline, after === null ? { upTo } : { after, upTo });
    },
    event: (n) => log.event(timeline, n),
    nearest: (cut) => {
      const mine = waiting.findLast(({ position }) => isBefore(position, cut)) ?? null;
      return mine ?? inFile(cut);
    },
    head: (at, number) => {
      const { place } = at as Kept;
      if (place === 'dropped') return null;
      const isHere = place === 'unwritten';
      const mine = isHere ? unwritten.frames.find((frame) => frame.number === number) : undefined;
      const file = isHere ? unwritten.after : place;
      const bytes = mine?.bytes ?? (file === null ? null : log.keyframes.bytes(file, number));
      return bytes === null ? null : unpacked(bytes);
    },
    versions: (at, entities) => {
      const { place, number } = at as Kept;
      if (place === 'dropped') throw new HistoryChanged();
      const { versions } = log.keyframes;
      if (place === 'unwritten') {
        const found = unwritten.versions(number, entities, versions);
        if (found !== null) return found;
      } else {
        const found = versions(place, entities);
        // What the file has last may have changed since, in what is not written.
        if (found !== null) return waiting.length === 0 ? found : unwritten.endingIn(found);
      }
      // A damaged cache goes, where it may be written; else it is not looked at again.
      if (log.readOnly) isTrusted = false;
      throw new HistoryChanged();
    },
    keep: (after, { rows, position, ...frame }) => {
      const before = after as Kept | null;
      const place = before?.place ?? null;
      if (place === 'dropped' || (before !== null && before.number < before.newest)) return null;
      if (place === 'unwritten' ? before !== waiting.at(-1) : waiting.length > 0) return null;
      if (place !== 'unwritten') unwritten = new Unwritten(place);
      if (!isWritable && unwritten.bytes > UNWRITTEN_BYTES) return null;
      const bytes = packed(frame);
      const { number } = frame;
      const ordinal = frame.counts.folded;
      unwritten.add({ number, cut: position, ordinal, head, bytes, rows });
      const kept: Kept = {
        number,
        position,
        ordinal,
        newest: number,
        view: before?.view ?? `${drops}`,
        place: 'unwritten',
      };
      waiting.push(kept);
      return isWritable && waiting.length >= WRITTEN_AT_ONCE && !flush() ? null : kept;
    },
    flush,
    forget: (from) => {
      if (waiting.some(({ position }) => position.at >= from)) dropUnwritten();
    },
  };
};

type Known = { readonly timeline: Timeline; readonly replayer: Replayer; head: Seq };

/** Forgets what the events after the head it knew have changed; false when there are too many of them to look at. */
const catchUp = (log: Log, known: Known): boolean => {
  const head = log.head(known.timeline);
  if (head - known.head > MOST_NEWS) return false;
  let first = Infinity;
  for (const { at } of log.inRecordOrder(known.timeline, seq(known.head + 1), head)) first = Math.min(first, at);
  known.head = head;
  if (first < Infinity) known.replayer.invalidate(instant(first));
  return true;
};

export const historiesOf = (log: Log): Histories => {
  const replayers = new Map<number, Known>();
  /** The least recently used one is first in the map. */
  const replayerOf = (timeline: Timeline): Replayer => {
    const known = replayers.get(timeline.id) ?? {
      timeline,
      replayer: createReplayer(historyOf(log, timeline)),
      head: log.head(timeline),
    };
    replayers.delete(timeline.id);
    replayers.set(timeline.id, known);
    const [oldest] = replayers.keys();
    if (replayers.size > MOST_REPLAYERS && oldest !== undefined) replayers.delete(oldest);
    return known.replayer;
  };
  const seek = (timeline: Timeline, cut: Cut): Seen => ({ ...replayerOf(timeline).moment(cut), cut });
  return {
    seek,
    stateAt: (timeline, cut) => {
      const { cluster, position } = seek(timeline, cut);
      return clusterState(cluster, { timeline: timeline.name, seq: position?.seq ?? seq(0), at: cut.at });
    },
    warm: (events) => [...replayers.values()].at(-1)?.replayer.warm(events) ?? false,
    forget: (timeline) => {
      for (const [id, known] of replayers) {
        if ((timeline === null || timeline === id) && !catchUp(log, known)) replayers.delete(id);
      }
    },
  };
};
