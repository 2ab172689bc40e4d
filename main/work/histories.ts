// Replays the timelines of a log: one replayer each, fed from the log, its keyframes kept there.
import { deserialize, serialize } from 'node:v8';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { instant, type Seq, seq } from '../../domain/base/brand.ts';
import type { Cluster, ClusterDump } from '../../domain/cluster/cluster.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import type { Cut, Position, Timeline } from '../../domain/timeline/order.ts';
import { createReplayer, type History, type Replayer } from '../../domain/timeline/replay.ts';
import type { Log } from '../log/types.ts';

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
/** Of keyframes, for each of them: a million events of 1,000 hosts, half of them telemetry, take about 250 MiB. */
const BUDGET_BYTES = 320 * 2 ** 20;

/** New events looked at one by one for the earliest of them; after more, beginning again is as quick. */
const MOST_NEWS = 20_000;

/** Level 1: a state of 20,000 VMs shrinks from 36 to 7 MB in 60 ms; higher levels take longer and gain nothing. */
const packed = (dump: ClusterDump): Uint8Array =>
  zstdCompressSync(serialize(dump), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
const unpacked = (bytes: Uint8Array): ClusterDump => deserialize(zstdDecompressSync(bytes)) as ClusterDump;

/** The log's side of a replayer. Keyframes are a cache: one that cannot be read or written is as good as none. */
const historyOf = (log: Log, timeline: Timeline): History => {
  /** The head when the last reading began: the states kept after it know nothing later. */
  let head = seq(0);
  return {
    events: (after, upTo) => {
      head = log.head(timeline);
      return log.inEventTime(timeline, after === null ? { upTo } : { after, upTo });
    },
    nearest: (cut) => {
      const row = log.keyframes.nearest(timeline, cut);
      if (row === null) return null;
      return { cut: row.cut, ordinal: row.ordinal, load: () => unpacked(row.bytes) };
    },
    keep: ({ cut, dump }) => {
      if (log.readOnly || log.keyframes.nearest(timeline, cut)?.ordinal === dump.counts.folded) return;
      log.keyframes.put(timeline, { cut, ordinal: dump.counts.folded, head, bytes: packed(dump) });
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
      replayer: createReplayer(historyOf(log, timeline), { budgetBytes: BUDGET_BYTES }),
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
