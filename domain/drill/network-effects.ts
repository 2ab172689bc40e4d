// What a drill costs the overlay: FDB messages for the ports that move, and when a VM is reached again.
import { DEFAULT_BLACKOUT } from '../network/blackout.ts';
import { DEFAULT_CHOICE } from '../network/cloud-overlay.ts';
import type { OverlayConfig } from '../network/overlay.ts';
import { addLoads, type MessageLoad, NO_LOAD, portUpLoad } from '../network/scale-load.ts';
import type { ClusterState } from '../readout/state.ts';
import type { NetworkEffects, VmOutcome } from './outcome.ts';

/** Today's Neutron as most run it. */
const CONFIG: OverlayConfig = { ...DEFAULT_CHOICE, l3Plugin: true };

/** From a guest's start on its new host until the others send there: agent's loop, binding, fanout (assumed, see `blackout`). */
export const WIRED_AFTER_MS = DEFAULT_BLACKOUT.agentLoopMs + DEFAULT_BLACKOUT.bindMs + DEFAULT_BLACKOUT.fanoutMs;

type SeenPort = {
  readonly network: string;
  readonly vm: string;
  readonly host: string | null;
  readonly addresses: number;
};

/** Ports as recorded; where none are, one for each network a VM has an address on. */
function* portsOf(state: ClusterState): Generator<SeenPort> {
  for (const { network, vm, host, ips } of state.ports) {
    if (network !== null && vm !== null) yield { network, vm, host, addresses: ips.length };
  }
  if (state.ports.length > 0) return;
  for (const { id, host, addresses } of state.vms) {
    for (const [network, of] of Map.groupBy(addresses, (a) => a.network)) {
      yield { network, vm: id, host, addresses: of.length };
    }
  }
}

type Here = { ports: number; addresses: number };

/** Who of a network is where; changed as its ports move. */
class Presence {
  readonly #hosts = new Map<string, Here>();

  count(host: string | null, addresses: number, sign: 1 | -1): void {
    if (host === null) return;
    const here = this.#hosts.get(host) ?? { ports: 0, addresses: 0 };
    const now = { ports: here.ports + sign, addresses: here.addresses + sign * addresses };
    if (now.ports === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, now);
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

/** Moves in the order their VMs came back, each into the network as the ones before it left it. */
export const networkEffects = (state: ClusterState, vms: readonly VmOutcome[]): NetworkEffects => {
  const moved = vms.filter((v) => v.dest !== null).toSorted((a, b) => (a.downMs ?? 0) - (b.downMs ?? 0));
  const reached = vms.flatMap((v) => (v.reachedMs === null ? [] : [v.reachedMs]));
  const last = reached.length === 0 ? null : reached.reduce((a, b) => Math.max(a, b));
  if (moved.length === 0) return { ports: 0, fdbMessages: 0, deliveries: 0, entries: 0, reachedMsMax: last };
  const ofVm = new Map<string, SeenPort[]>(moved.map(({ vm }) => [vm, []]));
  const presences = new Map<string, Presence>();
  // A cluster has far more ports than move: only the networks of those that do are counted.
  for (const port of portsOf(state)) {
    const mine = ofVm.get(port.vm);
    if (mine === undefined) continue;
    mine.push(port);
    presences.set(port.network, new Presence());
  }
  for (const port of portsOf(state)) presences.get(port.network)?.count(port.host, port.addresses, 1);
  const loads = moved.flatMap(({ vm, dest }) =>
    (ofVm.get(vm) ?? []).flatMap((port) => {
      const presence = presences.get(port.network);
      return presence === undefined || dest === null ? [] : [moveLoad(state.hosts.length, presence, port, dest)];
    }),
  );
  const { fanouts, casts, deliveries, entries } = addLoads(loads);
  return { ports: loads.length, fdbMessages: fanouts + casts, deliveries, entries, reachedMsMax: last };
};
