// Who waits for a long computation: told how far it is, and able to stop it.
import type { Result } from '../../domain/base/result.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';

export type Watcher = {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
};

/** What comes out: a value, or a failure that has a sentence for the person. */
export type Answer<T> = Result<T, Failure>;

/** Nobody watches and nobody interrupts. */
export const unwatched = (): Watcher => ({ signal: new AbortController().signal, progress: () => {} });
