// Checks that the file is what was written: every chain link by link, then SQLite's own indices.
import Database from 'better-sqlite3';
import type { Seq } from '../../domain/base/brand.ts';
import { batchLink, type BatchRecord, birthLink, changeLink, eventLink, toHex } from './chain.ts';
import { worldFault } from './fault.ts';
import { eventId, SEQ_SPAN } from './lineage.ts';
import { born, type ChangeRow, type TimelineRow } from './timelines.ts';
import type { Refusal, Verification } from './types.ts';

/** Rows checked at once. */
const PAGE_ROWS = 512;

type Bad = { readonly timeline: number; readonly seq: number; readonly why: string };
type EventRow = readonly [
  id: number,
  at: number,
  type: string,
  v: number,
  entity: string,
  evidence: number,
  source: number,
  line: number,
  key: string | null,
  data: string,
  hash: string,
];
type BatchRow = {
  readonly id: number;
  readonly timeline: number;
  readonly source: number;
  readonly head: number;
  readonly events: number;
  readonly through_line: number;
  readonly done: number;
  readonly hash: string;
};
type SourceRow = { readonly id: number; readonly content: string; readonly name: string; readonly format: string };

/** What the walk has seen so far; filled while it goes, so that a page that cannot be read is placed after the last good row. */
type Walk = {
  events: number;
  at: { timeline: number; seq: number };
  /** Link of every timeline's birth, and of each batch's last event, by event id. */
  readonly links: Map<number, string>;
  readonly heads: Map<number, { seq: number; link: string }>;
};

const bad = (timeline: number, seq: number, why: string): Bad => ({ timeline, seq, why });

/** Ids of an append-only table count 1, 2, 3, …; SQLite remembers the last one it gave. */
const gap = (db: Database.Database, table: string, ids: readonly number[]): string | null => {
  const given = db.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().get(table) ?? 0;
  const missing = ids.findIndex((id, i) => id !== i + 1);
  if (missing >= 0) return `row ${missing + 1} of ${table} is missing`;
  return ids.length === given ? null : `${table} holds ${ids.length} rows, and ${given} were written`;
};

const checkTimelines = (db: Database.Database, rows: readonly TimelineRow[], walk: Walk): Bad | null => {
  const missing = gap(
    db,
    'timeline',
    rows.map((r) => r.id),
  );
  if (missing !== null) return bad(1, 0, missing);
  return rows.length === 0 ? bad(1, 0, 'there is no timeline main') : checkEvents(db, rows, walk);
};

/** The link at a branch's fork: its parent's event there, or the parent's birth where it has none of its own yet. */
const forkLink = (db: Database.Database, walk: Walk, row: TimelineRow): string | null => {
  if (row.parent === null) return '';
  const parent = walk.heads.get(row.parent);
  if (parent === undefined) return null;
  const own = db.prepare<[number], string>('SELECT hash FROM event WHERE id = ?').pluck();
  return own.get(eventId(row.parent, row.forked_head)) ?? walk.links.get(eventId(row.parent, row.forked_head)) ?? null;
};

