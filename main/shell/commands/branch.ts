// understudy branch: makes a branch at an instant, renames one, or drops one.
import { instant } from '../../../domain/base/brand.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog, type Opened } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { type TimelineRow, timelineRow } from '../command-line/timeline-row.ts';

type Options = InstantOptions & { readonly rename?: string; readonly drop?: boolean };
type Done = { readonly value: TimelineRow | { readonly dropped: string }; readonly says: string };

const change = async (open: Opened, name: string, options: Options): Promise<Result<Done, string>> => {
  if (options.drop === true) {
    const dropped = await open.ask('branch.drop', { name });
    return dropped.ok ? ok({ value: dropped.value, says: `Dropped ${name}. Its events stay in the file.` }) : dropped;
  }
  if (options.rename !== undefined) {
    const renamed = await open.ask('branch.rename', { name, to: options.rename });
    return renamed.ok
      ? ok({ value: timelineRow(renamed.value), says: `${name} is now ${renamed.value.name}.` })
      : renamed;
  }
  const at = open.moment(options.timeline, options.at);
  if (!at.ok) return at;
  const made = await open.ask('branch.create', { name, parent: options.timeline, at: at.value });
  if (!made.ok) return made;
  const value = timelineRow(made.value);
  const where = made.value.forkedAt === null ? 'its end' : isoInstant(instant(made.value.forkedAt.at));
  return ok({ value, says: `Made ${name}, which leaves ${options.timeline} at ${where}.` });
};

export const branch: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('branch <name>')
    .description('make a branch of a timeline at an instant')
    .option('--rename <to>', 'give the branch another name instead')
    .option('--drop', 'drop the branch instead; its events stay in the file');
  withInstant(command).action((name: string, options: Options) =>
    run(() => {
      if (options.drop === true && options.rename !== undefined) return err('Choose one of --rename and --drop.');
      return inLog(terminal, options.log, async (open) => {
        const done = await change(open, name, options);
        if (!done.ok) return done;
        const { value, says } = done.value;
        await terminal.write(`${options.json === true ? JSON.stringify(value) : says}\n`);
        return ok(0);
      });
    }),
  );
};
