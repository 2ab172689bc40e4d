// Opening: new, foreign, damaged, newer, read-only and busy files, each with its sentence.
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { openLog } from '../../../main/log/log.ts';
import { createSchema, loadMigrations, migrationsFolder, schemaVersion, upgrade } from '../../../main/log/schema.ts';
import { add, batch, codeOf, main, note, open, tempFolder } from './fixtures.ts';

const sentenceOf = (path: string, create = false): string => {
  const opened = openLog(path, { create });
  if (opened.ok) opened.value.close();
  return opened.ok ? '' : `${opened.error.code}: ${opened.error.sentence}`;
};

test('what is not a log is refused with a sentence, and stays as it was', () => {
  const folder = tempFolder();
  const path = join(folder, 'x');
  expect(sentenceOf(path)).toMatch(/^io: There is no file at /);
  expect(sentenceOf(join(folder, 'no', 'x'), true)).toMatch(/^io: There is no folder /);
  expect(sentenceOf(folder)).toMatch(/^not_a_log: .* is not a file\.$/);
  expect(readdirSync(folder)).toEqual([]);
  const contents = [
    '',
    'a',
    'hello, world\n'.repeat(100),
    'SQLite format 3\0',
    `SQLite format 3\0${'\0'.repeat(8000)}`,
  ];
  for (const content of contents) {
    writeFileSync(path, content);
    expect(sentenceOf(path)).toMatch(/^(not_a_log|damaged): /);
    expect(readFileSync(path, 'utf8')).toBe(content);
  }
  const other = new Database(join(folder, 'other'));
  other.exec('CREATE TABLE a (b)');
  other.close();
  expect(sentenceOf(join(folder, 'other'))).toMatch(/^not_a_log: .*SQLite file, but not an Understudy log/);
  expect(sentenceOf(join(folder, 'other'), true)).toMatch(/^not_a_log: /);
});

test('a log cut short is damaged, and says how much is there', () => {
  const path = join(tempFolder(), 'a.understudy');
  open(path).close();
  truncateSync(path, 10_000);
  expect(sentenceOf(path)).toMatch(/^damaged: .* is cut short: 10000 of \d+ bytes/);
  truncateSync(path, 50);
  expect(sentenceOf(path)).toMatch(/^damaged: /);
});

test('a log from a newer version is refused, to read and to write', () => {
  const path = join(tempFolder(), 'a.understudy');
  open(path).close();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  expect(sentenceOf(path)).toMatch(/^newer_log: .*schema 99.*Update Understudy/);
  expect(codeOf(openLog(path, { readOnly: true }))).toBe('newer_log');
});

test('a first start that was killed before the schema was written can be repeated', () => {
  const path = join(tempFolder(), 'a.understudy');
  writeFileSync(path, '');
  open(path).close();
  expect(sentenceOf(path)).toBe('');
});

test('a log opened for reading takes no writes, sees what others write, and needs no change on disk', () => {
  const path = join(tempFolder(), 'a.understudy');
  const writer = open(path);
  const log = open(path, { readOnly: true });
  add(writer, main(writer), batch('a', [note(1, 1)]));
  expect(log.head(main(log))).toBe(1);
  expect(codeOf(log.append(main(log), log.head(main(log)), batch('b', [])))).toBe('read_only');
  expect(codeOf(log.branch('b', main(log), { at: note(1, 1).at, seq: null }))).toBe('read_only');
  expect(log.verify().ok).toBe(true);
});