const checkEvents = (db: Database.Database, rows: readonly TimelineRow[], walk: Walk): Bad | null => {
  const page = db
    .prepare<[number, number, number], EventRow>(
      `SELECT id, at, type, v, entity, evidence, source, line, key, data, hash FROM event
       WHERE id > ? AND id < ? ORDER BY id LIMIT ?`,
    )
    .raw();
  const ends = new Set(
    db
      .prepare<[], readonly [number, number]>('SELECT timeline, head FROM batch')
      .raw()
      .all()
      .map(([t, h]) => eventId(t, h)),
  );
  const sources = new Map(
    db
      .prepare<[], SourceRow>('SELECT * FROM source')
      .all()
      .map((s) => [s.id, s.content] as const),
  );
  const promised = new Map(
    db.prepare<[], readonly [number, number]>('SELECT timeline, max(head) FROM batch GROUP BY timeline').raw().all(),
  );
  for (const row of rows) {
    const fork = forkLink(db, walk, row);
    let link = row.hash;
    let seq = row.forked_head;
    walk.at = { timeline: row.id, seq };
    const whole = row.cut_at !== null || row.cut_seq === null;
    if (fork === null || !whole || birthLink(fork, born(row)) !== row.hash) {
      return bad(row.id, seq, `the parent or cut of timeline ${row.id} is not what was written`);
    }
    walk.links.set(eventId(row.id, seq), link);
    for (let from = eventId(row.id, 0) - 1; ;) {
      const events = page.all(from, eventId(row.id + 1, 0), PAGE_ROWS);
      for (const e of events) {
        seq++;
        walk.at = { timeline: row.id, seq };
        if (e[0] !== eventId(row.id, seq))
          return bad(row.id, seq, 'an event is missing here, or one was put in before it');
        const next = linkOf(link, e, row.id, seq, sources);
        if (next === null || next !== e[10]) return bad(row.id, seq, 'the event is not what was written');
        link = next;
        if (ends.has(e[0])) walk.links.set(e[0], link);
        walk.events++;
      }
      const last = events.at(-1);
      if (last === undefined) break;
      from = last[0];
    }
    if (seq < (promised.get(row.id) ?? 0)) {
      return bad(row.id, seq + 1, `events are missing here, up to ${promised.get(row.id)} by the record of batches`);
    }
    walk.heads.set(row.id, { seq, link });
  }
  const stray = db
    .prepare<[number, number], number>('SELECT id FROM event WHERE id < ? OR id >= ? ORDER BY id LIMIT 1')
    .pluck()
    .get(eventId(1, 0), eventId(rows.length + 1, 0));
  return stray === undefined ? null : bad(1, stray % SEQ_SPAN, 'an event belongs to no timeline');
};

const linkOf = (
  before: string,
  e: EventRow,
  timeline: number,
  seq: number,
  sources: ReadonlyMap<number, string>,
): string | null => {
  const [, at, type, v, entity, evidence, source, line, key, data] = e;
  const content = sources.get(source);
  // Changed by other means, a column may hold NULL whatever the schema says.
  if (content === undefined || type === null || entity === null || data === null) return null;
  return eventLink(before, timeline, seq, content, { at, type, v, entity, evidence, line, key, data });
};

const checkBatches = (db: Database.Database, rows: readonly TimelineRow[], walk: Walk): Bad | null => {
  const batches = db.prepare<[], BatchRow>('SELECT * FROM batch ORDER BY id').all();
  const sources = db.prepare<[], SourceRow>('SELECT * FROM source ORDER BY id').all();
  const bySource = new Map(sources.map((s) => [s.id, s]));
  const refusalsOf = db.prepare<[number], Refusal & { n: number }>(
    'SELECT n, line, why, text FROM refusal WHERE batch = ? ORDER BY n',
  );
  const reached = new Map(rows.map((t) => [t.id, t.forked_head]));
  const used = new Set<number>();
  let refused = 0;
  let before = '';
  for (const b of batches) {
    const from = reached.get(b.timeline) ?? 0;
    const source = bySource.get(b.source);
    const eventsLink = walk.links.get(eventId(b.timeline, b.head));
    const refusals = refusalsOf.all(b.id);
    const wrong = bad(b.timeline, from + 1, `batch ${b.id}, its source or its refusals are not what was written`);
    if (source === undefined || eventsLink === undefined || from + b.events !== b.head) return wrong;
    if (refusals.some((r, n) => r.n !== n || r.why === null || r.text === null)) return wrong;
    const record: BatchRecord = {
      id: b.id,
      timeline: b.timeline,
      source: source.content,
      name: source.name,
      format: source.format,
      head: b.head,
      events: b.events,
      throughLine: b.through_line,
      done: b.done,
    };
    if (batchLink(before, eventsLink, record, refusals) !== b.hash) return wrong;
    before = b.hash;
    reached.set(b.timeline, b.head);
    used.add(b.source);
    refused += refusals.length;
  }
  for (const [timeline, head] of walk.heads) {
    const accounted = reached.get(timeline) ?? 0;
    if (accounted !== head.seq) return bad(timeline, accounted + 1, 'events were added or removed outside a batch');
  }
  const total = db.prepare<[], number>('SELECT count(*) FROM refusal').pluck().get();
  const why =
    gap(
      db,
      'batch',
      batches.map((b) => b.id),
    ) ??
    gap(
      db,
      'source',
      sources.map((s) => s.id),
    ) ??
    (used.size === sources.length ? null : 'a source has no batch') ??
    (refused === total ? null : 'a refusal belongs to no batch');
  return why === null ? null : bad(1, walk.heads.get(1)!.seq, why);
};

