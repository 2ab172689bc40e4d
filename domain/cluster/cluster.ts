// The cluster at one instant: tables of paged columns, one for each kind of entity. Forking it is cheap.
import {
  byteColumn,
  columnBytes,
  type Columns,
  forkColumns,
  numberColumn,
  refColumn,
  type RefColumn,
  rowColumn,
} from '../base/column.ts';
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
  Seats,
  TrafficRecord,
  TunnelRecord,
  UpdatedSeen,
  Visit,
  VmAbout,
  VolumeRecord,
} from './records.ts';
import { type Registry, registry } from './registry.ts';

/** Stored keyframes of another version are useless: raise it whenever the columns or what a fact means change. */
export const FOLD_VERSION = 15;

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

const rosterColumns = () => ({
  present: byteColumn(),
  /** The entities of a roster not yet turned into seats (rosters.ts). */
  named: refColumn<readonly string[]>(),
  seats: refColumn<Seats>(),
  /** How many it names: every batch of samples is held against it, and need not read the names. */
  size: numberColumn(),
  // The newest batch of each metric since the roster was set, packed: unpacked only when somebody looks.
  cpu: refColumn<Batch>(),
  ram: refColumn<Batch>(),
  dirtyPagesPerS: refColumn<Batch>(),
  netBytesPerS: refColumn<Batch>(),
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
type Counts = { anomalies: number; contradictions: number; warnings: number; folded: number };

/** Mutable by `fold` only. Everybody else reads, or forks. */
export type Cluster = Tables & { readonly anomalies: RefColumn<Anomaly>; readonly counts: Counts };

const mapTables = <T>(f: (name: TableName) => T): Record<TableName, T> =>
  Object.fromEntries(TABLE_NAMES.map((name) => [name, f(name)])) as Record<TableName, T>;

const build = (table: (name: TableName) => Table<Columns>, anomalies: RefColumn<Anomaly>, counts: Counts): Cluster => ({
  ...(mapTables(table) as unknown as Tables),
  anomalies,
  counts,
});

export const emptyCluster = (): Cluster =>
  build((name) => ({ ids: registry(), col: tables[name]() }), refColumn<Anomaly>(), {
    anomalies: 0,
    contradictions: 0,
    warnings: 0,
    folded: 0,
  });

/** A copy that shares every page until one of the two writes to it. Measured in test/bench; tens of microseconds. */
export const forkCluster = (c: Cluster): Cluster =>
  build(
    (name) => ({ ids: c[name].ids, col: forkColumns<Columns>(c[name].col, tables[name]) }),
    forkColumns({ anomaly: c.anomalies }, anomalyColumns).anomaly,
    { ...c.counts },
  );

/** Bytes of its pages that `beside` does not share: what keeping it costs where that one is kept anyway. */
export const clusterBytes = (c: Cluster, beside: Cluster | null): number =>
  TABLE_NAMES.reduce(
    (sum, name) => sum + columnBytes(c[name].col, beside?.[name].col ?? null),
    columnBytes({ anomaly: c.anomalies }, beside === null ? null : { anomaly: beside.anomalies }),
  );
