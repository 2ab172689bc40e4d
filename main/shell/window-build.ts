// Builds the window, and Electron's half of the program, where they are missing or older than what they are built from.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { ELECTRON_ENTRY, FROM_SOURCE, ROOT, WINDOW_DIR } from './places.ts';

type Target = {
  readonly what: string;
  /** The file a build ends with. */
  readonly made: string;
  readonly config: string;
  readonly root: string;
  readonly from: readonly string[];
};

const WINDOW: Target = {
  what: 'window',
  made: join(WINDOW_DIR, 'index.html'),
  config: 'vite.config.ts',
  root: join(ROOT, 'renderer'),
  from: ['renderer', 'domain', 'vite.config.ts', 'package-lock.json'],
};
const ELECTRON: Target = {
  what: 'Electron shell',
  made: ELECTRON_ENTRY,
  config: 'vite.main.config.ts',
  root: ROOT,
  from: ['main', 'domain', 'vite.main.config.ts', 'package-lock.json'],
};

const changedAt = (path: string): number => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path, { withFileTypes: true }).map((entry) => changedAt(join(path, entry.name)));
  return Math.max(0, ...inside);
};

const isFresh = ({ made, from }: Target): boolean => {
  const at = changedAt(made);
  return at > 0 && from.every((path) => changedAt(join(ROOT, path)) <= at);
};

const build = async (target: Target, tell: (line: string) => void): Promise<Result<null, string>> => {
  if (!FROM_SOURCE || isFresh(target)) return ok(null);
  tell(`Building the ${target.what} (once)`);
  try {
    const { createBuilder } = await import('vite');
    const configFile = join(ROOT, target.config);
    const builder = await createBuilder({ root: target.root, configFile, logLevel: 'silent' }, null);
    await builder.buildApp();
    return existsSync(target.made) ? ok(null) : err(`The ${target.what} was built, but ${target.made} is not there.`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(`The ${target.what} cannot be built: ${why}\nRun \`npm ci\` and try again.`);
  }
};

/** Makes sure of the built window. @param tell is told when a build begins */
export const buildWindow = (tell: (line: string) => void): Promise<Result<null, string>> => build(WINDOW, tell);

/** Makes sure of the built Electron shell. */
export const buildElectronShell = (tell: (line: string) => void): Promise<Result<null, string>> =>
  build(ELECTRON, tell);
