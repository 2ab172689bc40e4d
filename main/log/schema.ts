// The log's schema: numbered SQL files, applied in order, never twice, with a backup before an upgrade.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { assert, err, ok, type Result } from '../../domain/base/result.ts';
import { birthLink, changeLink } from './chain.ts';
import { fault } from './fault.ts';
import type { LogError } from './types.ts';

/** `Undr` in ASCII: tells a log from any other SQLite file. */
export const APPLICATION_ID = 0x556e6472;
/** The record itself; every other timeline is a branch of it. */
export const MAIN_ID = 1;

export type Migration = { readonly version: number; readonly name: string; readonly sql: string };

/** The migrations folder: beside the sources in a clone, at the application's root once bundled. */
export const migrationsFolder = (): string => {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'migrations', 'sum.sql'))) {
    const up = dirname(folder);
    assert(up !== folder, 'migrations/sum.sql belongs to every installation');
    folder = up;
  }
  return join(folder, 'migrations');
};

/** The numbered files `NNNN-name.sql`, in order; they must count 1, 2, 3, … without a gap. */
export const loadMigrations = (folder: string): readonly Migration[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name, i) => {
      const version = Number(name.slice(0, 4));
      assert(version === i + 1, `migration ${name} should have number ${i + 1}`);
      return { version, name, sql: readFileSync(join(folder, name), 'utf8') };
    });

/** The number a file's schema carries; 0 for a file that holds none yet. */
export const schemaVersion = (db: Database.Database): number => db.pragma('user_version', { simple: true }) as number;

/** Makes an empty log: the sum of all migrations and the timeline `main`. */
export const createSchema = (db: Database.Database, sum: string, version: number): void => {
  db.transaction(() => {
    // Another process may have made it since we looked; then there is nothing left to do.
    if (schemaVersion(db) !== 0) return;
    db.exec(sum);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${version}`);
    const main = { id: MAIN_ID, parent: null, forkedAt: null, forkedHead: 0 };
    db.prepare('INSERT INTO timeline (id, forked_head, hash) VALUES (?, 0, ?)').run(MAIN_ID, birthLink('', main));
    const named = { id: 1, timeline: MAIN_ID, kind: 'named', name: 'main' } as const;
    db.prepare("INSERT INTO timeline_change (id, timeline, kind, name, hash) VALUES (1, ?, 'named', 'main', ?)").run(
      MAIN_ID,
      changeLink('', named),
    );
  }).immediate();
};

/**
 * Brings a log to the newest schema. Before the first step the whole file is copied to `<path>.v<N>.backup`; each step is one
 * transaction, so a kill between steps leaves a log of a whole version.
 */
export const upgrade = (
  db: Database.Database,
  path: string,
  migrations: readonly Migration[],
): Result<number, LogError> => {
  const from = schemaVersion(db);
  const newest = migrations.length;
  if (from > newest) {
    return err(
      fault(
        'newer_log',
        `${path} was written by a newer Understudy (schema ${from}, this one knows up to ${newest}). Update Understudy to open it.`,
      ),
    );
  }
  const due = migrations.filter((m) => m.version > from);
  if (due.length === 0) return ok(from);
  const backup = `${path}.v${from}.backup`;
  if (!existsSync(backup)) db.prepare('VACUUM INTO ?').run(backup);
  for (const step of due) {
    db.transaction(() => {
      if (schemaVersion(db) >= step.version) return;
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
  return ok(newest);
};
