// Starts the real loopback shell on a log of its own, and stops it by its process.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Shell = {
  /** The printed address; it opens the window once. */
  readonly address: string;
  readonly stop: () => Promise<void>;
};

const CLI = new URL('../../main/shell/cli.ts', import.meta.url).pathname;
const START_MS = 60_000; // making the demonstration takes two seconds; a loaded machine may need ten times that

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((done) => child.once('exit', () => done()))
    : Promise.resolve();

const addressFrom = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(
      () => reject(new Error(`the shell printed no address in ${START_MS / 1000} s: ${said}`)),
      START_MS,
    );
    let answer = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      answer += chunk.toString('utf8');
      if (!answer.includes('\n')) return;
      clearTimeout(late);
      const { url, port } = JSON.parse(answer) as { url: string; port: number };
      if (new URL(url).port === String(port)) resolve(url);
      else reject(new Error(`the shell printed an address of another port: ${answer}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    child.once('exit', (code) => reject(new Error(`the shell ended with ${code}: ${said}`)));
  });

/** A shell over a demonstration made for this run alone, so that what a story does to the log ends with it. */
export const startShell = async (): Promise<Shell> => {
  const home = mkdtempSync(join(tmpdir(), 'understudy-e2e-'));
  const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--json'], {
    env: { ...process.env, UNDERSTUDY_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    return { address: await addressFrom(child), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
};
