// The bare cost of what a log does: the same rows inserted and read with better-sqlite3 and nothing else, for comparison.
import Database from 'better-sqlite3';
import { assert } from '../../domain/base/result.ts';

const COLUMNS = 'id, source, at, type, v, entity, evidence, line, key, data, hash';
const PLAIN = `CREATE TABLE event (id INTEGER, source INTEGER, at REAL, type TEXT, v INTEGER, entity TEXT, evidence INTEGER,
  line INTEGER, key TEXT, data TEXT, hash TEXT)`;

/** Milliseconds to read every row of a log in record order and to parse its JSON: what no replay can do without. */
export const bareReadMs = (path: string): number => {
  const db = new Database(path, { readonly: true });
  const started = performance.now();
  let bytes = 0;
  for (const row of db.prepare<[], { data: string }>('SELECT * FROM event ORDER BY id').iterate()) {
    if (JSON.parse(row.data) !== null) bytes += row.data.length;
  }
  const ms = performance.now() - started;
  db.close();
  assert(bytes > 0, 'there is something to read');
  return ms;
};

/** Milliseconds to insert a log's rows, hashes included, into a new file's table without any index, `batch` a transaction. */
export const bareInsertMs = (path: string, into: string, batch: number): number => {
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
  let ms = 0;
  for (let id = 0; ;) {
    const rows = page.all(id, batch);
    const last = rows.at(-1);
    if (last === undefined) break;
    const started = performance.now();
    insertAll(rows);
    ms += performance.now() - started;
    id = Number(last[0]);
  }
  db.close();
  from.close();
  return ms;
};
