// The shape of CloudSim's overload detectors.
import type { Draft } from './draft.ts';

export type Detector = {
  /** Begins planning at a tick. */
  readonly begin: (draft: Draft, tick: number) => void;
  /** Is the host overloaded as the draft has it? */
  readonly overloaded: (host: number) => boolean;
  /** Would it be with this VM added at the end of its list? */
  readonly overloadedWith: (host: number, vm: number) => boolean;
};

/** Too little history: every adaptive detector falls back to this threshold. */
export const FALLBACK_THRESHOLD = 0.7;

/** Closer to a limit than this a shortcut is not trusted and CloudSim's own arithmetic decides. */
export const TOO_CLOSE = 1e-9;
