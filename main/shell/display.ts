// Whether a person sits at this machine, and how its browser is told to open an address.
import { spawn } from 'node:child_process';

/** True where a window could appear. */
export const hasDisplay = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean =>
  platform === 'darwin' ||
  platform === 'win32' ||
  [environment['DISPLAY'], environment['WAYLAND_DISPLAY']].some((display) => display !== undefined && display !== '');

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Asks the system to open the address; whether it does is up to the system, and the address was printed anyway. */
export const openInBrowser = (url: string, platform: NodeJS.Platform): void => {
  const [command, ...args] = OPENERS[platform] ?? ['xdg-open'];
  const opener = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => {});
  opener.unref();
};
