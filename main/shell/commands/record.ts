// understudy record: writes one fact onto a branch, so that a drill or a plan can meet what is not so.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withAt, withJson, withLog } from '../command-line/options.ts';

type Options = InstantOptions;

const dataOf = (text: string): Result<Readonly<Record<string, unknown>>, string> => {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return ok(data as Record<string, unknown>);
  } catch {
    // Not JSON at all: the sentence below says what was wanted.
  }
  return err(`The fact's data must be a JSON object such as '{"ramMiB":65536}', not ${text}.`);
};

export const record: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('record <type> <entity> [data]')
    .description(
      'write one fact onto a branch: record host.reported host:compute-2 \'{"ramMiB":65536}\' --timeline what-if',
    )
    .requiredOption('--timeline <name>', 'the branch to write onto; main holds only what was imported');
  withJson(withAt(withLog(command))).action(
    (type: string, entity: string, text: string | undefined, options: Options) =>
      run(() => {
        const data = dataOf(text ?? '{}');
        if (!data.ok) return data;
        return inLog(terminal, options.log, async (open) => {
          const at = open.moment(options.timeline, options.at);
          if (!at.ok) return at;
          const done = await open.ask('branch.record', {
            timeline: options.timeline,
            at: at.value,
            type,
            entity,
            data: data.value,
          });
          if (!done.ok) return done;
          const says = `Written to ${options.timeline} as #${done.value.seq}, marked assumed.`;
          await terminal.write(`${options.json === true ? JSON.stringify(done.value) : says}\n`);
          return ok(0);
        });
      }),
  );
};
