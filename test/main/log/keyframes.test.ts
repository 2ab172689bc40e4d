// Kept keyframes: found, outdated by late facts and by another fold, and never trusted blindly.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import type { Timeline } from '../../../domain/timeline/order.ts';
import type { KeptVersion, KeyframePlace, KeyframeToKeep, Log } from '../../../main/log/types.ts';
import { add, at, batch, main, newLog, note, open, value } from './fixtures.ts';

/** A keyframe after the event `n` at `ms`; of the entities it changes the text is `<entity> at <number>`. */
const keyframe = (
  log: Log,
  timeline: Timeline,
  number: number,
  ms: number,
  n: number,
  entities = [1],
): KeyframeToKeep => ({
  number,
  cut: { at: at(ms).at, seq: seq(n) },
  ordinal: number + 1,
  head: log.head(timeline),
  bytes: new Uint8Array([number, 0, 255]),
  rows: entities.map((entity) => ({ entity, text: `${entity} at ${number}` })),
});

/** Ten events at 10, 20, … 100, and keyframes 0 to 2 after the third, the sixth and the eighth. */
const withKeyframes = (): Log => {
  const log = newLog();
  const events = Array.from({ length: 10 }, (_, i) => note(10 * (i + 1), i + 1));
  add(log, main(log), batch('a', events));
  const frames = [
    keyframe(log, main(log), 0, 30, 3, [1, 2]),
    keyframe(log, main(log), 1, 60, 6, [2, 2 ** 33]),
    keyframe(log, main(log), 2, 80, 8, [1]),
  ];
  expect(log.keyframes.put(main(log), null, frames)).toHaveLength(3);
  return log;
};
const nearest = (log: Log, timeline: Timeline, ms: number, n: number | null = null): number | null =>
  log.keyframes.nearest(timeline, at(ms, n))?.number ?? null;
const placeAt = (log: Log, timeline: Timeline, ms: number): KeyframePlace => {
  const found = log.keyframes.nearest(timeline, at(ms));
  if (found === null) throw new Error(`no keyframe at ${ms}`);
  return found;
};
const version = (log: Log, place: KeyframePlace, entity: number): KeptVersion | null =>
  log.keyframes.versions(place, [entity])?.get(entity) ?? null;
const texts = (log: Log, place: KeyframePlace, ...entities: number[]): unknown[] =>
  entities.map((entity) => log.keyframes.versions(place, entities)?.get(entity)?.text);

test('the nearest keyframe at or before a cut is found, with its bytes and those on the way to it', () => {
  const log = withKeyframes();
  expect([29, 30, 59, 60, 1e6].map((ms) => nearest(log, main(log), ms))).toEqual([null, 0, 0, 1, 2]);
  expect(nearest(log, main(log), 60, 6)).toBe(1);
  const place = placeAt(log, main(log), 60);
  expect([...log.keyframes.bytes(place, 1)!]).toEqual([1, 0, 255]);
  expect([...log.keyframes.bytes(place, 0)!]).toEqual([0, 0, 255]);
  expect(log.keyframes.bytes(place, 2)).toBeNull();
});

test('a row is what the last keyframe up to a place made it, and holds until the next that changes it', () => {
  const log = withKeyframes();
  const [first, second, third] = [30, 60, 80].map((ms) => placeAt(log, main(log), ms));
  expect(version(log, first!, 1)).toEqual({ number: 0, next: 2, text: '1 at 0' });
  expect(version(log, second!, 1)).toEqual({ number: 0, next: 2, text: '1 at 0' });
  expect(version(log, third!, 1)).toEqual({ number: 2, next: null, text: '1 at 2' });
  expect(version(log, first!, 2 ** 33)).toEqual({ number: -1, next: 1, text: null });
  expect(version(log, third!, 2 ** 33)).toEqual({ number: 1, next: null, text: `${2 ** 33} at 1` });
  expect(version(log, third!, 7)).toEqual({ number: -1, next: null, text: null });
});

