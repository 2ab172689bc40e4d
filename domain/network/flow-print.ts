// Prints flows exactly as `ovs-ofctl --no-stats dump-flows` does, in OpenFlow 1.3 and in 1.0.
import { FIELDS, formatValue, fragmentWord, VLAN_PRESENT, type FieldName } from './fields.ts';
import {
  DEFAULT_PRIORITY,
  type Action,
  type Flow,
  type Learn,
  type LearnSpec,
  type Subfield,
  type Term,
} from './flow.ts';
import { PROTOCOLS } from './protocols.ts';

/** The protocol version of the dump: it decides how the same action is spelled. */
export type Dialect = 'OpenFlow10' | 'OpenFlow13';

/** Order of Open vSwitch's `match_format` (lib/match.c); the protocol word stands before all of them, the packet mark before it. */
const ORDER: readonly FieldName[] = [
  'tun_id', 'tun_src', 'tun_dst',
  'tun_tos', 'tun_ttl', 'metadata', 'in_port', 'vlan_tci', 'vlan_tci1', 'dl_src', 'dl_dst', 'dl_type', 'nw_src', 'nw_dst', 'ipv6_src',
  'ipv6_dst', 'arp_spa', 'arp_tpa', 'nw_proto', 'arp_op', 'arp_sha', 'arp_tha', 'nw_tos', 'nw_ecn', 'nw_ttl', 'nw_frag', 'tp_src', 'tp_dst',
  'icmp_type', 'icmp_code', 'nd_target', 'nd_sll', 'nd_tll',
]; // prettier-ignore

const hex4 = (value: bigint): string => `0x${value.toString(16).padStart(4, '0')}`;

const termText = ({ field, value, mask }: Term): string => {
  if (field === 'vlan_tci') {
    if (mask === 0x1fffn && (value & VLAN_PRESENT) !== 0n) return `dl_vlan=${value & 0xfffn}`;
    if (mask === 0xf000n && (value & VLAN_PRESENT) !== 0n) return `dl_vlan_pcp=${value >> 13n}`;
    return mask === null ? `vlan_tci=${hex4(value)}` : `vlan_tci=${hex4(value)}/${hex4(mask)}`;
  }
  if (field === 'nw_frag') return `nw_frag=${fragmentWord(value, mask)}`;
  if (field === 'dl_type') return `dl_type=${hex4(value)}`;
  return `${field}=${formatValue(field, value)}${mask === null ? '' : `/${formatValue(field, mask)}`}`;
};

/** The match part, e.g. `arp,in_port=2,arp_spa=10.0.0.4`; empty when the flow matches everything. */
export const printMatch = (match: readonly Term[]): string => {
  const exactly = (field: FieldName): bigint | null =>
    match.find((t) => t.field === field && t.mask === null)?.value ?? null;
  const type = exactly('dl_type');
  const proto = exactly('nw_proto');
  const word =
    PROTOCOLS.find((p) => p.dlType === type && p.nwProto !== null && p.nwProto === proto) ??
    PROTOCOLS.find((p) => p.dlType === type && p.nwProto === null);
  const implied = (t: Term): boolean =>
    word !== undefined && (t.field === 'dl_type' || (t.field === 'nw_proto' && word.nwProto !== null));
  const texts = (fields: readonly FieldName[]): string[] =>
    fields.flatMap((field) => match.filter((t) => t.field === field && !implied(t))).map(termText);
  return [...texts(['pkt_mark']), ...(word === undefined ? [] : [word.word]), ...texts(ORDER)].join(',');
};

const subfieldText = (s: Subfield): string => {
  if (s.from === 0 && s.bits === FIELDS[s.field].bits) return `${s.header}[]`;
  return s.bits === 1 ? `${s.header}[${s.from}]` : `${s.header}[${s.from}..${s.from + s.bits - 1}]`;
};

const loadValue = (value: bigint): string => (value === 0n ? '0' : `0x${value.toString(16)}`);

const specText = (spec: LearnSpec): string => {
  switch (spec.kind) {
    case 'match': {
      const target = subfieldText(spec.target);
      const source = subfieldText(spec.source);
      return target === source ? target : `${target}=${source}`;
    }
    case 'load':
      return `load:${typeof spec.value === 'bigint' ? loadValue(spec.value) : subfieldText(spec.value)}->${subfieldText(spec.target)}`;
    case 'output':
      return `output:${subfieldText(spec.source)}`;
  }
};

