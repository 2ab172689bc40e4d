// What a drill costs the overlay: FDB messages for the ports that move, and when a VM is reached again.
import { DEFAULT_BLACKOUT } from '../network/blackout.ts';
import { DEFAULT_CHOICE } from '../network/cloud-overlay.ts';
import type { OverlayConfig } from '../network/overlay.ts';
import { addLoads, type MessageLoad, NO_LOAD, portUpLoad } from '../network/scale-load.ts';
import type { ClusterState, PortState, VmState } from '../readout/state.ts';
import type { NetworkEffects, VmOutcome } from './outcome.ts';

/** Today's Neutron as most run it. */
const CONFIG: OverlayConfig = { ...DEFAULT_CHOICE, l3Plugin: true };

/** From a guest's start on its new host until the others send there: agent's loop, binding, fanout (assumed, see `blackout`). */
export const WIRED_AFTER_MS = DEFAULT_BLACKOUT.agentLoopMs + DEFAULT_BLACKOUT.bindMs + DEFAULT_BLACKOUT.fanoutMs;

type SeenPort = { readonly network: string; readonly host: string | null; readonly addresses: number };
type PortsOf = (vm: string) => readonly PortState[];

const seenPort = ({ network, host, ips }: PortState): readonly SeenPort[] =>
  network === null ? [] : [{ network, host, addresses: ips.length }];

/** One for each network the VM has an address on: what is known of it where no ports are recorded. */
const addressedPorts = ({ host, addresses }: VmState): readonly SeenPort[] =>
  [...Map.groupBy(addresses, (a) => a.network)].map(([network, of]) => ({ network, host, addresses: of.length }));

/** The ports of these VMs, each VM's in the order they are recorded. */
const portsOfMoved = (
  state: ClusterState,
  moved: readonly VmOutcome[],
  portsOf: PortsOf,
): ReadonlyMap<string, readonly SeenPort[]> => {
  if (state.ports.length > 0) return new Map(moved.map(({ vm }) => [vm, portsOf(vm).flatMap(seenPort)]));
  const wanted = new Set(moved.map(({ vm }) => vm));
  return new Map(state.vms.flatMap((vm) => (wanted.has(vm.id) ? [[vm.id, addressedPorts(vm)]] : [])));
};

type Here = { ports: number; addresses: number };

/** Who of a network is where; changed as its ports move. */
class Presence {
  readonly #hosts = new Map<string, Here>();

  count(host: string | null, addresses: number, sign: 1 | -1): void {
    if (host === null) return;
    const here = this.#hosts.get(host);
    if (here === undefined) return void this.#hosts.set(host, { ports: sign, addresses: sign * addresses });
    here.ports += sign;
    here.addresses += sign * addresses;
    if (here.ports === 0) this.#hosts.delete(host);
  }

  portsOn(host: string): number {
    return this.#hosts.get(host)?.ports ?? 0;
  }

  othersThan(host: string): { readonly hosts: number; readonly addresses: number } {
    const others = [...this.#hosts].filter(([name]) => name !== host);
    return { hosts: others.length, addresses: others.reduce((sum, [, here]) => sum + here.addresses, 0) };
  }
}

/**
 * One port of an evacuated VM. The server still thinks it ACTIVE on the dead source: binding it anew takes that back from
 * everybody (one fanout), and the destination's report announces it there (network.md §6).
 */
const moveLoad = (hosts: number, presence: Presence, port: SeenPort, dest: string): MessageLoad => {
  const { host: source, addresses } = port;
  presence.count(source, addresses, -1);
  const flood = source !== null && presence.portsOn(source) === 0 ? 1 : 0;
  const gone: MessageLoad =
    source === null ? NO_LOAD : { fanouts: 1, casts: 0, deliveries: hosts, entries: addresses + flood };
  const isFirst = presence.portsOn(dest) === 0;
  presence.count(dest, addresses, 1);
  const others = presence.othersThan(dest);
  const up = portUpLoad(CONFIG, {
    hosts,
    activeOnHost: presence.portsOn(dest),
    otherHosts: others.hosts,
    otherAddresses: others.addresses,
    addresses,
    // Its agent has no tunnel for the network yet: nobody of it was here, or nobody elsewhere.
    refresh: isFirst || others.hosts === 0,
  });
  return addLoads([gone, up]);
};

/** Who is where in these networks: a cluster has far more ports than move, and the other networks do not matter. */
const presencesOf = (state: ClusterState, networks: ReadonlySet<string>): ReadonlyMap<string, Presence> => {
  const presences = new Map([...networks].map((network) => [network, new Presence()]));
  const count = (network: string, host: string | null, addresses: number): void =>
    presences.get(network)?.count(host, addresses, 1);
  if (presences.size === 0) return presences;
  for (const { network, vm, host, ips } of state.ports) {
    if (network !== null && vm !== null) count(network, host, ips.length);
  }
  if (state.ports.length > 0) return presences;
  for (const vm of state.vms)
    for (const { network, host, addresses } of addressedPorts(vm)) count(network, host, addresses);
  return presences;
};

/** Moves in the order their VMs came back, each into the network as the ones before it left it; `portsOf` looks a VM's ports up. */
export const networkEffects = (state: ClusterState, vms: readonly VmOutcome[], portsOf: PortsOf): NetworkEffects => {
  const moved = vms.filter((v) => v.dest !== null).toSorted((a, b) => (a.downMs ?? 0) - (b.downMs ?? 0));
  const reached = vms.flatMap((v) => (v.reachedMs === null ? [] : [v.reachedMs]));
  const last = reached.length === 0 ? null : reached.reduce((a, b) => Math.max(a, b));
  if (moved.length === 0) return { ports: 0, fdbMessages: 0, deliveries: 0, entries: 0, reachedMsMax: last };
  const ofVm = portsOfMoved(state, moved, portsOf);
  const presences = presencesOf(state, new Set([...ofVm.values()].flatMap((ports) => ports.map((p) => p.network))));
  const loads = moved.flatMap(({ vm, dest }) =>
    (ofVm.get(vm) ?? []).flatMap((port) => {
      const presence = presences.get(port.network);
      return presence === undefined || dest === null ? [] : [moveLoad(state.hosts.length, presence, port, dest)];
    }),
  );
  const { fanouts, casts, deliveries, entries } = addLoads(loads);
  return { ports: loads.length, fdbMessages: fanouts + casts, deliveries, entries, reachedMsMax: last };
};
