// Listings of everything but VMs: hypervisors, compute services, volumes, flavors, migrations, by their column names.
import { entity } from '../../../domain/events/entity.ts';
import { MIGRATION_STATUSES, MIGRATION_TYPES } from '../../../domain/events/migration-events.ts';
import { instantOf, isUuid } from '../nova-words.ts';
import type { Draft } from './moment.ts';
import type { Broken, Row, Table } from './scan.ts';
import { isMissing } from './typography.ts';

/** A row's cells by the column's name in lower case; missing values are left out. */
type Named = ReadonlyMap<string, string>;
type RowReader = (row: Named, line: number) => readonly Draft[] | string;
type Listing = {
  /** Columns (lower case) that only this listing has together. */
  readonly columns: readonly string[];
  readonly read: RowReader;
};

const namedBy = (header: readonly string[], { cells }: Row): Named =>
  new Map(
    header.flatMap((column, i): readonly (readonly [string, string])[] => {
      const cell = cells[i] ?? '';
      return isMissing(cell) ? [] : [[column.toLowerCase(), cell]];
    }),
  );

/** The first of several names a column has had. */
const at = (row: Named, ...columns: readonly string[]): string | null => {
  for (const column of columns) {
    const cell = row.get(column);
    if (cell !== undefined) return cell;
  }
  return null;
};
const countIn = (row: Named, ...columns: readonly string[]): number | null => {
  const cell = at(row, ...columns);
  return cell !== null && /^\d+$/.test(cell) ? Number(cell) : null;
};
const given = <K extends string, T>(name: K, value: T | null): Partial<Record<K, T>> =>
  value === null ? {} : ({ [name]: value } as Record<K, T>);

const host = (name: string, line: number, data: Extract<Draft, { type: 'host.reported' }>['data']): Draft => ({
  type: 'host.reported',
  v: 1,
  entity: entity('host', name),
  line,
  evidence: 'observed',
  data,
});
type Service = Extract<Draft, { type: 'host.service_reported' }>['data'];
const service = (name: string, line: number, data: Service): readonly Draft[] =>
  Object.keys(data).length === 0
    ? []
    : [{ type: 'host.service_reported', v: 1, entity: entity('host', name), line, evidence: 'observed', data }];

const upIn = (row: Named): boolean | null => {
  const state = at(row, 'state');
  return state === 'up' || state === 'down' ? state === 'up' : null;
};

/** `openstack hypervisor list [--long]`, `hypervisor show` and `nova hypervisor-show`. */
const hypervisor: RowReader = (row, line) => {
  const name = at(row, 'hypervisor hostname', 'hypervisor_hostname');
  if (name === null) return 'this row has no hypervisor hostname';
  const data = {
    ...given('hypervisorType', at(row, 'hypervisor type', 'hypervisor_type')),
    ...given('hypervisorVersion', at(row, 'hypervisor_version')),
    ...given('managementIp', at(row, 'host ip', 'host_ip')),
    ...given('vcpus', countIn(row, 'vcpus')),
    ...given('ramMiB', countIn(row, 'memory mb', 'memory_mb')),
    ...given('diskGiB', countIn(row, 'local_gb')),
  };
  return [host(name, line, data), ...service(name, line, given('up', upIn(row)))];
};

/** `openstack compute service list [--long]` and `nova service-list`; other services are no hosts of VMs. */
const computeService: RowReader = (row, line) => {
  const name = at(row, 'host');
  if (name === null) return 'this row has no host';
  if (at(row, 'binary') !== 'nova-compute') return [];
  const status = at(row, 'status');
  const forced = at(row, 'forced down', 'forced_down');
  const data = {
    ...given('up', upIn(row)),
    ...(status === 'enabled' || status === 'disabled' ? { enabled: status === 'enabled' } : {}),
    ...(forced === null ? {} : { forcedDown: forced.toLowerCase() === 'true' }),
    ...given('reason', at(row, 'disabled reason', 'disabled_reason')),
  };
  return [host(name, line, given('zone', at(row, 'zone'))), ...service(name, line, data)];
};

/** `cinder list` says the VM's UUID, `openstack volume list` "Attached to NAME-OR-UUID on /dev/vdb". */
const attachment = (volume: string, text: string, bootable: boolean, line: number): readonly Draft[] => {
  const [, vm = '', device] = /^(?:Attached to )?([0-9a-f-]{36})(?: on (\/dev\/\w+))?/.exec(text) ?? [];
  if (!isUuid(vm)) return [];
  const root = /^\/dev\/[a-z]*a$/.test(device ?? '') && bootable;
  const data = { vm: vm.toLowerCase(), device: device ?? null, boot: root };
  return [{ type: 'volume.attached', v: 1, entity: entity('volume', volume), line, evidence: 'observed', data }];
};