test('at one instant a keyframe after the cut is not used', () => {
  const log = newLog();
  add(log, main(log), batch('b', [note(10, 1), note(10, 2)]));
  log.keyframes.put(main(log), null, [keyframe(log, main(log), 0, 10, 2)]);
  expect([nearest(log, main(log), 10, 1), nearest(log, main(log), 10, 2), nearest(log, main(log), 10)]).toEqual([
    null,
    0,
    0,
  ]);
});

test('of two that go on from one keyframe the first does', () => {
  const log = withKeyframes();
  const last = placeAt(log, main(log), 100);
  const next = keyframe(log, main(log), 3, 90, 9);
  expect(log.keyframes.put(main(log), last, [next])).toHaveLength(1);
  expect(log.keyframes.put(main(log), last, [next])).toBeNull();
  expect(log.keyframes.put(main(log), null, [{ ...next, number: 0 }])).toBeNull();
  expect(nearest(log, main(log), 100)).toBe(3);
});

test('a late event drops the keyframes at and after its instant, and what leans on them, and nothing else', () => {
  const log = withKeyframes();
  const [early, gone] = [placeAt(log, main(log), 30), placeAt(log, main(log), 60)];
  const high = value(log.branch('high', main(log), at(80)));
  const low = value(log.branch('low', main(log), at(40)));
  for (const [branch, n] of [[high, 3] as const, [low, 1] as const]) {
    add(log, branch, batch(`run:${branch.name}`, [note(90, 0)]));
    const own = keyframe(log, branch, n, 90, 11);
    expect(log.keyframes.put(branch, placeAt(log, branch, 85), [own])).toHaveLength(1);
  }
  expect(texts(log, placeAt(log, high, 90), 1, 2)).toEqual(['1 at 3', '2 at 1']);
  expect(texts(log, placeAt(log, low, 90), 1, 2)).toEqual(['1 at 1', '2 at 0']);
  expect(version(log, placeAt(log, low, 45), 1)).toEqual({ number: 0, next: 1, text: '1 at 0' });

  add(log, main(log), batch('late', [note(60, 1)]));
  expect(nearest(log, main(log), 100)).toBe(0);
  expect(texts(log, placeAt(log, main(log), 100), 1, 2, 2 ** 33)).toEqual(['1 at 0', '2 at 0', null]);
  expect(nearest(log, low, 100)).toBe(1);
  expect(nearest(log, high, 100)).toBe(0);
  // Whoever still leans on what was there is told, and not given something else.
  expect([version(log, gone, 1), version(log, early, 1)]).toEqual([null, null]);
  // What comes in its place begins where the rest ends.
  const anew = keyframe(log, main(log), 1, 90, 9, [2]);
  expect(log.keyframes.put(main(log), placeAt(log, main(log), 100), [anew])).toHaveLength(1);
  expect(texts(log, placeAt(log, main(log), 100), 1, 2)).toEqual(['1 at 0', '2 at 1']);
  add(log, main(log), batch('first', [note(5, 1)]));
  expect(nearest(log, main(log), 100)).toBeNull();
  const db = new Database(log.path, { readonly: true });
  for (const table of ['keyframe', 'keyframe_row', 'keyframe_chain']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0);
  }
  db.close();
});

test('a keyframe folded before a late event arrived is not kept', () => {
  const log = withKeyframes();
  const folded = keyframe(log, main(log), 3, 90, 9);
  add(log, main(log), batch('late', [note(85, 1)]));
  expect(log.keyframes.put(main(log), placeAt(log, main(log), 100), [folded])).toBeNull();
  expect(nearest(log, main(log), 100)).toBe(2);
  add(log, main(log), batch('new', [note(200, 1)]));
  const later = { ...folded, cut: { at: at(100).at, seq: seq(10) }, head: seq(11) };
  expect(log.keyframes.put(main(log), placeAt(log, main(log), 100), [later])).toHaveLength(1);
  expect(nearest(log, main(log), 100)).toBe(3);
});