const learnText = (l: Learn): string => {
  const head = [
    `table=${l.table}`,
    ...(l.idleTimeoutS === 0 ? [] : [`idle_timeout=${l.idleTimeoutS}`]),
    ...(l.hardTimeoutS === 0 ? [] : [`hard_timeout=${l.hardTimeoutS}`]),
    ...(l.priority === DEFAULT_PRIORITY ? [] : [`priority=${l.priority}`]),
  ];
  return `learn(${[...head, ...l.specs.map(specText)].join(',')})`;
};

/** The name `set_field` uses where it differs from the name in a match. */
const SET_FIELD_NAME: Partial<Record<FieldName, string>> = { dl_src: 'eth_src', dl_dst: 'eth_dst' };

const setText = (field: FieldName, value: bigint, dialect: Dialect): string => {
  if (dialect === 'OpenFlow13') return `set_field:${formatValue(field, value)}->${SET_FIELD_NAME[field] ?? field}`;
  if (field === 'dl_src' || field === 'dl_dst') return `mod_${field}:${formatValue(field, value)}`;
  return `load:${loadValue(value)}->${FIELDS[field].nxm[0]}[]`;
};

/** One action's text; null where OpenFlow 1.0 has no word for it because the next action implies it (`push_vlan`). */
const actionText = (a: Action, dialect: Dialect): string | null => {
  const modern = dialect === 'OpenFlow13';
  switch (a.kind) {
    case 'output':
      return `output:${a.port}`;
    case 'in_port':
      return 'IN_PORT';
    case 'local':
      return 'LOCAL';
    case 'normal':
      return 'NORMAL';
    case 'goto':
      return modern ? `goto_table:${a.table}` : `resubmit(,${a.table})`;
    case 'resubmit':
      return `resubmit(,${a.table})`;
    case 'push_vlan':
      return modern ? 'push_vlan:0x8100' : null;
    case 'pop_vlan':
      return modern ? 'pop_vlan' : 'strip_vlan';
    case 'mod_vlan_vid':
      return `mod_vlan_vid:${a.vlan}`;
    case 'set_vlan_vid':
      return modern ? `set_field:${4096 + a.vlan}->vlan_vid` : `mod_vlan_vid:${a.vlan}`;
    case 'set_tunnel':
      return `set_tunnel:0x${a.id.toString(16)}`;
    case 'set':
      return setText(a.field, a.value, dialect);
    case 'load':
      return `load:${loadValue(a.value)}->${subfieldText(a.target)}`;
    case 'move':
      return `move:${subfieldText(a.source)}->${subfieldText(a.target)}`;
    case 'learn':
      return learnText(a);
  }
};

/** The action list; `drop` for the empty one. */
export const printActions = (actions: readonly Action[], dialect: Dialect): string =>
  actions.length === 0
    ? 'drop'
    : actions
        .map((a) => actionText(a, dialect))
        .filter((t) => t !== null)
        .join(',');

/** One line of `ovs-ofctl --no-stats dump-flows` (ofputil_flow_stats_format), without the leading blank. */
export const printFlow = (f: Flow, dialect: Dialect): string => {
  const lead = [
    ...(f.cookie === 0n ? [] : [`cookie=0x${f.cookie.toString(16)}, `]),
    ...(f.table === 0 ? [] : [`table=${f.table}, `]),
    ...(f.idleTimeoutS === 0 ? [] : [`idle_timeout=${f.idleTimeoutS}, `]),
    ...(f.hardTimeoutS === 0 ? [] : [`hard_timeout=${f.hardTimeoutS}, `]),
  ].join('');
  const match = printMatch(f.match);
  const rule = [
    ...(f.priority === DEFAULT_PRIORITY ? [] : [`priority=${f.priority}`]),
    ...(match === '' ? [] : [match]),
  ].join(',');
  return `${lead}${rule}${rule === '' ? '' : ' '}actions=${printActions(f.actions, dialect)}`;
};

/** All flows of a bridge, table by table, highest priority first, then by text. */
export const printFlows = (flows: readonly Flow[], dialect: Dialect): string[] =>
  flows
    .map((f) => ({ f, text: printFlow(f, dialect) }))
    .sort((a, b) => a.f.table - b.f.table || b.f.priority - a.f.priority || (a.text < b.text ? -1 : 1))
    .map((x) => x.text);
