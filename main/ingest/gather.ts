// Finds the files behind the paths a person named: files as they are, folders with everything in them.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { fromFile, type Incoming } from './incoming.ts';

/** A support bundle has thousands; more is a wrong path (`/`). */
const FILES_MAX = 100_000;

export type Gathered = {
  readonly incoming: Incoming;
  /** True when the person named the file itself, not a folder around it: then it has to be readable. */
  readonly named: boolean;
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'does not exist: part of its path is a file',
  ELOOP: 'is a link that leads to itself',
};
const reason = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read (${code === '' ? String(error) : code})`;
};

/** `takenAt`: when the folder around it was written last: what lies in one folder is one snapshot, with one instant. */
type Found = { readonly named: boolean; readonly takenAt: number | null };

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Files behind `paths`, each once; an error is a sentence about the first path that cannot be read. */
export const gather = (paths: readonly string[]): Result<readonly Gathered[], string> => {
  const found = new Map<string, Found>();
  for (const path of paths) {
    try {
      const stat = statSync(path);
      if (!stat.isDirectory() && !stat.isFile()) return err(`${path} is neither a file nor a folder.`);
      const files = stat.isDirectory() ? filesIn(path) : [path];
      if (files.length === 0) return err(`${path} is an empty folder.`);
      const takenAt = stat.isFile() ? null : Math.max(...files.map((file) => Math.trunc(statSync(file).mtimeMs)));
      for (const file of files) {
        const before = found.get(file);
        found.set(file, {
          named: stat.isFile() || before?.named === true,
          takenAt: takenAt ?? before?.takenAt ?? null,
        });
      }
    } catch (error) {
      return err(`${path} ${reason(error)}.`);
    }
    if (found.size > FILES_MAX) return err(`${path} holds more than ${FILES_MAX} files: name a smaller folder.`);
  }
  const gathered: Gathered[] = [];
  for (const [file, { named, takenAt }] of found) {
    try {
      const incoming = fromFile(file);
      gathered.push({ incoming: { ...incoming, modifiedAt: takenAt ?? incoming.modifiedAt }, named });
    } catch (error) {
      return err(`${file} ${reason(error)}.`);
    }
  }
  return gathered.length === 0 ? err('No file was named.') : ok(gathered);
};
