// The map of one instant, as the window draws it for every frame: hosts with their VM cells, moves, pools and counts.
import type { Instant, Row, Seq } from '../base/brand.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt } from '../base/column.ts';
import { apiStatus } from '../cluster/api-status.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import { HOST_BY, IDLE_TASK, storageKinds, taskStates, triOf, vmStates } from '../cluster/codes.ts';
import { statusOf, typeOf } from '../cluster/fold/move.ts';
import { NO_HOST_ABOUT } from '../cluster/records.ts';
import { idAt } from '../cluster/registry.ts';
import { capacitiesOf, cpusCharged } from '../cluster/usage.ts';
import { migrationState, poolStates, presentRows } from './cluster-state.ts';
import { type Loads, loadsOf } from './load.ts';
import { vmsByName } from './name-order.ts';
import type { CellState, HostTile, Picture, PictureCounts, VmCell } from './picture-types.ts';

const UNKNOWN_SHARE = -1;
const share = (part: number, whole: number): number =>
  Number.isNaN(part / whole) || whole <= 0 ? UNKNOWN_SHARE : Math.min(1, part / whole);
const known = (n: number): number => (Number.isNaN(n) ? UNKNOWN_SHARE : n);

/** Statuses of the API that have a cell of their own; REBOOT, RESCUE and the like are OTHER. */
const CELL_OF: Readonly<Partial<Record<string, CellState>>> = {
  ACTIVE: 'ACTIVE',
  MIGRATING: 'MIGRATING',
  REBUILD: 'REBUILD',
  BUILD: 'BUILD',
  ERROR: 'ERROR',
  SHUTOFF: 'SHUTOFF',
  PAUSED: 'PAUSED',
  SUSPENDED: 'SUSPENDED',
  SHELVED: 'SHELVED',
  SHELVED_OFFLOADED: 'SHELVED',
  UNKNOWN: 'UNKNOWN',
  DELETED: 'DELETED',
  SOFT_DELETED: 'DELETED',
};

const isDown = (c: Cluster, host: Row): boolean => host !== NO_ROW && triOf(byteAt(c.hosts.col.up, host)) === false;

const isAnyDown = (c: Cluster): boolean => c.hosts.ids.ids.some((_, host) => isDown(c, host as Row));

/** Recovered: it runs, and the host it was evacuated from is still down. */
const isRecovered = (c: Cluster, vm: Row): boolean => {
  const moved = rowAt(c.vms.col.moved, vm);
  return (
    moved !== NO_ROW &&
    typeOf(c, moved) === 'evacuation' &&
    statusOf(c, moved) === 'done' &&
    isDown(c, rowAt(c.migrations.col.source, moved))
  );
};

/** Queued: its evacuation is accepted, and no destination is chosen yet. */
const isQueued = (c: Cluster, vm: Row): boolean => {
  const moving = rowAt(c.vms.col.moving, vm);
  return (
    moving !== NO_ROW &&
    typeOf(c, moving) === 'evacuation' &&
    statusOf(c, moving) === 'accepted' &&
    rowAt(c.migrations.col.dest, moving) === NO_ROW
  );
};

/** `anyDown`: where no host is, the last move of no VM need be looked at. */
const cellState = (c: Cluster, vm: Row, anyDown: boolean): CellState => {
  const v = c.vms.col;
  const task = byteAt(v.taskState, vm);
  const status = apiStatus(vmStates.word(byteAt(v.vmState, vm)), task === IDLE_TASK ? null : taskStates.word(task));
  if (isQueued(c, vm)) return 'QUEUED';
  if (status === 'ACTIVE') {
    // Nova keeps saying ACTIVE while the host is gone; nobody knows.
    if (isDown(c, rowAt(v.host, vm))) return 'UNKNOWN';
    if (anyDown && isRecovered(c, vm)) return 'RECOVERED';
  }
  return CELL_OF[status] ?? 'OTHER';
};

