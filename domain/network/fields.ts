// The packet header fields a flow can match or set: one table, read by the parser, the printer and the tracer.
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from './address.ts';

/** How a value is written: as a MAC, an address, a number in base 10 or 16, or one of `FRAGMENT_WORDS`. */
type Notation = 'mac' | 'ipv4' | 'ipv6' | 'decimal' | 'hex' | 'fragment';

type FieldSpec = { readonly bits: number; readonly notation: Notation; readonly nxm: readonly string[] };

/** Names as `ovs-ofctl` prints them in a match; `nxm` are the names used inside actions. `vlan_tci` is 0 for an untagged
 * frame, otherwise 0x1000 | VLAN id | priority << 13, as Open vSwitch keeps it; `vlan_tci1` is the tag under it. */
export const FIELDS = {
  in_port: { bits: 16, notation: 'decimal', nxm: ['NXM_OF_IN_PORT', 'OXM_OF_IN_PORT'] },
  tun_id: { bits: 64, notation: 'hex', nxm: ['NXM_NX_TUN_ID', 'OXM_OF_TUNNEL_ID'] },
  tun_src: { bits: 32, notation: 'ipv4', nxm: ['NXM_NX_TUN_IPV4_SRC'] },
  tun_dst: { bits: 32, notation: 'ipv4', nxm: ['NXM_NX_TUN_IPV4_DST'] },
  tun_tos: { bits: 8, notation: 'decimal', nxm: ['NXM_NX_TUN_TOS'] },
  tun_ttl: { bits: 8, notation: 'decimal', nxm: ['NXM_NX_TUN_TTL'] },
  pkt_mark: { bits: 32, notation: 'hex', nxm: ['NXM_NX_PKT_MARK'] },
  metadata: { bits: 64, notation: 'hex', nxm: ['OXM_OF_METADATA'] },
  dl_src: { bits: 48, notation: 'mac', nxm: ['NXM_OF_ETH_SRC', 'OXM_OF_ETH_SRC'] },
  dl_dst: { bits: 48, notation: 'mac', nxm: ['NXM_OF_ETH_DST', 'OXM_OF_ETH_DST'] },
  dl_type: { bits: 16, notation: 'hex', nxm: ['NXM_OF_ETH_TYPE', 'OXM_OF_ETH_TYPE'] },
  vlan_tci: { bits: 16, notation: 'hex', nxm: ['NXM_OF_VLAN_TCI'] },
  vlan_tci1: { bits: 16, notation: 'hex', nxm: [] },
  nw_src: { bits: 32, notation: 'ipv4', nxm: ['NXM_OF_IP_SRC', 'OXM_OF_IPV4_SRC'] },
  nw_dst: { bits: 32, notation: 'ipv4', nxm: ['NXM_OF_IP_DST', 'OXM_OF_IPV4_DST'] },
  nw_proto: { bits: 8, notation: 'decimal', nxm: ['NXM_OF_IP_PROTO', 'OXM_OF_IP_PROTO'] },
  nw_tos: { bits: 8, notation: 'decimal', nxm: ['NXM_OF_IP_TOS'] },
  nw_ecn: { bits: 2, notation: 'decimal', nxm: ['NXM_NX_IP_ECN', 'OXM_OF_IP_ECN'] },
  nw_ttl: { bits: 8, notation: 'decimal', nxm: ['NXM_NX_IP_TTL'] },
  nw_frag: { bits: 2, notation: 'fragment', nxm: ['NXM_NX_IP_FRAG'] },
  ipv6_src: { bits: 128, notation: 'ipv6', nxm: ['NXM_NX_IPV6_SRC', 'OXM_OF_IPV6_SRC'] },
  ipv6_dst: { bits: 128, notation: 'ipv6', nxm: ['NXM_NX_IPV6_DST', 'OXM_OF_IPV6_DST'] },
  tp_src: { bits: 16, notation: 'decimal', nxm: ['NXM_OF_TCP_SRC', 'NXM_OF_UDP_SRC'] },
  tp_dst: { bits: 16, notation: 'decimal', nxm: ['NXM_OF_TCP_DST', 'NXM_OF_UDP_DST'] },
  icmp_type: { bits: 8, notation: 'decimal', nxm: ['NXM_OF_ICMP_TYPE', 'NXM_NX_ICMPV6_TYPE'] },
  icmp_code: { bits: 8, notation: 'decimal', nxm: ['NXM_OF_ICMP_CODE', 'NXM_NX_ICMPV6_CODE'] },
  arp_op: { bits: 16, notation: 'decimal', nxm: ['NXM_OF_ARP_OP', 'OXM_OF_ARP_OP'] },
  arp_spa: { bits: 32, notation: 'ipv4', nxm: ['NXM_OF_ARP_SPA', 'OXM_OF_ARP_SPA'] },
  arp_tpa: { bits: 32, notation: 'ipv4', nxm: ['NXM_OF_ARP_TPA', 'OXM_OF_ARP_TPA'] },
  arp_sha: { bits: 48, notation: 'mac', nxm: ['NXM_NX_ARP_SHA', 'OXM_OF_ARP_SHA'] },
  arp_tha: { bits: 48, notation: 'mac', nxm: ['NXM_NX_ARP_THA', 'OXM_OF_ARP_THA'] },
  nd_target: { bits: 128, notation: 'ipv6', nxm: ['NXM_NX_ND_TARGET'] },
  nd_sll: { bits: 48, notation: 'mac', nxm: ['NXM_NX_ND_SLL'] },
  nd_tll: { bits: 48, notation: 'mac', nxm: ['NXM_NX_ND_TLL'] },
} as const satisfies Record<string, FieldSpec>;

