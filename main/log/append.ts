// Appends a batch in one transaction: what is already there is counted, the rest is chained and inserted many rows at a time.
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { assert, err, ok, type Result } from '../../domain/base/result.ts';
import { type Candidate, EVIDENCE } from '../../domain/events/dictionary.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import { batchLink, canonical, eventLink } from './chain.ts';
import { fault } from './fault.ts';
import { eventInserter, sharedBy } from './insert.ts';
import { eventId, isBeyond, type Lineages, type Segment, SEQ_SPAN, seqOf } from './lineage.ts';
import type { Sources } from './sources.ts';
import type { Timelines } from './timelines.ts';
import type { Appended, Batch, LogError, SourceProgress } from './types.ts';

/**
 * Events written out, then chained, then inserted. One kind of work at a time keeps the processor's caches of code, few enough
 * events keep those of data: an eighth is saved.
 */
const STRETCH = 500;

export type Appender = {
  readonly append: (timeline: Timeline, expected: Seq, batch: Batch) => Result<Appended, LogError>;
  readonly progress: (timeline: Timeline, sourceId: string) => SourceProgress | null;
};

/** How far some batches of a source reach: up to which batch they were looked at, its furthest line, whether one closed it. */
type Reach = { readonly batch: number; readonly through: number | null; readonly done: boolean };
const NOT_REACHED: Reach = { batch: 0, through: null, done: false };

type KeylessRow = readonly [id: number, line: number, at: number, type: string, entity: string, data: string];
type KeyRow = readonly [id: number, key: string, at: number, source: number, line: number];

