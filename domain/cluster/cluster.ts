// The cluster at one instant: tables of columns, one for each kind of entity, in pages or over what is kept. Forking it is cheap.
import {
  type ByteColumn,
  byteColumn,
  type Columns,
  forkColumns,
  numberColumn,
  type Over,
  overColumns,
  placed,
  refColumn,
  type RefColumn,
  rowColumn,
  toldColumn,
} from '../base/column.ts';
import type { LogEvent } from '../events/dictionary.ts';
import type {
  AggregateRecord,
  Anomaly,
  Batch,
  FlavorRecord,
  GroupRecord,
  HostAbout,
  NetworkRecord,
  NodeRecord,
  PoolRecord,
  PortRecord,
  Progress,
  Roster,
  TrafficRecord,
  TunnelRecord,
  UpdatedSeen,
  Visit,
  VmAbout,
  VolumeRecord,
} from './records.ts';
import { type Registry, registry } from './registry.ts';

/** Stored keyframes of another version are useless: raise it whenever the columns or what a fact means change. */
export const FOLD_VERSION = 16;

/** Is the row an entity of this fork: never met, there, or gone (kept, so that what comes after can be judged). */
export const ABSENT = 0;
export const PRESENT = 1;
export const GONE = 2;

const hostColumns = () => ({
  present: byteColumn(),
  /** State of the host's machine + 1; 0 before the first word about it. */
  life: byteColumn(),
  up: byteColumn(),
  enabled: byteColumn(),
  forcedDown: byteColumn(),
  fenced: byteColumn(),
  /** Resources it is over capacity of: bits of the rules in anomalies.ts. */
  over: byteColumn(),
  downSince: numberColumn(),
  /** CPUs its VMs share, and those that are one VM's own. */
  usedVcpus: numberColumn(),
  usedPcpus: numberColumn(),
  usedRamMiB: numberColumn(),
  usedDiskGiB: numberColumn(),
  about: refColumn<HostAbout>(),
  reason: refColumn<string>(),
  visits: refColumn<readonly Visit[]>(),
});

const vmColumns = () => ({
  present: byteColumn(),
  vmState: byteColumn(),
  taskState: byteColumn(),
  powerState: byteColumn(),
  storage: byteColumn(),
  host: rowColumn('hosts'),
  /** When its host was last shown or concluded. */
  hostAt: numberColumn(),
  hostEvidence: byteColumn(),
  /** How the host is known: by a report or by the end of a move (HOST_BY). */
  hostBy: byteColumn(),
  /** Migration in flight, and the last one that ended. */
  moving: rowColumn('migrations'),
  moved: rowColumn('migrations'),
  /** Migrations on record. */
  moves: numberColumn(),
  vcpus: numberColumn(),
  /** Those of its CPUs that are its own (pinning.ts). */
  pcpus: numberColumn(),
  ramMiB: numberColumn(),
  diskGiB: numberColumn(),
  about: refColumn<VmAbout>(),
  fault: refColumn<string>(),
  cause: refColumn<string>(),
  /** 1 once Nova itself told of it step by step (a notification, a log), not only in listings. */
  followed: byteColumn(),
  /** 1 while a complete listing has not shown it. */
  missing: byteColumn(),
  updatedSeen: refColumn<readonly UpdatedSeen[]>(),
  /** Ids of its ports, sorted: a rollback has to look at their bindings. */
  ports: refColumn<readonly string[]>(),
  visits: refColumn<readonly Visit[]>(),
});

const migrationColumns = () => ({
  present: byteColumn(),
  type: byteColumn(),
  kind: byteColumn(),
  status: byteColumn(),
  evidence: byteColumn(),
  /** The row of the same move, where this id is another name of it: then nothing else stands here. */
  sameAs: rowColumn('migrations'),
  vm: rowColumn('vms'),
  source: rowColumn('hosts'),
  dest: rowColumn('hosts'),
  startedAt: numberColumn(),
  endedAt: numberColumn(),
  downtimeMs: numberColumn(),
  totalMs: numberColumn(),
  bytes: numberColumn(),
  reason: refColumn<string>(),
  progress: refColumn<Progress>(),
  visits: refColumn<readonly Visit[]>(),
});

type EventNamed<T> = Extract<LogEvent, { readonly type: T }>;
export const rosterOf = ({ seq, data }: EventNamed<'telemetry.roster_set'>): Roster => ({
  seq,
  entities: data.entities,
});
export const batchOf = ({ seq, at, data }: EventNamed<'telemetry.sampled'>): Batch => {
  const { intervalMs, scale, values } = data;
  return { seq, at, intervalMs, scale, values };
};

