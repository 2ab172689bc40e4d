// Verification names the first bad event after any byte of any row is changed by other means.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { below, rng } from '../../../domain/base/rng.ts';
import { openLog } from '../../../main/log/log.ts';
import type { Verification } from '../../../main/log/types.ts';
import { add, at, batch, main, note, open, tempFolder, value } from './fixtures.ts';

/** A log with everything in it: two sources, refusals, a batch without events, branches, a rename and a drop. */
const written = (): string => {
  const path = join(tempFolder(), 'written.understudy');
  const log = open(path);
  const refused = [
    { line: 5, why: 'no table', text: '+---' },
    { line: 6, why: 'no table', text: '+--' },
  ];
  add(log, main(log), batch('a', [note(10, 1, 'k1'), note(20, 2), note(15, 3)], { done: false, refused }));
  add(log, main(log), batch('b', [note(12, 1, 'k2'), note(30, 2)]));
  add(log, main(log), batch('a', [], { throughLine: 9 }));
  const one = value(log.branch('one', main(log), at(20, 2)));
  add(log, one, batch('run:1', [note(25, 0), note(26, 0, 'k1b')]));
  value(log.rename(one, 'uno'));
  value(log.drop(value(log.branch('empty', one, at(25)))));
  expect(log.verify()).toMatchObject({ ok: true, events: 7, firstBad: null });
  expect(Object.keys(log.verify().heads)).toEqual(['main', 'uno', 'empty (dropped, 3)']);
  log.close();
  return path;
};

const GUARDED = ['event', 'batch', 'source', 'refusal', 'timeline', 'timeline_change'];

