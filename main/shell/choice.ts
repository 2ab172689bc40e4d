// Chooses between Electron's window and the browser, and says why in one line.
import { spawn } from 'node:child_process';
import { hasDisplay } from './display.ts';
import { electronBinary, electronInstaller } from './electron/probe.ts';

/** `why` is a clause: what keeps Electron from opening. */
export type Choice =
  | { readonly shell: 'electron'; readonly binary: string }
  | { readonly shell: 'loopback'; readonly why: string };

const REACHABLE_WITHIN_MS = 2_000; // one round trip; offline machines must not wait
const FETCH_WITHIN_MS = 120_000; // the binary is about 110 MB
const RELEASES = 'https://github.com/electron/electron/releases/';

const isReachable = async (url: string): Promise<boolean> => {
  try {
    const { ok } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) });
    return ok;
  } catch {
    return false;
  }
};

const runInstaller = (script: string): Promise<boolean> =>
  new Promise((resolve) => {
    const installer = spawn(process.execPath, [script], { stdio: 'ignore', timeout: FETCH_WITHIN_MS });
    installer.on('error', () => resolve(false));
    installer.on('close', (status) => resolve(status === 0));
  });

const fetched = async (environment: NodeJS.ProcessEnv, tell: (line: string) => void): Promise<string | null> => {
  const installer = electronInstaller();
  const mirror = environment['ELECTRON_MIRROR'] ?? environment['npm_config_electron_mirror'] ?? RELEASES;
  if (installer === null || !(await isReachable(mirror))) return null;
  tell('Fetching Electron (about 110 MB, once)');
  return (await runInstaller(installer)) ? electronBinary(environment) : null;
};

/**
 * Electron where a person can see it and its binary is here or can be fetched; otherwise the browser.
 * @param tell is told when a download begins
 */
export const chooseShell = async (
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  tell: (line: string) => void,
): Promise<Choice> => {
  const served = (why: string): Choice => ({ shell: 'loopback', why });
  if (!hasDisplay(environment, platform)) return served('this machine has no display for Electron');
  if (platform === 'linux' && process.getuid?.() === 0) return served("Electron's sandbox does not start for root");
  const binary = electronBinary(environment) ?? (await fetched(environment, tell));
  if (binary === null) return served("Electron's binary is not here and could not be fetched");
  return { shell: 'electron', binary };
};
