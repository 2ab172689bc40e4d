// What a CPU allocation ratio would mean for a host filled up to it: the load at this instant's demand.
import type { ClusterState } from '../readout/state.ts';

export type RatioRisk = {
  /** CPU use of an allocated vCPU, 0..1, averaged over the VMs with a sample by their size. */
  readonly meanUse: number;
  readonly sampledVms: number;
  /** Utilisation of a host filled up to the ratio, above 1 where demand would exceed its cores. */
  readonly fullHost: number;
};

/** Null where no VM has a CPU sample: then nothing can be said about any ratio. */
export const ratioRisk = (state: ClusterState, vcpuRatio: number): RatioRisk | null => {
  let [vcpus, busy, sampledVms] = [0, 0, 0];
  for (const vm of state.vms) {
    if (vm.cpu === null || vm.vcpus === null) continue;
    vcpus += vm.vcpus;
    busy += vm.vcpus * vm.cpu;
    sampledVms += 1;
  }
  if (vcpus === 0) return null;
  const meanUse = busy / vcpus;
  return { meanUse, sampledVms, fullHost: meanUse * vcpuRatio };
};