/** Copies the file, removes its triggers and does something to it that the log would not have done. */
const tampered = (path: string, sql: string): Verification => {
  const copy = join(tempFolder(), 'tampered.understudy');
  copyFileSync(path, copy);
  const db = new Database(copy);
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  for (const name of db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER ${name}`);
  }
  db.exec(sql);
  db.close();
  const log = open(copy, { readOnly: true });
  const found = log.verify();
  log.close();
  return found;
};

test('every column of every row, changed by other means, is found; an event is named by its seq', () => {
  const path = written();
  const db = new Database(path, { readonly: true });
  const changes: { sql: string; timeline: string | null; seq: number | null }[] = [];
  for (const table of GUARDED) {
    const columns = db
      .prepare<[], { name: string; type: string }>(`SELECT name, type FROM pragma_table_info('${table}')`)
      .all();
    const key = table === 'refusal' ? 'batch * 1000 + n' : 'id';
    for (const row of db.prepare<[], Record<string, unknown>>(`SELECT *, ${key} AS row_key FROM ${table}`).all()) {
      for (const { name, type } of columns) {
        const old = row[name];
        const change =
          old === null ? (type === 'TEXT' ? "'x'" : '7') : type === 'TEXT' ? `${name} || 'x'` : `${name} + 1000`;
        const place =
          table === 'event' && name !== 'id'
            ? { timeline: row['timeline'] === 1 ? 'main' : 'uno', seq: row['seq'] as number }
            : { timeline: null, seq: null };
        changes.push({
          sql: `UPDATE ${table} SET ${name} = ${change} WHERE ${key} = ${String(row['row_key'])}`,
          ...place,
        });
      }
    }
  }
  db.close();
  expect(changes.length).toBeGreaterThan(150);
  for (const { sql, timeline, seq } of changes) {
    const found = tampered(path, sql);
    expect(found.ok, sql).toBe(false);
    if (timeline !== null) expect(found.firstBad, sql).toMatchObject({ timeline, seq });
  }
});

test('a row taken out, put in or moved is found', () => {
  const path = written();
  const db = new Database(path, { readonly: true });
  const deletes = GUARDED.flatMap((table) => {
    const key = table === 'refusal' ? 'batch * 1000 + n' : 'id';
    const keys = db.prepare<[], number>(`SELECT ${key} FROM ${table}`).pluck().all();
    return keys.map((k) => `DELETE FROM ${table} WHERE ${key} = ${k}`);
  });
  db.close();
  const id = (timeline: number, seq: number): number => timeline * 2 ** 32 + seq;
  const insert = (where: number): string =>
    `INSERT INTO event (id, source, at, type, v, entity, evidence, line, key, data, hash)
     SELECT ${where}, source, at, type, v, entity, evidence, line, NULL, data, hash FROM event WHERE id = ${id(1, 5)}`;
  const swap = `UPDATE event SET id = 0 WHERE id = ${id(1, 2)}; UPDATE event SET id = ${id(1, 2)} WHERE id = ${id(1, 3)};
    UPDATE event SET id = ${id(1, 3)} WHERE id = 0`;
  const inserts = [insert(id(1, 6)), insert(id(1, 0)), insert(id(9, 1)), insert(id(2, 8))];
  const refusal = "INSERT INTO refusal VALUES (2, 0, 1, 'w', 't')";
  for (const sql of [...deletes, ...inserts, swap, refusal]) {
    expect(tampered(path, sql).ok, sql).toBe(false);
  }
  expect(tampered(path, swap).firstBad).toMatchObject({ timeline: 'main', seq: 2 });
  expect(tampered(path, `DELETE FROM event WHERE id = ${id(1, 4)}`).firstBad).toMatchObject({
    timeline: 'main',
    seq: 4,
  });
  expect(tampered(path, `DELETE FROM event WHERE id = ${id(1, 5)}`).firstBad).toMatchObject({
    timeline: 'main',
    seq: 5,
  });
});

test('inside a batch of hundreds the first damaged event is named, whatever happened to it', () => {
  const path = join(tempFolder(), 'many.understudy');
  const log = open(path);
  const events = Array.from({ length: 700 }, (_, i) => note(i, i + 1));
  add(log, main(log), batch('a', events));
  log.close();
  const id = (seq: number): number => 2 ** 32 + seq;
  const swap = (a: number, b: number): string =>
    `UPDATE event SET id = 0 WHERE id = ${id(a)}; UPDATE event SET id = ${id(a)} WHERE id = ${id(b)};
     UPDATE event SET id = ${id(b)} WHERE id = 0`;
  const damages: [seq: number, sql: string][] = [
    [50, swap(50, 51)],
    [117, swap(117, 600)],
    [500, `UPDATE event SET data = replace(data, 'note', 'Note') WHERE id = ${id(500)}`],
    [501, `UPDATE event SET data = replace(data, 'note', 'Note') WHERE id IN (${id(501)}, ${id(620)})`],
    [333, `UPDATE event SET at = at + 0.5 WHERE id = ${id(333)}`],
    [51, `UPDATE event SET line = line + 1 WHERE id = ${id(51)}`],
    [699, `UPDATE event SET key = 'k' WHERE id = ${id(699)}`],
    [400, `DELETE FROM event WHERE id = ${id(400)}`],
    [700, `DELETE FROM event WHERE id = ${id(700)}`],
  ];
  for (const [seq, sql] of damages) expect(tampered(path, sql).firstBad, sql).toMatchObject({ timeline: 'main', seq });
});

test('a byte flipped anywhere in the file never goes unseen where it changes what is read', () => {
  const path = written();
  const full = open(path, {});
  const more = Array.from({ length: 400 }, (_, i) => note(i, i + 1, `key-${i}`));
  add(full, main(full), batch('c', more));
  full.close();
  const good = readFileSync(path);
  const log = open(path, { readOnly: true });
  const truth = JSON.stringify([log.timelines(), log.timelines().map((t) => [...log.inEventTime(t)])]);
  log.close();
  const random = rng('flips');
  let found = 0;
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(good);
    const where = below(random, bytes.length);
    bytes[where] = bytes[where]! ^ (1 << below(random, 8));
    const copy = join(tempFolder(), 'flipped.understudy');
    writeFileSync(copy, bytes);
    const opened = openLog(copy, { readOnly: true });
    if (!opened.ok) {
      expect(opened.error.sentence, `byte ${where}`).toContain(copy);
      continue;
    }
    const verified = opened.value.verify();
    if (verified.ok) {
      const read = opened.value.timelines().map((t) => [...opened.value.inEventTime(t)]);
      expect(JSON.stringify([opened.value.timelines(), read]), `byte ${where}`).toBe(truth);
    } else {
      found++;
      expect(verified.firstBad?.why).not.toBe('');
    }
    opened.value.close();
  }
  expect(found).toBeGreaterThan(20);
});

test('an index that disagrees with the events is found', () => {
  const path = written();
  const db = new Database(path);
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.exec(
    "UPDATE sqlite_schema SET sql = replace(sql, '(timeline, at)', '(timeline, line)') WHERE name = 'event_time'",
  );
  db.close();
  const other = new Database(path);
  other.exec('REINDEX event_time');
  other.unsafeMode(true);
  other.pragma('writable_schema = ON');
  other.exec(
    "UPDATE sqlite_schema SET sql = replace(sql, '(timeline, line)', '(timeline, at)') WHERE name = 'event_time'",
  );
  other.close();
  const log = open(path, { readOnly: true });
  expect(log.verify().firstBad).toMatchObject({
    timeline: 'main',
    why: expect.stringContaining('event_time') as unknown,
  });
});
