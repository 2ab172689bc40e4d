// One pass over a timeline: when each event was, of what tone, about whom; so that questions about all of it need no other.
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import { isoInstant } from '../../domain/base/time.ts';
import type { Cluster } from '../../domain/cluster/cluster.ts';
import { type Dump, dumpAnomaly, dumpLints } from '../../domain/network/dump-findings.ts';
import { dumpWorldAfter, type DumpWorld } from '../../domain/network/dump-world.ts';
import { cloudOf } from '../../domain/network/from-state.ts';
import type { Lint } from '../../domain/network/lint.ts';
import { anomalyStates, clusterState } from '../../domain/readout/cluster-state.ts';
import { markCollector } from '../../domain/readout/marks.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';
import { toneOf } from '../../domain/readout/sentence.ts';
import { namesIn } from '../../domain/readout/story.ts';
import type { AnomalyState } from '../../domain/readout/state.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import { idOf } from '../../domain/events/entity.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import type { Answer, Watcher } from './watcher.ts';
import { ok } from '../../domain/base/result.ts';

/** Codes of `tone`. Telemetry is apart because nobody steps through it. */
export const PLAIN = 0;
export const MOTION = 1;
export const CRITICAL = 2;
export const TELEMETRY = 3;

/** Parallel arrays in event-time order. Clones between threads as it is. */
export type TimelineIndex = {
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array;
  readonly seq: Float64Array;
  readonly tone: Uint8Array;
  /** Position in `entities`. */
  readonly entity: Uint32Array;
  readonly entities: readonly string[];
  readonly marks: readonly Mark[];
  /** Those of the fold, and what dumped flow tables contradict, in the order of their instants. */
  readonly anomalies: readonly AnomalyState[];
  /** Every dump of a flow table, in event-time order. */
  readonly dumps: readonly FoundInDump[];
};

/** A dump and what is wrong with it; the table itself stays in the log. */
export type FoundInDump = Omit<Dump, 'flows'> & { readonly lints: readonly Lint[] };

const REPORT_EVERY = 20_000; // events; about ten reports a second

const toneCode = (e: LogEvent): number => {
  if (e.type === 'telemetry.sampled' || e.type === 'telemetry.roster_set') return TELEMETRY;
  const tone = toneOf(e);
  if (tone === 'motion') return MOTION;
  return tone === 'critical' || tone === 'warn' ? CRITICAL : PLAIN;
};

/** Judges dumps as they come by. Dumps of many hosts come in a row: the cloud they are held against is read out once. */
const dumpReader = (cluster: Cluster, timeline: Timeline) => {
  let world: DumpWorld | null = null;
  const dumps: FoundInDump[] = [];
  return {
    dumps,
    see: (event: LogEvent): void => {
      if (world !== null) world = dumpWorldAfter(world, event);
      if (event.type !== 'host.flows_reported') return;
      if (world === null) {
        const state = clusterState(cluster, { timeline: timeline.name, seq: event.seq, at: event.at });
        world = { state, seen: cloudOf(state) };
      }
      const dump = { host: idOf(event.entity), at: isoInstant(event.at), seq: event.seq, ...event.data };
      const { host, bridge, at, seq } = dump;
      dumps.push({ host, bridge, at, seq, lints: dumpLints(world, dump) });
    },
  };
};

const byInstant = (a: AnomalyState, b: AnomalyState): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** Reads and folds the whole lineage once: about 4 µs an event, more for packed telemetry. */
export const indexTimeline = (log: Log, timeline: Timeline, watcher: Watcher): Answer<TimelineIndex> => {
  const cluster = emptyCluster();
  const collector = markCollector(namesIn(cluster));
  const events = log.span(timeline)?.events ?? 0;
  const at = new Float64Array(events);
  const seq = new Float64Array(events);
  const tone = new Uint8Array(events);
  const entity = new Uint32Array(events);
  const numbers = new Map<string, number>();
  const reader = dumpReader(cluster, timeline);
  let n = 0;
  for (const event of log.inEventTime(timeline)) {
    if (n === events) break; // grown by another program since we counted; the next change announces it
    at[n] = event.at;
    seq[n] = event.seq;
    tone[n] = toneCode(event);
    const number = numbers.get(event.entity) ?? numbers.size;
    numbers.set(event.entity, number);
    entity[n] = number;
    fold(cluster, event);
    collector.see(event);
    reader.see(event);
    n += 1;
    if (n % REPORT_EVERY === 0) watcher.progress({ done: n, total: events, says: `read ${n} of ${events} events` });
  }
  const { dumps } = reader;
  const anomalies = [...anomalyStates(cluster), ...dumps.flatMap((d) => dumpAnomaly(d, d.lints) ?? [])].sort(byInstant);
  const marks = collector.marks(anomalies);
  return ok({ at, seq, tone, entity, entities: [...numbers.keys()], marks, anomalies, dumps });
};
