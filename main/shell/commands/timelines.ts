// understudy timelines: the record and its branches.
import { ok } from '../../../domain/base/result.ts';
import { isRecord } from '../../../domain/contract/branches.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';
import { timelineRow } from '../command-line/timeline-row.ts';

export const timelines: AddCommand = (program, { terminal, run }) => {
  const command = program.command('timelines').description('list the record and its branches');
  withJson(withLog(command)).action((options: LogOption & JsonOption) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask }) => {
        const info = await ask('log.info', {});
        if (!info.ok) return info;
        const { timelines } = info.value;
        const rows = timelines.map(timelineRow);
        const records = new Set(timelines.filter((t) => isRecord(t, timelines)).map((t) => t.name));
        if (options.json === true) {
          await terminal.write(`${JSON.stringify({ timelines: rows })}\n`);
          return ok(0);
        }
        await terminal.write(
          table(rows, [
            { head: 'TIMELINE', cell: (t) => t.name },
            { head: 'PARENT', cell: (t) => (records.has(t.name) ? null : t.parent) },
            { head: 'FORKED AT', cell: (t) => (records.has(t.name) ? null : (t.forkedAt?.at ?? null)) },
            { head: 'FIRST EVENT', cell: (t) => t.from },
            { head: 'LAST EVENT', cell: (t) => t.to },
            { head: 'EVENTS', cell: (t) => t.events },
          ]),
        );
        return ok(0);
      }),
    ),
  );
};
