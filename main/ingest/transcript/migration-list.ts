// Listings of migrations: `openstack server migration list` and `show`, and `nova migration-list`.
import { entity } from '../../../domain/events/entity.ts';
import { MIGRATION_STATUSES, MIGRATION_TYPES } from '../../../domain/events/migration-events.ts';
import { instantOf, isUuid } from '../nova-words.ts';
import type { Draft } from './moment.ts';
import { at, countIn, given, type Named, type RowReader } from './named-row.ts';

type MigrationType = (typeof MIGRATION_TYPES)[number];
/** Statuses that only one type of migration passes through, for clients too old to print the type. */
const TYPE_BY_STATUS: Readonly<Record<string, MigrationType>> = {
  queued: 'live-migration',
  preparing: 'live-migration',
  running: 'live-migration',
  'running (post-copy)': 'live-migration',
  completed: 'live-migration',
  cancelled: 'live-migration',
  done: 'evacuation',
};
const typeOf = (row: Named, status: string): MigrationType => {
  const told = MIGRATION_TYPES.find((known) => known === at(row, 'type'));
  if (told !== undefined) return told;
  if (row.has('memory total bytes') || row.has('memory_total_bytes')) return 'live-migration'; // Nova shows no others
  const [before, after] = [at(row, 'old flavor'), at(row, 'new flavor')];
  return TYPE_BY_STATUS[status] ?? (before === after ? 'migration' : 'resize');
};

const bytesOf = (row: Named): Extract<Draft, { type: 'migration.progressed' }>['data'] => {
  const bytes = (name: string) => countIn(row, `${name} bytes`, `${name.replace(' ', '_')}_bytes`);
  return {
    ...given('memoryTotalBytes', bytes('memory total')),
    ...given('memoryProcessedBytes', bytes('memory processed')),
    ...given('memoryRemainingBytes', bytes('memory remaining')),
    ...given('diskTotalBytes', bytes('disk total')),
    ...given('diskProcessedBytes', bytes('disk processed')),
    ...given('diskRemainingBytes', bytes('disk remaining')),
  };
};

/** Each row has its own two instants. */
export const migration: RowReader = (row, line) => {
  const vm = at(row, 'server uuid', 'instance uuid', 'server_uuid') ?? '';
  const status = MIGRATION_STATUSES.find((known) => known === at(row, 'status'));
  const begun = instantOf(at(row, 'created at', 'created_at') ?? '');
  const changed = instantOf(at(row, 'updated at', 'updated_at') ?? '') ?? begun;
  if (!isUuid(vm) || status === undefined || begun === null || changed === null) {
    return 'this migration has no VM, no status of Nova, or no time of creation';
  }
  const id = at(row, 'uuid', 'id') ?? `${vm}@${new Date(begun).toISOString()}`;
  const [source, dest] = [at(row, 'source compute', 'source_compute'), at(row, 'dest compute', 'dest_compute')];
  const accepted = { vm: vm.toLowerCase(), type: typeOf(row, status), kind: null, source, dest };
  const common = { v: 1, entity: entity('migration', id), line, evidence: 'observed' } as const;
  const progress = bytesOf(row);
  return [
    { ...common, type: 'migration.accepted', at: begun, data: accepted },
    ...(Object.keys(progress).length === 0
      ? []
      : [{ ...common, type: 'migration.progressed' as const, at: changed, data: progress }]),
    { ...common, type: 'migration.status_changed', at: changed, data: { status } },
  ];
};
