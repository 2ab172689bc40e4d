// Reads one file into the log in batches, counting what came of each line.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { JournalEntry, Log, Refusal, SourceInfo } from '../log/types.ts';
import { accept } from './accept.ts';
import { type Skew, skewsOf, Steps } from './clock-skew.ts';
import type { Format, Item, Reading } from './format.ts';
import {
  type Chosen,
  type ImportedFile,
  type ImportError,
  type ImportProgress,
  type ImportSettings,
  readingOf,
} from './import-settings.ts';
import { type Content, contentOf, type Incoming } from './incoming.ts';
import { type Mapped, mapped, replayEntry } from './replay.ts';
import { understudyJsonl } from './understudy-jsonl.ts';

/** Events in one transaction: long enough to be fast, short enough that a cancelled import stops within a frame or two. */
const BATCH_EVENTS = 4000;
/** Lines without events after which a batch ends all the same, so that progress is shown and cancelling works. */
const BATCH_ITEMS = 20_000;
/** Refused lines kept one by one; the rest is counted. A file that is mostly wrong is not worth more. */
const REFUSED_KEPT = 1000;
const STALE_RETRIES = 5;

/** Counts of one file while it is read. */
type Tally = {
  events: number;
  duplicates: number;
  refusedCount: number;
  readonly ignored: Record<string, number>;
  readonly refused: { line: number; why: string }[];
  readonly notes: string[];
  readonly steps: Steps;
};

/** What will be appended together. */
type Pending = { events: Candidate[]; refused: Refusal[]; items: number; throughLine: number };
const emptyBatch = (throughLine: number): Pending => ({ events: [], refused: [], items: 0, throughLine });

/**
 * A source is its content; where its name, an instant given by a person or the documents beside it say what it is about, it is
 * that, too.
 */
const sourceId = (content: string, format: Format, { incoming, undatedAt, asked, names }: Reading): string => {
  const named = format.nameTells?.(incoming.name) === true;
  const placed = asked && format.dateless === true;
  if (!named && !placed && names === undefined) return content;
  const beside = names === undefined ? [] : [names.digest];
  const about = JSON.stringify([content, named ? incoming.name : null, placed ? undatedAt : null, ...beside]);
  return createHash('sha256').update(about).digest('hex');
};

/** Reads one file into the log, batch by batch. What was appended before a failure or a cancellation stays. */
export const importFile = async (
  { incoming, format, names }: Chosen,
  settings: ImportSettings,
): Promise<Result<ImportedFile, ImportError>> => {
  const { log, timeline, dryRun = false, signal = null } = settings;
  const tally: Tally = {
    events: 0,
    duplicates: 0,
    refusedCount: 0,
    ignored: {},
    refused: [],
    notes: [],
    steps: new Steps(),
  };
  const tell = (doing: ImportProgress['doing'], bytes: number): void =>
    settings.onProgress?.({ path: incoming.path, doing, bytes, bytesTotal: incoming.bytes, events: tally.events });
  const pause = async (doing: ImportProgress['doing'], bytes: number): Promise<void> => {
    tell(doing, bytes);
    await setImmediate(); // lets others work and a cancellation arrive
    signal?.throwIfAborted();
  };
  const tellRefused = (refusal: Refusal): void => settings.onRefused?.(incoming.path, refusal);
  const cancelled = (): ImportError => ({
    code: 'cancelled',
    sentence: `Cancelled in ${incoming.path} after ${tally.events} events, which are kept. Import it again to go on from there.`,
  });
  try {
    const content = await contentOf(incoming, (bytes) => pause('identifying', bytes));
    let read = 0;
    const counted: Incoming = {
      ...incoming,
      *chunks() {
        for (const chunk of incoming.chunks()) {
          read += chunk.length;
          yield chunk;
        }
      },
    };
    const reading = readingOf({ incoming: counted, ...(names === undefined ? {} : { names }) }, settings);
    const source: SourceInfo = { id: sourceId(content.id, format, reading), name: incoming.name, format: format.name };
    const known = log.progress(timeline, source.id);
    const through = known?.done === true ? Infinity : (known?.throughLine ?? 0);
    const timelines = mapped(timeline);
    let batch = emptyBatch(0);
    for (const item of format.read(reading)) {
      const full = batch.events.length >= BATCH_EVENTS || batch.items >= BATCH_ITEMS;
      if (full && item.line > batch.throughLine) {
        const written = dryRun ? ok(null) : flush(log, timeline, source, batch, false, tally);
        if (!written.ok) return written;
        batch = emptyBatch(batch.throughLine);
        await pause('reading', read);
      }
      if (item.kind === 'entry') {
        const replayed = replay(item.entry, log, timelines, tally, dryRun);
        if (!replayed.ok) return replayed;
        await pause('reading', read);
        continue;
      }
      take(item, batch, tally, item.line <= through, dryRun, tellRefused);
    }
    // What a log's export brings keeps the sources it had there; the export itself is none.
    if (!dryRun && known?.done !== true && format !== understudyJsonl) {
      const throughLine = Math.max(content.lines, batch.throughLine); // records of an array may share one line
      const written = flush(log, timeline, source, { ...batch, throughLine }, true, tally);
      if (!written.ok) return written;
    }
    tell('reading', incoming.bytes);
    const skews = skewsOf(log, timeline, source.id, tally.steps);
    return ok(reportOf(incoming, format, content, tally, skews));
  } catch (error) {
    if (signal?.aborted === true) return err(cancelled());
    throw error;
  }
};