const rosterColumns = () => ({
  present: byteColumn(),
  named: toldColumn(rosterOf),
  /** How many it names: every batch of samples is held against it, and need not read the names. */
  size: numberColumn(),
  // The newest batch of each metric since the roster was set, packed: unpacked only when somebody looks.
  cpu: toldColumn(batchOf),
  ram: toldColumn(batchOf),
  dirtyPagesPerS: toldColumn(batchOf),
  netBytesPerS: toldColumn(batchOf),
});

const recordColumns = <T>() => ({ present: byteColumn(), record: refColumn<T>() });
const volumeColumns = () => ({ ...recordColumns<VolumeRecord>(), visits: refColumn<readonly Visit[]>() });
const anomalyColumns = () => ({ anomaly: refColumn<Anomaly>() });

/** One kind of entity: ids shared by all forks, columns of this one. */
export type Table<C extends Columns> = { readonly ids: Registry; readonly col: C };

const tables = {
  hosts: hostColumns,
  vms: vmColumns,
  migrations: migrationColumns,
  volumes: volumeColumns,
  pools: recordColumns<PoolRecord>,
  nodes: recordColumns<NodeRecord>,
  networks: recordColumns<NetworkRecord>,
  ports: recordColumns<PortRecord>,
  tunnels: recordColumns<TunnelRecord>,
  flavors: recordColumns<FlavorRecord>,
  aggregates: recordColumns<AggregateRecord>,
  groups: recordColumns<GroupRecord>,
  rosters: rosterColumns,
  traffic: recordColumns<TrafficRecord>,
};
export type TableName = keyof typeof tables;
export const TABLE_NAMES = Object.keys(tables) as readonly TableName[];

export type Tables = { readonly [N in TableName]: Table<ReturnType<(typeof tables)[N]>> };

/** Counters that belong to the state. */
export type Counts = { anomalies: number; contradictions: number; warnings: number; folded: number };

/** Mutable by `fold` only. Everybody else reads, or forks. */
export type Cluster = Tables & { readonly anomalies: RefColumn<Anomaly>; readonly counts: Counts };

export const mapTables = <T>(f: (name: TableName) => T): Record<TableName, T> =>
  Object.fromEntries(TABLE_NAMES.map((name) => [name, f(name)])) as Record<TableName, T>;

const build = (table: (name: TableName) => Table<Columns>, anomalies: RefColumn<Anomaly>, counts: Counts): Cluster => ({
  ...(mapTables(table) as unknown as Tables),
  anomalies,
  counts,
});

export const emptyCluster = (): Cluster =>
  build((name) => ({ ids: registry(), col: placed<Columns>(tables[name]()) }), refColumn<Anomaly>(), {
    anomalies: 0,
    contradictions: 0,
    warnings: 0,
    folded: 0,
  });

/** What has rows of its own: the tables, and the list of anomalies. */
export const ROW_KINDS = [...TABLE_NAMES, 'anomalies'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** The columns of a kind of row. */
export const columnsOf = (c: Cluster, kind: RowKind): Columns =>
  kind === 'anomalies' ? { anomaly: c.anomalies } : c[kind].col;

/** What was written since a cluster was laid over what is kept. */
export const overOf = (c: Cluster, kind: RowKind): Over | null =>
  Object.values(columnsOf(c, kind)).find((column) => column.over !== null)?.over ?? null;

/** A cluster at a state kept elsewhere: who is there is told whole, everything else is read row by row when somebody looks. */
export const clusterOver = (
  ids: Readonly<Record<TableName, Registry>>,
  present: Readonly<Record<TableName, ByteColumn>>,
  counts: Readonly<Counts>,
  beneath: (kind: RowKind) => Over['beneath'],
): Cluster =>
  build(
    (name) => ({ ids: ids[name], col: overColumns<Columns>(tables[name], present[name], beneath(name)) }),
    overColumns(anomalyColumns, null, beneath('anomalies')).anomaly,
    { ...counts },
  );

/** A copy that shares every page and row until one of the two writes to it. Measured in test/bench; tens of microseconds. */
export const forkCluster = (c: Cluster): Cluster =>
  build(
    (name) => ({ ids: c[name].ids, col: forkColumns<Columns>(c[name].col, tables[name]) }),
    forkColumns({ anomaly: c.anomalies }, anomalyColumns).anomaly,
    { ...c.counts },
  );
