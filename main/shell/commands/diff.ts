// understudy diff: what is different between two timelines, or between two instants.
import { ok, type Result } from '../../../domain/base/result.ts';
import type { At } from '../../../domain/contract/contract.ts';
import type { StateDiff } from '../../../domain/timeline/diff.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog, type Opened } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';

type Place = { readonly timeline: string; readonly at: At | null };

/** `main`, `what-if`, `main@10:36` or `what-if@#184`. */
const place = (open: Opened, written: string): Result<Place, string> => {
  const mark = written.indexOf('@');
  const timeline = mark < 0 ? written : written.slice(0, mark);
  const at = open.moment(timeline, mark < 0 ? undefined : written.slice(mark + 1));
  return at.ok ? ok({ timeline, at: at.value }) : at;
};

const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const readable = ({ added, removed, changed }: StateDiff): string => {
  if (added.length + removed.length + changed.length === 0) return 'No difference.\n';
  const lines = [
    ...removed.map(({ entity, name }) => `- ${entity}  ${name}`),
    ...added.map(({ entity, name }) => `+ ${entity}  ${name}`),
    ...changed.flatMap(({ entity, name, fields }) => [
      `~ ${entity}  ${name}`,
      ...fields.map(({ field, from, to }) => `    ${field}: ${word(from)} -> ${word(to)}`),
    ]),
    `${counted(added.length, 'thing')} added, ${removed.length} removed, ${changed.length} changed.`,
  ];
  return `${lines.join('\n')}\n`;
};

export const diff: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('diff <a> <b>')
    .description('show what is different in B; each is a timeline, or a timeline and an instant as main@10:36');
  withJson(withLog(command)).action((a: string, b: string, options: LogOption & JsonOption) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async (open) => {
        const from = place(open, a);
        if (!from.ok) return from;
        const to = place(open, b);
        if (!to.ok) return to;
        const answer = await open.ask('view.diff', { a: from.value, b: to.value });
        if (!answer.ok) return answer;
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readable(answer.value));
        return ok(0);
      }),
    ),
  );
};
