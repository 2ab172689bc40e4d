// Reads the match part of a flow, and the same words where they describe a packet.
import { err, ok, type Result } from '../base/result.ts';
import { FIELDS, FRAGMENT_WORDS, parseValue, VLAN_PRESENT, type FieldName } from './fields.ts';
import type { Term } from './flow.ts';
import { protocolNamed } from './protocols.ts';

/** Other spellings of the same field that Open vSwitch accepts. */
const ALIASES: Readonly<Record<string, FieldName>> = {
  eth_src: 'dl_src',
  eth_dst: 'dl_dst',
  eth_type: 'dl_type',
  ip_src: 'nw_src',
  ip_dst: 'nw_dst',
  ip_proto: 'nw_proto',
  ip_frag: 'nw_frag',
  tunnel_id: 'tun_id',
  tcp_src: 'tp_src',
  tcp_dst: 'tp_dst',
  udp_src: 'tp_src',
  udp_dst: 'tp_dst',
  sctp_src: 'tp_src',
  sctp_dst: 'tp_dst',
  icmpv6_type: 'icmp_type',
  icmpv6_code: 'icmp_code',
};

/** The field behind a name or one of its other spellings; null when unknown. */
export const fieldNamed = (name: string): FieldName | null =>
  ALIASES[name] ?? (Object.hasOwn(FIELDS, name) ? (name as FieldName) : null);

const decimal = (text: string): bigint | null => (/^\d+$/.test(text) ? BigInt(text) : null);

const vlanTerm = (name: string, text: string): Term | null => {
  const value = decimal(text);
  if (value === null) return null;
  if (name === 'dl_vlan_pcp' || name === 'vlan_pcp')
    return value > 7n ? null : { field: 'vlan_tci', value: VLAN_PRESENT | (value << 13n), mask: 0xf000n };
  if (name === 'vlan_vid') return value > 0x1fffn ? null : { field: 'vlan_tci', value, mask: 0x1fffn };
  if (value === 0xffffn) return { field: 'vlan_tci', value: 0n, mask: null }; // OpenFlow 1.0: "no tag"
  return value > 4095n ? null : { field: 'vlan_tci', value: VLAN_PRESENT | value, mask: 0x1fffn };
};

/** The terms of one item such as `arp`, `dl_vlan=3` or `dl_dst=01:00:00:00:00:00/01:00:00:00:00:00`.
 * Error: a sentence that names the field or the value. */
export const parseTerm = (item: string): Result<readonly Term[], string> => {
  const at = item.indexOf('=');
  if (at < 0) {
    const protocol = protocolNamed(item);
    if (protocol === null) return err(`unknown match field "${item}"`);
    const type: Term = { field: 'dl_type', value: protocol.dlType, mask: null };
    return ok(protocol.nwProto === null ? [type] : [type, { field: 'nw_proto', value: protocol.nwProto, mask: null }]);
  }
  const name = item.slice(0, at);
  const text = item.slice(at + 1);
  if (['dl_vlan', 'dl_vlan_pcp', 'vlan_pcp', 'vlan_vid'].includes(name)) {
    const term = vlanTerm(name, text);
    return term === null ? err(`"${text}" is no value of ${name}`) : ok([term]);
  }
  const field = fieldNamed(name);
  if (field === null) return err(`unknown match field "${name}"`);
  const fragment = field === 'nw_frag' ? FRAGMENT_WORDS[text] : undefined;
  if (fragment !== undefined) return ok([{ field, ...fragment }]);
  const [valueText = '', maskText] = text.split('/');
  const value = parseValue(field, valueText);
  const mask = maskText === undefined ? null : parseMask(field, maskText);
  if (value === null || (maskText !== undefined && mask === null)) return err(`"${text}" is no value of ${name}`);
  return ok([{ field, value: mask === null ? value : value & mask, mask }]);
};

/** A mask as written: in the field's notation, or a prefix length for IPv4 and IPv6. */
const parseMask = (field: FieldName, text: string): bigint | null => {
  const { notation, bits } = FIELDS[field];
  const prefix = notation === 'ipv4' || notation === 'ipv6' ? decimal(text) : null;
  if (prefix === null) return parseValue(field, text);
  const width = BigInt(bits);
  return prefix > width ? null : ((1n << prefix) - 1n) << (width - prefix);
};

/** All terms of a list of items, in the order written. */
export const parseTerms = (items: readonly string[]): Result<readonly Term[], string> => {
  const terms: Term[] = [];
  for (const item of items) {
    const parsed = parseTerm(item);
    if (!parsed.ok) return parsed;
    terms.push(...parsed.value);
  }
  return ok(terms);
};
