// A traffic matrix at an instant of the log: load of every host's link and rack, and the CPU its datapath takes, by name.
import type { HostState, VmState } from '../readout/state.ts';
import { type PriceOptions, pricesOf } from './price.ts';
import { REFERENCE_CLOCK_GHZ } from './stages.ts';
import { type Flow, trafficMatrix } from './traffic.ts';
import { fabricOf, hostCores, trafficLoad, type TrafficLoad } from './traffic-load.ts';

/** What is needed of a cluster's state. */
export type Placed = {
  readonly hosts: readonly Pick<HostState, 'name' | 'rack' | 'vcpus'>[];
  readonly vms: readonly Pick<VmState, 'id' | 'name' | 'host'>[];
};

export type HostTraffic = {
  readonly host: string;
  /** Cores the datapath takes, to be added to what the VMs ask of the host. */
  readonly datapathCores: number;
  /** Of the host's cores; null where their number is not known. */
  readonly cpuPercent: number | null;
  readonly outBitsPerS: number;
  readonly inBitsPerS: number;
};

export type ClusterTraffic = {
  readonly load: TrafficLoad;
  readonly hosts: readonly HostTraffic[];
  readonly racks: readonly { readonly rack: string; readonly outBitsPerS: number; readonly inBitsPerS: number }[];
  /** VMs of the matrix that the instant does not know, or that are on no host: their traffic is not counted. */
  readonly absent: readonly string[];
};

const PERCENT = 100;

/** VMs are named by id, or by a name that only one has. */
const hostsByVm = (state: Placed): ReadonlyMap<string, string | null> => {
  const hosts = new Map<string, string | null>();
  const names = Map.groupBy(state.vms, (vm) => vm.name);
  for (const [name, vms] of names) if (vms.length === 1) hosts.set(name, vms[0]?.host ?? null);
  for (const vm of state.vms) hosts.set(vm.id, vm.host);
  return hosts;
};

/** Nothing fails: what cannot be placed is told in `absent`. */
export const clusterTraffic = (
  state: Placed,
  flows: readonly Flow[],
  options: PriceOptions & { readonly clockGhz?: number },
): ClusterTraffic => {
  const matrix = trafficMatrix(flows);
  const fabric = fabricOf(state.hosts);
  const index = new Map(fabric.hosts.map((host, i) => [host, i]));
  const hostOf = hostsByVm(state);
  const placement = Int32Array.from(matrix.vms, (vm) => index.get(hostOf.get(vm) ?? '') ?? -1);
  const load = trafficLoad(matrix, placement, fabric, pricesOf(options));
  const clockGhz = options.clockGhz ?? REFERENCE_CLOCK_GHZ;
  return {
    load,
    hosts: state.hosts.map(({ name, vcpus }, h) => {
      const datapathCores = hostCores(load, h, clockGhz);
      return {
        host: name,
        datapathCores,
        cpuPercent: vcpus === null || vcpus === 0 ? null : (PERCENT * datapathCores) / vcpus,
        outBitsPerS: load.hostOutBitsPerS[h] ?? 0,
        inBitsPerS: load.hostInBitsPerS[h] ?? 0,
      };
    }),
    racks: fabric.racks.map((rack, r) => ({
      rack,
      outBitsPerS: load.rackOutBitsPerS[r] ?? 0,
      inBitsPerS: load.rackInBitsPerS[r] ?? 0,
    })),
    absent: matrix.vms.filter((_, vm) => placement[vm] === -1),
  };
};
