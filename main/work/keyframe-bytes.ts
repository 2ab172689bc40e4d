// A keyframe as bytes: its few values as JSON, its arrays as they lie in memory, so that reading them copies nothing.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ColumnsPatch } from '../../domain/base/column-patch.ts';
import type { Keyframe } from '../../domain/timeline/keyframes.ts';

/** What the bytes hold: all but the place. */
type Kept = Omit<Keyframe, 'position'>;

/** In the order of their alignment. */
const ARRAYS = {
  numbers: Float64Array,
  rows: Int32Array,
  links: Int32Array,
  ends: Int32Array,
  bytes: Uint8Array,
  text: Uint8Array,
} as const;
type ArrayName = keyof typeof ARRAYS;
const NAMES = Object.keys(ARRAYS) as readonly ArrayName[];

type Head = Omit<Kept, 'patch'> & {
  readonly patch: Omit<Kept['patch'], 'cells'>;
  readonly layout: ColumnsPatch['layout'];
  /** Elements of each array. */
  readonly lengths: Readonly<Record<ArrayName, number>>;
};

/** Before everything: the bytes of the whole, and of its JSON. */
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Level 1 halves a keyframe in a fraction of a millisecond; more gains nothing. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const packed = ({ number, base, patch: { cells, ...patch } }: Keyframe): Uint8Array => {
  const lengths = Object.fromEntries(NAMES.map((name) => [name, cells[name].length])) as Head['lengths'];
  const head = Buffer.from(JSON.stringify({ number, base, patch, layout: cells.layout, lengths } satisfies Head));
  const parts: Uint8Array[] = [head, Buffer.alloc(aligned(head.length) - head.length)];
  for (const name of NAMES) {
    const array = cells[name];
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  const whole = Buffer.concat(parts);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(whole.length, 0);
  prefix.writeUInt32LE(head.length, 4);
  return Buffer.concat([prefix, zstdCompressSync(whole, LEVEL)]);
};

/** Unpacking into one piece of memory is ten times as quick as into pieces of 16 KiB. */
export const unpacked = (bytes: Uint8Array): Kept => {
  const prefix = Buffer.from(bytes.buffer, bytes.byteOffset, PREFIX_BYTES);
  const [length, headLength] = [prefix.readUInt32LE(0), prefix.readUInt32LE(4)];
  const found = zstdDecompressSync(bytes.subarray(PREFIX_BYTES), { chunkSize: Math.max(64, length) });
  // A short piece may come out of a pool, where it need not be aligned.
  const whole = found.byteOffset % ALIGNMENT === 0 ? found : Buffer.from(Uint8Array.from(found).buffer);
  const { number, base, patch, layout, lengths } = JSON.parse(whole.toString('utf8', 0, headLength)) as Head;
  let at = whole.byteOffset + aligned(headLength);
  const next = <N extends ArrayName>(name: N): InstanceType<(typeof ARRAYS)[N]> => {
    const array = new ARRAYS[name](whole.buffer, at, lengths[name]);
    at += array.byteLength;
    return array as InstanceType<(typeof ARRAYS)[N]>;
  };
  const cells: ColumnsPatch = {
    layout,
    numbers: next('numbers'),
    rows: next('rows'),
    links: next('links'),
    ends: next('ends'),
    bytes: next('bytes'),
    text: next('text'),
  };
  return { number, base, patch: { ...patch, cells } };
};
