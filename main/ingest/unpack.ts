// Opens compressed files on their way in, so that a trace or log can stay as it was archived.
import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { headOf, type Incoming } from './incoming.ts';

/** Held in memory when unpacked; also the limit that stops a file made to explode. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The file itself, or what is in it. @returns a clause that follows the file's name when it cannot be unpacked. */
export const unpacked = (incoming: Incoming): Result<Incoming, string> => {
  if (!isGzip(headOf(incoming, 2))) return ok(incoming);
  let content: Uint8Array;
  try {
    const packed = Buffer.concat(Array.from(incoming.chunks(), (chunk) => chunk.slice()));
    content = gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (error) {
    const isTooBig = error instanceof RangeError;
    return err(
      isTooBig ? 'unpacks to more than 512 MiB: unpack it and import the file' : 'is a damaged gzip file, or cut off',
    );
  }
  const name = incoming.name.replace(/\.gz$/, '');
  return ok({
    ...incoming,
    name,
    bytes: content.length,
    *chunks() {
      for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES);
    },
  });
};
