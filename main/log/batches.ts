// Hands batches back as they were appended: what export writes, so that import can append the same again, link by link.
import type Database from 'better-sqlite3';
import type { Seq } from '../../domain/base/brand.ts';
import { type Candidate, EVIDENCE } from '../../domain/events/dictionary.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import { eventId } from './lineage.ts';
import type { Refusal, WrittenBatch } from './types.ts';

type BatchRow = {
  readonly id: number;
  readonly head: number;
  readonly events: number;
  readonly through_line: number;
  readonly done: number;
  readonly content: string;
  readonly name: string;
  readonly format: string;
};

type EventRow = Omit<Candidate, 'evidence' | 'data'> & { readonly evidence: number; readonly data: string };

/** The timeline's own batches in the order of writing, one at a time. */
export const batchReader = (db: Database.Database): ((timeline: Timeline) => Generator<WrittenBatch>) => {
  const nextBatch = db.prepare<[number, number], BatchRow>(
    `SELECT batch.id, head, events, through_line, done, content, name, format
     FROM batch JOIN source ON source.id = batch.source WHERE timeline = ? AND batch.id > ? ORDER BY batch.id LIMIT 1`,
  );
  const eventsOf = db.prepare<[number, number], EventRow>(
    'SELECT at, type, v, entity, evidence, line, key, data FROM event WHERE id > ? AND id <= ? ORDER BY id',
  );
  const refusalsOf = db.prepare<[number], Refusal>('SELECT line, why, text FROM refusal WHERE batch = ? ORDER BY n');

  const toCandidate = (row: EventRow): Candidate =>
    ({
      ...row,

      evidence: EVIDENCE[row.evidence],
      data: JSON.parse(row.data) as unknown,
    }) as Candidate;

  return function* (timeline) {
    for (let batch = nextBatch.get(timeline.id, 0); batch !== undefined;) {
      const { id, head } = batch;
      yield {
        source: { id: batch.content, name: batch.name, format: batch.format },
        throughLine: batch.through_line,
        done: batch.done === 1,
        events: eventsOf.all(eventId(timeline.id, head - batch.events), eventId(timeline.id, head)).map(toCandidate),
        refused: refusalsOf.all(id),
        head: head as Seq,
      };
      batch = nextBatch.get(timeline.id, id);
    }
  };
};
