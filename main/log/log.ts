// Opens a log and joins its parts: timelines, appending, reading, keyframes, verification.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import { appender } from './append.ts';
import { attempt, fault, orFailure, worldFault } from './fault.ts';
import { journalOf } from './journal.ts';
import { KEYFRAMES_SINCE, keyframeTable, noKeyframes } from './keyframes.ts';
import { lineages } from './lineage.ts';
import { openFile, type Opened } from './open.ts';
import { reader } from './read.ts';
import { schemaVersion } from './schema.ts';
import { sourceTable } from './sources.ts';
import { spans } from './span.ts';
import { timelineTable, timelineWriter } from './timelines.ts';
import type { Log, LogError, Refusal } from './types.ts';
import { verifyLog } from './verify.ts';

export type OpenOptions = {
  /** Nothing is written, not even a cache; works on a read-only file in a read-only folder. */
  readonly readOnly?: boolean;
  /** Makes the file where there is none. */
  readonly create?: boolean;
  /** Version of the fold whose states the keyframes hold; those of another version are not returned. */
  readonly fold?: string;
  /** The file may not grow beyond this many bytes: an append that would is refused as on a full disk. */
  readonly bytesMax?: number;
};

/** Opens the log at `path`. Whatever is wrong with the file comes back as a sentence, and the file is as it was. */
export const openLog = (path: string, options: OpenOptions = {}): Result<Log, LogError> => {
  const full = resolve(path);
  const opened = openFile(full, {
    readOnly: options.readOnly === true,
    create: options.create === true,
    bytesMax: options.bytesMax ?? null,
  });
  if (!opened.ok) return opened;
  try {
    return ok(assemble(full, opened.value, options.fold ?? ''));
  } catch (thrown) {
    opened.value.close();
    if (!(thrown instanceof Database.SqliteError)) throw thrown;
    const sentence = `${full} is damaged: its tables are not a log's (${thrown.message}). Go back to a copy.`;
    return err(worldFault(full, thrown) ?? fault('damaged', sentence));
  }
};

/** A write-ahead log beyond this is brought into the file: so seldom that an import waits little for the disk. */
const WAL_BYTES = 32 * 2 ** 20;
const walBytes = (path: string): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

const assemble = (path: string, { db, readOnly, close }: Opened, fold: string): Log => {
  const sources = sourceTable(db);
  const timelines = timelineTable(db);
  const lineage = lineages(db, timelines.byId, sources);
  const read = reader(db, path, sources, lineage);
  const keyframes =
    schemaVersion(db) < KEYFRAMES_SINCE ? noKeyframes : keyframeTable(db, fold, timelines.byId, lineage, readOnly);
  const tree = timelineWriter(db, timelines, lineage);
  const appends = appender(db, sources, timelines, lineage, keyframes.dropFrom);
  const span = spans(db, lineage, read);
  const journal = journalOf(db, sources);
  const refusals = db.prepare<[string], Refusal>(
    `SELECT DISTINCT line, why, text FROM refusal
     WHERE batch IN (SELECT batch.id FROM batch JOIN source ON source.id = batch.source WHERE source.content = ?)
     ORDER BY line, batch, n`,
  );

  const listeners = new Set<(timeline: number) => void>();
  /** Writes, and tells the listeners where it came to something. */
  const write = <T>(timeline: (value: T) => number, work: () => Result<T, LogError>): Result<T, LogError> => {
    if (readOnly) return err(fault('read_only', `${path} is open for reading only.`));
    const result = attempt(path, work);
    if (result.ok) for (const listener of listeners) listener(timeline(result.value));
    return result;
  };
  /**
   * Brings a long write-ahead log into the file and empties it, unlike SQLite by itself: one that is in the file already and loses
   * its end, in a copy say, would lay older pages over newer ones. Where another writes or reads just now, or the disk is full, it
   * stays as it is.
   */
  const settle = (): void => {
    if (walBytes(path) > WAL_BYTES) attempt(path, () => ok(db.pragma('wal_checkpoint(TRUNCATE)')));
  };
  const idOf = (timeline: Timeline): number => timeline.id;
  function* guarded<T>(entries: Iterable<T>): Generator<T> {
    const iterator = entries[Symbol.iterator]();
    for (;;) {
      const next = orFailure(path, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  return {
    path,
    readOnly,
    timelines: () => orFailure(path, timelines.all),
    timeline: (name) => attempt(path, () => timelines.named(name)),
    branch: (name, parent, cut) => write(idOf, () => tree.branch(name, parent, cut)),
    rename: (timeline, name) => write(idOf, () => tree.rename(timeline, name)),
    drop: (timeline) => write(idOf, () => tree.drop(timeline)),
    head: (timeline) => orFailure(path, () => lineage.head(timeline)),
    progress: (timeline, sourceId) => orFailure(path, () => appends.progress(timeline, sourceId)),
    append: (timeline, expected, batch) => {
      const appended = write(
        () => timeline.id,
        () => appends.append(timeline, expected, batch),
      );
      if (appended.ok) settle();
      return appended;
    },
    inEventTime: (timeline, readOptions) => guarded(read.inEventTime(timeline, readOptions)),
    inRecordOrder: (timeline, from, to) => guarded(read.inRecordOrder(timeline, from, to)),
    event: (timeline, seq) => orFailure(path, () => read.event(timeline, seq)),
    span: (timeline) => orFailure(path, () => span(timeline)),
    journal: () => guarded(journal()),
    refusals: (sourceId) => orFailure(path, () => refusals.all(sourceId)),
    verify: () => verifyLog(db, path),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    keyframes: {
      nearest: (timeline, cut) => orFailure(path, () => keyframes.nearest(timeline, cut)),
      bytes: (place, number) => orFailure(path, () => keyframes.bytes(place, number)),
      versions: (place, entities) => orFailure(path, () => keyframes.versions(place, entities)),
      put: (timeline, after, frames) => {
        const places = readOnly ? null : orFailure(path, () => keyframes.put(timeline, after, frames));
        if (places !== null) settle();
        return places;
      },
    },
    close,
  };
};
