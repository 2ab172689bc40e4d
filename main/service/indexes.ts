// Keeps the index of each timeline that was asked about, until the timeline changes.
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import type { RunJob } from '../work/thread.ts';
import { indexTimeline, type TimelineIndex } from '../work/timeline-index.ts';
import { type Answer, unwatched } from '../work/watcher.ts';

export type Indexes = {
  readonly of: (timeline: Timeline) => Promise<Answer<TimelineIndex>>;
  /** The index where it is there already. */
  readonly ready: (timeline: Timeline) => TimelineIndex | null;
  /** Null: any timeline may have changed. */
  readonly forget: (timeline: number | null) => void;
};

/** Up to this many events are indexed at once (about 50 ms); more are indexed by a job, wherever jobs run. */
const MOST_AT_ONCE = 12_000;

export const indexesOf = (log: Log, runJob: RunJob): Indexes => {
  const known = new Map<number, Promise<Answer<TimelineIndex>>>();
  const done = new Map<number, TimelineIndex>();
  const make = (timeline: Timeline): Promise<Answer<TimelineIndex>> => {
    const events = log.span(timeline)?.events ?? 0;
    if (events <= MOST_AT_ONCE) return Promise.resolve(indexTimeline(log, timeline, unwatched()));
    return runJob('index', { logPath: log.path, order: { timeline: timeline.name } }, unwatched());
  };
  return {
    of: async (timeline) => {
      const index = known.get(timeline.id) ?? make(timeline);
      known.set(timeline.id, index);
      const answer = await index;
      if (known.get(timeline.id) === index) {
        if (answer.ok) done.set(timeline.id, answer.value);
        else known.delete(timeline.id); // a failure is not worth remembering
      }
      return answer;
    },
    ready: (timeline) => done.get(timeline.id) ?? null,
    forget: (timeline) => {
      for (const kept of [known, done]) {
        if (timeline === null) kept.clear();
        else kept.delete(timeline);
      }
    },
  };
};
