// Folds history nobody has asked for yet, a slice at a time between calls, so that any instant is near a keyframe when asked.

import { readingFailure } from '../work/failure.ts';

/** Events a slice: about 8 ms, so that a call that comes meanwhile is hardly late. */
const SLICE_EVENTS = 2_000;

export type Warming = {
  /** Goes on, or starts; for after every call, because a call may have opened another timeline. */
  readonly wake: () => void;
  readonly stop: () => void;
};

/** @param fold folds so many events more of what was looked at last; false when nothing is left */
export const warmingOf = (fold: (events: number) => boolean): Warming => {
  let isAwake = false;
  let isStopped = false;
  const turn = (): void => {
    isAwake = false;
    if (isStopped) return;
    try {
      isAwake = fold(SLICE_EVENTS);
    } catch (thrown) {
      if (readingFailure(thrown) === null) throw thrown;
      return; // the file failed; the next call says so to someone who can act on it
    }
    if (isAwake) setImmediate(turn);
  };
  return {
    wake: () => {
      if (isAwake || isStopped) return;
      isAwake = true;
      setImmediate(turn);
    },
    stop: () => {
      isStopped = true;
    },
  };
};
