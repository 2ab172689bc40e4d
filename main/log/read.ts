// Reads a lineage in event-time order or in record order, a page at a time, so memory stays bounded and writers are not held up.
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { EVIDENCE, type LogEvent } from '../../domain/events/dictionary.ts';
import { byEventTime, type Timeline } from '../../domain/timeline/order.ts';
import { fault, LogFailure } from './fault.ts';
import { eventId, isBeyond, type Limit, type Lineages, type Segment, SEQ_SPAN, seqOf } from './lineage.ts';
import type { Sources } from './sources.ts';
import type { ReadOptions } from './types.ts';

/** Rows fetched at once: enough to make the call's cost vanish, few enough to die young when rows are telemetry of thousands. */
const PAGE_ROWS = 128;

const COLUMNS = 'id, at, type, v, entity, evidence, source, line, data';
type Row = readonly [
  id: number,
  at: number,
  type: string,
  v: number,
  entity: string,
  evidence: number,
  source: number,
  line: number,
  data: string,
];

export type Reader = {
  readonly inEventTime: (timeline: Timeline, options?: ReadOptions) => Generator<LogEvent>;
  readonly inRecordOrder: (timeline: Timeline, from: Seq, to: Seq) => Generator<LogEvent>;
  readonly event: (timeline: Timeline, seq: Seq) => LogEvent | null;
  /** One segment's events from an instant on (included), by instant and then seq. */
  readonly segment: (segment: Segment, from: number) => Generator<LogEvent>;
};

/** Events of one page put in event-time order: SQLite sorted them by instant and seq, only ties need sorting. */
function* tiesSorted(events: Iterable<LogEvent>): Generator<LogEvent> {
  let tie: LogEvent[] = [];
  for (const event of events) {
    if (tie.length > 0 && tie[0]!.at !== event.at) {
      if (tie.length > 1) tie.sort(byEventTime);
      yield* tie;
      tie = [];
    }
    tie.push(event);
  }
  yield* tie.sort(byEventTime);
}

/** Merges streams that are each in order of `at`; equal instants come out in any order. */
function* mergedByInstant(streams: readonly Generator<LogEvent>[]): Generator<LogEvent> {
  const heads = streams.map((stream) => ({ stream, next: stream.next() })).filter((h) => h.next.done !== true);
  while (heads.length > 1) {
    let first = heads[0]!;
    for (const head of heads) if (head.next.value!.at < first.next.value!.at) first = head;
    yield first.next.value!;
    first.next = first.stream.next();
    if (first.next.done === true) heads.splice(heads.indexOf(first), 1);
  }
  const [last] = heads;
  if (last === undefined) return;
  yield last.next.value!;
  yield* last.stream;
}

export const reader = (db: Database.Database, path: string, sources: Sources, lineages: Lineages): Reader => {
  // Two statements, because SQLite answers `(at, id) > (?, ?)` by walking over the instant's rows: a listing of 60,000
  // entities at one instant would cost the square of its length.
  const sameInstant = db
    .prepare<[number, number, number, number], Row>(
      `SELECT ${COLUMNS} FROM event INDEXED BY event_time WHERE timeline = ? AND at = ? AND id > ? ORDER BY id LIMIT ?`,
    )
    .raw();
  const later = db
    .prepare<[number, number, number, number], Row>(
      `SELECT ${COLUMNS} FROM event INDEXED BY event_time
       WHERE timeline = ? AND at > ? AND at <= ? ORDER BY at, id LIMIT ?`,
    )
    .raw();
  const byId = db
    .prepare<[number, number, number], Row>(
      `SELECT ${COLUMNS} FROM event WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?`,
    )
    .raw();

  const toEvent = (row: Row): LogEvent => {
    try {
      return {
        type: row[2],
        v: row[3],
        data: JSON.parse(row[8]) as unknown,
        seq: seqOf(row[0]),
        at: row[1] as Instant,
        entity: row[4],
        evidence: EVIDENCE[row[5]],
        source: sources.content(row[6]),
        line: row[7],
      } as LogEvent;
    } catch (thrown) {
      const sentence = `${path} is damaged at event ${seqOf(row[0])}: ${String(thrown)}. Run \`understudy verify\` on it.`;
      throw new LogFailure(fault('damaged', sentence));
    }
  };

  const within = (segment: Segment, limits: readonly Limit[], event: LogEvent): boolean =>
    event.seq <= segment.last && !limits.some((limit) => isBeyond(limit, event));

  /** From an instant on; its own events are left out where it `isPast`. */
  function* segmentByTime(
    segment: Segment,
    from: number,
    limits = segment.limits,
    isPast = false,
  ): Generator<LogEvent> {
    const until = Math.min(...limits.map((limit) => limit.at));
    let at = from;
    let id = eventId(segment.timeline, isPast ? SEQ_SPAN : 0);
    for (;;) {
      const ties = at > until ? [] : sameInstant.all(segment.timeline, at, id, PAGE_ROWS);
      const rows = ties.length > 0 ? ties : later.all(segment.timeline, at, until, PAGE_ROWS);
      for (const row of rows) {
        const event = toEvent(row);
        if (within(segment, limits, event)) yield event;
      }
      const last = rows.at(-1);
      if (last === undefined) return;
      [id, at] = last;
    }
  }

  function* inEventTime(timeline: Timeline, options: ReadOptions = {}): Generator<LogEvent> {
    const after = options.after === undefined ? null : lineages.limit(timeline, options.after);
    const upTo = options.upTo === undefined ? null : lineages.limit(timeline, options.upTo);
    const from = after?.at ?? -Infinity;
    const isPast = after !== null && after.place === null;
    const streams = lineages
      .segments(timeline)
      .filter((s) => s.first <= s.last)
      .map((s) => segmentByTime(s, from, upTo === null ? s.limits : [...s.limits, upTo], isPast));
    let left = options.limit ?? Infinity;
    if (left <= 0) return;
    for (const event of tiesSorted(mergedByInstant(streams))) {
      if (after !== null && !isBeyond(after, event)) continue;
      yield event;
      if (--left <= 0) return;
    }
  }

  function* inRecordOrder(timeline: Timeline, from: Seq, to: Seq): Generator<LogEvent> {
    for (const segment of lineages.segments(timeline)) {
      let id = eventId(segment.timeline, Math.max(from, segment.first));
      const end = eventId(segment.timeline, Math.min(to, segment.last, SEQ_SPAN - 1));
      while (id <= end) {
        const rows = byId.all(id, end, PAGE_ROWS);
        for (const row of rows) {
          const event = toEvent(row);
          if (within(segment, segment.limits, event)) yield event;
        }
        const last = rows.at(-1);
        if (last === undefined) break;
        id = last[0] + 1;
      }
    }
  }

  const event = (timeline: Timeline, seq: Seq): LogEvent | null => {
    for (const found of inRecordOrder(timeline, seq, seq)) return found;
    return null;
  };

  return { inEventTime, inRecordOrder, event, segment: segmentByTime };
};
