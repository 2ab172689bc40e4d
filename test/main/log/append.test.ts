// Appending: expected positions, resumed sources, keys seen before, late facts, and what is refused.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { add, at, batch, codeOf, main, newLog, note, open, tempFolder, texts } from './fixtures.ts';

test('what is appended is read back in its place, whole', () => {
  const log = newLog();
  const event = { ...note(1000.25, 7, 'k'), entity: 'vm:ä😀', evidence: 'inferred' as const };
  expect(add(log, main(log), batch('s', [event]))).toEqual({ head: 1, events: 1, duplicates: 0 });
  expect({ ...log.event(main(log), seq(1)), key: 'k' }).toEqual({ ...event, seq: 1, source: 's' });
  expect(log.event(main(log), seq(2))).toBeNull();
});

test('text that is no valid UTF-16 is replaced, and the log still verifies', () => {
  const log = newLog();
  const refused = [{ line: 2, why: 'noise', text: 'a\0b\ud800' }];
  add(log, main(log), batch('s', [{ ...note(1, 1, 'k\udfff', 'x\ud800'), entity: 'vm:\ud800\0' }], { refused }));
  expect(log.verify().firstBad).toBeNull();
  expect(log.event(main(log), seq(1))?.entity).toBe('vm:\ufffd\0');
  expect(log.refusals('s')).toEqual([{ line: 2, why: 'noise', text: 'a\0b\ufffd' }]);
});

test('an append at another position than the head changes nothing', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(1, 1)]));
  expect(codeOf(log.append(main(log), seq(0), batch('b', [note(2, 1)])))).toBe('stale_position');
  expect(log.head(main(log))).toBe(1);
  expect(log.progress(main(log), 'b')).toBeNull();
});

test('a source goes on after the last line it reached, and once done brings nothing new', () => {
  const log = newLog();
  const first = batch('a', [note(1, 1), note(2, 2)], { done: false });
  add(log, main(log), first);
  expect(log.progress(main(log), 'a')).toEqual({ throughLine: 2, done: false });
  expect(add(log, main(log), first)).toEqual({ head: 2, events: 0, duplicates: 2 });
  add(log, main(log), batch('a', [note(3, 3)]));
  expect(log.progress(main(log), 'a')).toEqual({ throughLine: 3, done: true });
  expect(add(log, main(log), batch('a', [note(4, 4)]))).toEqual({ head: 3, events: 0, duplicates: 1 });
});

test('the same fact from another file, known by its key, is a duplicate', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(1, 1, 'x'), note(2, 2, 'y')]));
  const again = batch('b', [note(1, 1, 'y'), note(3, 2, 'z'), note(3, 3, 'z'), note(4, 4)]);
  expect(add(log, main(log), again)).toEqual({ head: 4, events: 2, duplicates: 2 });
});

test('a branch knows the keys and sources of its lineage, not those above its cut or after its fork', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(10, 1, 'low'), note(30, 2, 'high')]));
  const branch = log.branch('what-if', main(log), at(20));
  if (!branch.ok) throw new Error(branch.error.sentence);
  add(log, main(log), batch('later', [note(5, 1, 'late')]));
  expect(log.progress(branch.value, 'later')).toBeNull();
  const events = [note(10, 1, 'low'), note(30, 2, 'high'), note(5, 3, 'late')];
  expect(add(log, branch.value, batch('run:drill:1', events)).events).toBe(2);
  expect(texts(log, branch.value)).toEqual(['note 3', 'note 1', 'note 2']);
});

test('a source read before the fork brings a branch what lies above its cut, once', () => {
  const log = newLog();
  const source = batch('a', [note(10, 1, 'low'), note(10, 2), note(30, 3, 'high'), note(30, 4)]);
  add(log, main(log), source);
  const branch = log.branch('what-if', main(log), at(20));
  if (!branch.ok) throw new Error(branch.error.sentence);
  expect(log.progress(branch.value, 'a')).toBeNull();
  expect(add(log, branch.value, source)).toMatchObject({ events: 2, duplicates: 2 });
  expect(texts(log, branch.value)).toEqual(['note 1', 'note 2', 'note 3', 'note 4']);
  expect(log.progress(branch.value, 'a')).toEqual({ throughLine: 4, done: true });
  expect(add(log, branch.value, source)).toMatchObject({ events: 0, duplicates: 4 });
});

test('listeners hear of every change until they stop', () => {
  const log = newLog();
  const heard: number[] = [];
  const stop = log.onChange((timeline) => heard.push(timeline));
  add(log, main(log), batch('a', [note(1, 1)]));
  log.branch('b', main(log), at(1));
  log.append(main(log), seq(0), batch('b', []));
  stop();
  add(log, main(log), batch('c', []));
  expect(heard).toEqual([1, 2]);
});

test('triggers refuse every change of what was written, in every append-only table', () => {
  const path = join(tempFolder(), 'a.understudy');
  const log = open(path);
  const refused = [{ line: 1, why: 'w', text: 't' }];
  add(log, main(log), batch('a', [note(1, 1)], { refused }));
  log.branch('b', main(log), at(1));
  log.close();
  const db = new Database(path);
  for (const table of ['event', 'batch', 'source', 'refusal', 'timeline', 'timeline_change']) {
    const [column] = db.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}') LIMIT 1`).pluck().all();
    expect(() => db.exec(`UPDATE ${table} SET ${column} = ${column}`)).toThrow(/append-only/);
    expect(() => db.exec(`DELETE FROM ${table}`)).toThrow(/append-only/);
  }
  db.close();
});

test('the journal hands batches back as written: appended to another log they give the same chain', () => {
  const log = newLog();
  const refused = [{ line: 3, why: 'no', text: 'x' }];
  add(log, main(log), batch('a', [note(10, 1, 'k'), note(20, 2)], { done: false, refused }));
  add(log, main(log), batch('b', [note(15, 1, 'k'), note(15, 2)]));
  const copy = newLog();
  for (const entry of log.journal()) {
    if (entry.kind === 'batch') expect(add(copy, main(copy), entry.batch).head).toBe(entry.head);
  }
  expect(copy.verify()).toEqual(log.verify());
  expect(copy.refusals('a')).toEqual(refused);
});

test('an instant may lie before 1970 and between milliseconds', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(0.5, 1), note(-7, 2)]));
  expect(texts(log, main(log))).toEqual(['note 2', 'note 1']);
  expect(log.span(main(log))).toEqual({ from: instant(-7), to: instant(0.5), events: 2 });
});
