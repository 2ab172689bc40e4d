// Turns what SQLite and the file system throw into a code for programs and a sentence for people.
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { LogError } from './types.ts';

/** Thrown where a value cannot carry an error: while a read is under way and the file fails beneath it. */
export class LogFailure extends Error {
  readonly error: LogError;
  constructor(error: LogError) {
    super(error.sentence);
    this.name = 'LogFailure';
    this.error = error;
  }
}

export const fault = (code: LogError['code'], sentence: string): LogError => ({ code, sentence });

/** Longest SQLite result codes first: extended codes share a prefix with their plain ones. */
const MEANINGS: readonly (readonly [prefix: string, code: LogError['code'], because: string])[] = [
  ['SQLITE_NOTADB', 'not_a_log', 'is not an Understudy log'],
  ['SQLITE_CORRUPT', 'damaged', 'is damaged; run `understudy verify` on it and go back to a copy'],
  [
    'SQLITE_FULL',
    'disk_full',
    'cannot grow: the disk is full. Nothing of this step was kept; free space and repeat it',
  ],
  ['SQLITE_BUSY', 'busy', 'is being written by another program; wait for it to finish and repeat'],
  ['SQLITE_LOCKED', 'busy', 'is in use; wait for the other work to finish and repeat'],
  ['SQLITE_READONLY', 'read_only', 'can only be read here; copy it to a place you may write to'],
  ['SQLITE_PERM', 'read_only', 'may not be written by you; copy it to a place you may write to'],
  ['SQLITE_CANTOPEN', 'io', 'could not be opened'],
  ['SQLITE_IOERR', 'io', 'could not be read or written: the disk reported an error'],
];

/** What an error thrown by SQLite means for the log at `path`; null when it is not the world's doing but ours. */
export const worldFault = (path: string, thrown: unknown): LogError | null => {
  if (thrown instanceof LogFailure) return thrown.error;
  if (!(thrown instanceof Database.SqliteError)) return null;
  const meaning = MEANINGS.find(([prefix]) => thrown.code.startsWith(prefix));
  if (meaning === undefined) return null;
  return fault(meaning[1], `${path} ${meaning[2]} (${thrown.message}).`);
};

/** Runs `work`; a failure of disk or file becomes an error value, a bug of ours is thrown on. */
export const attempt = <T>(path: string, work: () => Result<T, LogError>): Result<T, LogError> => {
  try {
    return work();
  } catch (thrown) {
    const error = worldFault(path, thrown);
    if (error === null) throw thrown;
    return err(error);
  }
};

/** As `attempt`, for calls whose answer is a plain value: a failure of the file is thrown as a `LogFailure`. */
export const orFailure = <T>(path: string, work: () => T): T => {
  const result = attempt(path, () => ok(work()));
  if (result.ok) return result.value;
  throw new LogFailure(result.error);
};
