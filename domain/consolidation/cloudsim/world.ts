// The state of one CloudSim run: hosts and VMs as columns, the VM list of each host in CloudSim's order.
import type { Workload } from '../workload.ts';
import { HOST_TYPES, HOSTS, hostTypeOf, type HostType, vmTypeOf } from './machines.ts';
import type { Quirks } from './quirks.ts';
import { slaLedger, type SlaLedger } from './sla-ledger.ts';

export type World = {
  readonly quirks: Quirks;
  readonly vms: number;
  /** Samples a VM, with the last one repeated once as CloudSim does. */
  readonly steps: number;
  /** Fraction of the VM's own MIPS, sample by sample as they are needed: VM v at sample s is trace[s * vms + v]. */
  readonly trace: Float64Array;
  /** What VM v used at tick k, as a fraction of its own MIPS: history[v * steps + k], k >= 1. */
  readonly history: Float64Array;
  readonly hostType: readonly HostType[];
  /** Index of the host's type among HOST_TYPES. */
  readonly hostKind: Uint8Array;
  readonly vmMips: Float64Array;
  readonly vmRamMB: Float64Array;
  /** VMs of each host in list order, those on their way in included. */
  readonly lists: number[][];
  /** The host a VM is registered at, -1 once it left the simulation. */
  readonly registered: Int32Array;
  readonly inMigration: Uint8Array;
  /** MIPS a VM asks for now, and what its registered host gave it. */
  readonly demand: Float64Array;
  readonly allocated: Float64Array;
  /** Per host: one of its VMs asks for nothing and is not moving. */
  readonly idles: Uint8Array;
  /** Host utilization now and before the last refresh, with the watts of both. */
  readonly utilization: Float64Array;
  readonly previousUtilization: Float64Array;
  readonly watts: Float64Array;
  readonly previousWatts: Float64Array;
  readonly free: Float64Array;
  readonly sla: SlaLedger;
  /** Time of the last update, in seconds. */
  updatedAt: number;
  joules: number;
  migrations: number;
  /** Memory that migrations send, each VM's once a move. */
  movedMB: number;
  /** VMs that left because their demand was zero. */
  vmsDropped: number;
  /** Moves planned for a VM that already had one in the same tick. */
  plannedTwice: number;
};

const traceOf = (workload: Workload): Float64Array => {
  const { steps, samples } = workload;
  const vms = workload.vms.length;
  const trace = new Float64Array((steps + 1) * vms);
  for (let s = 0; s < steps; s++) for (let vm = 0; vm < vms; vm++) trace[s * vms + vm] = samples[vm * steps + s]! / 100;
  trace.copyWithin(steps * vms, (steps - 1) * vms);
  return trace;
};

/** @param hosts how many; the experiment has 800 */
export const createWorld = (workload: Workload, quirks: Quirks, hosts = HOSTS): World => {
  const vms = workload.vms.length;
  const { steps } = workload;
  const hostType = Array.from({ length: hosts }, (_, host) => hostTypeOf(host));
  const idleWatts = Float64Array.from(hostType, (type) => type.power[0]!);
  return {
    quirks,
    vms,
    steps,
    trace: traceOf(workload),
    history: new Float64Array(vms * steps),
    hostType,
    hostKind: Uint8Array.from(hostType, (type) => HOST_TYPES.indexOf(type)),
    vmMips: Float64Array.from({ length: vms }, (_, vm) => vmTypeOf(vm, vms).mips),
    vmRamMB: Float64Array.from({ length: vms }, (_, vm) => vmTypeOf(vm, vms).ramMB),
    lists: Array.from({ length: hosts }, () => []),
    registered: new Int32Array(vms).fill(-1),
    inMigration: new Uint8Array(vms),
    demand: new Float64Array(vms),
    allocated: new Float64Array(vms),
    idles: new Uint8Array(hosts),
    utilization: new Float64Array(hosts),
    previousUtilization: new Float64Array(hosts),
    watts: idleWatts,
    previousWatts: idleWatts.slice(),
    free: Float64Array.from(hostType, (type) => type.totalMips),
    sla: slaLedger(vms, hosts),
    updatedAt: 0,
    joules: 0,
    migrations: 0,
    movedMB: 0,
    vmsDropped: 0,
    plannedTwice: 0,
  };
};
