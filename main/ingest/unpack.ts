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

const TAR_BLOCK = 512;
/** `ustar` stands at 257 of a tar's first header, whoever wrote it. */
const isTar = (head: Uint8Array): boolean => Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar';
const textIn = (block: Uint8Array, from: number, to: number): string =>
  Buffer.from(block.subarray(from, to)).toString('utf8').replace(/\0.*$/s, '');

/** Files of a tar: a header of 512 bytes (name, size in octal, type), then the content, filled up to whole blocks. */
const untarred = (archive: Incoming, content: Uint8Array): Result<readonly Incoming[], string> => {
  const files: Incoming[] = [];
  let longName: string | null = null;
  for (let at = 0; at < content.length;) {
    const header = content.subarray(at, at + TAR_BLOCK);
    if (header.every((byte) => byte === 0)) break; // the end is two blocks of zeros
    const size = Number.parseInt(textIn(header, 124, 136).trim() || '0', 8);
    const from = at + TAR_BLOCK;
    if (
      header.length < TAR_BLOCK ||
      !isTar(header) ||
      !Number.isSafeInteger(size) ||
      size < 0 ||
      from + size > content.length
    )
      return err('is a damaged tar archive, or cut off');
    const body = content.subarray(from, from + size);
    const type = textIn(header, 156, 157);
    const folder = textIn(header, 345, 500);
    const name: string = longName ?? (folder === '' ? '' : `${folder}/`) + textIn(header, 0, 100);
    // GNU and POSIX tar write a name beyond 100 bytes as an entry before its file.
    longName = type === 'L' ? textIn(body, 0, body.length) : type === 'x' ? paxName(body) : null;
    if ((type === '' || type === '0') && !/(?:^|\/)[._][^/]/.test(name.replace(/^\.\//, ''))) {
      const file = fromBytes(name.replace(/^.*\//, ''), body, archive.modifiedAt); // one snapshot, one instant
      files.push({ ...file, path: `${archive.path}/${name.replace(/^\.\//, '')}` });
    }
    at = from + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return files.length === 0 ? err('is an archive without files') : ok(files);
};
/** `27 path=a/long/name\n`: each record is its own length, a key and a value. */
const paxName = (body: Uint8Array): string | null =>
  /(?:^|\n)\d+ path=([^\n]*)\n/.exec(Buffer.from(body).toString('utf8'))?.[1] ?? null;

const gunzipped = (incoming: Incoming): Result<readonly Incoming[], string> => {
  try {
    const content = gunzipSync(contentOf(incoming), { maxOutputLength: UNPACKED_BYTES_MAX });
    if (isTar(content)) return untarred(incoming, content);
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

const UTF16: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** What Windows saves as "Unicode" (a redirection in PowerShell), in the UTF-8 that everything here reads. */
const inUtf8 = (incoming: Incoming): Incoming => {
  const head = headOf(incoming, 2);
  const encoding = UTF16.find(([, mark]) => startsWith(head, mark))?.[0];
  if (encoding === undefined) return incoming;
  return {
    ...incoming,
    *chunks() {
      const decoder = new TextDecoder(encoding);
      for (const chunk of incoming.chunks()) yield Buffer.from(decoder.decode(chunk, { stream: true }));
      const rest = decoder.decode(); // half a character, where the file is cut off
      if (rest !== '') yield Buffer.from(rest);
    },
  };
};

/** The file itself, or what is in it. @returns a clause that follows the file's name when it cannot be unpacked. */
export const unpacked = (incoming: Incoming): Result<readonly Incoming[], string> => {
  const opened = openAll(incoming);
  return opened.ok ? ok(opened.value.map(inUtf8)) : opened;
};

/** Archives lie in archives: rotated logs in a host's, the hosts' in a support bundle's. */
const DEPTH_MAX = 4;

const openAll = (incoming: Incoming, depth = 0): Result<readonly Incoming[], string> => {
  const opened = openOnce(incoming);
  const [only] = opened.ok ? opened.value : [];
  if (!opened.ok || depth >= DEPTH_MAX || (opened.value.length === 1 && only?.path === incoming.path)) return opened;
  const files: Incoming[] = [];
  let bytes = 0;
  for (const file of opened.value) {
    const inner = openAll(file, depth + 1);
    const unpackedFiles = inner.ok ? inner.value : [file]; // one that is damaged is told of by its own name
    bytes += unpackedFiles.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes > UNPACKED_BYTES_MAX) return err(TOO_BIG);
    files.push(...unpackedFiles);
  }
  return ok(files);
};

const openOnce = (incoming: Incoming): Result<readonly Incoming[], string> => {
  const head = headOf(incoming, TAR_BLOCK);
  if (isTar(head)) return incoming.bytes > UNPACKED_BYTES_MAX ? err(TOO_BIG) : untarred(incoming, contentOf(incoming));
  if (startsWith(head, GZIP)) return gunzipped(incoming);
  return startsWith(head, ZIP) ? unzipped(incoming) : ok([incoming]);
};
