// understudy runway: how many days each resource lasts on the trend of the log's own history, or why nobody can say.
import { Option } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import type { Outlook, ResourceOutlook } from '../../../domain/capacity/outlook.ts';
import { RESOURCES, type Resource } from '../../../domain/scheduling/inventory.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import {
  type AtOption,
  type JsonOption,
  type LogOption,
  type TimelineOption,
  withAt,
  withJson,
  withLog,
  withTimeline,
} from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

type Options = LogOption & TimelineOption & AtOption & JsonOption & { readonly resource?: Resource };

const days = (n: number | null | undefined): string =>
  n === undefined ? '-' : n === null ? 'not on this trend' : `${Math.round(n)} d`;

const grown = ({ runway }: ResourceOutlook): string | null =>
  runway && `${runway.perDay >= 0 ? '+' : ''}${runway.perDay.toFixed(1)} +- ${runway.perDayError.toFixed(1)}`;

const readable = (rows: readonly ResourceOutlook[]): string =>
  table<ResourceOutlook>(rows, [
    { head: 'RESOURCE', cell: (o) => o.resource },
    { head: 'USED', cell: (o) => Math.round(o.points.at(-1)?.used ?? 0) },
    { head: 'CAPACITY', cell: (o) => Math.round(o.capacity) },
    { head: 'A DAY', cell: grown },
    { head: 'FULL IN (P50)', cell: (o) => days(o.runway?.daysP50) },
    { head: 'WORST TENTH', cell: (o) => days(o.runway?.daysP90) },
    { head: 'KEEPING N+1', cell: (o) => days(o.keepingOne?.daysP50) },
  ]) + 'A straight line through use at even instants; days from the asked instant, capacity as it is then.\n';

const asJson = (rows: readonly ResourceOutlook[], first: ResourceOutlook): string =>
  `${JSON.stringify({
    resource: first.resource,
    daysP50: first.runway?.daysP50 ?? null,
    daysP90: first.runway?.daysP90 ?? null,
    refused: first.refused,
    resources: rows,
  })}\n`;

/** The one named, or the one that is full first, or the first of all when none ever is. */
const firstOf = ({ resources, first }: Outlook, named: Resource | undefined): ResourceOutlook | undefined =>
  resources.find((o) => o.resource === (named ?? first)) ?? resources[0];

export const runway: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('runway')
    .description("tell when a resource runs out on the trend of the log's own history")
    .addOption(
      new Option('--resource <name>', 'only this resource (default: all, the first to run out leading)').choices(
        RESOURCES,
      ),
    );
  withJson(withAt(withTimeline(withLog(command)))).action((options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const outlook = await ask('capacity.runway', { timeline: options.timeline, at: at.value });
        if (!outlook.ok) return outlook;
        const first = firstOf(outlook.value, options.resource);
        if (first === undefined) return err('No hosts are recorded up to this instant.');
        const rows = options.resource === undefined ? outlook.value.resources : [first];
        const told = first.refused === null ? readable(rows) : `${first.refused}\n`;
        await terminal.write(options.json === true ? asJson(rows, first) : told);
        return ok(first.refused === null ? 0 : 1);
      }),
    ),
  );
};
