// The flow table of br-tun as today's Neutron installs it (native OpenFlow driver, br_tun.py).
import { BROADCAST_MAC, parseIpv4, parseMac } from './address.ts';
import { dlVlan, exact, flow, type Action, type Flow, type LearnSpec, type Subfield, type Term } from './flow.ts';
import { isTunnelType, PATCH_OFPORT, type Agent, type LocalVlan, type Mode, type TunnelType } from './overlay.ts';
import { ETH_ARP, ETH_IPV6 } from './protocols.ts';

/** Tables of br-tun (neutron/plugins/ml2/drivers/openvswitch/agent/common/constants.py). */
export const TABLE = { classify: 0, fromPatch: 2, learn: 10, unicast: 20, arp: 21, flood: 22 } as const;

/** Where frames from a tunnel of each type are given their local VLAN. */
export const TUNNEL_TABLE: Readonly<Record<TunnelType, number>> = { gre: 3, vxlan: 4, geneve: 6 };

/** A learned entry lives this long after it was last learned, idle or not. */
export const LEARN_TIMEOUT_S = 300;

export const GROUP_BIT = 0x010000000000n;

export const arpMatch: Term = exact('dl_type', ETH_ARP);

const goto = (table: number): Action => ({ kind: 'goto', table });

const field = (header: string, name: Subfield['field'], bits: number): Subfield => ({
  field: name,
  header,
  from: 0,
  bits,
});

/** `learn(...)` of table 10: the sender's MAC, in this VLAN, is behind the tunnel the frame came from. */
export const learnAction = (inPortHeader: 'NXM_OF_IN_PORT' | 'OXM_OF_IN_PORT'): Action => {
  const vlan = field('NXM_OF_VLAN_TCI', 'vlan_tci', 12);
  const tunId = field('NXM_NX_TUN_ID', 'tun_id', 64);
  const specs: readonly LearnSpec[] = [
    { kind: 'match', target: vlan, source: vlan },
    { kind: 'match', target: field('NXM_OF_ETH_DST', 'dl_dst', 48), source: field('NXM_OF_ETH_SRC', 'dl_src', 48) },
    { kind: 'load', value: 0n, target: field('NXM_OF_VLAN_TCI', 'vlan_tci', 16) },
    { kind: 'load', value: tunId, target: tunId },
    { kind: 'output', source: field(inPortHeader, 'in_port', 16) },
  ];
  return { kind: 'learn', table: TABLE.unicast, idleTimeoutS: 0, hardTimeoutS: LEARN_TIMEOUT_S, priority: 1, specs };
};

const unicastOrGroup = (group: boolean): Term => ({ field: 'dl_dst', value: group ? GROUP_BIT : 0n, mask: GROUP_BIT });

/** Neighbour announcements get flows of their own, so that each re-runs the learn at a failover (bug 2123911). */
const ANNOUNCEMENTS: readonly (readonly Term[])[] = [
  [arpMatch, exact('arp_tha', BROADCAST_MAC)],
  [exact('dl_type', ETH_IPV6), exact('nw_proto', 58), exact('icmp_type', 134)],
  [exact('dl_type', ETH_IPV6), exact('nw_proto', 58), exact('icmp_type', 136)],
];

