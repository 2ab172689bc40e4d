// A traffic matrix at an instant of the log: load of every host's link and rack, and the CPU its datapath takes, by name.
import { isTunnelType, type NetworkType } from '../network/overlay.ts';
import { DEFAULT_UNDERLAY_MTU } from '../network/underlay.ts';
import type { ClusterState, HostState, VmState } from '../readout/state.ts';
import { guestMtu, VXLAN } from './frame.ts';
import { type PriceOptions, pricesOf } from './price.ts';
import type { ProfileName } from './profiles.ts';
import { REFERENCE_CLOCK_GHZ } from './stages.ts';
import { type Flow, trafficMatrix } from './traffic.ts';
import { fabricOf, hostCores, trafficLoad, type TrafficLoad } from './traffic-load.ts';

/** What is needed of a cluster's state. */
export type Placed = {
  readonly hosts: readonly Pick<HostState, 'name' | 'rack' | 'vcpus'>[];
  readonly vms: readonly Pick<VmState, 'id' | 'name' | 'host' | 'vmState'>[];
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
  /** Rows of its matrix are ids of VMs, and the names of those that are `absent`. */
  readonly load: TrafficLoad;
  readonly hosts: readonly HostTraffic[];
  readonly racks: readonly { readonly rack: string; readonly outBitsPerS: number; readonly inBitsPerS: number }[];
  /** VMs of the matrix, as it names them, that the instant does not know or that do not run: their traffic is not counted. */
  readonly absent: readonly string[];
};

const PERCENT = 100;

/** States of Nova in which a guest sends nothing. */
const SILENT: ReadonlySet<string | null> = new Set([
  'building',
  'paused',
  'suspended',
  'stopped',
  'shelved',
  'shelved_offloaded',
  'soft-delete',
  'deleted',
  'error',
]);

/** Ids by what may be written for them: the id itself, or a name that only one VM has. */
const idsByName = (state: Placed): ReadonlyMap<string, string> => {
  const ids = new Map<string, string>();
  for (const [name, vms] of Map.groupBy(state.vms, (vm) => vm.name)) if (vms.length === 1) ids.set(name, vms[0]!.id);
  for (const { id } of state.vms) ids.set(id, id);
  return ids;
};

/** Nothing fails: what cannot be placed is told in `absent`. */
export const clusterTraffic = (
  state: Placed,
  flows: readonly Flow[],
  options: PriceOptions & { readonly clockGhz?: number },
): ClusterTraffic => {
  const ids = idsByName(state);
  const written = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name) ?? name;
    if (!written.has(id)) written.set(id, name);
    return id;
  };
  const matrix = trafficMatrix(flows.map((f) => ({ ...f, from: idOf(f.from), to: idOf(f.to) })));
  const fabric = fabricOf(state.hosts);
  const index = new Map(fabric.hosts.map((host, i) => [host, i]));
  const hostOf = new Map(state.vms.flatMap((vm) => (SILENT.has(vm.vmState) ? [] : [[vm.id, vm.host] as const])));
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
    absent: matrix.vms.flatMap((vm, row) => (placement[row] === -1 ? [written.get(vm) ?? vm] : [])),
  };
};

/** Threads a userspace datapath polls with on a host: Open vSwitch starts one a NUMA node, and most hosts have two (assumed). */
export const PMD_CORES = 2;

/** Frames are priced as the network that most ports are on carries them; VXLAN where no type is recorded. */
export const commonPrice = (state: Pick<ClusterState, 'networks' | 'ports'>, datapath: ProfileName): PriceOptions => {
  const ports = Map.groupBy(state.ports, (p) => p.network);
  const common = state.networks.reduce<{ type: string | null; ports: number }>(
    (most, n) => {
      const count = ports.get(n.id)?.length ?? 0;
      return count > most.ports ? { type: n.type, ports: count } : most;
    },
    { type: state.networks[0]?.type ?? null, ports: 0 },
  );
  const isProvider = common.type !== null && !isTunnelType(common.type as NetworkType);
  const tunnel = common.type !== null && !isProvider ? (common.type as typeof VXLAN.tunnel) : VXLAN.tunnel;
  const encapsulation = isProvider ? null : { ...VXLAN, tunnel };
  const mtu = encapsulation === null ? DEFAULT_UNDERLAY_MTU : guestMtu(DEFAULT_UNDERLAY_MTU, encapsulation);
  return { datapath, encapsulation, guestMtu: mtu, pmdCores: PMD_CORES };
};

/** The newest recorded matrix at the state's instant; null where none is recorded and nothing polls: then no host pays. */
export const recordedTraffic = (state: ClusterState, datapath: ProfileName = 'kernel-ovs'): ClusterTraffic | null => {
  const told = clusterTraffic(state, state.traffic, commonPrice(state, datapath));
  return state.traffic.length === 0 && told.load.pollingCores === 0 ? null : told;
};
