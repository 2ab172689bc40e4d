// Imports files and folders into a timeline: finds each one's format, reads it in batches, and reports what came in.
import { setImmediate } from 'node:timers/promises';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { FileReport } from '../../domain/contract/contract.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { JournalEntry, Log, LogError, Refusal, SourceInfo } from '../log/types.ts';
import { accept } from './accept.ts';
import type { Format, Item, Reading } from './format.ts';
import { formatOf } from './formats.ts';
import { gather } from './gather.ts';
import { type Content, contentOf, type Incoming } from './incoming.ts';
import { unpacked } from './unpack.ts';
import { understudyJsonl } from './understudy-jsonl.ts';
import { type Mapped, mapped, replayEntry } from './replay.ts';

/** Events in one transaction: long enough to be fast, short enough that a cancelled import stops within a frame or two. */
const BATCH_EVENTS = 4000;
/** Lines without events after which a batch ends all the same, so that progress is shown and cancelling works. */
const BATCH_ITEMS = 20_000;
/** Refused lines kept one by one; the rest is counted. A file that is mostly wrong is not worth more. */
const REFUSED_KEPT = 1000;
/** A file whose first so many lines are refused without a fact among them is not what its beginning made it look like. */
const REFUSED_AT_FIRST = 10_000;
const STALE_RETRIES = 5;

export type ImportError = {
  readonly code: 'bad_input' | 'cancelled' | LogError['code'];
  /** Says what, where and what to do. */
  readonly sentence: string;
};
export type ImportProgress = {
  readonly path: string;
  readonly doing: 'identifying' | 'reading';
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly events: number;
};
export type ImportedFile = FileReport & {
  /** What the person should know about this file beyond the counts. */
  readonly notes: readonly string[];
};
export type ImportReport = { readonly files: readonly ImportedFile[]; readonly head: number };

type Settings = {
  readonly log: Log;
  readonly timeline: Timeline;
  readonly dryRun?: boolean;
  /** Format to read every file as; null to find it by content. */
  readonly as?: string | null;
  /** Where documents without any time are placed, milliseconds since 1970; null for each file's own date. */
  readonly undatedAt?: number | null;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal | null;
};
export type ImportOptions = Settings & { readonly paths: readonly string[] };

/** A file that will be read: recognised, and (where a person named it) known to hold something. */
type Chosen = { readonly incoming: Incoming; readonly format: Format };

const badInput = (sentence: string): ImportError => ({ code: 'bad_input', sentence });
const clause = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const readingOf = (incoming: Incoming, settings: Settings): Reading => ({
  incoming,
  undatedAt: settings.undatedAt ?? incoming.modifiedAt,
});

/** The first refusal of a file that holds no fact at all; null when it holds one, or nothing that had to be refused. */
const firstTrouble = (chosen: Chosen, settings: Settings): Refusal | null => {
  let trouble: Refusal | null = null;
  let refused = 0;
  for (const item of chosen.format.read(readingOf(chosen.incoming, settings))) {
    if (item.kind === 'refused') {
      trouble ??= item;
      if (++refused >= REFUSED_AT_FIRST) return trouble;
    }
    if (item.kind === 'entry') return null;
    if (item.kind !== 'facts') continue;
    // A command alone says what was typed; what it printed has to be readable, too.
    if (item.facts.some((fact) => fact.type !== 'command.issued' && accept(fact).ok)) return null;
  }
  return trouble;
};

/**
 * Imports files and folders (read in the order of their names). Either everything named can be read, or nothing is
 * changed and the error says why. Importing the same content again adds nothing; an import that was cut short goes on
 * where it stopped.
 */
export const importPaths = async (options: ImportOptions): Promise<Result<ImportReport, ImportError>> => {
  const gathered = gather(options.paths);
  return gathered.ok ? importAll(gathered.value, options) : err(badInput(gathered.error));
};

/** As `importPaths`, for content that is already in memory: files dropped on the window. */
export const importDropped = async (
  files: readonly Incoming[],
  settings: Settings,
): Promise<Result<ImportReport, ImportError>> =>
  importAll(
    files.map((incoming) => ({ incoming, named: true })),
    settings,
  );

