// Where things stand on disk: beside the source in a clone, beside the bundle in the packed app, and in the person's own folder.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname; // main/shell in a clone, dist/main in the packed app
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** The clone, or the root of the packed app: two folders up from either place. */
export const ROOT = join(HERE, '..', '..');
/** What `--version` prints. */
export const version = (): string =>
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
/** The built window. */
export const WINDOW_DIR = join(ROOT, 'dist', 'renderer');
/** Electron's entry, built. */
export const ELECTRON_ENTRY = join(ROOT, 'dist', 'main', 'electron.js');
/** The transcript that the demonstration's incident is read from. */
export const TRANSCRIPT = join(HERE, 'demonstration', 'live-migration.txt');

/** Where the person's own files go: UNDERSTUDY_HOME, or the platform's folder for application data. */
export const dataDir = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string => {
  const chosen = environment['UNDERSTUDY_HOME'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Understudy');
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Understudy');
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'understudy');
};
