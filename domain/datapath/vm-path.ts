// Where two VMs are at an instant, and the network between them, as a path whose price can be asked.
import { err, ok, type Result } from '../base/result.ts';
import { isTunnelType, type NetworkType } from '../network/overlay.ts';
import { DEFAULT_UNDERLAY_MTU } from '../network/underlay.ts';
import type { ClusterState, NetworkState, VmState } from '../readout/state.ts';
import { type Encapsulation, guestMtu, outerIpBytes, VXLAN } from './frame.ts';

export type VmPath = {
  readonly from: VmState;
  readonly to: VmState;
  readonly fromHost: string;
  readonly toHost: string;
  /** Null when they share no network: a router stands between, whose cost is not in the price. */
  readonly network: NetworkState | null;
  readonly encapsulation: Encapsulation | null;
  readonly guestMtu: number;
  readonly underlayMtu: number;
  /** What had to be supposed, and what is left out. */
  readonly notes: readonly string[];
};

/** Least length of an id's beginning that is taken for the id. */
const PREFIX_LENGTH_MIN = 4;

/** A VM by id, by name, or by the beginning of its id. Errors: it is unknown, or several are meant. */
export const vmNamed = (state: ClusterState, name: string): Result<VmState, string> => {
  const exact = state.vms.filter((v) => v.id === name || v.name === name);
  const meant =
    exact.length > 0 || name.length < PREFIX_LENGTH_MIN ? exact : state.vms.filter((v) => v.id.startsWith(name));
  const [vm, second] = meant;
  if (vm === undefined) return err(`There is no VM ${name} at that instant.`);
  return second === undefined
    ? ok(vm)
    : err(`${meant.length} VMs are called ${name}: give an id, such as ${vm.id} or ${second.id}.`);
};

const sharedNetwork = (state: ClusterState, a: VmState, b: VmState): NetworkState | null => {
  const names = new Set(b.addresses.map(({ network }) => network));
  const shared = a.addresses.find(({ network }) => names.has(network))?.network;
  return state.networks.find((n) => n.name === shared || n.id === shared) ?? null;
};

const encapsulationOf = (type: string | null): Encapsulation | null => {
  if (type === null) return VXLAN;
  return isTunnelType(type as NetworkType) ? { ...VXLAN, tunnel: type as Encapsulation['tunnel'] } : null;
};

/** Errors: a sentence for a VM that is unknown, ambiguous or on no host, and for one and the same VM. */
export const vmPath = (state: ClusterState, fromName: string, toName: string): Result<VmPath, string> => {
  const from = vmNamed(state, fromName);
  if (!from.ok) return from;
  const to = vmNamed(state, toName);
  if (!to.ok) return to;
  const [a, b] = [from.value, to.value];
  if (a.id === b.id) return err(`${a.name} is both ends: a packet to oneself never leaves the guest.`);
  const homeless = [a, b].find((v) => v.host === null);
  if (a.host === null || b.host === null) return err(`${homeless?.name} is on no host at that instant.`);
  const network = sharedNetwork(state, a, b);
  const encapsulation = encapsulationOf(network?.type ?? null);
  const told = network?.mtu ?? null;
  const underlayMtu =
    told === null || encapsulation === null
      ? DEFAULT_UNDERLAY_MTU
      : Math.max(DEFAULT_UNDERLAY_MTU, outerIpBytes(told, encapsulation));
  const supposed = encapsulation === null ? DEFAULT_UNDERLAY_MTU : guestMtu(DEFAULT_UNDERLAY_MTU, encapsulation);
  const notes = [
    ...(network === null ? ['they share no network: the price of the router between them is left out'] : []),
    ...(network !== null && network.type === null ? ['the type of the network is not known: VXLAN is supposed'] : []),
    ...(told === null ? [`the MTU of the network is not known: ${supposed} is supposed`] : []),
    ...[a, b].filter((v) => v.vmState !== 'active').map((v) => `${v.name} is not running`),
  ];
  return ok({
    from: a,
    to: b,
    fromHost: a.host,
    toHost: b.host,
    network,
    encapsulation,
    guestMtu: told ?? supposed,
    underlayMtu,
    notes,
  });
};