/** Adds an item to the batch, or only counts it where an earlier import already accounted for its line. */
const take = (
  item: Exclude<Item, { kind: 'entry' }>,
  batch: Pending,
  tally: Tally,
  accounted: boolean,
  dryRun: boolean,
  tellRefused: (refusal: Refusal) => void,
): void => {
  batch.items++;
  batch.throughLine = Math.max(batch.throughLine, item.line);
  const refuse = (refusal: Refusal): void => {
    tally.refusedCount++;
    tellRefused(refusal);
    if (tally.refused.length >= REFUSED_KEPT) return;
    tally.refused.push({ line: refusal.line, why: refusal.why });
    if (!accounted) batch.refused.push(refusal);
  };
  switch (item.kind) {
    case 'note':
      tally.notes.push(item.note);
      return;
    case 'ignored':
      tally.ignored[item.what] = (tally.ignored[item.what] ?? 0) + item.count;
      return;
    case 'refused':
      refuse({ line: item.line, why: item.why, text: item.text });
      return;
    case 'facts':
      for (const proposal of item.facts) {
        const fact = accept(proposal);
        if (fact.ok) tally.steps.hear(fact.value);
        if (!fact.ok) refuse({ line: proposal.line, why: fact.error, text: '' });
        else if (accounted) tally.duplicates++;
        else if (dryRun) tally.events++;
        else batch.events.push(fact.value);
      }
  }
};

const replay = (
  entry: JournalEntry,
  log: Log,
  timelines: Mapped,
  tally: Tally,
  dryRun: boolean,
): Result<null, ImportError> => {
  if (dryRun) {
    tally.events += entry.kind === 'batch' ? entry.batch.events.length : 0;
    return ok(null);
  }
  const replayed = replayEntry(log, timelines, entry);
  if (!replayed.ok) return replayed;
  tally.events += replayed.value.events;
  tally.duplicates += replayed.value.duplicates;
  return ok(null);
};

/** Appends one batch; where another writer was faster, at the new end. */
const flush = (
  log: Log,
  timeline: Timeline,
  source: SourceInfo,
  batch: Pending,
  done: boolean,
  tally: Tally,
): Result<null, ImportError> => {
  const { events, refused, throughLine } = batch;
  for (let attempt = 0; ; attempt++) {
    const appended = log.append(timeline, log.head(timeline), { source, throughLine, done, events, refused });
    if (appended.ok) {
      tally.events += appended.value.events;
      tally.duplicates += appended.value.duplicates;
      return ok(null);
    }
    if (appended.error.code !== 'stale_position' || attempt >= STALE_RETRIES) return err(appended.error);
  }
};

const reportOf = (
  incoming: Incoming,
  format: Format,
  content: Content,
  tally: Tally,
  skews: readonly Skew[],
): ImportedFile => {
  const more = tally.refusedCount - tally.refused.length;
  const rest = more > 0 ? [{ line: content.lines, why: `and ${more} more refused lines that are not listed` }] : [];
  return {
    path: incoming.path,
    format: format.name,
    lines: content.lines,
    events: tally.events,
    duplicates: tally.duplicates,
    ignored: tally.ignored,
    refused: [...tally.refused, ...rest],
    notes: tally.notes,
    skews,
  };
};