const cellOf = (c: Cluster, vm: Row, name: string, loads: Loads, anyDown: boolean): VmCell => ({
  id: idAt(c.vms.ids, vm),
  name,
  state: cellState(c, vm, anyDown),
  load: known(loads.vmCpu[vm] ?? NaN),
  storage: storageKinds.word(byteAt(c.vms.col.storage, vm)),
  doubtful: byteAt(c.vms.col.hostBy, vm) === HOST_BY.unrecorded,
});

const tileOf = (c: Cluster, host: Row, vms: readonly VmCell[], loads: Loads): HostTile => {
  const h = c.hosts.col;
  const about = refAt(h.about, host) ?? NO_HOST_ABOUT;
  const capacity = capacitiesOf(about);
  const downSince = numberAt(h.downSince, host);
  return {
    name: idAt(c.hosts.ids, host),
    rack: about.rack,
    az: about.zone,
    up: triOf(byteAt(h.up, host)),
    enabled: triOf(byteAt(h.enabled, host)),
    forcedDown: triOf(byteAt(h.forcedDown, host)) === true,
    fenced: byteAt(h.fenced, host) === 1,
    downSince: Number.isNaN(downSince) ? null : downSince,
    cpu: known(loads.hostCpu[host] ?? NaN),
    cpuSampled: loads.hostSampled[host] === 1,
    ram: share(numberAt(h.usedRamMiB, host) || 0, capacity.ramMiB),
    vcpus: share(cpusCharged(c, host, about).vcpus, capacity.vcpus),
    vms,
  };
};

const tally = (cells: readonly VmCell[], states: readonly CellState[]): number =>
  cells.reduce((n, cell) => (states.includes(cell.state) ? n + 1 : n), 0);

const countsOf = (c: Cluster, hosts: readonly HostTile[], cells: readonly VmCell[]): PictureCounts => ({
  hosts: hosts.length,
  hostsDown: hosts.filter((h) => h.up === false).length,
  hostsFenced: hosts.filter((h) => h.fenced).length,
  vms: cells.length,
  active: tally(cells, ['ACTIVE', 'RECOVERED']),
  shutoff: tally(cells, ['SHUTOFF']),
  error: tally(cells, ['ERROR']),
  moving: tally(cells, ['MIGRATING']),
  rebuilding: tally(cells, ['REBUILD', 'QUEUED']),
  contradictions: c.counts.contradictions,
  warnings: c.counts.warnings,
});

/** Hosts of no rack come last. */
const byRack = (a: HostTile, b: HostTile): number => {
  if (a.rack !== b.rack) return a.rack === null ? 1 : b.rack === null ? -1 : a.rack < b.rack ? -1 : 1;
  return a.name < b.name ? -1 : 1;
};

/** Hosts by rack and name, VMs by name. O(VMs); test/bench has its cost for 1,000 hosts and 20,000 VMs. */
export const picture = (
  c: Cluster,
  at: { readonly timeline: string; readonly seq: Seq; readonly at: Instant },
): Picture => {
  const loads = loadsOf(c);
  const { names, rows } = vmsByName(c);
  const anyDown = isAnyDown(c);
  const onHost = new Map<Row, VmCell[]>(presentRows(c.hosts).map((host) => [host, []]));
  const homeless: VmCell[] = [];
  const cells: VmCell[] = [];
  const moving: Row[] = [];
  for (const row of rows as Iterable<number> as Iterable<Row>) {
    if (byteAt(c.vms.col.present, row) !== PRESENT) continue;
    const cell = cellOf(c, row, names[row] ?? '', loads, anyDown);
    cells.push(cell);
    (onHost.get(rowAt(c.vms.col.host, row)) ?? homeless).push(cell);
    const move = rowAt(c.vms.col.moving, row);
    if (move !== NO_ROW) moving.push(move);
  }
  const hosts = [...onHost].map(([host, vms]) => tileOf(c, host, vms, loads)).sort(byRack);
  return {
    timeline: at.timeline,
    seq: at.seq,
    at: at.at,
    hosts,
    homeless,
    pools: poolStates(c),
    moves: moving.map((m) => migrationState(c, m)),
    counts: countsOf(c, hosts, cells),
  };
};
