// understudy export: the whole log as JSON lines, branches and all, which `import` reads back.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { err, ok } from '../../../domain/base/result.ts';
import { scrubbed } from '../../ingest/scrub/scrub.ts';
import { exportLines } from '../../ingest/understudy-jsonl.ts';
import type { Log } from '../../log/types.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type LogOption, withLog } from '../command-line/options.ts';
import type { Terminal } from '../command-line/terminal.ts';

type Options = LogOption & { readonly out?: string; readonly scrub?: string };
type Journal = Pick<Log, 'journal'>;

const WRITE_AT_ONCE = 256 * 1024; // characters; a log may be longer than memory

/** The export in pieces of whole lines. */
function* pieces(log: Journal): Generator<string> {
  let text = '';
  for (const line of exportLines(log)) {
    text += `${line}\n`;
    if (text.length < WRITE_AT_ONCE) continue;
    yield text;
    text = '';
  }
  yield text;
}

const toFile = (log: Journal, path: string): Ending => {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    return err(
      exists ? `There is already a file ${path}. Choose another.` : `${path} cannot be written: ${String(cause)}.`,
    );
  }
  try {
    for (const piece of pieces(log)) writeSync(file, piece);
    return ok(0);
  } catch (cause) {
    rmSync(path); // half an export would pass for a whole one
    return err(`Writing ${path} failed: ${String(cause)}. Nothing was kept.`);
  } finally {
    closeSync(file);
  }
};

const toStdout = async (terminal: Terminal, log: Journal): Promise<Ending> => {
  for (const piece of pieces(log)) await terminal.write(piece);
  return ok(0);
};

export const exportLog: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('export')
    .description('print the whole log as JSON lines, which `import` reads back')
    .option('--out <file>', 'write this new file instead of printing')
    .option('--scrub <seed>', 'replace names, ids and addresses, alike for the same seed; keep the seed to yourself');
  withLog(command).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ log }) => {
        const told = options.scrub === undefined ? log : scrubbed(log, options.scrub);
        return options.out === undefined ? toStdout(terminal, told) : toFile(told, options.out);
      }),
    ),
  );
};
