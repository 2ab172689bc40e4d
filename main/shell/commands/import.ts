// understudy import: takes files and folders in, and reports what became of every line.
import { existsSync, rmSync } from 'node:fs';
import { err, ok } from '../../../domain/base/result.ts';
import type { Lint } from '../../../domain/network/lint.ts';
import type { Skew } from '../../ingest/clock-skew.ts';
import type { ImportedFile, ImportReport } from '../../ingest/import-settings.ts';
import { parseMoment } from '../../service/moment.ts';
import { runHere } from '../../work/jobs.ts';
import { openForUse } from '../../work/open-log.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, type TimelineOption, withJson } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

type Options = LogOption &
  TimelineOption &
  JsonOption & {
    readonly dryRun?: boolean;
    readonly as?: string;
    readonly at?: string;
    readonly refused?: string;
  };

const MOST_REFUSED = 20; // more refused lines than this are counted; --json lists them

const SHORT_ID = 12; // as much of a content id as tells sources apart

const skewLine = ({ source, pairs, medianMs, spreadMs }: Skew): string => {
  const apart = `${(Math.abs(medianMs) / 1000).toFixed(3)} s ${medianMs < 0 ? 'behind' : 'ahead of'}`;
  return `  its clock is ${apart} that of source ${source.slice(0, SHORT_ID)}, by ${pairs} steps both tell (± ${(spreadMs / 1000).toFixed(3)} s)`;
};

const fileLines = (file: ImportedFile): string[] => {
  const ignored = Object.entries(file.ignored).map(([what, n]) => `${n} ${what}`);
  const listed = file.refused.slice(0, MOST_REFUSED);
  const rest = file.refused.length - listed.length;
  return [
    `${file.path}: ${file.format}, ${counted(file.lines, 'line')}; ${counted(file.events, 'event')}` +
      (file.duplicates > 0 ? `, ${file.duplicates} already there` : '') +
      (file.refused.length > 0 ? `, ${file.refused.length} refused` : ''),
    ...(ignored.length > 0 ? [`  ignored: ${ignored.join(', ')}`] : []),
    ...file.notes.map((note) => `  ${note}`),
    ...file.skews.map(skewLine),
    ...listed.map(({ line, why }) => `  line ${line}: ${why}`),
    ...(rest > 0 ? [`  and ${rest} more refused lines`] : []),
  ];
};

const readable = ({ files, head }: ImportReport, dryRun: boolean): string =>
  [...files.flatMap(fileLines), dryRun ? 'Nothing was written: this was a dry run.' : `The log ends at #${head}.`]
    .map((line) => `${line}\n`)
    .join('');

const SQLITE_SIDES = ['', '-wal', '-shm'];
const remove = (path: string): void => {
  for (const side of SQLITE_SIDES) rmSync(path + side, { force: true });
};

/** A first import that failed before anything came in leaves nothing worth keeping; whole batches that came in stay. */
const isEmpty = (path: string): boolean => {
  const opened = openForUse(path, { create: false });
  if (!opened.ok) return false;
  const nothing = opened.value.timelines().every((timeline) => opened.value.span(timeline) === null);
  opened.value.close();
  return nothing;
};

const importInto = async (
  terminal: Terminal,
  logPath: string,
  paths: readonly string[],
  options: Options,
): Promise<Ending> => {
  // Nothing of the log counts here: a document without times is placed by a time, not by a position.
  const at = options.at === undefined ? null : parseMoment(options.at, { span: null, instantOf: () => null });
  if (at !== null && !at.ok) return at;
  const isNew = !existsSync(logPath);
  const opened = openForUse(logPath, { create: true });
  if (!opened.ok) return err(opened.error.sentence);
  opened.value.close();
  const order = {
    timeline: options.timeline,
    from: { paths },
    dryRun: options.dryRun === true,
    as: options.as ?? null,
    undatedAt: at === null ? null : at.value.at,
    ...(options.refused === undefined ? {} : { refusedTo: options.refused }),
  };
  const interrupt = onInterrupt();
  const watcher = { signal: interrupt.signal, progress: ({ says }: { says: string }) => terminal.status(says) };
  const report = await runHere('import', { logPath, order }, watcher);
  interrupt.ignore();
  if (isNew && (order.dryRun || (!report.ok && isEmpty(logPath)))) remove(logPath);
  if (!report.ok) return err(report.error.sentence);
  const events = report.value.files.reduce((sum, file) => sum + file.events, 0);
  const looks = !order.dryRun && events > 0 && report.value.head <= LOOKED_OVER_MAX;
  const overlay = looks ? await lookedOver(terminal, logPath, options.timeline) : null;
  const told = overlay === null ? (events > 0 && !order.dryRun ? NOT_LOOKED_OVER : '') : lintLines(overlay);
  const text = readable(report.value, order.dryRun) + told;
  await terminal.write(options.json === true ? `${JSON.stringify({ ...report.value, overlay })}\n` : text);
  return ok(0);
};

/** What a person waits for after an import: 20,000 VMs with their ports, and the tunnels and tables of 300 hosts, take ten seconds. */
const LOOKED_OVER_MAX = 250_000; // events
const NOT_LOOKED_OVER = `The overlay was not looked over, as the log holds more than ${LOOKED_OVER_MAX} events: understudy overlay does.\n`;

/** What the log now tells wrong about the overlay. A log that cannot be read is no fault of the import. */
const lookedOver = async (terminal: Terminal, path: string, timeline: string): Promise<readonly Lint[]> => {
  let lints: readonly Lint[] = [];
  await inLog(terminal, path, async ({ ask }) => {
    const overview = await ask('network.overview', { timeline, at: null, style: 'master' });
    if (overview.ok) ({ lints } = overview.value);
    return ok(0);
  });
  return lints;
};

const MOST_LINTS = 5; // `understudy overlay` lists all

const lintLines = (lints: readonly Lint[]): string => {
  if (lints.length === 0) return '';
  const shown = lints.slice(0, MOST_LINTS).map(({ code, detail }) => `  ${code}  ${detail}\n`);
  const rest = lints.length - shown.length;
  return (
    `Of the overlay ${counted(lints.length, 'thing')} ${lints.length === 1 ? 'is' : 'are'} recorded wrong:\n${shown.join('')}` +
    (rest === 0 ? '' : `  and ${rest} more; understudy overlay lists all\n`)
  );
};

export const importFiles: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('import <path...>')
    .description('take files and folders into a log; importing twice changes nothing')
    .option('--log <file>', 'the log to write; it is made where there is none')
    .option('--timeline <name>', 'the timeline to write', 'main')
    .option('--dry-run', 'tell what would come in and write nothing')
    .option('--as <format>', 'read every file as this format instead of finding it by content')
    .option(
      '--at <time>',
      'when documents that give no times were written; the same content at another time is another snapshot',
    )
    .option('--refused <file>', 'write every refused line, with its reason, to this new file');
  withJson(command).action((paths: readonly string[], options: Options) =>
    run(() =>
      options.log === undefined
        ? err('Say which log to write with --log FILE; it is made where there is none.')
        : importInto(terminal, options.log, paths, options),
    ),
  );
};
