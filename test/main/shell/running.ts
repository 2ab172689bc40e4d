// Runs command lines in this process, in a folder of the test file's own, as the tests of this room need it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { commands } from '../../../main/shell/commands.ts';
import { runCommandLine } from '../../../main/shell/command-line/run.ts';
import type { Exit } from '../../../main/shell/command-line/terminal.ts';

/** What a command line came to: its exit status, all of stdout, all lines of stderr. */
export type Ran = { readonly status: Exit; readonly out: string; readonly err: string };

export const run = async (...argv: readonly string[]): Promise<Ran> => {
  let [out, err] = ['', ''];
  const status = await runCommandLine(argv, commands, {
    write: (text) => {
      out += text;
      return Promise.resolve();
    },
    warn: (line) => void (err += `${line}\n`),
    status: () => {},
  });
  return { status, out, err };
};

/** `run` where every command line is about one log. */
export const runOn =
  (log: string) =>
  (...argv: readonly string[]): Promise<Ran> =>
    run(...argv, '--log', log);

/** A new folder, gone when the tests of the file that asks for it are over. */
export const ownFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `understudy-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
