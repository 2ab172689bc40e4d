// What fits, in words and columns: flavors side by side, a mix, every host's books.
import type { Fit } from '../../../domain/capacity/fit.ts';
import type { FitOptions } from '../../../domain/capacity/flavors.ts';
import type { HostRoom } from '../../../domain/capacity/host-room.ts';
import type { MixFit } from '../../../domain/capacity/mix.ts';
import { LIMIT_WORDS } from '../../../domain/capacity/slots.ts';
import { type Resource, RESOURCES } from '../../../domain/scheduling/inventory.ts';
import { type Column, counted, table } from './table.ts';

export type FitRow = Fit & {
  readonly keeping: number | null;
  /** As the cluster is, where the count is under assumptions. */
  readonly now: number | null;
  /** At the head of other branches. */
  readonly beside: Readonly<Record<string, number>>;
};

const MIB_PER_GIB = 1024;

const stranded = ({ stranded: s }: Fit): string =>
  `${Math.round(s.VCPU)} vCPU, ${Math.round(s.MEMORY_MB / MIB_PER_GIB)} GiB RAM`;

const namesIn = (rows: readonly FitRow[], field: 'byZone' | 'byAggregate' | 'beside'): readonly string[] =>
  [...new Set(rows.flatMap((r) => Object.keys(r[field])))].sort();

/** The columns of the table; a CSV has the same, with plain numbers. */
export const fitColumns = (rows: readonly FitRow[]): readonly Column<FitRow>[] => {
  const zones = namesIn(rows, 'byZone');
  return [
    { head: 'FLAVOR', cell: (r) => r.name },
    ...(rows.some((r) => r.now !== null) ? [{ head: 'NOW', cell: (r: FitRow) => r.now }] : []),
    { head: 'MORE', cell: (r) => r.count },
    ...namesIn(rows, 'beside').map((name) => ({ head: `ON ${name}`, cell: (r: FitRow) => r.beside[name] ?? null })),
    ...(rows.some((r) => r.keeping !== null) ? [{ head: 'KEEPING', cell: (r: FitRow) => r.keeping }] : []),
    { head: 'LIMITED BY', cell: (r) => r.limitedBy && LIMIT_WORDS[r.limitedBy] },
    { head: 'AT MOST', cell: (r) => r.bound },
    ...(zones.length > 1 ? zones.map((z) => ({ head: z.toUpperCase(), cell: (r: FitRow) => r.byZone[z] ?? 0 })) : []),
    ...namesIn(rows, 'byAggregate').map((a) => ({ head: `IN ${a}`, cell: (r: FitRow) => r.byAggregate[a] ?? 0 })),
  ];
};

