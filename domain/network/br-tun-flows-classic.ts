// The flow table of br-tun as Neutron of 2015 (Kilo) installed it through `ovs-ofctl`, in OpenFlow 1.0.
import { BROADCAST_MAC, parseIpv4, parseMac } from './address.ts';
import { arpMatch, floodOutputs, GROUP_BIT, learnAction, TABLE, TUNNEL_TABLE } from './br-tun-flows.ts';
import { DEFAULT_PRIORITY, dlVlan, exact, flow, type Action, type Flow, type Subfield } from './flow.ts';
import { isTunnelType, PATCH_OFPORT, type Agent, type LocalVlan, type Mode } from './overlay.ts';

const resubmit = (table: number): Action => ({ kind: 'resubmit', table });

const whole = (header: string, field: Subfield['field'], bits: number): Subfield => ({ field, header, from: 0, bits });

const arpOp = whole('NXM_OF_ARP_OP', 'arp_op', 16);
const sha = whole('NXM_NX_ARP_SHA', 'arp_sha', 48);
const tha = whole('NXM_NX_ARP_THA', 'arp_tha', 48);
const spa = whole('NXM_OF_ARP_SPA', 'arp_spa', 32);
const tpa = whole('NXM_OF_ARP_TPA', 'arp_tpa', 32);
const ethSrc = whole('NXM_OF_ETH_SRC', 'dl_src', 48);
const ethDst = whole('NXM_OF_ETH_DST', 'dl_dst', 48);

/** ARP_RESPONDER_ACTIONS of 2015: the Ethernet header first. */
const arpReply = (mac: bigint, ip: bigint): Action[] => [
  { kind: 'move', source: ethSrc, target: ethDst },
  { kind: 'set', field: 'dl_src', value: mac },
  { kind: 'load', value: 2n, target: arpOp },
  { kind: 'move', source: sha, target: tha },
  { kind: 'move', source: spa, target: tpa },
  { kind: 'load', value: mac, target: sha },
  { kind: 'load', value: ip, target: spa },
  { kind: 'in_port' },
];

/** Kilo knew no Geneve and had one learn flow. */
const baseFlows = (mode: Mode): Flow[] => {
  const responder = mode === 'l2pop-arp';
  const group = (value: bigint) => ({ field: 'dl_dst', value, mask: GROUP_BIT }) as const;
  return [
    flow(TABLE.classify, 1, [exact('in_port', PATCH_OFPORT)], [resubmit(TABLE.fromPatch)]),
    flow(TABLE.classify, 0, [], []),
    ...(responder ? [flow(TABLE.fromPatch, 1, [arpMatch, exact('dl_dst', BROADCAST_MAC)], [resubmit(TABLE.arp)])] : []),
    flow(TABLE.fromPatch, 0, [group(0n)], [resubmit(TABLE.unicast)]),
    flow(TABLE.fromPatch, 0, [group(GROUP_BIT)], [resubmit(TABLE.flood)]),
    flow(TUNNEL_TABLE.gre, 0, [], []),
    flow(TUNNEL_TABLE.vxlan, 0, [], []),
    flow(TABLE.learn, 1, [], [learnAction('NXM_OF_IN_PORT'), { kind: 'output', port: PATCH_OFPORT }]),
    flow(TABLE.unicast, 0, [], [resubmit(TABLE.flood)]),
    ...(responder ? [flow(TABLE.arp, 0, [], [resubmit(TABLE.flood)])] : []),
    flow(TABLE.flood, 0, [], []),
  ];
};

const networkFlows = (local: LocalVlan): Flow[] => {
  const { networkType, segmentationId } = local.segment;
  if (!isTunnelType(networkType)) return [];
  const tunId = BigInt(segmentationId ?? 0);
  const encapsulate: readonly Action[] = [{ kind: 'pop_vlan' }, { kind: 'set_tunnel', id: tunId }];
  const toTunnel = (port: number): Action[] => [...encapsulate, { kind: 'output', port }];
  return [
    flow(
      TUNNEL_TABLE[networkType],
      1,
      [exact('tun_id', tunId)],
      [{ kind: 'mod_vlan_vid', vlan: local.vlan }, resubmit(TABLE.learn)],
    ),
    ...[...local.unicast].map(([mac, port]) =>
      flow(TABLE.unicast, 2, [dlVlan(local.vlan), exact('dl_dst', parseMac(mac) ?? 0n)], toTunnel(port)),
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
      : [
          flow(TABLE.flood, DEFAULT_PRIORITY, [dlVlan(local.vlan)], [...encapsulate, ...floodOutputs(local.floodFlow)]),
        ]),
  ];
};

/** All flows of br-tun on one host in the 2015 form, without what table 10 has learned. */
export const brTunFlowsClassic = (agent: Agent, mode: Mode): Flow[] => [
  ...baseFlows(mode),
  ...[...agent.tunnels].flatMap(([type, remotes]) =>
    [...remotes.values()].map((ofport) =>
      flow(TABLE.classify, 1, [exact('in_port', ofport)], [resubmit(TUNNEL_TABLE[type])]),
    ),
  ),
  ...[...agent.vlans.values()].flatMap(networkFlows),
];
