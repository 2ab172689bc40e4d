// understudy generate: writes a believable cluster's log from a seed.
import { existsSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { instant } from '../../../domain/base/brand.ts';
import { err, ok } from '../../../domain/base/result.ts';
import { generatorOptions } from '../../../domain/generator/options.ts';
import { runHere } from '../../work/jobs.ts';
import { openForUse } from '../../work/open-log.ts';
import { unwatched } from '../../work/watcher.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { type JsonOption, withJson } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

type Options = JsonOption & {
  readonly hosts: number;
  readonly vms: number;
  readonly days: number;
  readonly seed: string;
  readonly start: number;
  readonly log?: string;
};

const whole = (written: string): number => {
  if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(written);
};

const midnight = (written: string): number => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a day, as 2026-11-17.');
  return at;
};

const FIRST_DAY = '2026-11-17';

const generateInto = async (terminal: Terminal, options: Options): Promise<Ending> => {
  const { hosts, vms, days, seed, start } = options;
  const checked = generatorOptions({ hosts, vms, days, seed, start: instant(start) });
  if (!checked.ok) return checked;
  const logPath = options.log ?? `generated-${hosts}-hosts-${vms}-vms-${seed}.understudy`;
  if (existsSync(logPath)) return err(`There is already a file ${logPath}. Choose another with --log.`);
  const opened = openForUse(logPath, { create: true });
  if (!opened.ok) return err(opened.error.sentence);
  opened.value.close();
  const watcher = { ...unwatched(), progress: ({ says }: { says: string }) => terminal.status(says) };
  const done = await runHere('generate', { logPath, order: { timeline: 'main', options: checked.value } }, watcher);
  if (!done.ok) return err(done.error.sentence);
  const { events, from, to } = done.value;
  await terminal.write(
    options.json === true
      ? `${JSON.stringify({ log: logPath, ...done.value })}\n`
      : `${logPath}: ${counted(events, 'event')} of ${counted(hosts, 'host')} and ${counted(vms, 'VM')}, ${from} to ${to}.\n`,
  );
  return ok(0);
};

export const generate: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('generate')
    .description('write the log of a believable cluster, the same for the same seed')
    .option('--hosts <n>', 'how many hosts', whole, 40)
    .option('--vms <n>', 'how many VMs', whole, 600)
    .option('--days <n>', 'how many days', whole, 1)
    .option('--seed <seed>', 'the seed of everything random', 'understudy')
    .addOption(new Option('--start <day>', 'the first day').argParser(midnight).default(midnight(FIRST_DAY), FIRST_DAY))
    .option('--log <file>', 'the log to make (default: a file here, named after the cluster)');
  withJson(command).action((options: Options) => run(() => generateInto(terminal, options)));
};
