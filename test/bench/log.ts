// How fast the log is beside the bare library: appending against inserting the same rows, reading against parsing the same rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assert } from '../../domain/base/result.ts';
import { openLog } from '../../main/log/log.ts';
import type { Batch, Log } from '../../main/log/types.ts';
import type { Ratio } from '../../main/work/history-bench.ts';
import { inBatches, someEvents } from './log-events.ts';

const EVENTS = 200_000;
const BATCH = 2_000;
/** Ours and bare take turns this often; the medians are compared, so that a busy machine disturbs both alike. */
const ROUNDS = 5;
const APPEND_TARGET = 0.6;
const READ_TARGET = 0.5;

const PLAIN = `CREATE TABLE event (id INTEGER, source INTEGER, at REAL, type TEXT, v INTEGER, entity TEXT, evidence INTEGER,
  line INTEGER, key TEXT, data TEXT, hash TEXT)`;
const COLUMNS = 'id, source, at, type, v, entity, evidence, line, key, data, hash';

const perS = (work: () => void): number => {
  const start = performance.now();
  work();
  return EVENTS / ((performance.now() - start) / 1000);
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const row = (name: string, target: number, ours: readonly number[], bare: readonly number[]): Ratio => {
  const [a, b] = [median(ours), median(bare)];
  return { name, ours: Math.round(a), bare: Math.round(b), ratio: a / b, target, unit: 'events/s' };
};

const created = (path: string): Log => {
  const log = openLog(path, { create: true });
  assert(log.ok, 'a new log opens');
  return log.value;
};

const appendAll = (log: Log, batches: readonly Batch[]): void => {
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  let head = log.head(main.value);
  for (const batch of batches) {
    const appended = log.append(main.value, head, batch);
    assert(appended.ok, 'nobody else writes');
    head = appended.value.head;
  }
};

/** The rows as our log stores them, hashes included, inserted one by one into a table without any index. */
const insertBare = (path: string, rows: readonly unknown[][]): void => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(PLAIN);
  const insert = db.prepare(`INSERT INTO event (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, '?')})`);
  const batch = db.transaction((from: number) => {
    for (let i = from; i < from + BATCH; i++) insert.run(rows[i]!);
  });
  for (let from = 0; from < rows.length; from += BATCH) batch(from);
  db.close();
};

const replayOurs = (path: string): void => {
  const log = openLog(path, { readOnly: true });
  assert(log.ok, 'the log opens');
  const main = log.value.timeline('main');
  assert(main.ok, 'main exists');
  let seen = 0;
  for (const event of log.value.inEventTime(main.value)) if (event.data !== null) seen++;
  assert(seen === EVENTS, 'every event was read');
  log.value.close();
};

const replayBare = (path: string): void => {
  const db = new Database(path, { readonly: true });
  let seen = 0;
  for (const found of db.prepare<[], { data: string }>(`SELECT ${COLUMNS} FROM event ORDER BY id`).iterate()) {
    if (JSON.parse(found.data) !== null) seen++;
  }
  assert(seen === EVENTS, 'every row was read');
  db.close();
};

/** Append and cold event-time reading, ours and bare in turns in the same run. */
export const bench = async (): Promise<readonly Ratio[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
  try {
    const batches = inBatches('run:bench:1', someEvents('1', EVENTS), BATCH);
    const file = join(folder, 'bench.understudy');
    const first = created(file);
    appendAll(first, batches);
    first.close();
    const db = new Database(file, { readonly: true });
    const rows = db.prepare<[], unknown[]>(`SELECT ${COLUMNS} FROM event ORDER BY id`).raw().all();
    db.close();

    const append: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    const read: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const log = created(join(folder, `ours-${round}`));
      append.ours.push(perS(() => appendAll(log, batches)));
      log.close();
      append.bare.push(perS(() => insertBare(join(folder, `bare-${round}`), rows)));
      read.ours.push(perS(() => replayOurs(file)));
      read.bare.push(perS(() => replayBare(file)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return [
      row('log append', APPEND_TARGET, append.ours, append.bare),
      row('log cold replay', READ_TARGET, read.ours, read.bare),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
