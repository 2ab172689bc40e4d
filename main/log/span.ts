// How far a timeline reaches in time and how many events it holds, without reading them where that can be helped.
import type Database from 'better-sqlite3';
import { type Instant, instant } from '../../domain/base/brand.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import { eventId, type Lineages, type Segment } from './lineage.ts';
import type { Reader } from './read.ts';

export type Span = { readonly from: Instant; readonly to: Instant; readonly events: number };
type Row = readonly [from: number | null, to: number | null, events: number];

const joined = (a: Span | null, b: Span | null): Span | null => {
  if (a === null || b === null) return a ?? b;
  return { from: instant(Math.min(a.from, b.from)), to: instant(Math.max(a.to, b.to)), events: a.events + b.events };
};

const toSpan = ([from, to, events]: Row): Span | null =>
  from === null || to === null || events === 0 ? null : { from: instant(from), to: instant(to), events };

export const spans = (
  db: Database.Database,
  lineages: Lineages,
  read: Reader,
): ((timeline: Timeline) => Span | null) => {
  const ends = db
    .prepare<[number, number], readonly [number | null, number | null]>(
      `SELECT (SELECT at FROM event INDEXED BY event_time WHERE timeline = ? ORDER BY at LIMIT 1),
              (SELECT at FROM event INDEXED BY event_time WHERE timeline = ? ORDER BY at DESC LIMIT 1)`,
    )
    .raw();
  const below = db
    .prepare<[number, number, number], Row>(
      `SELECT min(at), max(at), count(*) FROM event INDEXED BY event_time WHERE timeline = ? AND at < ? AND id <= ?`,
    )
    .raw();
  /** What a branch inherits never changes, so it is counted once. */
  const inherited = new Map<number, Span | null>();

  const own = (s: Segment): Span | null => {
    const [from, to] = ends.get(s.timeline, s.timeline)!;
    return toSpan([from, to, s.last - s.first + 1]);
  };
  /** Counts in the index below the segment's earliest cut, and looks at the events of the cut's own instant one by one. */
  const cutShort = (s: Segment): Span | null => {
    const until = Math.min(...s.limits.map((limit) => limit.at));
    let total = toSpan(below.get(s.timeline, until, eventId(s.timeline, s.last))!);
    for (const event of read.segment(s, until)) total = joined(total, { from: event.at, to: event.at, events: 1 });
    return total;
  };

  return (timeline) => {
    const segments = lineages.segments(timeline);
    const last = segments.at(-1)!;
    if (!inherited.has(timeline.id)) {
      inherited.set(timeline.id, segments.slice(0, -1).map(cutShort).reduce(joined, null));
    }
    return joined(inherited.get(timeline.id) ?? null, own(last));
  };
};
