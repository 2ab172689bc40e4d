// What telemetry says about each entity now: the newest batch of each roster, unpacked when somebody looks.
import { fromBase64 } from '../base/base64.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import type { Batch, RosterRecord } from '../cluster/records.ts';
import { findRow, type Registry } from '../cluster/registry.ts';
import { idOf } from '../events/entity.ts';
import type { METRICS } from '../events/other-events.ts';

type Metric = (typeof METRICS)[number];

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

/** The rows a roster's entities have: in the table of hosts where `hosts` is 1, else of VMs. */
type Seats = { readonly vmIds: Registry; readonly rows: Int32Array; readonly hosts: Uint8Array };

/** A memo: a roster is set once an hour and read in every frame. It goes with the roster. */
const seatsOf = new WeakMap<RosterRecord['entities'], Seats>();

const seats = (c: Cluster, entities: RosterRecord['entities']): Seats => {
  const known = seatsOf.get(entities);
  // A row once given out stays; an entity that had none then may have one now, but then it was no entity of this state.
  if (known !== undefined && known.vmIds === c.vms.ids && !known.rows.includes(NO_ROW)) return known;
  const hosts = Uint8Array.from(entities, (entity) => (entity.startsWith('host:') ? 1 : 0));
  // Rosters name entities by address; a bare id is taken for a VM's.
  const rows = Int32Array.from(entities, (entity, i) =>
    findRow(hosts[i] === 1 ? c.hosts.ids : c.vms.ids, entity.includes(':') ? idOf(entity) : entity),
  );
  const found = { vmIds: c.vms.ids, rows, hosts };
  seatsOf.set(entities, found);
  return found;
};

type Sampled = { readonly id: string; readonly roster: RosterRecord; readonly batch: Batch };

/** The newest batch of a metric from each roster, by instant, then by roster id: the last one to name an entity counts. */
const newestBatches = (c: Cluster, metric: Metric): readonly Sampled[] => {
  const found: Sampled[] = [];
  for (const [row, id] of c.rosters.ids.ids.entries()) {
    const roster = refAt(c.rosters.col.record, row);
    const batch = roster?.[metric];
    if (roster && batch) found.push({ id, roster, batch });
  }
  return found.sort((a, b) => a.batch.at - b.batch.at || (a.id < b.id ? -1 : 1));
};

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
  for (const { roster, batch } of newestBatches(c, 'cpu')) {
    const bytes = fromBase64(batch.values);
    const { rows, hosts } = seats(c, roster.entities);
    for (let i = 0; i < rows.length; i++) {
      const byte = bytes?.[i] ?? NO_SAMPLE;
      const row = rows[i]!;
      if (byte === NO_SAMPLE || row === NO_ROW) continue;
      if (hosts[i] === 1) {
        hostCpu[row] = byte * batch.scale;
        sampled[row] = 1;
      } else vmCpu[row] = byte * batch.scale;
    }
  }
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
