// understudy diff: what is different between two timelines, or between two instants.
import { ok } from '../../../domain/base/result.ts';
import type { StateDiff } from '../../../domain/timeline/diff.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { placeNamed } from '../command-line/place.ts';
import { counted } from '../command-line/table.ts';

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
      inLog(terminal, options.log, async (open) => {
        const from = placeNamed(open, a);
        if (!from.ok) return from;
        const to = placeNamed(open, b);
        if (!to.ok) return to;
        const answer = await open.ask('view.diff', { a: from.value, b: to.value });
        if (!answer.ok) return answer;
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readable(answer.value));
        return ok(0);
      }),
    ),
  );
};
