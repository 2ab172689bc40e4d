// What reading a log may fail with, as a code and a sentence: the file's doing, or somebody who changed what was being read.
import { HistoryChanged } from '../../domain/timeline/keyframes.ts';
import { fault, LogFailure } from '../log/fault.ts';
import type { LogError } from '../log/types.ts';

/** Null where what was thrown is a mistake of ours. */
export const readingFailure = (thrown: unknown): LogError | null => {
  if (thrown instanceof LogFailure) return thrown.error;
  return thrown instanceof HistoryChanged ? fault('stale_position', thrown.message) : null;
};
