// Replays the timelines of a log: one replayer each, fed from the log, its keyframes kept there.
import { type Instant, instant, type Seq, seq } from '../../domain/base/brand.ts';
import type { Cluster } from '../../domain/cluster/cluster.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { States } from '../../domain/timeline/keyframes.ts';
import { type Cut, isBefore, type Position, type Timeline } from '../../domain/timeline/order.ts';
import { createReplayer, type History, type Replayer } from '../../domain/timeline/replay.ts';
import { LogFailure } from '../log/fault.ts';
import type { Log } from '../log/types.ts';
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
/** Of states in memory, for all of them. */
const STATES_BYTES = 128 * 2 ** 20;

/** New events looked at one by one for the earliest of them; after more, beginning again is as quick. */
const MOST_NEWS = 20_000;

/** Of keyframes that cannot be written: they stay in memory, packed. */
const UNWRITTEN_BYTES = 96 * 2 ** 20;

type Row = { readonly position: Position; readonly ordinal: number; readonly bytes: Uint8Array };

/** Where keyframes go. They are a cache: one that cannot be read or written is as good as none. */
type Store = {
  readonly nearest: (cut: Cut) => { readonly position: Position; readonly ordinal: number } | null;
  readonly bytes: (position: Position) => Uint8Array | null;
  readonly put: (rows: readonly Row[], head: Seq) => void;
  readonly forget: (from: Instant) => void;
};

const inLog = (log: Log, timeline: Timeline): Store => ({
  nearest: (cut) => {
    const row = log.keyframes.nearest(timeline, cut);
    return row === null ? null : { position: row.cut, ordinal: row.ordinal };
  },
  bytes: (position) => log.keyframes.bytes(timeline, position),
  put: (rows, head) =>
    log.keyframes.put(
      timeline,
      rows.map(({ position, ordinal, bytes }) => ({ cut: position, ordinal, head, bytes })),
    ),
  forget: () => {}, // whoever appended has dropped them
});

/** What the file holds, and beside it in memory what could not be written: it may be open for reading, full, or held by others. */
const besideFile = (file: Store, readOnly: boolean): Store => {
  let rows: Row[] = [];
  let held = 0;
  const isWritten = (more: readonly Row[], head: Seq): boolean => {
    try {
      if (!readOnly) file.put(more, head);
      return !readOnly;
    } catch (thrown) {
      if (!(thrown instanceof LogFailure)) throw thrown;
      return false;
    }
  };
  return {
    nearest: (cut) => {
      const mine = rows.findLast((row) => isBefore(row.position, cut)) ?? null;
      const kept = file.nearest(cut);
      return mine !== null && (kept === null || mine.ordinal >= kept.ordinal) ? mine : kept;
    },
    bytes: (position) =>
      rows.find((row) => row.position.at === position.at && row.position.seq === position.seq)?.bytes ??
      file.bytes(position),
    put: (more, head) => {
      if (isWritten(more, head)) return;
      for (const row of more) {
        if (held + row.bytes.length > UNWRITTEN_BYTES) return;
        held += row.bytes.length;
        rows.push(row);
      }
      rows.sort((a, b) => a.ordinal - b.ordinal);
    },
    forget: (from) => {
      rows = rows.filter((row) => row.position.at < from);
      held = rows.reduce((sum, row) => sum + row.bytes.length, 0);
    },
  };
};

/** The log's side of a replayer. */
const historyOf = (log: Log, timeline: Timeline): History => {
  const store = besideFile(inLog(log, timeline), log.readOnly);
  /** The head when the last reading began: the states kept after it know nothing later. */
  let head = seq(0);
  return {
    events: (after, upTo) => {
      head = log.head(timeline);
      return log.inEventTime(timeline, after === null ? { upTo } : { after, upTo });
    },
    nearest: store.nearest,
    load: (position) => {
      const bytes = store.bytes(position);
      return bytes === null ? null : { ...unpacked(bytes), position };
    },
    keep: (frames) => {
      const rows = frames.map((frame) => ({
        position: frame.position,
        ordinal: frame.patch.counts.folded,
        bytes: packed(frame),
      }));
      store.put(rows, head);
    },
    forget: store.forget,
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
  const states = new States(STATES_BYTES);
  /** The least recently used one is first in the map. */
  const replayerOf = (timeline: Timeline): Replayer => {
    const known = replayers.get(timeline.id) ?? {
      timeline,
      replayer: createReplayer(historyOf(log, timeline), { states }),
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
