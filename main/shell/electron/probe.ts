// Tells whether Electron's binary is on this machine, without waking its installer, which downloads on first use.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const packageDir = (): string | null => {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return null;
  }
};

const nameIn = (dir: string): string | null => {
  try {
    return readFileSync(join(dir, 'path.txt'), 'utf8').trim() || null;
  } catch {
    return null;
  }
};

/**
 * The path of Electron's executable, or null. The same look-up as electron/index.js: path.txt names the file below dist/
 * or below ELECTRON_OVERRIDE_DIST_PATH. Requiring `electron` instead would start a download that may hang.
 */
export const electronBinary = (environment: NodeJS.ProcessEnv, dir: string | null = packageDir()): string | null => {
  if (dir === null) return null;
  const recorded = nameIn(dir);
  const override = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override === undefined && recorded === null) return null;
  const binary = join(override ?? join(dir, 'dist'), recorded ?? 'electron');
  return existsSync(binary) ? binary : null;
};

/** The installer script, for those who want to fetch the binary; null where the package is not installed. */
export const electronInstaller = (dir: string | null = packageDir()): string | null => {
  const script = dir === null ? null : join(dir, 'install.js');
  return script !== null && existsSync(script) ? script : null;
};