test("a branch uses its parent's keyframes only where they hold for it", () => {
  const log = withKeyframes();
  const branch = value(log.branch('b', main(log), at(60, 6)));
  expect(nearest(log, branch, 100)).toBe(1);
  const lower = value(log.branch('lower', main(log), at(50)));
  expect(nearest(log, lower, 100)).toBe(0);
  add(log, branch, batch('run:1', [note(45, 0)]));
  expect(nearest(log, branch, 100)).toBe(0);
  add(log, branch, batch('run:2', [note(30, 0)]));
  expect(nearest(log, branch, 100)).toBeNull();
  // What the parent learnt after the fork is not the branch's.
  add(log, main(log), batch('more', [note(35, 1)]));
  expect(log.keyframes.put(main(log), placeAt(log, main(log), 100), [keyframe(log, main(log), 1, 40, 4)])).toHaveLength(
    1,
  );
  expect([nearest(log, lower, 100), nearest(log, main(log), 40)]).toEqual([0, 1]);
});

test('a branch whose own keyframes lie behind its parent’s begins anew from those', () => {
  const log = newLog();
  add(
    log,
    main(log),
    batch(
      'a',
      Array.from({ length: 10 }, (_, i) => note(10 * (i + 1), i + 1)),
    ),
  );
  const branch = value(log.branch('b', main(log), at(70)));
  expect(log.keyframes.put(branch, null, [keyframe(log, branch, 0, 20, 2)])).toHaveLength(1);
  expect(nearest(log, branch, 100)).toBe(0);
  log.keyframes.put(
    main(log),
    null,
    [0, 1, 2, 3].map((i) => keyframe(log, main(log), i, 10 * (i + 1), i + 1)),
  );
  const ahead = placeAt(log, main(log), 40);
  expect(log.keyframes.put(branch, ahead, [keyframe(log, branch, 4, 60, 6)])).toHaveLength(1);
  expect([20, 40, 100].map((ms) => nearest(log, branch, ms))).toEqual([1, 3, 4]);
  expect(texts(log, placeAt(log, branch, 100), 1)).toEqual(['1 at 4']);
  expect(texts(log, placeAt(log, branch, 50), 1)).toEqual(['1 at 3']);
});

test('a keyframe of another fold version is not believed, and gives way', () => {
  const log = withKeyframes();
  const newer = open(log.path, { fold: 'v2' });
  expect(nearest(newer, main(newer), 100)).toBeNull();
  expect(newer.keyframes.put(main(newer), null, [keyframe(newer, main(newer), 0, 30, 3)])).toHaveLength(1);
  expect(nearest(newer, main(newer), 100)).toBe(0);
  newer.close();
  expect(nearest(log, main(log), 100)).toBeNull();
});

test.each([
  ['a row whose text changed', "UPDATE keyframe_row SET text = '1 at 9' WHERE entity = 1 AND number = 2"],
  ['a row that was moved', 'UPDATE keyframe_row SET entity = 1, number = 1 WHERE entity = 2 AND number = 1'],
  ['a head whose bytes changed', "UPDATE keyframe SET bytes = x'0200' WHERE number = 2"],
])('%s is not believed: what was kept beside it goes, where it may', (_, damage) => {
  const log = withKeyframes();
  const db = new Database(log.path);
  db.exec(damage);
  db.close();
  const reading = value({ ok: true, value: open(log.path, { readOnly: true }) });
  for (const one of [reading, log]) {
    const place = placeAt(one, main(one), 100);
    const before = placeAt(one, main(one), 60);
    expect([version(one, place, 1), version(one, before, 1), one.keyframes.bytes(place, 2)]).toContain(null);
  }
  expect(nearest(reading, main(reading), 100)).toBeNull();
  reading.close();
  expect(nearest(log, main(log), 100)).toBeNull();
});
