// The project's own source files, read once, by their path from the root.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const CODE = /\.tsx?$/;

/** Path from the root (with `/`) to text. */
export type Sources = ReadonlyMap<string, string>;

const under = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && CODE.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'));

/** Every TypeScript file below the given top folders. */
export const sourcesOf = (...folders: readonly string[]): Sources =>
  new Map(
    folders
      .flatMap(under)
      .sort()
      .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
