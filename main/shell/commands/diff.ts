// understudy diff: what is different between two timelines, or between two instants.
import { instant } from '../../../domain/base/brand.ts';
import { ok } from '../../../domain/base/result.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import type { DownTimes } from '../../../domain/contract/contract.ts';
import { duration } from '../../../domain/readout/words.ts';
import type { StateDiff } from '../../../domain/timeline/diff.ts';
import type { Outage } from '../../../domain/timeline/outages.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { placeNamed } from '../command-line/place.ts';
import { counted, table } from '../command-line/table.ts';

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

type DownRow = DownTimes['vms'][number];

const backAfter = (o: Outage | null): string =>
  o === null ? 'not down' : o.backMs === null ? 'not back' : duration(o.backMs);

const runsAfter = (o: Outage | null): string =>
  o === null || o.runsMs === null || o.runsMs === o.backMs ? '' : `, runs after ${duration(o.runsMs)}`;

const difference = ({ a, b }: DownRow): string | null => {
  const [first, second] = [a?.backMs ?? null, b?.backMs ?? null];
  if (first === null || second === null) return null;
  if (first === second) return 'the same';
  return `${duration(Math.abs(second - first))} ${second < first ? 'sooner' : 'later'}`;
};

/** How long each VM was down on either branch since they parted. */
const downTable = ({ since, vms }: DownTimes, [a, b]: readonly [string, string]): string =>
  since === null || vms.length === 0
    ? ''
    : `\nDown since ${isoInstant(instant(since.at))}, until in place again:\n${table<DownRow>(vms, [
        { head: 'VM', cell: ({ name }) => name },
        { head: `ON ${a}`, cell: (row) => backAfter(row.a) + runsAfter(row.a) },
        { head: `ON ${b}`, cell: (row) => backAfter(row.b) + runsAfter(row.b) },
        { head: 'BACK', cell: difference },
      ])}`;

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
        const [sides, names] = [{ a: from.value, b: to.value }, [a, b] as const];
        const answer = await open.ask('view.diff', sides);
        if (!answer.ok) return answer;
        const down = await open.ask('view.downTimes', sides);
        if (!down.ok) return down;
        await terminal.write(
          options.json === true
            ? `${JSON.stringify({ ...answer.value, downTimes: down.value.vms })}\n`
            : readable(answer.value) + downTable(down.value, names),
        );
        return ok(0);
      }),
    ),
  );
};
