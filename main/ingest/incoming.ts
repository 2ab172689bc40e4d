// What arrives: a file or dropped bytes, readable in chunks as often as needed, identified by its content.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

const CHUNK_BYTES = 256 * 1024;

export interface Incoming {
  /** As the person named it. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of its last change, by the file system or the browser. */
  readonly modifiedAt: number;
  /** The content from its beginning; a chunk is only valid until the next one is taken. */
  readonly chunks: () => Iterable<Uint8Array>;
}

/** A file on disk. Throws what `node:fs` throws (ENOENT, EACCES, EISDIR), which `import.ts` turns into a sentence. */
export const fromFile = (path: string): Incoming => {
  const fd = openSync(path, 'r');
  const { size, mtimeMs } = fstatSync(fd);
  closeSync(fd);
  return { path, name: basename(path), bytes: size, modifiedAt: Math.trunc(mtimeMs), chunks: () => fileChunks(path) };
};

function* fileChunks(path: string): Iterable<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const read = readSync(fd, buffer, 0, CHUNK_BYTES, null);
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes that were dropped on the window or typed into a test. */
export const fromBytes = (name: string, content: Uint8Array, modifiedAt: number): Incoming => ({
  path: name,
  name,
  bytes: content.length,
  modifiedAt,
  *chunks() {
    for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES);
  },
});

/** The first bytes, as many as there are up to `limit`. */
export const headOf = (incoming: Incoming, limit: number): Uint8Array => {
  const head = new Uint8Array(Math.min(limit, incoming.bytes));
  let filled = 0;
  for (const chunk of incoming.chunks()) {
    if (filled >= head.length) break;
    const part = chunk.subarray(0, head.length - filled);
    head.set(part, filled);
    filled += part.length;
  }
  return head.subarray(0, filled);
};

export type Content = { readonly id: string; readonly lines: number };

const NEWLINE = 10;

/** sha256 of the content in hex, and its number of lines. `between` is called after every chunk with the bytes so far. */
export async function contentOf(incoming: Incoming, between: (done: number) => Promise<void>): Promise<Content> {
  const hash = createHash('sha256');
  let done = 0;
  let lines = 0;
  let ended = true;
  for (const chunk of incoming.chunks()) {
    hash.update(chunk);
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
    ended = chunk.at(-1) === NEWLINE;
    done += chunk.length;
    await between(done);
  }
  return { id: hash.digest('hex'), lines: ended ? lines : lines + 1 };
}
