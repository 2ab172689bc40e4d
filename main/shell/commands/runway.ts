// understudy runway: how many days each resource lasts on the trend of the log's own history, or why nobody can say.
import { Option } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import type { HistoryPoint, Outlook, ResourceOutlook } from '../../../domain/capacity/outlook.ts';
import { RESOURCES, type Resource } from '../../../domain/scheduling/inventory.ts';
import { type AssumptionOptions, assumptionsIn, withAssumptions } from '../command-line/assumptions.ts';
import type { AddCommand } from '../command-line/command.ts';
import { csv } from '../command-line/csv.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

type Options = InstantOptions &
  AssumptionOptions & {
    readonly resource?: Resource;
    readonly zone?: string;
    readonly commit?: readonly string[];
    readonly grow?: readonly string[];
    readonly csv?: boolean;
  };

const days = (n: number | null | undefined): string =>
  n === undefined ? '-' : n === null ? 'not on this trend' : `${Math.round(n)} d`;

const grown = ({ runway }: ResourceOutlook): string | null =>
  runway && `${runway.perDay >= 0 ? '+' : ''}${runway.perDay.toFixed(1)} +- ${runway.perDayError.toFixed(1)}`;

const whole = (n: number): number | string => (Number.isFinite(n) ? Math.round(n) : 'no limit');

const readable = (rows: readonly ResourceOutlook[], assumed: boolean): string =>
  table<ResourceOutlook>(rows, [
    { head: 'RESOURCE', cell: (o) => o.resource },
    { head: 'USED', cell: (o) => Math.round(o.points.at(-1)?.used ?? 0) },
    { head: 'SHUT OFF', cell: (o) => Math.round(o.shutOff) },
    { head: 'BUSY', cell: (o) => o.busy && Math.round(o.busy) },
    { head: 'CAPACITY', cell: (o) => whole(o.capacity) },
    { head: 'OFFLINE', cell: (o) => whole(o.offline) },
    { head: 'A DAY', cell: grown },
    { head: 'FULL IN (P50)', cell: (o) => days(o.runway?.daysP50) },
    { head: 'WORST TENTH', cell: (o) => days(o.runway?.daysP90) },
    { head: 'KEEPING N+1', cell: (o) => days(o.keepingOne?.daysP50) },
  ]) +
  `A straight line through use at even instants${assumed ? ', with what was assumed on top' : ''}; days from the asked instant. ` +
  'USED counts VMs that are shut off; BUSY is cores measured busy.\n';

const asJson = (rows: readonly ResourceOutlook[], first: ResourceOutlook): string =>
  `${JSON.stringify({
    resource: first.resource,
    daysP50: first.runway?.daysP50 ?? null,
    daysP90: first.runway?.daysP90 ?? null,
    refused: first.refused,
    resources: rows,
  })}\n`;

/** The history, one row an instant and resource. */
const asCsv = (rows: readonly ResourceOutlook[]): string =>
  csv<readonly [Resource, HistoryPoint]>(
    rows.flatMap((o) => o.points.map((point) => [o.resource, point] as const)),
    [
      { head: 'AT', cell: ([, p]) => isoInstant(p.at) },
      { head: 'RESOURCE', cell: ([resource]) => resource },
      { head: 'USED', cell: ([, p]) => p.used },
      { head: 'SHUT OFF', cell: ([, p]) => p.shutOff },
      { head: 'BUSY', cell: ([, p]) => p.busy },
      { head: 'CAPACITY', cell: ([, p]) => (Number.isFinite(p.capacity) ? p.capacity : null) },
      { head: 'OFFLINE', cell: ([, p]) => (Number.isFinite(p.offline) ? p.offline : null) },
    ],
  );

/** The one named, or the one that is full first, or the first of all when none ever is. */
const firstOf = ({ resources, first }: Outlook, named: Resource | undefined): ResourceOutlook | undefined =>
  resources.find((o) => o.resource === (named ?? first)) ?? (named === undefined ? resources[0] : undefined);

export const runway: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('runway')
    .description("tell when a resource runs out on the trend of the log's own history")
    .addOption(
      new Option('--resource <name>', 'only this resource (default: all, the first to run out leading)').choices(
        RESOURCES,
      ),
    )
    .option('--zone <name>', 'only hosts of this availability zone')
    .option('--commit <date=flavor:n...>', 'VMs promised for a day, on top of the trend')
    .option('--grow <flavor=percent...>', 'a flavor that grows by so much a month, on top of the trend')
    .option('--csv', 'print the history as comma-separated values');
  withInstant(withAssumptions(command)).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const assume = assumptionsIn(options);
        if (!assume.ok) return assume;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const outlook = await ask('capacity.runway', {
          timeline: options.timeline,
          at: at.value,
          zone: options.zone ?? null,
          assume: assume.value,
          commitments: options.commit ?? [],
          growths: options.grow ?? [],
        });
        if (!outlook.ok) return outlook;
        const first = firstOf(outlook.value, options.resource);
        if (first === undefined)
          return err(
            options.resource === undefined
              ? 'No hosts are recorded up to this instant.'
              : `No host has ${options.resource} up to this instant.`,
          );
        const rows = options.resource === undefined ? outlook.value.resources : [first];
        const isAssumed = options.commit !== undefined || options.grow !== undefined;
        const words = first.refused === null ? readable(rows, isAssumed) : `${first.refused}\n`;
        await terminal.write(options.json === true ? asJson(rows, first) : options.csv === true ? asCsv(rows) : words);
        return ok(first.refused === null ? 0 : 1);
      }),
    ),
  );
};
