// Cuts a stream of bytes into numbered lines without ever holding more than one of them.
import { withoutEscapes } from './terminal-text.ts';

/** Longer than any notification Nova sends (a few hundred KiB with all block devices and a traceback). */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;

export type Line = {
  /** 1-based. */
  readonly number: number;
  /** Without its line ending and colours; empty when the line was too long to hold. */
  readonly text: string;
  readonly tooLong: boolean;
  /** True when the stream ended before a line ending came. */
  readonly last: boolean;
};

const NEWLINE = 10;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: false });

const decode = (bytes: Uint8Array): string => {
  const text = withoutEscapes(utf8.decode(bytes));
  return text.endsWith('\r') ? text.slice(0, -1) : text;
};

/** Lines of UTF-8 text; bytes that are no UTF-8 become U+FFFD. A line over `limit` bytes is passed on empty and marked. */
export function* linesOf(chunks: Iterable<Uint8Array>, limit: number = LINE_BYTES_MAX): Generator<Line> {
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const take = (tail: Uint8Array, last: boolean): Line => {
    number++;
    const tooLong = heldBytes + tail.length > limit;
    const whole = held.length === 0 ? tail : Buffer.concat([...held, tail]);
    const line = { number, text: tooLong ? '' : decode(whole), tooLong, last };
    held = [];
    heldBytes = 0;
    return line;
  };
  for (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      yield take(chunk.subarray(from, to), false);
      from = to + 1;
    }
    const rest = chunk.length - from;
    if (rest > 0 && heldBytes <= limit) held.push(chunk.slice(from)); // past the limit only the length still matters
    heldBytes += rest;
  }
  if (heldBytes > 0) yield take(new Uint8Array(0), true);
}
