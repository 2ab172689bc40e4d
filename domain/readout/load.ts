// What telemetry says about each entity now: the newest batch of each roster, unpacked when somebody looks.
import { fromBase64 } from '../base/base64.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import type { Batch, RosterRecord } from '../cluster/records.ts';
import { findRow } from '../cluster/registry.ts';
import { idOf } from '../events/entity.ts';
import type { METRICS } from '../events/other-events.ts';

type Metric = (typeof METRICS)[number];

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

/** Calls back with every sample of a metric's newest batches, in the order of the batches' instants, then of roster ids. */
const eachSample = (c: Cluster, metric: Metric, visit: (entity: string, value: number) => void): void => {
  const batches: { readonly id: string; readonly roster: RosterRecord; readonly batch: Batch }[] = [];
  for (const [row, id] of c.rosters.ids.ids.entries()) {
    const roster = refAt(c.rosters.col.record, row);
    const batch = roster?.[metric];
    if (roster && batch) batches.push({ id, roster, batch });
  }
  batches.sort((a, b) => a.batch.at - b.batch.at || (a.id < b.id ? -1 : 1));
  for (const { roster, batch } of batches) {
    const bytes = fromBase64(batch.values);
    if (bytes === null) continue;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte !== NO_SAMPLE) visit(roster.entities[i]!, byte * batch.scale);
    }
  }
};

const isHost = (entity: string): boolean => entity.startsWith('host:');
/** Rosters name entities by address; a bare id is taken for a VM's. */
const bareId = (entity: string): string => (entity.includes(':') ? idOf(entity) : entity);

export type Loads = {
  /** CPU utilisation 0..1 by row of the VM table; NaN where the newest batch has no sample. */
  readonly vmCpu: Float64Array;
  /** CPU utilisation 0..1 by row of the host table: sampled, else the vCPU-weighted sum of its VMs over its vCPUs. */
  readonly hostCpu: Float64Array;
};

/** O(VMs). */
export const loadsOf = (c: Cluster): Loads => {
  const vmCpu = new Float64Array(c.vms.ids.ids.length).fill(NaN);
  const hostCpu = new Float64Array(c.hosts.ids.ids.length).fill(NaN);
  const sampled = new Uint8Array(hostCpu.length);
  eachSample(c, 'cpu', (entity, value) => {
    const host = isHost(entity);
    const row = findRow(host ? c.hosts.ids : c.vms.ids, bareId(entity));
    if (row === NO_ROW) return;
    (host ? hostCpu : vmCpu)[row] = value;
    if (host) sampled[row] = 1;
  });
  const busy = new Float64Array(hostCpu.length).fill(NaN);
  for (let vm = 0; vm < vmCpu.length; vm++) {
    const cpu = vmCpu[vm]!;
    const host = rowAt(c.vms.col.host, vm);
    if (Number.isNaN(cpu) || host === NO_ROW || byteAt(c.vms.col.present, vm) !== PRESENT) continue;
    const weight = numberAt(c.vms.col.vcpus, vm) || 1;
    busy[host] = (Number.isNaN(busy[host]) ? 0 : busy[host]!) + cpu * weight;
  }
  for (let host = 0; host < busy.length; host++) {
    const vcpus = refAt(c.hosts.col.about, host)?.vcpus ?? null;
    if (sampled[host] === 1 || vcpus === null || vcpus === 0 || Number.isNaN(busy[host])) continue;
    hostCpu[host] = Math.min(1, busy[host]! / vcpus);
  }
  return { vmCpu, hostCpu };
};
