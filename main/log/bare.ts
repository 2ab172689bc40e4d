// The bare cost of what a log does: the same rows inserted and read with better-sqlite3 and nothing else, for comparison.
import Database from 'better-sqlite3';
import { assert } from '../../domain/base/result.ts';

const COLUMNS = 'id, source, at, type, v, entity, evidence, line, key, data, hash';
const PLAIN = `CREATE TABLE event (id INTEGER, source INTEGER, at REAL, type TEXT, v INTEGER, entity TEXT, evidence INTEGER,
  line INTEGER, key TEXT, data TEXT, hash TEXT)`;

/** The bare work beside ours, a stretch at a time, so that whatever else the machine does disturbs both alike. */
export type Bare = {
  /** Does the work for so many rows more; milliseconds it took. */
  readonly next: (rows: number) => number;
  readonly close: () => void;
};

const timed = (work: () => void): number => {
  const started = performance.now();
  work();
  return performance.now() - started;
};

/** Reads a log's rows in record order and parses their JSON: what no replay can do without. */
export const bareReading = (path: string): Bare => {
  const db = new Database(path, { readonly: true });
  const rows = db.prepare<[], { data: string }>('SELECT * FROM event ORDER BY id').iterate();
  let bytes = 0;
  return {
    next: (count) =>
      timed(() => {
        for (let n = 0; n < count; n++) {
          const row = rows.next();
          if (row.done === true) return;
          if (JSON.parse(row.value.data) !== null) bytes += row.value.data.length;
        }
      }),
    close: () => {
      assert(bytes > 0, 'there is something to read');
      rows.return?.();
      db.close();
    },
  };
};

/** Inserts a log's rows, hashes included, into a new file's table without any index, each stretch one transaction. */
export const bareInserting = (path: string, into: string): Bare => {
  const from = new Database(path, { readonly: true });
  const db = new Database(into);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(PLAIN);
  const page = from
    .prepare<[number, number], unknown[]>(`SELECT ${COLUMNS} FROM event WHERE id > ? ORDER BY id LIMIT ?`)
    .raw();
  const insert = db.prepare(`INSERT INTO event (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, '?')})`);
  const insertAll = db.transaction((rows: readonly unknown[][]) => {
    for (const row of rows) insert.run(row);
  });
  let id = 0;
  return {
    next: (count) => {
      const rows = page.all(id, count);
      id = Number(rows.at(-1)?.[0] ?? id);
      return timed(() => insertAll(rows));
    },
    close: () => {
      db.close();
      from.close();
    },
  };
};