export const appender = (
  db: Database.Database,
  sources: Sources,
  timelines: Timelines,
  lineages: Lineages,
  dropKeyframes: (timeline: Timeline, from: Instant) => void,
): Appender => {
  const insertEvents = eventInserter(db);
  const insertBatch = db.prepare(
    'INSERT INTO batch (id, timeline, source, head, events, through_line, done, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertRefusal = db.prepare('INSERT INTO refusal (batch, n, line, why, text) VALUES (?, ?, ?, ?, ?)');
  const lastBatch = db.prepare<[], { id: number; hash: string }>('SELECT id, hash FROM batch ORDER BY id DESC LIMIT 1');
  const sourceRow = db.prepare<[number], { name: string; format: string }>(
    'SELECT name, format FROM source WHERE id = ?',
  );
  const batchesOf = db
    .prepare<[number, number, number, number], readonly [id: number, through: number, done: number]>(
      'SELECT id, through_line, done FROM batch WHERE source = ? AND timeline = ? AND id > ? AND head <= ? ORDER BY id',
    )
    .raw();
  /** What the batches of a source reach, looked at once each: an import of 10 M events asks five thousand times. */
  const reaches = new Map<string, Reach>();
  const reached = (source: number, { timeline, last }: Segment, isOwn: boolean): Reach => {
    // A timeline's own head takes in every batch there is, so those seen before need not be seen again.
    const key = `${source} ${timeline}`;
    const before = (isOwn ? reaches.get(key) : undefined) ?? NOT_REACHED;
    const reach = batchesOf.all(source, timeline, before.batch, last).reduce<Reach>(
      (so, [batch, through, done]) => ({
        batch,
        through: Math.max(so.through ?? through, through),
        done: so.done || done === 1,
      }),
      before,
    );
    if (isOwn) reaches.set(key, reach);
    return reach;
  };
  const withKeys = db
    .prepare<[number, string], KeyRow>(
      `SELECT id, key, at, source, line FROM event
       WHERE timeline = ? AND key IS NOT NULL AND key IN (SELECT value FROM json_each(?))`,
    )
    .raw();

  const withoutKeys = db
    .prepare<[number, number, number, number], KeylessRow>(
      `SELECT id, line, at, type, entity, data FROM event
       WHERE timeline = ? AND source = ? AND key IS NULL AND line BETWEEN ? AND ?`,
    )
    .raw();

  const progress = (timeline: Timeline, sourceId: string): SourceProgress | null => {
    const source = sources.find(sourceId);
    if (source === null) return null;
    // Of an ancestor cut in event time only a part is here: there the keys tell what is, not how far the source was read.
    const found = lineages
      .segments(timeline)
      .filter((s) => s.limits.length === 0)
      .map((s) => reached(source, s, s.timeline === timeline.id))
      .flatMap(({ through, done }) => (through === null ? [] : [{ through, done }]));
    if (found.length === 0) return null;
    return { throughLine: Math.max(...found.map((r) => r.through)), done: found.some((r) => r.done) };
  };

  const knownKeys = (segments: readonly Segment[], keys: readonly string[]): Set<string> => {
    const known = new Set<string>();
    if (keys.length === 0) return known;
    const asked = JSON.stringify(keys);
    for (const segment of segments) {
      for (const [id, key, at, source, line] of withKeys.all(segment.timeline, asked)) {
        const place = { at: at as Instant, source: sources.content(source), line, seq: seqOf(id) };
        if (place.seq <= segment.last && !segment.limits.some((limit) => isBeyond(limit, place))) known.add(key);
      }
    }
    return known;
  };

  /** Events without keys that a cut ancestor holds below its cut: there its source's lines do not tell what is here. */
  const knownKeyless = (segments: readonly Segment[], { source, events }: Batch): ReadonlySet<string> => {
    const known = new Set<string>();
    const id = segments.some((s) => s.limits.length > 0) ? sources.find(source.id) : null;
    if (id === null) return known;
    const lines = events.flatMap((e) => (e.key === null ? [e.line] : []));
    if (lines.length === 0) return known;
    const first = lines.reduce((a, b) => Math.min(a, b));
    const last = lines.reduce((a, b) => Math.max(a, b));
    for (const segment of segments) {
      if (segment.limits.length === 0 || reached(id, segment, false).through === null) continue;
      for (const [row, line, at, type, entity, data] of withoutKeys.all(segment.timeline, id, first, last)) {
        const place = { at: at as Instant, source: source.id, line, seq: seqOf(row) };
        if (place.seq > segment.last || segment.limits.some((limit) => isBeyond(limit, place))) continue;
        known.add(JSON.stringify([line, at, type, entity, data]));
      }
    }
    return known;
  };

  /** The batch's events without those whose key the lineage, or the batch itself further up, already holds. */
  const newOnes = (segments: readonly Segment[], events: readonly Candidate[]): readonly Candidate[] => {
    if (events.every((e) => e.key === null)) return events;
    const keys = events.flatMap((e) => (e.key === null ? [] : [e.key]));
    const seen = knownKeys(segments, keys);
    return events.filter(({ key }) => {
      if (key === null) return true;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  };

  /** Chains and inserts; returns the last link. */
  const write = (
    timeline: number,
    head: number,
    source: number,
    content: string,
    events: readonly Candidate[],
  ): string => {
    let hash = timelines.link(timeline, head);
    for (let start = 0; start < events.length; start += STRETCH) {
      const stretch = events.slice(start, start + STRETCH);
      const data = stretch.map((e) => canonical(e.data));
      const shared = sharedBy(stretch);
      const values: unknown[] = [];
      for (const [i, e] of stretch.entries()) {
        assert(Number.isFinite(e.at), 'an event happened at some instant');
        const { at, type, v, line } = e;
        // What cannot be written as UTF-8 is replaced before it is bound, so that it reads back as it was bound.
        const entity = e.entity.toWellFormed();
        const key = e.key === null ? null : e.key.toWellFormed();
        const evidence = EVIDENCE.indexOf(e.evidence);
        const stored = { at, type, v, entity, evidence, line, key, data: data[i]! };
        hash = eventLink(hash, timeline, head + start + i + 1, content, stored);
        values.push(at, type, entity, data[i], hash);
        if (shared === null) values.push(v, evidence, line, key);
      }
      insertEvents(eventId(timeline, head + start + 1), source, shared, values);
    }
    return hash;
  };

  const append = db.transaction((to: Timeline, expected: Seq, batch: Batch): Result<Appended, LogError> => {
    const living = timelines.living(to);
    if (!living.ok) return living;
    const timeline = living.value;
    const head = lineages.head(timeline);
    if (head !== expected) {
      const sentence = `${timeline.name} has grown to ${head} since it was read at ${expected}; read it again and repeat.`;
      return err(fault('stale_position', sentence));
    }
    const before = progress(timeline, batch.source.id);
    if (before !== null && isAlreadyIn(before, batch)) {
      return ok({ head, events: 0, duplicates: batch.events.length });
    }
    const segments = lineages.segments(timeline);
    const keyless = knownKeyless(segments, batch);
    const isNew = (e: Candidate): boolean =>
      e.key !== null ||
      !keyless.has(JSON.stringify([e.line, e.at, e.type, e.entity.toWellFormed(), canonical(e.data)]));
    const unkeyed = newOnes(segments, batch.events);
    const events = keyless.size === 0 ? unkeyed : unkeyed.filter(isNew);
    assert(head + events.length < SEQ_SPAN, 'a timeline holds fewer than 2^32 events');
    const source = sources.obtain(batch.source);
    const refused = batch.refused.map((r) => ({ ...r, why: r.why.toWellFormed(), text: r.text.toWellFormed() }));
    const link = write(timeline.id, head, source, batch.source.id, events);

    const newHead = (head + events.length) as Seq;
    const previous = lastBatch.get();
    const record = {
      id: (previous?.id ?? 0) + 1,
      timeline: timeline.id,
      source: batch.source.id,
      ...sourceRow.get(source)!,
      head: newHead,
      events: events.length,
      throughLine: batch.throughLine,
      done: batch.done ? 1 : 0,
    };
    const hash = batchLink(previous?.hash ?? '', link, record, refused);
    insertBatch.run(record.id, timeline.id, source, newHead, events.length, batch.throughLine, record.done, hash);
    refused.forEach((r, n) => insertRefusal.run(record.id, n, r.line, r.why, r.text));

    if (events.length > 0) dropKeyframes(timeline, earliest(events));
    return ok({ head: newHead, events: events.length, duplicates: batch.events.length - events.length });
  });

  return { append: (timeline, expected, batch) => append.immediate(timeline, expected, batch), progress };
};

/**
 * Whether a batch brings nothing that its source has not brought before: the source is done, or was read further. A batch that
 * only closes its source reaches no further, so it counts as new; so do runs, which have no lines (`throughLine` 0).
 */
const isAlreadyIn = (before: SourceProgress, batch: Batch): boolean => {
  if (before.done) return true;
  if (batch.throughLine === 0) return false;
  return batch.throughLine < before.throughLine || (batch.throughLine === before.throughLine && !batch.done);
};

const earliest = (events: readonly Candidate[]): Instant => {
  let first = Infinity;
  for (const { at } of events) if (at < first) first = at;
  return first as Instant;
};
