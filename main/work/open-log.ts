// Opens a log as this program reads it: keyframes of its own fold only, and for reading where writing is not allowed.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from '../../domain/base/result.ts';
import { FOLD_VERSION } from '../../domain/cluster/cluster.ts';
import { openLog } from '../log/log.ts';
import type { Log, LogError } from '../log/types.ts';

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

/** Opens the log at `path`; a file that may not be written, such as a colleague's, opens for reading only. */
export const openForUse = (path: string, options: { readonly create: boolean }): Result<Log, LogError> =>
  openLog(path, { create: options.create, readOnly: existsSync(path) && !isWritable(path), fold: FOLD });
