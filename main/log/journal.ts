// The log as the sequence of writes that made it: replayed into an empty log they make the same chains again.
import type Database from 'better-sqlite3';
import { type Instant, seq } from '../../domain/base/brand.ts';
import { type Candidate, EVIDENCE } from '../../domain/events/dictionary.ts';
import { eventId } from './lineage.ts';
import type { Sources } from './sources.ts';
import { born, type ChangeRow, type TimelineRow } from './timelines.ts';
import type { JournalEntry, Refusal } from './types.ts';

type BatchRow = {
  readonly id: number;
  readonly timeline: number;
  readonly source: number;
  readonly name: string;
  readonly format: string;
  readonly head: number;
  readonly through_line: number;
  readonly done: number;
};
type EventRow = readonly [
  at: number,
  type: string,
  v: number,
  entity: string,
  evidence: number,
  line: number,
  key: string | null,
  data: string,
];

const toCandidate = ([at, type, v, entity, evidence, line, key, data]: EventRow): Candidate =>
  ({
    at: at as Instant,
    type,
    v,
    entity,
    evidence: EVIDENCE[evidence],
    line,
    key,
    data: JSON.parse(data) as unknown,
  }) as Candidate;

/**
 * Births of branches, appended batches, renames and drops, in an order in which they can be done again: a branch after
 * what its parent held when it was made, a name after it became free.
 */
export const journalOf = (db: Database.Database, sources: Sources) => {
  const timelines = db.prepare<[], TimelineRow>('SELECT * FROM timeline ORDER BY id');
  const changes = db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id');
  const nextBatch = db.prepare<[number], BatchRow>(
    `SELECT batch.id, timeline, source, name, format, head, through_line, done
     FROM batch JOIN source ON source.id = batch.source WHERE batch.id > ? ORDER BY batch.id LIMIT 1`,
  );
  const refusals = db.prepare<[number], Refusal>('SELECT line, why, text FROM refusal WHERE batch = ? ORDER BY n');
  const events = db
    .prepare<[number, number], EventRow>(
      'SELECT at, type, v, entity, evidence, line, key, data FROM event WHERE id > ? AND id <= ? ORDER BY id',
    )
    .raw();

  return function* journal(): Generator<JournalEntry> {
    const births = timelines.all();
    const changed = changes.all();
    /** Head of each timeline that exists by now, and its name. */
    const heads = new Map<number, number>();
    const names = new Map<number, string>();

    const changeOf = ({ kind, timeline, name }: ChangeRow): JournalEntry => {
      if (kind === 'dropped' || name === null) {
        names.delete(timeline);
        return { kind: 'dropped', timeline };
      }
      names.set(timeline, name);
      return { kind: 'renamed', timeline, name };
    };
    function* freeing(name: string): Generator<JournalEntry> {
      while ([...names.values()].includes(name)) {
        const change = changed.shift();
        if (change === undefined) return;
        yield changeOf(change);
      }
    }
    /** Branches whose parents have come as far as they had when the branch was made, in the order of their ids. */
    function* due(): Generator<JournalEntry> {
      for (let row = births[0]; row !== undefined; row = births[0]) {
        if (row.parent !== null && (heads.get(row.parent) ?? -1) < row.forked_head) return;
        births.shift();
        const { id, name, parent, forkedAt, forkedHead } = born(row);
        if (parent !== null && forkedAt !== null) {
          yield* freeing(name);
          yield { kind: 'branch', timeline: id, name, parent, forkedAt };
        }
        heads.set(id, forkedHead);
        names.set(id, name);
      }
    }

    yield* due();
    for (let b = nextBatch.get(0); b !== undefined; b = nextBatch.get(b.id)) {
      const from = heads.get(b.timeline) ?? 0;
      const source = { id: sources.content(b.source), name: b.name, format: b.format };
      const batch = {
        source,
        throughLine: b.through_line,
        done: b.done === 1,
        events: events.all(eventId(b.timeline, from), eventId(b.timeline, b.head)).map(toCandidate),
        refused: refusals.all(b.id),
      };
      yield { kind: 'batch', timeline: b.timeline, head: seq(b.head), batch };
      heads.set(b.timeline, b.head);
      yield* due();
    }
    for (const change of changed) yield changeOf(change);
  };
};
