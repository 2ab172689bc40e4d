// Opens compressed files and archives on their way in, so that a trace, a log or a support bundle can stay as it was sent.
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { fromBytes, headOf, type Incoming } from './incoming.ts';

/** Held in memory when unpacked; also the limit that stops an archive made to explode. */
const UNPACKED_BYTES_MAX = 512 * 1024 * 1024;

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);
const GZIP = [0x1f, 0x8b];
const ZIP = [0x50, 0x4b, 3, 4];

const TOO_BIG = 'unpacks to more than 512 MiB: unpack it and import what is in it';

const contentOf = (incoming: Incoming): Buffer =>
  Buffer.concat(Array.from(incoming.chunks(), (chunk) => chunk.slice()));

const gunzipped = (incoming: Incoming): Result<readonly Incoming[], string> => {
  try {
    const content = gunzipSync(contentOf(incoming), { maxOutputLength: UNPACKED_BYTES_MAX });
    const inside = fromBytes(incoming.name.replace(/\.gz$/, ''), content, incoming.modifiedAt);
    return ok([{ ...inside, path: incoming.path }]);
  } catch (error) {
    return err(error instanceof RangeError ? TOO_BIG : 'is a damaged gzip file, or cut off');
  }
};

const unzipped = (incoming: Incoming): Result<readonly Incoming[], string> => {
  let bytes = 0;
  try {
    const entries = unzipSync(contentOf(incoming), {
      filter: ({ name, originalSize }) => {
        bytes += originalSize;
        return bytes <= UNPACKED_BYTES_MAX && !name.endsWith('/') && !/(?:^|\/)[._]/.test(name);
      },
    });
    if (bytes > UNPACKED_BYTES_MAX) return err(TOO_BIG);
    const files = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
    if (files.length === 0) return err('is an archive without files');
    return ok(
      files.map(([name, content]) => ({
        ...fromBytes(name.replace(/^.*\//, ''), content, incoming.modifiedAt), // one snapshot, one instant
        path: `${incoming.path}/${name}`,
      })),
    );
  } catch {
    return err('is a damaged zip archive, or cut off');
  }
};

/** The file itself, or what is in it. @returns a clause that follows the file's name when it cannot be unpacked. */
export const unpacked = (incoming: Incoming): Result<readonly Incoming[], string> => {
  const head = headOf(incoming, ZIP.length);
  if (startsWith(head, GZIP)) return gunzipped(incoming);
  return startsWith(head, ZIP) ? unzipped(incoming) : ok([incoming]);
};