test('where not even the small files of SQLite can be put beside it, a log is read all the same', () => {
  const folder = tempFolder();
  const path = join(folder, 'a.understudy');
  const writer = open(path);
  add(writer, main(writer), batch('a', [note(1, 1)]));
  writer.close();
  for (const beside of ['-shm', '-wal']) symlinkSync(join(folder, 'missing', 'x'), `${path}${beside}`);
  const before = readFileSync(path);
  const log = open(path, { readOnly: true });
  expect(log.verify()).toMatchObject({ ok: true, events: 1 });
  expect(log.path).toBe(path);
  expect(codeOf(log.append(main(log), log.head(main(log)), batch('b', [])))).toBe('read_only');
  log.close();
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('of two writers the second is told to wait, or that the log has grown; nothing is lost', () => {
  const path = join(tempFolder(), 'a.understudy');
  const [one, two] = [open(path), open(path)];
  const before = two.head(main(two));
  add(one, main(one), batch('a', [note(1, 1)]));
  expect(codeOf(two.append(main(two), before, batch('b', [note(2, 1)])))).toBe('stale_position');
  const holder = new Database(path);
  holder.exec('BEGIN IMMEDIATE');
  expect(codeOf(two.append(main(two), two.head(main(two)), batch('b', [note(2, 1)])))).toBe('busy');
  holder.exec('ROLLBACK');
  holder.close();
  expect(add(two, main(two), batch('b', [note(2, 1)])).head).toBe(2);
  expect(one.verify()).toMatchObject({ ok: true, events: 2 });
});

test('a truncated write-ahead log leaves whole batches and a log that verifies', () => {
  const folder = tempFolder();
  const log = open(join(folder, 'a.understudy'));
  for (let b = 0; b < 20; b++) {
    const events = Array.from({ length: 10 }, (_, i) => note(b * 10 + i, i + 1));
    add(log, main(log), batch(`s${b}`, events));
  }
  const wal = readFileSync(`${log.path}-wal`);
  for (const part of [0.99, 0.7, 0.4]) {
    const copy = join(folder, `cut-${part}`);
    copyFileSync(log.path, copy);
    writeFileSync(`${copy}-wal`, wal.subarray(0, Math.floor(wal.length * part)));
    const opened = open(copy, {});
    const verified = opened.verify();
    expect(verified.ok).toBe(true);
    expect(verified.events % 10).toBe(0);
    expect(verified.events).toBeLessThan(200);
    opened.close();
  }
});

test('the migrations count without a gap and add up to sum.sql', () => {
  const objects = (db: Database.Database): readonly unknown[] =>
    db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all();
  const migrations = loadMigrations(migrationsFolder());
  expect(migrations.map((m) => m.version)).toEqual(migrations.map((_, i) => i + 1));
  const [steps, sum] = [new Database(':memory:'), new Database(':memory:')];
  for (const step of migrations) steps.exec(step.sql);
  sum.exec(readFileSync(join(migrationsFolder(), 'sum.sql'), 'utf8'));
  expect(objects(sum)).toEqual(objects(steps));
  expect(objects(sum).length).toBeGreaterThan(15);
});

/** A log of the first schema, with an event. */
const olderLog = (): string => {
  const path = join(tempFolder(), 'a.understudy');
  const db = new Database(path);
  createSchema(db, loadMigrations(migrationsFolder())[0]!.sql, 1);
  db.close();
  const now = open(path);
  add(now, main(now), batch('a', [note(10, 1)]));
  now.close();
  const undone = new Database(path);
  undone.exec('DROP TABLE keyframe_chain; DROP TABLE keyframe; DROP TABLE keyframe_row');
  undone.exec('CREATE TABLE keyframe (timeline INTEGER, fold TEXT, at REAL, seq INTEGER)');
  undone.pragma('user_version = 1');
  undone.close();
  rmSync(`${path}.v1.backup`);
  return path;
};

test('an older log is copied before it is brought to the newest schema', () => {
  const path = olderLog();
  const newest = loadMigrations(migrationsFolder());
  const log = open(path);
  expect(log.verify()).toMatchObject({ ok: true, events: 1 });
  log.close();
  const db = new Database(path);
  expect(schemaVersion(db)).toBe(newest.length);
  expect(codeOf(upgrade(db, path, newest.slice(0, 1)))).toBe('newer_log');
  db.close();
  expect(schemaVersion(new Database(`${path}.v1.backup`, { readonly: true }))).toBe(1);
  const backup = open(`${path}.v1.backup`, {});
  expect(backup.verify().ok).toBe(true);
});

test('an older log that may not be written is read as it is', () => {
  const path = olderLog();
  const log = open(path, { readOnly: true });
  expect([...log.inEventTime(main(log))]).toHaveLength(1);
  expect(log.keyframes.nearest(main(log), { at: instant(10), seq: null })).toBeNull();
  expect(log.verify().ok).toBe(true);
  log.close();
  expect(schemaVersion(new Database(path, { readonly: true }))).toBe(1);
});

test('a step that fails leaves the older schema whole', () => {
  const path = olderLog();
  const db = new Database(path);
  const broken = { version: 2, name: '0002-broken.sql', sql: 'CREATE TABLE next (id INTEGER); NONSENSE;' };
  const first = loadMigrations(migrationsFolder())[0]!;
  expect(() => upgrade(db, path, [first, broken])).toThrow(/NONSENSE/);
  expect(schemaVersion(db)).toBe(1);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'next'").get()).toBeUndefined();
  db.close();
});

test('a gap in the numbers of migrations is our bug and stops us', () => {
  const folder = join(tempFolder(), 'migrations');
  mkdirSync(folder);
  writeFileSync(join(folder, '0002-b.sql'), '');
  expect(() => loadMigrations(folder)).toThrow(/should have number 1/);
});