export type FieldName = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** Bits of `nw_frag` and the part of them a word speaks of (null: both): 1 is any fragment, 2 any but the first. */
export const FRAGMENT_WORDS: Readonly<Record<string, { readonly value: bigint; readonly mask: bigint | null }>> = {
  no: { value: 0n, mask: null },
  first: { value: 1n, mask: null },
  later: { value: 3n, mask: null },
  yes: { value: 1n, mask: 1n },
  not_later: { value: 0n, mask: 2n },
};

/** The word for a value under a mask; a number where Open vSwitch has no word. */
export const fragmentWord = (value: bigint, mask: bigint | null): string =>
  Object.entries(FRAGMENT_WORDS).find(([, w]) => w.value === value && w.mask === mask)?.[0] ?? value.toString();

/** VLAN present bit (CFI) inside `vlan_tci`. */
export const VLAN_PRESENT = 0x1000n;

/** The mask that covers the whole field. */
export const allOnes = (field: FieldName): bigint => (1n << BigInt(FIELDS[field].bits)) - 1n;

/** The field behind a name used inside an action, e.g. `NXM_OF_ETH_SRC`; null when unknown. */
export const fieldOfNxm = (name: string): FieldName | null =>
  FIELD_NAMES.find((f) => (FIELDS[f].nxm as readonly string[]).includes(name)) ?? null;

/** OpenFlow's name for a bridge's own port. */
const LOCAL = 65534n;

const number = (text: string): bigint | null => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : null);

const readers: Readonly<Record<Notation, (text: string) => bigint | null>> = {
  mac: parseMac,
  ipv4: parseIpv4,
  ipv6: parseIpv6,
  decimal: number,
  hex: number,
  fragment: (text) => FRAGMENT_WORDS[text]?.value ?? null,
};

/** The integer behind a value as written for this field; null when the text does not fit it. */
export const parseValue = (field: FieldName, text: string): bigint | null => {
  const { notation } = FIELDS[field];
  if (field === 'in_port' && text === 'LOCAL') return LOCAL;
  const value = readers[notation](text);
  return value === null || value > allOnes(field) ? null : value;
};

/** The value as `ovs-ofctl` writes it for this field. */
export const formatValue = (field: FieldName, value: bigint): string => {
  if (field === 'in_port' && value === LOCAL) return 'LOCAL';
  switch (FIELDS[field].notation) {
    case 'mac':
      return formatMac(value);
    case 'ipv4':
      return formatIpv4(value);
    case 'ipv6':
      return formatIpv6(value);
    case 'hex':
      return `0x${value.toString(16)}`;
    case 'decimal':
      return value.toString();
    case 'fragment':
      return fragmentWord(value, null);
  }
};
