// What the facts about no single machine mean: flavors, server groups, telemetry, complete listings.
import type { Row } from '../../base/brand.ts';
import { byteAt, numberAt, refAt, setByte, setNumber, setRef } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import { idOf } from '../../events/entity.ts';
import { noteAnomaly } from '../anomalies/note.ts';
import { batchOf, GONE, PRESENT, rosterOf } from '../cluster.ts';
import type { FlavorRecord, GroupRecord } from '../records.ts';
import { findRow, rowOf } from '../registry.ts';
import { charge, uncharge } from '../usage.ts';
import { type Folder, merged } from './event.ts';
import { pinCpus, sizeByFlavor } from './vm.ts';

const NO_FLAVOR: FlavorRecord = {
  vcpus: null,
  ramMiB: null,
  diskGiB: null,
  ephemeralGiB: null,
  swapMiB: null,
  extraSpecs: null,
};
const NO_GROUP: GroupRecord = { name: null, policy: null, maxServerPerHost: null, members: [] };

export const flavorReported: Folder<'flavor.reported'> = (c, e) => {
  const id = idOf(e.entity);
  const row = rowOf(c.flavors.ids, id);
  setByte(c.flavors.col.present, row, PRESENT);
  setRef(c.flavors.col.record, row, merged(refAt(c.flavors.col.record, row) ?? NO_FLAVOR, e.data));
  // VMs listed before their flavor was described get their size now, and its extra specs if they have none of their own.
  const v = c.vms.col;
  for (let vm = 0 as Row; vm < c.vms.ids.ids.length; vm = (vm + 1) as Row) {
    if (byteAt(v.present, vm) !== PRESENT || refAt(v.about, vm)?.flavor !== id) continue;
    const isSized = !Number.isNaN(numberAt(v.vcpus, vm) + numberAt(v.ramMiB, vm) + numberAt(v.diskGiB, vm));
    if (isSized && e.data.extraSpecs === undefined) continue;
    uncharge(c, vm);
    sizeByFlavor(c, vm, id);
    pinCpus(c, vm);
    charge(c, vm, e);
  }
};

export const aggregateReported: Folder<'aggregate.reported'> = (c, e) => {
  const row = rowOf(c.aggregates.ids, idOf(e.entity));
  setByte(c.aggregates.col.present, row, PRESENT);
  setRef(c.aggregates.col.record, row, { metadata: e.data.metadata });
};

export const aggregateRemoved: Folder<'aggregate.removed'> = (c, e) => {
  setByte(c.aggregates.col.present, rowOf(c.aggregates.ids, idOf(e.entity)), GONE);
};

export const serverGroupReported: Folder<'server_group.reported'> = (c, e) => {
  const row = rowOf(c.groups.ids, idOf(e.entity));
  setByte(c.groups.col.present, row, PRESENT);
  setRef(c.groups.col.record, row, merged(refAt(c.groups.col.record, row) ?? NO_GROUP, e.data));
};

export const rosterSet: Folder<'telemetry.roster_set'> = (c, e) => {
  const row = rowOf(c.rosters.ids, idOf(e.entity));
  setByte(c.rosters.col.present, row, PRESENT);
  const { named, size, cpu, ram, dirtyPagesPerS, netBytesPerS } = c.rosters.col;
  setRef(named, row, rosterOf(e));
  setNumber(size, row, e.data.entities.length);
  for (const newest of [cpu, ram, dirtyPagesPerS, netBytesPerS]) setRef(newest, row, null);
};

/** Bytes a base64 text holds, without unpacking it. */
const packedLength = (text: string): number =>
  (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);

/** A batch is kept packed: unpacking it is the readout's business, so that replay never pays for samples nobody sees. */
export const telemetrySampled: Folder<'telemetry.sampled'> = (c, e) => {
  const id = idOf(e.entity);
  const row = findRow(c.rosters.ids, id);
  const size = numberAt(c.rosters.col.size, row);
  const { metric, values } = e.data;
  if (packedLength(values) !== size) {
    const why = Number.isNaN(size)
      ? 'which was never set'
      : `which names ${size} entities, not ${packedLength(values)}`;
    noteAnomaly(c, e, 'sampled-nobody', `The ${metric} samples at ${isoInstant(e.at)} are for roster ${id}, ${why}.`);
    return;
  }
  setRef(c.rosters.col[metric], row, batchOf(e));
};

/** There is one matrix, whoever the fact is about. */
const MATRIX = 'cluster';

/** The matrix of an instant, whole or in several batches, takes the place of an older one. */
export const trafficSampled: Folder<'traffic.sampled'> = (c, e) => {
  const row = rowOf(c.traffic.ids, MATRIX);
  const known = byteAt(c.traffic.col.present, row) === PRESENT ? refAt(c.traffic.col.record, row) : null;
  const before = known?.at === e.at ? known.batches : [];
  setByte(c.traffic.col.present, row, PRESENT);
  setRef(c.traffic.col.record, row, { at: e.at, batches: [...before, e.data.flows] });
};

/** Facts that belong to a story and change no state. */
export const told = (): void => undefined;
