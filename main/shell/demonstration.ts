// The demonstration: a generated Tuesday on `main` and a real operator's incident beside it, made once on first start.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { instant } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Log } from '../log/types.ts';
import { runGenerateJob } from '../work/generate-job.ts';
import { runImportJob } from '../work/import-job.ts';
import { openForUse } from '../work/open-log.ts';
import type { Watcher } from '../work/watcher.ts';
import { FROM_SOURCE, ROOT, TRANSCRIPT } from './places.ts';

/** The timeline of the real incident: an operator's transcript of August 2013. */
export const INCIDENT_TIMELINE = 'incident-2013';
const TUESDAY = {
  hosts: 40,
  vms: 600,
  days: 1,
  seed: 'tuesday',
  start: instant(Date.parse('2026-11-17T00:00:00Z')),
} as const;

/** What decides what the demonstration holds, in a clone; the packed app's version stands for it there. */
const MADE_FROM = ['domain/base', 'domain/events', 'domain/generator', 'domain/drill', 'main/ingest', 'migrations'];

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Eight hex digits that change whenever the demonstration would come out differently. */
const fingerprint = (): string => {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package.json')));
  const sources = FROM_SOURCE ? MADE_FROM.flatMap((folder) => filesUnder(join(ROOT, folder))) : [];
  for (const file of [TRANSCRIPT, ...sources]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
};

const fill = async (log: Log, watcher: Watcher): Promise<Result<null, string>> => {
  const main = log.timeline('main');
  if (!main.ok) return err(main.error.sentence);
  // A branch of nothing: it leaves `main` before its first event, so it shares none of it.
  const branch = log.branch(INCIDENT_TIMELINE, main.value, { at: instant(0), seq: null });
  if (!branch.ok) return err(branch.error.sentence);
  const from = { paths: [TRANSCRIPT] };
  const order = { timeline: INCIDENT_TIMELINE, from, dryRun: false, as: null, undatedAt: null };
  const imported = await runImportJob(log, order, watcher);
  if (!imported.ok) return err(imported.error.sentence);
  const generated = runGenerateJob(log, 'main', TUESDAY, watcher);
  return generated.ok ? ok(null) : err(generated.error.sentence);
};

const make = async (path: string, watcher: Watcher): Promise<Result<null, string>> => {
  const opened = openForUse(path, { create: true });
  if (!opened.ok) return err(opened.error.sentence);
  try {
    return await fill(opened.value, watcher);
  } finally {
    opened.value.close();
  }
};

/**
 * The demonstration's path; made first where it is not there yet, in a second or two. It is made under another name and
 * renamed when whole, so that a first start that is interrupted leaves no half of it.
 */
export const demonstration = async (dir: string, watcher: Watcher): Promise<Result<string, string>> => {
  const path = join(dir, `demonstration-${fingerprint()}.understudy`);
  if (existsSync(path)) return ok(path);
  const unfinished = join(dir, `.unfinished-${process.pid}.understudy`);
  try {
    mkdirSync(dir, { recursive: true });
    const made = await make(unfinished, watcher);
    if (made.ok) renameSync(unfinished, path);
    for (const side of ['', '-wal', '-shm']) rmSync(unfinished + side, { force: true });
    return made.ok ? ok(path) : made;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(`The demonstration cannot be made in ${dir}: ${why}. Name another folder with UNDERSTUDY_HOME.`);
  }
};