const importAll = async (
  files: readonly { readonly incoming: Incoming; readonly named: boolean }[],
  settings: Settings,
): Promise<Result<ImportReport, ImportError>> => {
  const chosen: Chosen[] = [];
  const reports: ImportedFile[] = [];
  try {
    for (const { incoming: outer, named } of files) {
      const opened = unpacked(outer);
      if (!opened.ok && named) return err(badInput(`${outer.path} ${opened.error}. Nothing was imported.`));
      if (!opened.ok) reports.push(passedOver(outer, opened.error));
      const inside = opened.ok ? opened.value : [];
      for (const incoming of inside) {
        const isNamed = named && inside.length === 1;
        const format = formatOf(incoming, settings.as ?? null);
        const trouble = format.ok && isNamed ? firstTrouble({ incoming, format: format.value }, settings) : null;
        if (isNamed && !format.ok) return err(badInput(`${incoming.path} ${format.error}. Nothing was imported.`));
        if (trouble !== null) {
          const where = trouble.line > 0 ? `line ${trouble.line}: ` : '';
          return err(badInput(`${incoming.path} holds nothing that can be imported; ${where}${trouble.why}.`));
        }
        if (format.ok) chosen.push({ incoming, format: format.value });
        else reports.push(passedOver(incoming, format.error));
      }
    }
    if (chosen.length === 0) return err(badInput('None of these files is in a format Understudy reads.'));
    for (const file of chosen) {
      const report = await importFile(file, settings);
      if (!report.ok) return report;
      reports.push(report.value);
    }
  } catch (error) {
    return err(badInput(`Reading failed: ${clause(error)}. What was imported until then is kept.`));
  }
  reports.sort((a, b) => (a.path < b.path ? -1 : 1));
  return ok({ files: reports, head: settings.log.head(settings.timeline) });
};

const passedOver = ({ path }: Incoming, why: string): ImportedFile => ({
  path,
  format: 'none',
  lines: 0,
  events: 0,
  duplicates: 0,
  ignored: {},
  refused: [],
  notes: [`it ${why}`],
});

/** Counts of one file while it is read. */
type Tally = {
  events: number;
  duplicates: number;
  refusedCount: number;
  readonly ignored: Record<string, number>;
  readonly refused: { line: number; why: string }[];
  readonly notes: string[];
};

/** What will be appended together. */
type Pending = { events: Candidate[]; refused: Refusal[]; items: number; throughLine: number };
const emptyBatch = (throughLine: number): Pending => ({ events: [], refused: [], items: 0, throughLine });

const importFile = async (
  { incoming, format }: Chosen,
  settings: Settings,
): Promise<Result<ImportedFile, ImportError>> => {
  const { log, timeline, dryRun = false, signal = null } = settings;
  const tally: Tally = { events: 0, duplicates: 0, refusedCount: 0, ignored: {}, refused: [], notes: [] };
  const tell = (doing: ImportProgress['doing'], bytes: number): void =>
    settings.onProgress?.({ path: incoming.path, doing, bytes, bytesTotal: incoming.bytes, events: tally.events });
  const pause = async (doing: ImportProgress['doing'], bytes: number): Promise<void> => {
    tell(doing, bytes);
    await setImmediate(); // lets others work and a cancellation arrive
    signal?.throwIfAborted();
  };
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
    const source: SourceInfo = { id: content.id, name: incoming.name, format: format.name };
    const known = log.progress(timeline, source.id);
    const through = known?.done === true ? Infinity : (known?.throughLine ?? 0);
    const timelines = mapped(timeline);
    let batch = emptyBatch(0);
    for (const item of format.read(readingOf(counted, settings))) {
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
      take(item, batch, tally, item.line <= through, dryRun);
    }
    // What a log's export brings keeps the sources it had there; the export itself is none.
    if (!dryRun && known?.done !== true && format !== understudyJsonl) {
      const written = flush(log, timeline, source, { ...batch, throughLine: content.lines }, true, tally);
      if (!written.ok) return written;
    }
    tell('reading', incoming.bytes);
    return ok(reportOf(incoming, format, content, tally));
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
): void => {
  batch.items++;
  batch.throughLine = Math.max(batch.throughLine, item.line);
  const refuse = (refusal: Refusal): void => {
    tally.refusedCount++;
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

const reportOf = (incoming: Incoming, format: Format, content: Content, tally: Tally): ImportedFile => {
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
  };
};
