// What a CPU allocation ratio would mean for a host filled up to it: the load at this instant's demand, and how often it is too much.
import { recordedTraffic } from '../datapath/cluster-traffic.ts';
import type { ClusterState } from '../readout/state.ts';

export type RatioRisk = {
  /** CPU use of an allocated vCPU, averaged over the VMs with a sample by their size, with what forwards their traffic. */
  readonly meanUse: number;
  readonly sampledVms: number;
  /** Utilisation of a host filled up to the ratio, above 1 where demand would exceed its cores. */
  readonly fullHost: number;
  /** Share of moments, 0..1, in which such a host would want more than its cores. */
  readonly overload: number;
};

/** The normal distribution up to z; Abramowitz and Stegun 26.2.17, off by less than 1e-7. */
const below = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
};

/** The cores of a typical host: the median over those that are known. */
const typicalCores = (state: ClusterState): number | null => {
  const cores = state.hosts.flatMap((h) => (h.vcpus === null || h.vcpus === 0 ? [] : [h.vcpus])).sort((a, b) => a - b);
  return cores[Math.floor(cores.length / 2)] ?? null;
};

type Demand = {
  readonly meanUse: number;
  readonly sampledVms: number;
  /** Mean vCPUs of a VM, and how much VMs differ in the cores they keep busy. */
  readonly vcpusOfOne: number;
  readonly variance: number;
  readonly hostCores: number;
};

const demandOf = (state: ClusterState): Demand | null => {
  let [vcpus, busy, squares, sampledVms] = [0, 0, 0, 0];
  const seen = new Set<string>();
  for (const vm of state.vms) {
    if (vm.host !== null && vm.cpu !== null) seen.add(vm.host);
    if (vm.cpu === null || vm.vcpus === null) continue;
    vcpus += vm.vcpus;
    busy += vm.vcpus * vm.cpu;
    squares += (vm.vcpus * vm.cpu) ** 2;
    sampledVms += 1;
  }
  if (vcpus === 0) return null;
  const variance = squares / sampledVms - (busy / sampledVms) ** 2;
  // Forwarding grows with the VMs a host holds, so it is spread over the vCPUs of the hosts that were looked at.
  for (const { host, datapathCores } of recordedTraffic(state)?.hosts ?? []) if (seen.has(host)) busy += datapathCores;
  const hostCores = typicalCores(state) ?? 1;
  return { meanUse: busy / vcpus, sampledVms, vcpusOfOne: vcpus / sampledVms, variance, hostCores };
};

const riskAt = ({ meanUse, sampledVms, vcpusOfOne, variance, hostCores }: Demand, ratio: number): RatioRisk => {
  const count = (ratio * hostCores) / vcpusOfOne; // VMs of the mean size on a full host
  const [want, spread] = [meanUse * ratio * hostCores, Math.sqrt(count * Math.max(0, variance))];
  const overload = spread === 0 ? (want > hostCores ? 1 : 0) : 1 - below((hostCores - want) / spread);
  return { meanUse, sampledVms, fullHost: meanUse * ratio, overload };
};

/**
 * Null where no VM has a CPU sample: then nothing can be said about any ratio. VMs are taken to be like those sampled at
 * this instant and busy independently of each other; load that comes to all at once makes it worse than said.
 */
export const ratioRisk = (state: ClusterState, vcpuRatio: number): RatioRisk | null => {
  const demand = demandOf(state);
  return demand && riskAt(demand, vcpuRatio);
};

/** The same for many ratios at once; empty where nothing can be said. */
export const ratioCurve = (
  state: ClusterState,
  ratios: readonly number[],
): readonly (RatioRisk & { readonly ratio: number })[] => {
  const demand = demandOf(state);
  return demand === null ? [] : ratios.map((ratio) => ({ ratio, ...riskAt(demand, ratio) }));
};