const filterCounts = (byFilter: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(byFilter)
    .map(([filter, n]) => `${filter} ${n}`)
    .join(', ');

const notes = (rows: readonly FitRow[], options: FitOptions): readonly string[] => {
  const [first] = rows;
  const unknown = first?.unknownHosts ?? [];
  const offline = first?.offline.hosts ?? 0;
  const [only] = rows.length === 1 ? rows : [];
  return [
    ...(options.localDisk ? [] : ['Disks are on volumes: no host disk is asked for.']),
    ...(only === undefined
      ? []
      : [
          `The next ${only.name} finds no host: ${filterCounts(only.next.byFilter) || 'none is left to ask'}.` +
            (only.next.smallestChange === null ? '' : ` Smallest change: ${only.next.smallestChange}.`),
          ...(only.bound > only.count
            ? [`Moving VMs together can win at most ${only.bound - only.count}: understudy make-room plans it.`]
            : []),
        ]),
    ...(offline === 0
      ? []
      : [
          `Not counted: ${counted(offline, 'host')} down or disabled, ${only === undefined ? 'see OFFLINE in --json' : `which would take ${only.offline.count}`}.`,
        ]),
    ...(unknown.length === 0
      ? []
      : [
          `Note: the capacity of ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''} is not in the log; nothing is counted there.`,
        ]),
  ];
};

export const fitText = (rows: readonly FitRow[], options: FitOptions): string =>
  table(rows, [...fitColumns(rows), { head: 'STRANDED', cell: stranded }]) +
  notes(rows, options)
    .map((line) => `${line}\n`)
    .join('');

export const mixText = ({ parts, sets, bound, stoppedBy }: MixFit): string =>
  `${counted(sets, 'set')} of ${parts.map((p) => `${p.count} ${p.name}`).join(', ')} fit, placed in this order; no order fits more than ${bound}.\n` +
  (stoppedBy === null
    ? ''
    : `The next ${stoppedBy.flavor} finds no host: ${filterCounts(stoppedBy.byFilter)}.\n${stoppedBy.why}.\n`);

const says = ({ slots }: HostRoom): string | null =>
  slots.says === 'takes' ? LIMIT_WORDS[slots.limit] : slots.says === 'closed' ? slots.by : 'unknown capacity';

const rounded = (n: number | null): number | null => (n === null ? null : Math.round(n * 10) / 10);

/** One row a host, whose name is its id in every export. */
export const hostColumns: readonly Column<HostRoom>[] = [
  { head: 'HOST', cell: (r) => r.host },
  { head: 'ZONE', cell: (r) => r.zone },
  { head: 'AGGREGATES', cell: (r) => r.aggregates.join(' ') },
  { head: 'MORE', cell: (r) => (r.slots.says === 'takes' ? r.slots.count : 0) },
  { head: 'STOPPED BY', cell: says },
  ...RESOURCES.flatMap((resource): readonly Column<HostRoom>[] => [
    { head: resource, cell: (r) => rounded(r.capacity[resource]) },
    { head: `${resource} USED`, cell: (r) => rounded(r.used[resource]) },
    { head: `${resource} STRANDED`, cell: (r) => rounded(r.stranded[resource]) },
  ]),
];

const present = (rows: readonly HostRoom[]): readonly Resource[] =>
  RESOURCES.filter((resource) => rows.some((r) => (r.capacity[resource] ?? 0) > 0));

/** Of a CSV: plain numbers, without the classes of which no host has any. */
export const hostColumnsFor = (rows: readonly HostRoom[]): readonly Column<HostRoom>[] => {
  const has = present(rows);
  const isOf = (head: string): Resource | undefined => RESOURCES.find((resource) => head.split(' ')[0] === resource);
  return hostColumns.filter(({ head }) => isOf(head) === undefined || has.includes(isOf(head)!));
};

const RESOURCE_HEAD: Readonly<Record<Resource, { readonly head: string; readonly per: number }>> = {
  VCPU: { head: 'VCPU', per: 1 },
  MEMORY_MB: { head: 'RAM GiB', per: MIB_PER_GIB },
  DISK_GB: { head: 'DISK GiB', per: 1 },
  PCPU: { head: 'PCPU', per: 1 },
};

/** Of a table for people, which has to fit a terminal: used of what there is, and what of the rest the flavor leaves stranded. */
export const hostTable = (rows: readonly HostRoom[]): string => {
  const hasAggregates = rows.some((r) => r.aggregates.length > 0);
  return table(rows, [
    { head: 'HOST', cell: (r) => r.host },
    { head: 'ZONE', cell: (r) => r.zone },
    { head: 'MORE', cell: (r) => (r.slots.says === 'takes' ? r.slots.count : 0) },
    { head: 'STOPPED BY', cell: says },
    ...present(rows).flatMap((resource): readonly Column<HostRoom>[] => {
      const { head, per } = RESOURCE_HEAD[resource];
      const used = ({ capacity, used: of }: HostRoom): string => {
        const all = capacity[resource];
        return `${rounded(of[resource] / per)} of ${all === null ? '?' : rounded(all / per)}`;
      };
      return [
        { head, cell: used },
        { head: 'STRANDED', cell: (r) => rounded(r.stranded[resource] / per) },
      ];
    }),
    ...(hasAggregates ? [{ head: 'AGGREGATES', cell: (r: HostRoom) => r.aggregates.join(' ') }] : []),
  ]);
};
