// A keyframe's head as bytes: JSON, and behind it who is there, packed, where all of that is told.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { mapTables, TABLE_NAMES } from '../../domain/cluster/cluster.ts';
import type { KeyframeHead } from '../../domain/timeline/keyframes.ts';

/** Before everything: the bytes of the JSON. */
const PREFIX_BYTES = 4;

/** Level 1 is a fraction of a millisecond; more gains nothing. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export const packed = ({ present, ...head }: KeyframeHead): Uint8Array => {
  const isWhole = present.kind === 'whole';
  const json = Buffer.from(JSON.stringify(isWhole ? head : { ...head, present }));
  const whole = isWhole ? zstdCompressSync(Buffer.concat(TABLE_NAMES.map((name) => present.bytes[name])), LEVEL) : [];
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length);
  return Buffer.concat([prefix, json, Uint8Array.from(whole)]);
};

/** Who is there is unpacked when somebody asks: whoever only wants the ids reads hundreds of heads. */
export const unpacked = (bytes: Uint8Array): KeyframeHead => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = PREFIX_BYTES + buffer.readUInt32LE(0);
  const head = JSON.parse(buffer.toString('utf8', PREFIX_BYTES, end)) as KeyframeHead;
  if (end === buffer.length) return head;
  return {
    ...head,
    get present() {
      const whole = zstdDecompressSync(buffer.subarray(end));
      let from = 0;
      return { kind: 'whole' as const, bytes: mapTables((name) => whole.subarray(from, (from += head.sizes[name]))) };
    },
  };
};
