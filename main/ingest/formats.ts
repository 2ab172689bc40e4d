// The formats Understudy reads, and how a file is told to be one of them by its content.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Format } from './format.ts';
import { type Incoming, headOf } from './incoming.ts';
import { understudyJsonl } from './understudy-jsonl.ts';
import { listing } from './listing.ts';
import { notifications } from './nova/notifications.ts';
import { osloLog } from './oslo-log/oslo-log.ts';
import { qmp } from './qmp.ts';
import { withoutEscapes } from './terminal-text.ts';
import { traffic } from './traffic.ts';
import { utilisation } from './utilisation.ts';
import { transcript } from './transcript/transcript.ts';

export const formats: readonly Format[] = [
  understudyJsonl,
  notifications,
  osloLog,
  qmp,
  listing,
  utilisation,
  traffic,
  transcript,
];

/** Enough for a document's first command after a long introduction. */
const HEAD_BYTES = 256 * 1024;
/** Share of control characters above which nobody pasted it from a terminal. */
const CONTROL_SHARE_MAX = 0.05;

const startsWith = (head: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => head[i] === byte);
const SQLITE = [...Buffer.from('SQLite format 3\0')];

/** Why bytes are no text, as a clause; null when they are. */
const notText = (head: Uint8Array): string | null => {
  if (startsWith(head, SQLITE)) return 'is a log (or another SQLite file) itself: open it with --log instead';
  if (head.includes(0)) return 'is a binary file';
  const control = head.filter((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27).length;
  const bad = new TextDecoder().decode(head).split('\ufffd').length - 1;
  return control > head.length * CONTROL_SHARE_MAX || bad > head.length * CONTROL_SHARE_MAX ? 'is a binary file' : null;
};

const names = (): string => formats.map((format) => format.name).join(', ');

/** Finds the format of a file. @returns a clause that follows the file's name when there is none. */
export const formatOf = (incoming: Incoming, as: string | null): Result<Format, string> => {
  if (incoming.bytes === 0) return err('is empty');
  const head = headOf(incoming, HEAD_BYTES);
  const binary = notText(head);
  if (binary !== null) return err(binary);
  if (as !== null) {
    const asked = formats.find((format) => format.name === as);
    return asked === undefined ? err(`cannot be read as "${as}"; the formats are ${names()}`) : ok(asked);
  }
  const text = withoutEscapes(new TextDecoder().decode(head)).replaceAll('\r\n', '\n');
  const sure = formats.map((format) => ({ format, score: format.sniff(text, incoming.name) }));
  const best = sure.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? ok(best.format) : err(`is none of the formats Understudy reads (${names()})`);
};
