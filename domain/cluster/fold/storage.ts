// What the facts about volumes, pools and storage nodes mean.
import type { Row } from '../../base/brand.ts';
import { byteAt, packRow, refAt, setByte, setRef } from '../../base/column.ts';
import { idOf } from '../../events/entity.ts';
import { walk } from '../../machines/lifecycle.ts';
import { volumeLife } from '../../machines/volume.ts';
import { noteBricksElsewhere } from '../anomalies/bricks.ts';
import { noteAnomaly } from '../anomalies/note.ts';
import { type Cluster, GONE, PRESENT } from '../cluster.ts';
import { taskStates } from '../codes.ts';
import type { NodeRecord, PoolRecord, VolumeRecord } from '../records.ts';
import { findRow, rowOf } from '../registry.ts';
import { visit } from '../visits.ts';
import { type EventNamed, type Folder, merged } from './event.ts';
import { mentionVm } from './vm-row.ts';

const NO_VOLUME: VolumeRecord = {
  name: null,
  sizeGiB: null,
  status: null,
  bootable: null,
  backend: null,
  image: null,
  vms: [],
  device: null,
  boot: false,
  deleted: false,
};
const NO_POOL: PoolRecord = {
  kind: 'unknown',
  layout: null,
  transport: null,
  status: null,
  replicas: null,
  bricks: [],
  sizeGiB: null,
  usedGiB: null,
  mountedAt: null,
  mountedBy: null,
};
const NO_NODE: NodeRecord = { address: null, device: null, sizeGiB: null, failedAt: null };

type VolumeEvent = EventNamed<'volume.reported' | 'volume.attached' | 'volume.detached' | 'volume.deleted'>;

const volumeRow = (c: Cluster, e: VolumeEvent): Row => {
  const row = rowOf(c.volumes.ids, idOf(e.entity));
  setByte(c.volumes.col.present, row, PRESENT);
  return row;
};

/** Walks the volume's machine to a status; Cinder words the machine does not draw are taken as they come. */
const setStatus = (c: Cluster, row: Row, known: VolumeRecord, status: string, e: VolumeEvent): void => {
  if (known.status === status) return;
  const from = volumeLife.states.indexOf(known.status ?? '');
  const to = volumeLife.states.indexOf(status);
  if (from >= 0 && to >= 0 && walk(volumeLife, from, to) === null) {
    const name = known.name ?? idOf(e.entity);
    noteAnomaly(
      c,
      e,
      'state-forbidden',
      `Volume ${name} went from ${known.status} to ${status}, which no step of Cinder's does.`,
    );
  }
  visit(c.volumes.col.visits, row, status, e.at, e.evidence);
};

export const volumeReported: Folder<'volume.reported'> = (c, e) => {
  const row = volumeRow(c, e);
  const known = refAt(c.volumes.col.record, row) ?? NO_VOLUME;
  if (e.data.status !== undefined) setStatus(c, row, known, e.data.status, e);
  setRef(c.volumes.col.record, row, merged(known, e.data));
};

export const volumeAttached: Folder<'volume.attached'> = (c, e) => {
  const row = volumeRow(c, e);
  const { vm, device, boot } = e.data;
  mentionVm(c, vm);
  const known = refAt(c.volumes.col.record, row) ?? NO_VOLUME;
  setStatus(c, row, known, 'in-use', e);
  // A listing of the VM names its volumes and no more: what an earlier word said of the same attachment stays.
  const again = known.vms.includes(vm);
  const attached = again ? { device: device ?? known.device, boot: boot || known.boot } : { device, boot };
  const vms = [...new Set([...known.vms, vm])].sort();
  setRef(c.volumes.col.record, row, { ...known, ...attached, vms, status: 'in-use' });
};

export const volumeDetached: Folder<'volume.detached'> = (c, e) => {
  const row = volumeRow(c, e);
  const known = refAt(c.volumes.col.record, row) ?? NO_VOLUME;
  const vms = known.vms.filter((id) => id !== e.data.vm);
  if (vms.length > 0) {
    setRef(c.volumes.col.record, row, { ...known, vms });
    return;
  }
  setStatus(c, row, known, 'available', e);
  setRef(c.volumes.col.record, row, { ...known, vms, device: null, boot: false, status: 'available' });
};

const isGoing = (c: Cluster, vm: string): boolean => {
  const row = findRow(c.vms.ids, vm);
  return byteAt(c.vms.col.present, row) !== PRESENT || byteAt(c.vms.col.taskState, row) === taskStates.code('deleting');
};

export const volumeDeleted: Folder<'volume.deleted'> = (c, e) => {
  const row = volumeRow(c, e);
  const known = refAt(c.volumes.col.record, row) ?? NO_VOLUME;
  // Nova detaches the volumes of a VM it deletes; those steps need not be on record.
  const alive = known.vms.filter((id) => !isGoing(c, id));
  if (alive.length > 0) {
    const name = known.name ?? idOf(e.entity);
    noteAnomaly(
      c,
      e,
      'state-forbidden',
      `Volume ${name} is deleted while attached to ${alive.join(', ')}; Cinder refuses that.`,
    );
  }
  setRef(c.volumes.col.record, row, { ...known, vms: [], status: 'deleted', deleted: true });
  visit(c.volumes.col.visits, row, 'deleted', e.at, e.evidence);
  setByte(c.volumes.col.present, row, GONE);
  packRow(c.volumes.col, row);
};

export const poolReported: Folder<'pool.reported'> = (c, e) => {
  const row = rowOf(c.pools.ids, idOf(e.entity));
  setByte(c.pools.col.present, row, PRESENT);
  const known = refAt(c.pools.col.record, row) ?? NO_POOL;
  const next: PoolRecord = merged(known, e.data);
  setRef(c.pools.col.record, row, next);
  if (JSON.stringify(known.bricks) !== JSON.stringify(next.bricks)) noteBricksElsewhere(c, idOf(e.entity), next, e);
};

export const poolMounted: Folder<'pool.mounted'> = (c, e) => {
  const row = rowOf(c.pools.ids, idOf(e.entity));
  setByte(c.pools.col.present, row, PRESENT);
  const known = refAt(c.pools.col.record, row);
  const { path, hosts } = e.data;
  // Once every host mounts it, a later word about some of them takes nothing away.
  const everyHost = hosts === null || (known !== null && known.mountedAt !== null && known.mountedBy === null);
  const mountedBy = everyHost ? null : [...new Set([...(known?.mountedBy ?? []), ...hosts])].sort();
  setRef(c.pools.col.record, row, { ...(known ?? NO_POOL), mountedAt: path, mountedBy });
};

export const nodeIntroduced: Folder<'storage_node.introduced'> = (c, e) => {
  const row = rowOf(c.nodes.ids, idOf(e.entity));
  setByte(c.nodes.col.present, row, PRESENT);
  setRef(c.nodes.col.record, row, merged(refAt(c.nodes.col.record, row) ?? NO_NODE, e.data));
};

export const nodeFailed: Folder<'storage_node.failed'> = (c, e) => {
  const row = rowOf(c.nodes.ids, idOf(e.entity));
  setByte(c.nodes.col.present, row, PRESENT);
  setRef(c.nodes.col.record, row, { ...(refAt(c.nodes.col.record, row) ?? NO_NODE), failedAt: e.at });
};
