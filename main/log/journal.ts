// The log as the sequence of writes that made it: replayed into an empty log they make the same chains again.
import type Database from 'better-sqlite3';
import { type Instant, seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
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
 * Births of branches, appended batches, renames and drops, in an order in which they can be done again: births, renames and
 * drops as they followed each other, a branch after what its parent held when it was made, a drop after the last batch.
 */
export const journalOf = (db: Database.Database, sources: Sources) => {
  const timelines = db.prepare<[], TimelineRow>('SELECT * FROM timeline ORDER BY id');
  const changes = db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id');
  const nextBatch = db.prepare<[number], BatchRow>(
    `SELECT batch.id, timeline, source, name, format, head, through_line, done
     FROM batch JOIN source ON source.id = batch.source WHERE batch.id > ? ORDER BY batch.id LIMIT 1`,
  );
  const lastBatch = db.prepare<[number], number | null>('SELECT max(id) FROM batch WHERE timeline = ?').pluck();
  const refusals = db.prepare<[number], Refusal>('SELECT line, why, text FROM refusal WHERE batch = ? ORDER BY n');
  const events = db
    .prepare<[number, number], EventRow>(
      'SELECT at, type, v, entity, evidence, line, key, data FROM event WHERE id > ? AND id <= ? ORDER BY id',
    )
    .raw();

  return function* journal(): Generator<JournalEntry> {
    const births = new Map(timelines.all().map((row) => [row.id, born(row)]));
    const coming = changes.all();
    /** Head of each timeline that exists by now. */
    const heads = new Map<number, number>();

    /** What a change is, told after the batches up to `batch`; null while something before it is still missing. */
    const told = ({ kind, timeline, name }: ChangeRow, batch: number): JournalEntry | 'nothing' | null => {
      if (kind === 'dropped') return batch < (lastBatch.get(timeline) ?? 0) ? null : { kind: 'dropped', timeline };
      assert(name !== null, 'a name was given');
      if (heads.has(timeline)) return { kind: 'renamed', timeline, name };
      const { parent, forkedAt, forkedHead } = births.get(timeline) ?? {};
      if (parent !== undefined && parent !== null && (heads.get(parent) ?? -1) < (forkedHead ?? 0)) return null;
      heads.set(timeline, forkedHead ?? 0);
      const isBranch = parent !== undefined && parent !== null && forkedAt !== undefined && forkedAt !== null;
      return isBranch ? { kind: 'branch', timeline, name, parent, forkedAt } : 'nothing'; // every log has its `main`
    };
    function* due(batch: number): Generator<JournalEntry> {
      for (let change = coming[0]; change !== undefined; change = coming[0]) {
        const entry = told(change, batch);
        if (entry === null) return;
        coming.shift();
        if (entry !== 'nothing') yield entry;
      }
    }

    yield* due(0);
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
      yield* due(b.id);
    }
  };
};
