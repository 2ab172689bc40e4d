// The overlay of a whole cluster in figures: who shares which network, and what each mode makes of it.
import type { ClusterState } from '../readout/state.ts';
import { isIpv6 } from './address.ts';
import type { SeenCloud } from './from-state.ts';
import { type Lint, withNames } from './lint.ts';
import { isTunnelType, usesL2pop, type Mode, type NetworkType, type Style } from './overlay.ts';
import { BASE_FLOWS, RESPONDER_FLOWS } from './scale-flows.ts';
import { portUpLoad } from './scale-load.ts';
import { replicas } from './scale.ts';
import { lintState } from './state-lint.ts';

export type OverviewHost = {
  readonly name: string;
  readonly vtepIp: string;
  readonly rack: string | null;
  readonly state: 'up' | 'down' | 'fenced';
  readonly ports: number;
};

export type OverviewNetwork = {
  readonly id: string;
  readonly name: string;
  readonly type: NetworkType;
  readonly segmentationId: number | null;
  readonly ports: number;
  /** Places in `hosts` of the hosts with a plugged port of it, ascending. */
  readonly hosts: readonly number[];
};

export type ModeFigures = {
  readonly mode: Mode;
  /** Tunnel ports on all hosts; each joins an ordered pair. */
  readonly tunnels: number;
  /** Flows of br-tun on all hosts. */
  readonly flows: number;
  readonly flowsMax: { readonly host: string; readonly flows: number } | null;
};

export type NetworkOverview = {
  readonly timeline: string;
  readonly seq: number;
  readonly at: string;
  readonly style: Style;
  readonly hosts: readonly OverviewHost[];
  readonly networks: readonly OverviewNetwork[];
  readonly modes: readonly ModeFigures[];
  /** Tunnel ports the log reports, and how many of them carry nothing. */
  readonly recorded: { readonly tunnels: number; readonly down: number };
  /** Ports with a second binding: a live migration is under way. */
  readonly moving: number;
  readonly lints: readonly Lint[];
  readonly assumptions: readonly string[];
};

type Presence = { readonly ports: number; readonly ipv4: number };
type Spread = { readonly tunnel: boolean; readonly at: ReadonlyMap<string, Presence> };

/** Plugged ports of each network by host. */
const spreadOf = ({ cloud }: SeenCloud): ReadonlyMap<string, Spread> => {
  const found = new Map(
    cloud.networks.map((n) => [n.id, { tunnel: isTunnelType(n.segment.networkType), at: new Map<string, Presence>() }]),
  );
  for (const p of cloud.ports) {
    const at = found.get(p.network)?.at;
    if (at === undefined || p.host === null) continue;
    const before = at.get(p.host) ?? { ports: 0, ipv4: 0 };
    const ipv4 = p.addresses.filter((a) => !isIpv6(a)).length;
    at.set(p.host, { ports: before.ports + 1, ipv4: before.ipv4 + ipv4 });
  }
  return found;
};

const total = (at: ReadonlyMap<string, Presence>, of: keyof Presence): number =>
  [...at.values()].reduce((sum, p) => sum + p[of], 0);

/** Counts of one host, as `flowCounts` of the built overlay would say: without building it. Networks of one tunnel type. */
const hostCounts = (
  host: string,
  context: { readonly mode: Mode; readonly style: Style; readonly hosts: number; readonly spread: readonly Spread[] },
): { readonly tunnels: number; readonly flows: number } => {
  const { mode, style, hosts, spread } = context;
  if (mode === 'multicast') return { tunnels: 0, flows: 0 };
  const local = spread.filter((s) => s.tunnel && s.at.has(host));
  const base = BASE_FLOWS[style];
  if (!usesL2pop(mode)) {
    const tunnels = hosts - 1;
    return { tunnels, flows: base + tunnels + local.length * (tunnels > 0 ? 2 : 1) };
  }
  const shared = local.filter((s) => s.at.size > 1);
  const tunnels = new Set(shared.flatMap((s) => [...s.at.keys()])).size - (shared.length > 0 ? 1 : 0);
  const remote = (of: keyof Presence): number =>
    shared.reduce((sum, s) => sum + total(s.at, of) - (s.at.get(host)?.[of] ?? 0), 0);
  const arp = mode === 'l2pop-arp' ? RESPONDER_FLOWS + remote('ipv4') : 0;
  return { tunnels, flows: base + tunnels + local.length + shared.length + remote('ports') + arp };
};

