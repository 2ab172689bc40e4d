// A packet as Open vSwitch's flow key sees it, and its description in the words of `ofproto/trace`.
import { err, ok, type Result } from '../base/result.ts';
import { allOnes, FIELD_NAMES, formatValue, VLAN_PRESENT, type FieldName } from './fields.ts';
import { parseTerms } from './match-parse.ts';
import { ETH_ARP, ETH_IPV4, ETH_IPV6, ETH_RARP, PROTOCOLS } from './protocols.ts';
import { splitList } from './split-list.ts';

/** Every field, 0 where the packet has none; `vlan_tci` 0 means untagged, `in_port` and `tun_*` are where it came from. */
export type Packet = Readonly<Record<FieldName, bigint>>;

/** No header, no tag, from nowhere. */
export const EMPTY_PACKET: Packet = Object.fromEntries(FIELD_NAMES.map((f) => [f, 0n])) as Packet;

/** The packet with some fields changed. */
export const withFields = (packet: Packet, change: Partial<Packet>): Packet => ({ ...packet, ...change });

/** Priority (PCP) inside `vlan_tci`. */
export const PRIORITY_BITS = 0xe000n;

/** VLAN id of a tagged packet; null when untagged. */
export const vlanOf = (packet: Packet): number | null =>
  (packet.vlan_tci & VLAN_PRESENT) === 0n ? null : Number(packet.vlan_tci & 0xfffn);

/** The packet tagged with this VLAN id (keeping its priority bits), or untagged for null. */
export const withVlan = (packet: Packet, vlan: number | null): Packet =>
  withFields(packet, {
    vlan_tci: vlan === null ? 0n : (packet.vlan_tci & PRIORITY_BITS) | VLAN_PRESENT | BigInt(vlan),
  });

/** Another tag on top of what the packet has; its VLAN id is still 0. */
export const pushVlan = (packet: Packet): Packet =>
  withFields(packet, { vlan_tci: VLAN_PRESENT, vlan_tci1: packet.vlan_tci });

/** The outermost tag removed. */
export const popVlan = (packet: Packet): Packet => withFields(packet, { vlan_tci: packet.vlan_tci1, vlan_tci1: 0n });

const OPTIONAL_HEADER: Partial<Record<FieldName, readonly bigint[]>> = {
  nw_src: [ETH_IPV4],
  nw_dst: [ETH_IPV4],
  nw_frag: [ETH_IPV4, ETH_IPV6],
  ipv6_src: [ETH_IPV6],
  ipv6_dst: [ETH_IPV6],
  arp_op: [ETH_ARP, ETH_RARP],
  arp_spa: [ETH_ARP, ETH_RARP],
  arp_tpa: [ETH_ARP, ETH_RARP],
  arp_sha: [ETH_ARP, ETH_RARP],
  arp_tha: [ETH_ARP, ETH_RARP],
};

/** Reads e.g. `icmp,in_port=2,dl_src=fa:16:3e:00:00:01,dl_dst=...,nw_src=10.0.0.4,nw_dst=10.0.0.5`.
 * Error: a sentence naming the word, a masked value, or a field the packet's type cannot have. */
export const parsePacket = (spec: string): Result<Packet, string> => {
  const terms = parseTerms(splitList(spec));
  if (!terms.ok) return terms;
  if (terms.value.length === 0) return err('it says nothing');
  const packet: Record<FieldName, bigint> = { ...EMPTY_PACKET };
  for (const { field, value, mask } of terms.value) {
    if (field === 'vlan_tci') packet.vlan_tci |= value;
    else if (mask !== null && mask !== allOnes(field)) return err(`a packet has one ${field}, not a range of them`);
    else packet[field] = value;
  }
  for (const [field, types] of Object.entries(OPTIONAL_HEADER) as [FieldName, readonly bigint[]][]) {
    if (packet[field] !== 0n && !types.includes(packet.dl_type)) {
      return err(`${field} is given, but the packet's type 0x${packet.dl_type.toString(16)} has no such field`);
    }
  }
  return ok(packet);
};

/** One line for people: protocol, addresses and what matters of the payload. */
export const describePacket = (packet: Packet): string => {
  const word =
    PROTOCOLS.find((p) => p.dlType === packet.dl_type && p.nwProto === packet.nw_proto)?.word ??
    PROTOCOLS.find((p) => p.dlType === packet.dl_type && p.nwProto === null)?.word ??
    `dl_type=${formatValue('dl_type', packet.dl_type)}`;
  const shown: readonly FieldName[] =
    packet.dl_type === ETH_ARP
      ? ['arp_op', 'arp_spa', 'arp_tpa']
      : packet.dl_type === ETH_IPV4
        ? ['nw_src', 'nw_dst']
        : packet.dl_type === ETH_IPV6
          ? ['ipv6_src', 'ipv6_dst']
          : [];
  const vlan = vlanOf(packet);
  return [
    word,
    ...(vlan === null ? [] : [`dl_vlan=${vlan}`]),
    ...(['dl_src', 'dl_dst', ...shown] as const).map((f) => `${f}=${formatValue(f, packet[f])}`),
  ].join(',');
};
