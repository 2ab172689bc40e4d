// Opens the window one way or the other, for `npm start`, `serve` and `desktop`.
import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { runOnThread } from '../work/thread.ts';
import { type Composed, compose } from './compose.ts';
import { hasDisplay, openInBrowser } from './display.ts';
import { type Loopback, startLoopback } from './loopback/server.ts';
import { ELECTRON_ENTRY, WINDOW_DIR } from './places.ts';
import { buildElectronShell, buildWindow } from './window-build.ts';

export type Tell = (line: string) => void;

export type Serving = { readonly composed: Composed; readonly loopback: Loopback };

/** Serves the log at `path` (null: the demonstration) on 127.0.0.1. */
export const serveLog = async (
  path: string | null,
  options: { readonly port: number; readonly tell: Tell },
): Promise<Result<Serving, string>> => {
  const [built, composed] = await Promise.all([
    buildWindow(options.tell),
    compose(path, { runJob: runOnThread, tell: options.tell }),
  ]);
  if (!composed.ok) return composed;
  const loopback = built.ok
    ? await startLoopback(composed.value.service, { windowDir: WINDOW_DIR, port: options.port })
    : built;
  if (loopback.ok) return ok({ composed: composed.value, loopback: loopback.value });
  composed.value.close();
  return loopback;
};

/** Opens the person's browser where there is a display; the address was printed in any case. */
export const showInBrowser = (url: string): void => {
  if (hasDisplay(process.env, process.platform)) openInBrowser(url, process.platform);
};

/** Resolves when a person ends the program; then everything is closed in order. */
export const untilEnded = async ({ composed, loopback }: Serving): Promise<void> => {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await loopback.close();
  composed.close();
};

/** Opens the log in Electron and resolves when its window was closed. */
export const runElectron = async (binary: string, path: string | null, tell: Tell): Promise<Result<null, string>> => {
  const built = await buildWindow(tell);
  if (!built.ok) return built;
  const shell = await buildElectronShell(tell);
  if (!shell.ok) return shell;
  const args = [ELECTRON_ENTRY, ...(path === null ? [] : [`--log=${path}`])];
  return new Promise((resolve) => {
    const app = spawn(binary, args, { stdio: 'inherit' });
    app.on('error', (cause) => resolve(err(`Electron does not start: ${cause.message}.`)));
    app.on('close', (status) => resolve(status === 0 ? ok(null) : err(`Electron ended with status ${status}.`)));
  });
};