export const MODES: readonly Mode[] = ['no-l2pop', 'l2pop', 'l2pop-arp', 'multicast'];

const modeFigures = (seen: SeenCloud, spread: ReadonlyMap<string, Spread>, style: Style, mode: Mode): ModeFigures => {
  const { hosts } = seen.cloud;
  let [tunnels, flows] = [0, 0];
  let flowsMax: ModeFigures['flowsMax'] = null;
  for (const { host } of hosts) {
    const counted = hostCounts(host, { mode, style, hosts: hosts.length, spread: [...spread.values()] });
    tunnels += counted.tunnels;
    flows += counted.flows;
    if (counted.flows > (flowsMax?.flows ?? 0)) flowsMax = { host, flows: counted.flows };
  }
  return { mode, tunnels, flows, flowsMax };
};

/** Everything a picture of the overlay is drawn from. O(hosts × networks + ports). */
export const overviewOf = (state: ClusterState, seen: SeenCloud, style: Style): NetworkOverview => {
  const spread = spreadOf(seen);
  const names = new Map(state.networks.map((n) => [n.id, n.name]));
  const place = new Map(seen.cloud.hosts.map((h, i) => [h.host, i]));
  const facts = new Map(state.hosts.map((h) => [h.name, h]));
  const plugged = new Map<string, number>();
  for (const { host } of seen.cloud.ports) if (host !== null) plugged.set(host, (plugged.get(host) ?? 0) + 1);
  return {
    timeline: state.timeline,
    seq: state.seq,
    at: state.at,
    style,
    hosts: seen.cloud.hosts.map(({ host, vtepIp }) => {
      const h = facts.get(host);
      const word = h?.fenced === true ? 'fenced' : h?.up === false ? 'down' : 'up';
      return { name: host, vtepIp, rack: h?.rack ?? null, state: word, ports: plugged.get(host) ?? 0 };
    }),
    networks: seen.cloud.networks
      .map(({ id, segment }): OverviewNetwork => {
        const at = spread.get(id)?.at ?? new Map<string, Presence>();
        return {
          id,
          name: names.get(id) ?? id,
          type: segment.networkType,
          segmentationId: segment.segmentationId,
          ports: total(at, 'ports'),
          hosts: [...at.keys()].flatMap((h) => place.get(h) ?? []).sort((a, b) => a - b),
        };
      })
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    modes: MODES.map((mode) => modeFigures(seen, spread, style, mode)),
    recorded: { tunnels: state.tunnels.length, down: state.tunnels.filter((t) => !t.up).length },
    moving: state.ports.filter((p) => p.bindings.length > 1).length,
    lints: withNames(lintState(state, seen), state.networks),
    assumptions: seen.assumptions,
  };
};

export type BroadcastFigures = {
  readonly mode: Mode;
  /** Outer packets for one broadcast, unknown unicast or multicast frame. */
  readonly copies: number;
  /** Hosts that decapsulate the frame only to drop it. */
  readonly wasted: number;
  /** Outer packets for one ARP request. */
  readonly arpPackets: number;
  /** Fanouts when one more VM of the network comes up on a host that has one already, and the messages agents receive for it. */
  readonly fanouts: number;
  readonly deliveries: number;
};

/** What one network costs in a mode. A network on no host sends nothing. */
export const broadcastFigures = (
  overview: NetworkOverview,
  network: Pick<OverviewNetwork, 'hosts' | 'type'>,
  mode: Mode,
): BroadcastFigures => {
  const hosts = overview.hosts.length;
  const spans = network.hosts.length;
  if (spans === 0 || !isTunnelType(network.type))
    return { mode, copies: 0, wasted: 0, arpPackets: 0, fanouts: 0, deliveries: 0 };
  const { packets, wasted } = replicas(mode, hosts, spans);
  const up = { hosts, activeOnHost: 2, otherHosts: spans - 1, otherAddresses: 0, addresses: 1, refresh: false };
  const { fanouts, deliveries } = portUpLoad({ style: overview.style, mode, l3Plugin: true }, up);
  return { mode, copies: packets, wasted, arpPackets: mode === 'l2pop-arp' ? 0 : packets, fanouts, deliveries };
};
