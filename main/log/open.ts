// Opens the SQLite file behind a log: says in a sentence what is wrong with it, and reads even where nothing may be written.
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { attempt, fault } from './fault.ts';
import { APPLICATION_ID, createSchema, loadMigrations, migrationsFolder, schemaVersion, upgrade } from './schema.ts';
import type { LogError } from './types.ts';

/** How long a second writer waits before it is told that the log is busy: longer than one batch, shorter than patience. */
const BUSY_MS = 1_000;
/** SQLite's page cache, in KiB: holds the inner pages of the indices of a 10 M-event log. */
const CACHE_KIB = 32 * 1024;
/** The write-ahead log is cut back to this after a checkpoint, so that one huge import does not leave a huge file. */
const WAL_BYTES_MAX = 64 * 1024 * 1024;
const MAGIC = 'SQLite format 3\0';

export type FileOptions = {
  readonly readOnly: boolean;
  readonly create: boolean;
  /** The file may not grow beyond; null for as far as the disk allows. */
  readonly bytesMax: number | null;
};

export type Opened = { readonly db: Database.Database; readonly readOnly: boolean; readonly close: () => void };

/** What can be told without SQLite: a missing, empty or foreign file. Null when it may be a log. */
const lookAt = (path: string, create: boolean): LogError | null => {
  if (!existsSync(path)) {
    if (!create) return fault('io', `There is no file at ${path}.`);
    if (!existsSync(dirname(path)))
      return fault('io', `There is no folder ${dirname(path)} to put ${basename(path)} in.`);
    return null;
  }
  const stat = statSync(path);
  if (!stat.isFile()) return fault('not_a_log', `${path} is not a file.`);
  if (stat.size === 0) {
    // A first start that was killed leaves an empty file, with its beginnings in the write-ahead log.
    return create || existsSync(`${path}-wal`)
      ? null
      : fault('not_a_log', `${path} is empty; it is not an Understudy log.`);
  }
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  const got = readSync(file, header, 0, header.length, 0);
  closeSync(file);
  if (header.toString('latin1', 0, Math.min(got, MAGIC.length)) !== MAGIC.slice(0, got)) {
    return fault('not_a_log', `${path} is not an Understudy log.`);
  }
  const rawPage = header.readUInt16BE(16);
  const bytes = (rawPage === 1 ? 65_536 : rawPage) * header.readUInt32BE(28);
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (got < header.length || (stat.size < bytes && (wal?.size ?? 0) === 0)) {
    return fault(
      'damaged',
      `${path} is cut short: ${stat.size} of ${bytes} bytes are there. Copy it again from where it came from.`,
    );
  }
  return null;
};

/** Refuses a file that is SQLite but not a log, and one from the future. */
const inspect = (db: Database.Database, path: string, newest: number): LogError | null => {
  const version = schemaVersion(db);
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID || version === 0) {
    return fault('not_a_log', `${path} is an SQLite file, but not an Understudy log.`);
  }
  if (version > newest) {
    return fault(
      'newer_log',
      `${path} was written by a newer Understudy (schema ${version}, this one knows up to ${newest}). Update Understudy to open it.`,
    );
  }
  return null;
};

const isBlank = (db: Database.Database): boolean =>
  schemaVersion(db) === 0 && db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;

const openReadOnly = (path: string): Result<Opened, LogError> => {
  const direct = attempt(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    try {
      schemaVersion(db);
    } catch (thrown) {
      db.close();
      throw thrown;
    }
    return ok<Opened>({ db, readOnly: true, close: () => db.close() });
  });
  if (direct.ok || (direct.error.code !== 'io' && direct.error.code !== 'read_only')) return direct;
  // In WAL mode SQLite needs two small files beside the log even to read it. Where the folder refuses them we read a copy.
  return attempt(path, () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
    const copy = join(folder, basename(path));
    const discard = (): void => rmSync(folder, { recursive: true, force: true });
    try {
      copyFileSync(path, copy);
      if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
      const db = new Database(copy, { fileMustExist: true, timeout: BUSY_MS });
      db.pragma('query_only = ON');
      const close = (): void => {
        db.close();
        discard();
      };
      return ok<Opened>({ db, readOnly: true, close });
    } catch (thrown) {
      discard();
      if (thrown instanceof Database.SqliteError) throw thrown;
      return err(fault('io', `${path} could not be read: ${String(thrown)}.`));
    }
  });
};

const openWritable = (path: string, create: boolean): Result<Opened, LogError> =>
  attempt(path, () => {
    const db = new Database(path, { fileMustExist: !create, timeout: BUSY_MS });
    try {
      const folder = migrationsFolder();
      const migrations = loadMigrations(folder);
      const blank = create && isBlank(db);
      const wrong = blank ? null : inspect(db, path, migrations.length);
      if (wrong !== null) {
        db.close();
        return err(wrong);
      }
      db.pragma('journal_mode = WAL');
      // A killed process loses nothing that was appended; a power cut may lose the last batches, whole, never halves.
      db.pragma('synchronous = NORMAL');
      db.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
      db.pragma('wal_autocheckpoint = 0'); // log.ts does it, and empties the write-ahead log
      if (blank) createSchema(db, readFileSync(join(folder, 'sum.sql'), 'utf8'), migrations.length);
      const upgraded = upgrade(db, path, migrations);
      if (!upgraded.ok) {
        db.close();
        return upgraded;
      }
      return ok({ db, readOnly: false, close: () => db.close() });
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  });

/** Opens the file at `path`; every failure the world can cause comes back as a sentence, and nothing has changed then. */
export const openFile = (path: string, { readOnly, create, bytesMax }: FileOptions): Result<Opened, LogError> => {
  const wrong = lookAt(path, create && !readOnly);
  if (wrong !== null) return err(wrong);
  const opened = readOnly ? openReadOnly(path) : openWritable(path, create);
  if (!opened.ok) return opened;
  const { db } = opened.value;
  return attempt(path, () => {
    const bad = readOnly ? inspect(db, path, loadMigrations(migrationsFolder()).length) : null;
    if (bad !== null) {
      opened.value.close();
      return err(bad);
    }
    // A log may come from a stranger: nothing in its schema may call functions with side effects.
    db.pragma('trusted_schema = OFF');
    const pageBytes = db.pragma('page_size', { simple: true }) as number;
    if (bytesMax !== null) db.pragma(`max_page_count = ${Math.floor(bytesMax / pageBytes)}`);
    db.pragma(`cache_size = ${-CACHE_KIB}`);
    return opened;
  });
};
