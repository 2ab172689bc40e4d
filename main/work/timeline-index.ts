// One pass over a timeline: when each event was, of what tone, about whom; so that questions about all of it need no other.
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import { anomalyStates } from '../../domain/readout/cluster-state.ts';
import { markCollector } from '../../domain/readout/marks.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';
import { toneOf } from '../../domain/readout/sentence.ts';
import { namesIn } from '../../domain/readout/story.ts';
import type { AnomalyState } from '../../domain/readout/state.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
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
  readonly anomalies: readonly AnomalyState[];
};

const REPORT_EVERY = 20_000; // events; about ten reports a second

const toneCode = (e: LogEvent): number => {
  if (e.type === 'telemetry.sampled' || e.type === 'telemetry.roster_set') return TELEMETRY;
  const tone = toneOf(e);
  if (tone === 'motion') return MOTION;
  return tone === 'critical' || tone === 'warn' ? CRITICAL : PLAIN;
};

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
    n += 1;
    if (n % REPORT_EVERY === 0) watcher.progress({ done: n, total: events, says: `read ${n} of ${events} events` });
  }
  const anomalies = anomalyStates(cluster);
  return ok({ at, seq, tone, entity, entities: [...numbers.keys()], marks: collector.marks(anomalies), anomalies });
};
