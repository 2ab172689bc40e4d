// A file of everything an import refused, one JSON object a line, so that somebody can mend it and import it again.
import { closeSync, openSync, writeSync } from 'node:fs';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Refusal } from '../log/types.ts';

export interface RefusedFile {
  /** `path` is the file the line is of. Throws what `node:fs` throws when the disk is full. */
  readonly take: (path: string, refusal: Refusal) => void;
  readonly close: () => void;
}

/** Written at once in pieces of this many characters: a file may be refused whole. */
const PIECE = 64 * 1024;

/** Makes the file; one that is there already is never overwritten. @returns a sentence where it cannot be made. */
export const openRefusedFile = (path: string): Result<RefusedFile, string> => {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    return err(
      exists
        ? `There is already a file ${path}. Choose another for the refused lines.`
        : `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
  let text = '';
  const write = (): void => {
    writeSync(file, text);
    text = '';
  };
  return ok({
    take: (from, { line, why, text: quote }) => {
      text += `${JSON.stringify({ path: from, line, why, text: quote })}\n`;
      if (text.length >= PIECE) write();
    },
    close: () => {
      write();
      closeSync(file);
    },
  });
};