const checkChanges = (db: Database.Database, walk: Walk): Bad | null => {
  const changes = db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id').all();
  let before = '';
  for (const c of changes) {
    const head = walk.heads.get(c.timeline);
    if (head === undefined || changeLink(before, c) !== c.hash) {
      return bad(
        head === undefined ? 1 : c.timeline,
        head?.seq ?? 0,
        `change ${c.id} of a timeline is not what was written`,
      );
    }
    before = c.hash;
  }
  const why = gap(
    db,
    'timeline_change',
    changes.map((c) => c.id),
  );
  return why === null ? null : bad(1, walk.heads.get(1)!.seq, why);
};

/** SQLite's own check: rows and indices agree, no page is torn. Its first complaint, placed at an event where it names a row. */
const checkPages = (db: Database.Database, walk: Walk): Bad | null => {
  const said = db.pragma('integrity_check(1)', { simple: true }) as string;
  if (said === 'ok') return null;
  const nth = /^row (\d+) missing from index event_/.exec(said)?.[1];
  const id =
    nth === undefined
      ? undefined
      : db
          .prepare<[number], number>('SELECT id FROM event ORDER BY id LIMIT 1 OFFSET ?')
          .pluck()
          .get(Number(nth) - 1);
  const place = id === undefined ? walk.at : { timeline: Math.floor(id / SEQ_SPAN), seq: id % SEQ_SPAN };
  return bad(place.timeline, place.seq, `the file's pages disagree: ${said}`);
};

/** Names as they are now; a dropped timeline, whose name may have been given again, is told apart by its id. */
const displayNames = (db: Database.Database, rows: readonly TimelineRow[]): ReadonlyMap<number, string> => {
  const names = new Map(rows.map((r) => [r.id, String(r.id)]));
  for (const c of db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id').all()) {
    const name = names.get(c.timeline) ?? '';
    names.set(c.timeline, c.kind === 'dropped' ? `${name} (dropped, ${c.timeline})` : (c.name ?? name));
  }
  return names;
};

/** Walks the whole log in one read transaction, so that a writer beside it does not confuse it. */
export const verifyLog = (db: Database.Database, path: string): Verification => {
  const walk: Walk = { events: 0, at: { timeline: 1, seq: 0 }, links: new Map(), heads: new Map() };
  let names: ReadonlyMap<number, string> = new Map();
  const check = db.transaction((): Bad | null => {
    const rows = db.prepare<[], TimelineRow>('SELECT * FROM timeline ORDER BY id').all();
    names = displayNames(db, rows);
    return (
      checkTimelines(db, rows, walk) ?? checkBatches(db, rows, walk) ?? checkChanges(db, walk) ?? checkPages(db, walk)
    );
  });
  const found = ((): Bad | null => {
    try {
      return check.deferred();
    } catch (thrown) {
      if (!(thrown instanceof Database.SqliteError)) throw thrown;
      const why = worldFault(path, thrown)?.sentence ?? `the tables are not a log's: ${thrown.message}`;
      return bad(walk.at.timeline, walk.at.seq + 1, why);
    }
  })();
  const heads = Object.fromEntries(
    [...walk.heads].map(([id, head]) => [names.get(id) ?? String(id), toHex(head.link)] as const),
  );
  const firstBad =
    found === null
      ? null
      : { timeline: names.get(found.timeline) ?? String(found.timeline), seq: found.seq as Seq, why: found.why };
  return { ok: found === null, events: walk.events, heads, firstBad };
};
