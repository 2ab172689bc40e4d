// What telemetry says about each entity now: the newest samples, and what they mean for hosts.
import { byteAt, NO_ROW, numberAt, refAt, rowAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import { eachSample, hostSeat } from '../cluster/samples.ts';

export type Loads = {
  /** CPU utilisation 0..1 by row of the VM table; NaN where the newest batch has no sample. */
  readonly vmCpu: Float64Array;
  /** CPU utilisation 0..1 by row of the host table: sampled, else the vCPU-weighted sum of its VMs over its vCPUs. */
  readonly hostCpu: Float64Array;
  /** 1 where the host itself was sampled. */
  readonly hostSampled: Uint8Array;
};

/** O(VMs). */
export const loadsOf = (c: Cluster): Loads => {
  const vmCpu = new Float64Array(c.vms.ids.ids.length).fill(NaN);
  const hostCpu = new Float64Array(c.hosts.ids.ids.length).fill(NaN);
  const hostSampled = new Uint8Array(hostCpu.length);
  eachSample(c, 'cpu', (seat, value) => {
    if (seat < 0) {
      hostCpu[hostSeat(seat)] = value;
      hostSampled[hostSeat(seat)] = 1;
    } else vmCpu[seat] = value;
  });
  const busy = new Float64Array(hostCpu.length).fill(NaN);
  for (let vm = 0; vm < vmCpu.length; vm++) {
    const cpu = vmCpu[vm]!;
    if (Number.isNaN(cpu) || byteAt(c.vms.col.present, vm) !== PRESENT) continue;
    const host = rowAt(c.vms.col.host, vm);
    if (host === NO_ROW) continue;
    const weight = numberAt(c.vms.col.vcpus, vm) || 1;
    busy[host] = (Number.isNaN(busy[host]) ? 0 : busy[host]!) + cpu * weight;
  }
  for (let host = 0; host < busy.length; host++) {
    const vcpus = refAt(c.hosts.col.about, host)?.vcpus ?? null;
    if (hostSampled[host] === 1 || vcpus === null || vcpus === 0 || Number.isNaN(busy[host])) continue;
    hostCpu[host] = Math.min(1, busy[host]! / vcpus);
  }
  return { vmCpu, hostCpu, hostSampled };
};
