// Kept keyframes: found, outdated by late facts and by another fold, and never trusted blindly.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import type { Timeline } from '../../../domain/timeline/order.ts';
import type { KeyframeRow, Log } from '../../../main/log/types.ts';
import { add, at, batch, main, newLog, note, open, value } from './fixtures.ts';

const keyframe = (log: Log, timeline: Timeline, ms: number, n: number, ordinal: number): KeyframeRow => ({
  cut: { at: at(ms).at, seq: seq(n) },
  ordinal,
  head: log.head(timeline),
  bytes: new Uint8Array([ordinal, 0, 255]),
});

/** Ten events at 10, 20, … 100, and keyframes after the third and the sixth. */
const withKeyframes = (): Log => {
  const log = newLog();
  const events = Array.from({ length: 10 }, (_, i) => note(10 * (i + 1), i + 1));
  add(log, main(log), batch('a', events));
  for (const n of [3, 6]) log.keyframes.put(main(log), [keyframe(log, main(log), 10 * n, n, n)]);
  return log;
};
const nearest = (log: Log, timeline: Timeline, ms: number, n: number | null = null): number | null =>
  log.keyframes.nearest(timeline, at(ms, n))?.ordinal ?? null;

const bytesAt = (log: Log, ms: number, n: number): Uint8Array | null =>
  log.keyframes.bytes(main(log), { at: at(ms).at, seq: seq(n) });

test('the nearest keyframe at or before a cut is found, with its bytes', () => {
  const log = withKeyframes();
  expect([29, 30, 59, 60, 1e6].map((ms) => nearest(log, main(log), ms))).toEqual([null, 3, 3, 6, 6]);
  expect(nearest(log, main(log), 60, 6)).toBe(6);
  expect([...bytesAt(log, 60, 6)!]).toEqual([6, 0, 255]);
  expect(bytesAt(log, 60, 5)).toBeNull();
  expect(bytesAt(log, 40, 4)).toBeNull();
});

test('at one instant a keyframe after the cut is not used', () => {
  const log = newLog();
  add(log, main(log), batch('b', [note(10, 1), note(10, 2)]));
  log.keyframes.put(main(log), [keyframe(log, main(log), 10, 2, 2)]);
  expect([nearest(log, main(log), 10, 1), nearest(log, main(log), 10, 2), nearest(log, main(log), 10)]).toEqual([
    null,
    2,
    2,
  ]);
});

test('a late event drops the keyframes at and after its instant, on its own timeline only', () => {
  const log = withKeyframes();
  const branch = value(log.branch('b', main(log), at(80)));
  add(log, branch, batch('run:1', [note(90, 0)]));
  log.keyframes.put(branch, [keyframe(log, branch, 90, 11, 9)]);
  add(log, main(log), batch('late', [note(60, 1)]));
  expect(nearest(log, main(log), 100)).toBe(3);
  expect(nearest(log, branch, 100)).toBe(9);
});

test('a keyframe folded before a late event arrived is not kept', () => {
  const log = withKeyframes();
  const folded = keyframe(log, main(log), 90, 9, 9);
  add(log, main(log), batch('late', [note(85, 1)]));
  log.keyframes.put(main(log), [folded]);
  expect(nearest(log, main(log), 100)).toBe(6);
  add(log, main(log), batch('new', [note(200, 1)]));
  log.keyframes.put(main(log), [{ ...folded, cut: { at: at(100).at, seq: seq(10) }, head: seq(11) }]);
  expect(nearest(log, main(log), 100)).toBe(9);
});

test("a branch uses its parent's keyframes only where they hold for it", () => {
  const log = withKeyframes();
  const branch = value(log.branch('b', main(log), at(60, 6)));
  expect(nearest(log, branch, 100)).toBe(6);
  const lower = value(log.branch('lower', main(log), at(50)));
  expect(nearest(log, lower, 100)).toBe(3);
  add(log, branch, batch('run:1', [note(45, 0)]));
  expect(nearest(log, branch, 100)).toBe(3);
  add(log, branch, batch('run:2', [note(30, 0)]));
  expect(nearest(log, branch, 100)).toBeNull();
  add(log, main(log), batch('more', [note(105, 1)]));
  log.keyframes.put(main(log), [keyframe(log, main(log), 40, 4, 4)]);
  expect([nearest(log, lower, 100), nearest(log, main(log), 40)]).toEqual([3, 4]);
});

test('a keyframe of another fold version, or one whose bytes changed, is not believed', () => {
  const log = withKeyframes();
  const newer = open(log.path, { fold: 'v2' });
  expect(nearest(newer, main(newer), 100)).toBeNull();
  newer.close();
  const db = new Database(log.path);
  db.exec("UPDATE keyframe SET bytes = x'060000' WHERE seq = 6");
  db.close();
  expect(bytesAt(log, 60, 6)).toBeNull();
  expect(bytesAt(log, 30, 3)).not.toBeNull();
});
