// Understudy's own JSON lines: a whole log as text, one event a line, that becomes the same log again.
import { type Instant, type Seq, seq } from '../../domain/base/brand.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import type { Batch, JournalEntry, Log, Refusal, SourceInfo } from '../log/types.ts';
import { accept } from './accept.ts';
import { type Format, type Item, type Reading, refusal } from './format.ts';
import { linesOf } from './lines.ts';

/** Version of this text form. A line of a kind that is not listed here makes a new version. */
const VERSION = 1;
/** Events one batch may declare: the log's own batches hold a few thousand; a text that declares more is not one of ours. */
const BATCH_EVENTS_MAX = 1_000_000;

type BatchHeader = Omit<Batch, 'events'> & {
  readonly timeline: number;
  readonly head: number;
  readonly events: number;
};

const eventLine = ({ at, type, v, entity, evidence, line, key, data }: Candidate): string =>
  JSON.stringify({ at, type, v, entity, evidence, line, key, data });

/** The log as lines of JSON, without line endings: a header, then every write in the order it can be done again. */
export function* exportLines(log: Pick<Log, 'journal'>): Generator<string> {
  yield JSON.stringify({ understudy: VERSION });
  for (const entry of log.journal()) {
    if (entry.kind !== 'batch') {
      const { kind, ...rest } = entry;
      yield JSON.stringify({ [kind]: rest });
      continue;
    }
    const { timeline, head, batch } = entry;
    const { source, throughLine, done, events, refused } = batch;
    const header: BatchHeader = { timeline, head, source, throughLine, done, events: events.length, refused };
    yield JSON.stringify({ batch: header });
    yield* events.map(eventLine);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);
const isCount = (x: unknown): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
const isText = (x: unknown): x is string => typeof x === 'string';

const parsed = (text: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

const sourceIn = (x: unknown): SourceInfo | null =>
  isFields(x) && isText(x['id']) && isText(x['name']) && isText(x['format'])
    ? { id: x['id'], name: x['name'], format: x['format'] }
    : null;

const refusedIn = (x: unknown): readonly Refusal[] | null => {
  if (!Array.isArray(x)) return null;
  const refused = x.filter(
    (r): r is Refusal => isFields(r) && isCount(r['line']) && isText(r['why']) && isText(r['text']),
  );
  return refused.length === x.length ? refused.map(({ line, why, text }) => ({ line, why, text })) : null;
};

const batchIn = (x: unknown): BatchHeader | null => {
  if (!isFields(x)) return null;
  const { timeline, head, throughLine, done, events } = x;
  const [source, refused] = [sourceIn(x['source']), refusedIn(x['refused'])];
  if (!isCount(timeline) || !isCount(head) || !isCount(throughLine) || typeof done !== 'boolean') return null;
  if (!isCount(events) || events > BATCH_EVENTS_MAX || source === null || refused === null) return null;
  return { timeline, head, source, throughLine, done, events, refused };
};

/** A line that is neither an event nor a batch's header; null where it is nothing of ours. */
const entryIn = (line: Fields): JournalEntry | null => {
  const { branch, renamed, dropped } = line;
  if (isFields(branch) && isFields(branch['forkedAt'])) {
    const { timeline, name, parent } = branch;
    const { at, seq: cutSeq } = branch['forkedAt'];
    const isCut = typeof at === 'number' && (cutSeq === null || isCount(cutSeq));
    if (!isCount(timeline) || !isText(name) || !isCount(parent) || !isCut) return null;
    const forkedAt = { at: at as Instant, seq: cutSeq as Seq | null };
    return { kind: 'branch', timeline, name, parent, forkedAt };
  }
  if (isFields(renamed) && isCount(renamed['timeline']) && isText(renamed['name'])) {
    return { kind: 'renamed', timeline: renamed['timeline'], name: renamed['name'] };
  }
  return isFields(dropped) && isCount(dropped['timeline']) ? { kind: 'dropped', timeline: dropped['timeline'] } : null;
};

type Open = { readonly line: number; readonly header: BatchHeader; readonly events: Candidate[]; seen: number };

const closed = ({ line, header, events }: Open): Item => {
  const { timeline, head, source, throughLine, done, refused } = header;
  const batch = { source, throughLine, done, events, refused };
  return { kind: 'entry', line: line + header.events, entry: { kind: 'batch', timeline, head: seq(head), batch } };
};

function* read({ incoming }: Reading): Generator<Item> {
  let open: Open | null = null;
  for (const { number, text, tooLong } of linesOf(incoming.chunks())) {
    if (text === '' && !tooLong) continue;
    const line = parsed(text);
    if (number === 1) {
      if (line?.['understudy'] === VERSION) continue;
      const why = `it was written by another version of Understudy (form ${JSON.stringify(line?.['understudy'])}; this one reads ${VERSION}): open it there, or update`;
      yield refusal(number, why, text);
      return;
    }
    if (open !== null) {
      open.seen++;
      const event = accept(line);
      if (event.ok) open.events.push(event.value);
      else yield refusal(number, line === null ? 'this line is not JSON, or is cut off' : event.error, text);
      if (open.seen < open.header.events) continue;
      yield closed(open);
      open = null;
      continue;
    }
    const header = batchIn(line?.['batch']);
    const entry = line === null ? null : entryIn(line);
    if (header !== null) open = { line: number, header, events: [], seen: 0 };
    else if (entry !== null) yield { kind: 'entry', line: number, entry };
    else yield refusal(number, 'this line is no entry of a log, or is cut off', text);
    if (open?.header.events === 0) {
      yield closed(open);
      open = null;
    }
  }
  if (open !== null) {
    const why = `the file is cut off: this batch has ${open.seen} of its ${open.header.events} events, and none of them is imported`;
    yield refusal(open.line, why, '');
  }
}

export const understudyJsonl: Format = {
  name: 'understudy',
  sniff: (head) => (/^\s*\{"understudy":/.test(head) ? 1 : 0),
  read,
};
