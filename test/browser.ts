// Finds a Chromium for the tests that need one, or gets one: PATH, Playwright's own, Playwright's download, Debian's package.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const DOWNLOAD_LIMIT_MS = 180_000; // a download that stalls must not stall the tests
const APT_LIMIT_MS = 300_000;

export type Browser = { readonly path: string; readonly how: string };

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (): Browser | null => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (folder !== '' && isExecutable(path)) return { path, how: 'on the PATH' };
    }
  }
  return null;
};

const ofPlaywright = (how: string): Browser | null => {
  const path = chromium.executablePath();
  return existsSync(path) ? { path, how } : null;
};

const download = (): Browser | null => {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const options = { stdio: 'ignore', timeout: DOWNLOAD_LIMIT_MS } as const;
  const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium'], options);
  return status === 0 ? ofPlaywright('downloaded by Playwright') : null;
};

const fromDebian = (): Browser | null => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: 'ignore', timeout: APT_LIMIT_MS, env } as const;
  spawnSync('apt-get', ['update'], options);
  const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  return status === 0 ? onPath() : null;
};

/** A browser that is here, or null. */
export const findBrowser = (): Browser | null => onPath() ?? ofPlaywright("Playwright's own");

/** A browser, fetched if need be; null where none can be had. Takes minutes at worst. */
export const getBrowser = (): Browser | null => findBrowser() ?? download() ?? fromDebian();