const baseFlows = (mode: Mode): Flow[] => {
  const learnAndDeliver: readonly Action[] = [learnAction('OXM_OF_IN_PORT'), { kind: 'output', port: PATCH_OFPORT }];
  const responder = mode === 'l2pop-arp';
  return [
    flow(TABLE.classify, 1, [exact('in_port', PATCH_OFPORT)], [goto(TABLE.fromPatch)]),
    flow(TABLE.classify, 0, [], []),
    ...(responder ? [flow(TABLE.fromPatch, 1, [arpMatch, exact('dl_dst', BROADCAST_MAC)], [goto(TABLE.arp)])] : []),
    flow(TABLE.fromPatch, 0, [unicastOrGroup(false)], [goto(TABLE.unicast)]),
    flow(TABLE.fromPatch, 0, [unicastOrGroup(true)], [goto(TABLE.flood)]),
    ...Object.values(TUNNEL_TABLE).map((table) => flow(table, 0, [], [])),
    ...ANNOUNCEMENTS.map((match) => flow(TABLE.learn, 2, match, learnAndDeliver)),
    flow(TABLE.learn, 1, [], learnAndDeliver),
    flow(TABLE.unicast, 0, [], [goto(TABLE.flood)]),
    ...(responder ? [flow(TABLE.arp, 0, [], [goto(TABLE.flood)])] : []),
    flow(TABLE.flood, 0, [], []),
  ];
};

/** Turns the request into its own reply, in today's order of actions, and sends it back where it came from. */
const arpReply = (mac: bigint, ip: bigint): Action[] => [
  { kind: 'set', field: 'arp_op', value: 2n },
  { kind: 'move', source: field('NXM_NX_ARP_SHA', 'arp_sha', 48), target: field('NXM_NX_ARP_THA', 'arp_tha', 48) },
  { kind: 'move', source: field('NXM_OF_ARP_SPA', 'arp_spa', 32), target: field('NXM_OF_ARP_TPA', 'arp_tpa', 32) },
  { kind: 'set', field: 'arp_sha', value: mac },
  { kind: 'set', field: 'arp_spa', value: ip },
  { kind: 'move', source: field('NXM_OF_ETH_SRC', 'dl_src', 48), target: field('NXM_OF_ETH_DST', 'dl_dst', 48) },
  { kind: 'set', field: 'dl_src', value: mac },
  { kind: 'in_port' },
];

/** Flood outputs in canonical order: Neutron's own order is that of a Python set. */
export const floodOutputs = (ofports: readonly number[]): Action[] =>
  [...ofports].sort((a, b) => a - b).map((port) => ({ kind: 'output', port }));

const networkFlows = (local: LocalVlan): Flow[] => {
  const { networkType, segmentationId } = local.segment;
  if (!isTunnelType(networkType)) return [];
  const tunId = BigInt(segmentationId ?? 0);
  const encapsulate: readonly Action[] = [{ kind: 'pop_vlan' }, { kind: 'set', field: 'tun_id', value: tunId }];
  return [
    flow(
      TUNNEL_TABLE[networkType],
      1,
      [exact('tun_id', tunId)],
      [{ kind: 'push_vlan' }, { kind: 'set_vlan_vid', vlan: local.vlan }, goto(TABLE.learn)],
    ),
    ...[...local.unicast].map(([mac, port]) =>
      flow(
        TABLE.unicast,
        2,
        [dlVlan(local.vlan), exact('dl_dst', parseMac(mac) ?? 0n)],
        [...encapsulate, { kind: 'output', port }],
      ),
    ),
    ...[...local.arp].map(([ip, mac]) => {
      const address = parseIpv4(ip) ?? 0n;
      return flow(
        TABLE.arp,
        1,
        [arpMatch, dlVlan(local.vlan), exact('arp_tpa', address)],
        arpReply(parseMac(mac) ?? 0n, address),
      );
    }),
    ...(local.floodFlow === null
      ? []
      : [flow(TABLE.flood, 1, [dlVlan(local.vlan)], [...encapsulate, ...floodOutputs(local.floodFlow)])]),
  ];
};

/** All flows of br-tun on one host, without what table 10 has learned. */
export const brTunFlows = (agent: Agent, mode: Mode): Flow[] => [
  ...baseFlows(mode),
  ...[...agent.tunnels].flatMap(([type, remotes]) =>
    [...remotes.values()].map((ofport) =>
      flow(TABLE.classify, 1, [exact('in_port', ofport)], [goto(TUNNEL_TABLE[type])]),
    ),
  ),
  ...[...agent.vlans.values()].flatMap(networkFlows),
];
