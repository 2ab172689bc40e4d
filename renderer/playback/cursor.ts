// RxJS only where time enters: pointer and clock go in, one instant a frame comes out.
import { combineLatest, distinctUntilChanged, map, type Observable, switchMap } from 'rxjs';
import type { At } from '../../domain/contract/contract.ts';

export type Playback =
  | { readonly mode: 'held'; readonly at: At }
  /** `rate`: milliseconds of the log that pass in one millisecond. */
  | { readonly mode: 'playing'; readonly from: number; readonly rate: number };

export type Clock = {
  /** Times of frames, in ms, while listened to. */
  readonly tick$: Observable<number>;
  /** One emission in the next frame. */
  readonly once$: Observable<number>;
};

export type Moment = { readonly at: At; readonly playing: boolean };

/**
 * A held instant comes with the next frame, so of many in one frame the last remains (`switchMap` drops the others).
 * A playing one moves with the frames: it stands at `from` in the first.
 */
const walk = (playback: Playback, clock: Clock): Observable<Moment> => {
  if (playback.mode === 'held') return clock.once$.pipe(map(() => ({ at: playback.at, playing: false })));
  let started: number | null = null;
  return clock.tick$.pipe(
    map((now) => {
      started ??= now;
      const at = Math.round(playback.from + (now - started) * playback.rate);
      return { at: { at, seq: null }, playing: true };
    }),
  );
};

const same = (a: Moment, b: Moment): boolean => a.playing === b.playing && a.at.at === b.at.at && a.at.seq === b.at.seq;

/**
 * The instant to draw: at most one per frame, never beyond `end$` (where playing stops being), never the same twice;
 * silent at rest.
 */
export const cursor$ = (playback$: Observable<Playback>, end$: Observable<number>, clock: Clock): Observable<Moment> =>
  combineLatest([playback$.pipe(switchMap((p) => walk(p, clock))), end$]).pipe(
    map(([moment, end]) =>
      moment.playing && moment.at.at >= end ? { at: { at: end, seq: null }, playing: false } : moment,
    ),
    distinctUntilChanged(same),
  );
