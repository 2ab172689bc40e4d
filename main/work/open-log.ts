// Opens a log as this program reads it: keyframes of its own fold only, and for reading where writing is not allowed.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '../../domain/base/result.ts';
import { FOLD_VERSION } from '../../domain/cluster/cluster.ts';
import { openLog } from '../log/log.ts';
import type { Log, LogError } from '../log/types.ts';
import { keepHeapSmall } from './heap.ts';

/** Keyframes of other folds are of no use to this program. */
export const FOLD = String(FOLD_VERSION);

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK); // the write-ahead log stands beside the file
    return true;
  } catch {
    return false;
  }
};

/** Events of a record from which on memory matters more than a tenth of the time. */
const LONG = 250_000;
const isLong = (log: Log): boolean => {
  const main = log.timeline('main');
  return main.ok && log.head(main.value) >= LONG;
};

/** Opens the log at `path`; a file that may not be written, such as a colleague's, opens for reading only. */
export const openForUse = (path: string, options: { readonly create: boolean }): Result<Log, LogError> => {
  const readOnly = existsSync(path) && !isWritable(path);
  const opened = openLog(path, { create: options.create, readOnly, fold: FOLD });
  if (opened.ok && isLong(opened.value)) keepHeapSmall();
  return opened;
};
