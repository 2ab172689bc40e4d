// What a CPU allocation ratio would mean for a host filled up to it: the load at this instant's demand.
import { recordedTraffic } from '../datapath/cluster-traffic.ts';
import type { ClusterState } from '../readout/state.ts';

export type RatioRisk = {
  /** CPU use of an allocated vCPU, averaged over the VMs with a sample by their size, with what forwards their traffic. */
  readonly meanUse: number;
  readonly sampledVms: number;
  /** Utilisation of a host filled up to the ratio, above 1 where demand would exceed its cores. */
  readonly fullHost: number;
};

/** Null where no VM has a CPU sample: then nothing can be said about any ratio. */
export const ratioRisk = (state: ClusterState, vcpuRatio: number): RatioRisk | null => {
  let [vcpus, busy, sampledVms] = [0, 0, 0];
  // Forwarding grows with the VMs a host holds, so it is spread over the vCPUs of the hosts that were looked at.
  const seen = new Set<string>();
  for (const vm of state.vms) {
    if (vm.host !== null && vm.cpu !== null) seen.add(vm.host);
    if (vm.cpu === null || vm.vcpus === null) continue;
    vcpus += vm.vcpus;
    busy += vm.vcpus * vm.cpu;
    sampledVms += 1;
  }
  if (vcpus === 0) return null;
  for (const { host, datapathCores } of recordedTraffic(state)?.hosts ?? []) if (seen.has(host)) busy += datapathCores;
  const meanUse = busy / vcpus;
  return { meanUse, sampledVms, fullHost: meanUse * vcpuRatio };
};
