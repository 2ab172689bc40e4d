// Calls about a whole timeline: how dense it is, where its marks are, its events, and where a step leads.
import { instant, seq } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import type { At, EventRow, Input } from '../../domain/contract/contract.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import type { Density } from '../../domain/readout/picture-types.ts';
import { type NameOf, sentenceOf } from '../../domain/readout/sentence.ts';
import { namesIn } from '../../domain/readout/story.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import { CRITICAL, MOTION, type TimelineIndex } from '../work/timeline-index.ts';
import type { Handlers } from './call.ts';
import type { Engine } from './engine.ts';
import { above, countUpTo, nextEvent, nextOf } from './search.ts';

type HistoryCalls = Pick<Handlers, 'view.density' | 'view.marks' | 'view.events' | 'view.step'>;

const densityOf = (index: TimelineIndex, from: number, to: number, buckets: number): Density => {
  const [plain, motion, critical] = [0, 1, 2].map(() => new Array<number>(buckets).fill(0));
  const width = Math.max(1, to - from) / buckets;
  const last = above(index.at, to);
  for (let i = above(index.at, from - 1); i < last; i++) {
    const bucket = Math.min(buckets - 1, Math.floor(((index.at[i] ?? from) - from) / width));
    const tone = index.tone[i];
    const counts = tone === CRITICAL ? critical : tone === MOTION ? motion : plain;
    if (counts !== undefined) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { from, to, plain: plain ?? [], motion: motion ?? [], critical: critical ?? [] };
};

/** The events about an entity, fetched one by one where the index says they are. */
export function* eventsAbout(
  log: Log,
  timeline: Timeline,
  index: TimelineIndex,
  entities: ReadonlySet<string>,
  range: { readonly from: number; readonly upTo: At },
): Generator<LogEvent> {
  const wanted = new Set<number>();
  for (const [number, name] of index.entities.entries()) if (entities.has(name)) wanted.add(number);
  if (wanted.size === 0) return;
  const count = countUpTo(index, range.upTo);
  for (let i = above(index.at, range.from - 1); i < count; i++) {
    if (!wanted.has(index.entity[i] ?? -1)) continue;
    const event = log.event(timeline, seq(index.seq[i] ?? 0));
    if (event !== null) yield event;
  }
}

const rowOf = (event: LogEvent, nameOf: NameOf): EventRow => ({
  seq: event.seq,
  at: event.at,
  type: event.type,
  entity: event.entity,
  evidence: event.evidence,
  sentence: sentenceOf(event, nameOf),
  source: event.source,
  line: event.line,
});

const eventRows = (
  engine: Engine,
  timeline: Timeline,
  index: TimelineIndex,
  asked: Input<'view.events'>,
): EventRow[] => {
  const { log, histories } = engine;
  const { from, to, entity, limit } = asked;
  const nameOf = namesIn(histories.seek(timeline, { at: instant(to), seq: null }).cluster);
  const events =
    entity === null
      ? log.inEventTime(timeline, {
          after: { at: instant(from - 1), seq: null },
          upTo: { at: instant(to), seq: null },
          limit,
        })
      : eventsAbout(log, timeline, index, new Set([entity]), { from, upTo: { at: to, seq: null } });
  const rows: EventRow[] = [];
  for (const event of events) {
    rows.push(rowOf(event, nameOf));
    if (rows.length === limit) break;
  }
  return rows;
};

export const historyCalls = (engine: Engine): HistoryCalls => {
  const indexed = async (name: string) => {
    const timeline = engine.log.timeline(name);
    if (!timeline.ok) return timeline;
    const index = await engine.indexes.of(timeline.value);
    return index.ok ? ok({ timeline: timeline.value, index: index.value }) : index;
  };
  return {
    'view.density': async ({ timeline, from, to, buckets }) => {
      if (!(from <= to)) return err({ code: 'bad_input', sentence: 'A density needs a beginning before its end.' });
      const found = await indexed(timeline);
      return found.ok ? ok(densityOf(found.value.index, from, to, buckets)) : found;
    },
    'view.marks': async ({ timeline }) => {
      const found = await indexed(timeline);
      return found.ok ? ok(found.value.index.marks) : found;
    },
    'view.events': async (asked) => {
      const found = await indexed(asked.timeline);
      return found.ok ? ok(eventRows(engine, found.value.timeline, found.value.index, asked)) : found;
    },
    'view.step': async ({ timeline, at, direction, to }) => {
      const found = await indexed(timeline);
      if (!found.ok) return found;
      const { index } = found.value;
      if (to === 'event') return ok(nextEvent(index, at, direction));
      const stops = to === 'mark' ? index.marks : index.anomalies.map(({ seq, at }) => ({ seq, at: Date.parse(at) }));
      return ok(nextOf(index, stops, at, direction));
    },
  };
};