const volume: RowReader = (row, line) => {
  const id = at(row, 'id');
  const size = countIn(row, 'size');
  if (id === null || size === null) return 'this row has no ID, or its size is no number of GiB';
  const bootable = at(row, 'bootable');
  const data = {
    ...given('name', at(row, 'name', 'display name')),
    sizeGiB: size,
    ...given('status', at(row, 'status')),
    ...(bootable === null ? {} : { bootable: bootable.toLowerCase() === 'true' }),
  };
  const report: Draft = {
    type: 'volume.reported',
    v: 1,
    entity: entity('volume', id),
    line,
    evidence: 'observed',
    data,
  };
  return [report, ...attachment(id, at(row, 'attached to') ?? '', data.bootable === true, line)];
};

const flavor: RowReader = (row, line) => {
  const name = at(row, 'name');
  const [vcpus, ramMiB] = [countIn(row, 'vcpus'), countIn(row, 'ram', 'memory_mb')];
  if (name === null || vcpus === null || ramMiB === null) return 'this flavor has no name, or no numbers';
  const data = {
    vcpus,
    ramMiB,
    ...given('diskGiB', countIn(row, 'disk')),
    ...given('ephemeralGiB', countIn(row, 'ephemeral')),
    ...given('swapMiB', countIn(row, 'swap')),
  };
  return [{ type: 'flavor.reported', v: 1, entity: entity('flavor', name), line, evidence: 'observed', data }];
};

/** `openstack server migration list` and `nova migration-list`: each row has its own two instants. */
const migration: RowReader = (row, line) => {
  const vm = at(row, 'server uuid', 'instance uuid') ?? '';
  const status = MIGRATION_STATUSES.find((known) => known === at(row, 'status'));
  const [begun, changed] = [instantOf(at(row, 'created at') ?? ''), instantOf(at(row, 'updated at') ?? '')];
  if (!isUuid(vm) || status === undefined || begun === null) {
    return 'this migration has no VM, no status of Nova, or no time of creation';
  }
  const id = at(row, 'uuid', 'id') ?? `${vm}@${new Date(begun).toISOString()}`;
  const type = MIGRATION_TYPES.find((known) => known === at(row, 'type')) ?? 'migration';
  const address = entity('migration', id);
  const [source, dest] = [at(row, 'source compute'), at(row, 'dest compute')];
  const accepted = { vm: vm.toLowerCase(), type, kind: null, source, dest };
  return [
    { type: 'migration.accepted', v: 1, entity: address, line, evidence: 'observed', at: begun, data: accepted },
    {
      type: 'migration.status_changed',
      v: 1,
      entity: address,
      line,
      evidence: 'observed',
      at: changed ?? begun,
      data: { status },
    },
  ];
};

const LISTINGS: readonly Listing[] = [
  { columns: ['hypervisor hostname'], read: hypervisor },
  { columns: ['hypervisor_hostname', 'vcpus'], read: hypervisor },
  { columns: ['binary', 'host', 'state'], read: computeService },
  { columns: ['source compute', 'dest compute', 'status'], read: migration },
  { columns: ['id', 'size', 'status', 'attached to'], read: volume },
  { columns: ['name', 'vcpus', 'ram'], read: flavor },
  { columns: ['name', 'vcpus', 'memory_mb'], read: flavor },
];

export type ListingReading = { readonly facts: readonly Draft[]; readonly refused: readonly Broken[] };

/** Reads a listing, or a Property/Value table given as its one row; null when it is none of these. */
export const readListing = (table: Pick<Table, 'header' | 'rows'>): ListingReading | null => {
  const columns = new Set(table.header.map((column) => column.toLowerCase()));
  const listing = LISTINGS.find((known) => known.columns.every((column) => columns.has(column)));
  if (listing === undefined) return null;
  const facts: Draft[] = [];
  const refused: Broken[] = [];
  for (const row of table.rows) {
    const read = listing.read(namedBy(table.header, row), row.line);
    if (typeof read === 'string') refused.push({ line: row.line, why: read, text: row.cells.join(' | ') });
    else facts.push(...read);
  }
  return { facts, refused };
};
