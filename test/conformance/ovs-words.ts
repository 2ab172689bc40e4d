// The words of `ofproto/trace`: headers a packet left with that it did not come with, and the rule a look-up hit.
import { formatValue } from '../../domain/network/fields.ts';
import type { Packet } from '../../domain/network/packet.ts';
import type { TraceStep } from '../../domain/network/translate.ts';

const HEADERS = {
  'eth.src': 'dl_src',
  'eth.dst': 'dl_dst',
  'arp.sip': 'arp_spa',
  'arp.tip': 'arp_tpa',
  'arp.op': 'arp_op',
  'arp.sha': 'arp_sha',
  'arp.tha': 'arp_tha',
} as const satisfies Record<string, keyof Packet>;

/** Headers that differ, as `arp.op=2`, sorted. */
export const rewritesOf = (before: Packet, after: Packet): string[] =>
  Object.entries(HEADERS)
    .filter(([, f]) => before[f] !== after[f])
    .map(([name, f]) => `${name}=${formatValue(f, after[f])}`)
    .sort();

/** Follows `set(eth(...))` and `set(arp(...))` of a datapath action list; `current` is what differs from the probe so far. */
export const trackRewrites = (probe: Packet): { apply: (action: string) => void; current: () => string[] } => {
  const now = new Map<string, string>();
  const differs = ([name, value]: readonly [string, string]): boolean => {
    const field = HEADERS[name as keyof typeof HEADERS];
    return field === undefined || formatValue(field, probe[field]) !== value;
  };
  return {
    apply: (action) => {
      const set = /^set\((eth|arp)\((.*)\)\)$/.exec(action);
      for (const item of set?.[2]?.split(',') ?? []) {
        const [name = '', value = ''] = item.split('=');
        now.set(`${set?.[1]}.${name}`, value);
      }
    },
    current: () => [...now].filter(differs).map(([name, value]) => `${name}=${value}`).sort(), // prettier-ignore
  };
};

/** `br-tun 20 dl_vlan=1,dl_dst=fa:16:3e:00:00:01, priority 2`, or `... No match.`: one look-up as the trace writes it. */
export const lookupText = ({ bridge, table, match, priority }: TraceStep): string => {
  if (priority === null) return `${bridge} ${table} ${match}`;
  return `${bridge} ${table} ${match}${match === '' ? '' : ', '}priority ${priority}`;
};
