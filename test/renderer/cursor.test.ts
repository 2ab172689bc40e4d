// The cursor: at most one instant a frame, never beyond the end, silent at rest.
import { BehaviorSubject, Subject, take } from 'rxjs';
import { expect, test } from 'vitest';
import { cursor$, type Moment, type Playback } from '../../renderer/playback/cursor.ts';

/** A clock whose frames come when the test says so. */
const handClock = () => {
  const frames = new Subject<number>();
  return { frames, clock: { tick$: frames.asObservable(), once$: frames.pipe(take(1)) } };
};

const setUp = (start: Playback, end: number) => {
  const { frames, clock } = handClock();
  const playback = new BehaviorSubject(start);
  const seen: Moment[] = [];
  cursor$(playback, new BehaviorSubject(end), clock).subscribe((m) => seen.push(m));
  return { frames, playback, seen };
};

const held = (at: number): Playback => ({ mode: 'held', at: { at, seq: null } });

test('a drag of many events in one frame is one instant, the last', () => {
  const { frames, playback, seen } = setUp(held(0), 1_000);
  frames.next(0);
  for (let i = 1; i <= 36; i++) playback.next(held(i));
  frames.next(16);
  frames.next(32);
  expect(seen.map((m) => m.at.at)).toEqual([0, 36]);
});

test('playing moves with the frames at its rate and stops at the end', () => {
  const { frames, seen } = setUp({ mode: 'playing', from: 100, rate: 10 }, 600);
  for (const now of [0, 16, 32, 48, 64, 80, 96]) frames.next(now);
  expect(seen.filter((m) => m.playing).map((m) => m.at.at)).toEqual([100, 260, 420, 580]);
  expect(seen.at(-1)).toEqual({ at: { at: 600, seq: null }, playing: false });
  const before = seen.length;
  frames.next(112);
  expect(seen.length).toBe(before);
});

test('a held instant keeps its seq', () => {
  const { frames, seen } = setUp({ mode: 'held', at: { at: 5, seq: 42 } }, 10);
  frames.next(0);
  expect(seen).toEqual([{ at: { at: 5, seq: 42 }, playing: false }]);
});
