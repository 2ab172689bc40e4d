// The flow table of br-int: hardly more than a learning switch, plus anti-spoofing per port and provider VLANs.
import { isIpv6, linkLocalOf, parseIpv4, parseIpv6, parseMac } from './address.ts';
import { arpMatch } from './br-tun-flows.ts';
import { dlVlan, exact, flow, type Action, type Flow, type Term } from './flow.ts';
import type { Agent, LocalVlan, Style, Vif } from './overlay.ts';
import { ETH_IPV6 } from './protocols.ts';

/** Tables of br-int (constants.py): 24 and 25 guard against spoofing, 58 and 59 are rate limits, 60 switches. */
const T = { local: 0, canary: 23, arpSpoof: 24, macSpoof: 25, conntrack: 30, egress: 31, packetRate: 58, bandwidth: 59, transient: 60, dvr: 62 } as const; // prettier-ignore

/** A frame of a port whose network the agent does not know: VLAN 4095 is the dead VLAN. */
const DEAD_VLAN = 4095;

const goto = (table: number): Action => ({ kind: 'goto', table });
const NORMAL: Action = { kind: 'normal' };

const MASTER_BASE: readonly Flow[] = [
  flow(T.local, 65535, [dlVlan(DEAD_VLAN)], []),
  flow(T.local, 0, [], [goto(T.packetRate)]),
  flow(T.canary, 0, [], []),
  flow(T.arpSpoof, 0, [], []),
  flow(T.conntrack, 0, [], [goto(T.packetRate)]),
  flow(T.egress, 0, [], [goto(T.packetRate)]),
  flow(T.packetRate, 0, [], [goto(T.bandwidth)]),
  flow(T.bandwidth, 0, [], [goto(T.transient)]),
  flow(T.transient, 1, [], [NORMAL]),
  flow(T.dvr, 3, [], [NORMAL]),
];

const CLASSIC_BASE: readonly Flow[] = [flow(T.local, 1, [], [NORMAL]), flow(T.canary, 0, [], [])];

/** The guard of one port: it may speak ARP and neighbour advertisements for its own addresses only, from its own MAC. */
const guardFlows = (vif: Vif): Flow[] => {
  if (vif.guard === null) return [];
  const from = exact('in_port', vif.ofport);
  const advertisement: readonly Term[] = [
    exact('dl_type', ETH_IPV6),
    exact('nw_proto', 58),
    from,
    exact('icmp_type', 136),
  ];
  const { mac, addresses } = vif.guard;
  const v4 = addresses.filter((a) => !isIpv6(a));
  const v6 = [...addresses.filter(isIpv6), linkLocalOf(mac)];
  return [
    flow(T.local, 10, [arpMatch, from], [goto(T.arpSpoof)]),
    flow(T.local, 10, advertisement, [goto(T.arpSpoof)]),
    flow(T.local, 9, [from], [goto(T.macSpoof)]),
    ...v4.map((ip) => flow(T.arpSpoof, 2, [arpMatch, from, exact('arp_spa', parseIpv4(ip) ?? 0n)], [goto(T.macSpoof)])),
    ...v6.map((ip) =>
      flow(T.arpSpoof, 2, [...advertisement, exact('nd_target', parseIpv6(ip) ?? 0n)], [goto(T.packetRate)]),
    ),
    flow(T.macSpoof, 2, [from, exact('dl_src', parseMac(mac) ?? 0n)], [goto(T.conntrack)]),
  ];
};

const UNTAGGED: Term = { field: 'vlan_tci', value: 0n, mask: 0x1fffn };

/** OpenFlow 1.0's `dl_vlan=0xffff`. */
const NO_TAG: Term = { field: 'vlan_tci', value: 0n, mask: null };

/** Frames of a provider network come in with the provider's VLAN id, or untagged when flat, and leave with the local one. */
const providerFlow = (agent: Agent, local: LocalVlan, style: Style): Flow[] => {
  const patch = agent.physical.get(local.segment.physicalNetwork ?? '');
  if (patch === undefined) return [];
  const { segmentationId } = local.segment;
  if (style === 'classic') {
    const from = [exact('in_port', patch.intOfport), segmentationId === null ? NO_TAG : dlVlan(segmentationId)];
    return [flow(T.local, 3, from, [{ kind: 'mod_vlan_vid', vlan: local.vlan }, NORMAL])];
  }
  const tag: readonly Action[] = [{ kind: 'set_vlan_vid', vlan: local.vlan }, goto(T.packetRate)];
  const match = [exact('in_port', patch.intOfport), segmentationId === null ? UNTAGGED : dlVlan(segmentationId)];
  return [flow(T.local, 3, match, segmentationId === null ? [{ kind: 'push_vlan' }, ...tag] : tag)];
};

/** All flows of br-int on one host. The 2015 form has no guards (iptables did that). */
export const brIntFlows = (agent: Agent, style: Style): Flow[] => {
  const classic = style === 'classic';
  return [
    ...(classic ? CLASSIC_BASE : MASTER_BASE),
    ...[...agent.physical.values()].map((patch) => flow(T.local, 2, [exact('in_port', patch.intOfport)], [])),
    ...(classic ? [] : [...agent.vifs.values()].flatMap(guardFlows)),
    ...[...agent.vlans.values()].flatMap((local) => providerFlow(agent, local, style)),
  ];
};
