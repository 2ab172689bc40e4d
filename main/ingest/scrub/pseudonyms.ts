// Stand-ins for names, ids and addresses: the same one for the same original under one seed, another under another.
import { createHmac } from 'node:crypto';
import { isPlainWord } from './plain-words.ts';

/** Words that are OpenStack's and nobody's own: ids and paths are built with them, and views look for them. */
const KEPT = new Set(
  (
    'main vxlan gre geneve vlan flat local evacuation live-migration migration resize rebuild masakari port dev var lib ' +
    'nova instances mnt cluster host vm volume pool storage_node network tunnel flavor server_group roster IPMI'
  ).split(' '),
);

const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const TIME = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?Z?';
const MAC = '(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}';
const IPV4 = '(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w.]*\\w)';
const IPV6 = '(?:[0-9a-fA-F]{0,4}:){2,7}(?:(?:\\d{1,3}\\.){3}\\d{1,3}|[0-9a-fA-F]{0,4})'; // `::ffff:10.0.0.3`, too
const WORD = '[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_]';
const TOKEN = new RegExp(`(${TIME})|(${UUID})|(${MAC})|(${IPV4})|(${IPV6})|(${WORD})`, 'gu');

/** An address as an action loads it: `load:0xa00000b->NXM_OF_ARP_SPA[]`. */
const LOADED = /load:0x([0-9a-f]{1,12})->(NXM_(?:NX_ARP_[ST]HA|OF_ETH_(?:SRC|DST)|OF_ARP_[ST]PA))(?=\[\])/g;
const ADDRESS = new RegExp(`(${MAC})|(?<![\\d.])(${IPV4})|(?<=[=,(])${IPV6}(?=[,/ )]|$)`, 'g');
const macOfHex = (digits: string): string => digits.padStart(12, '0').replace(/(..)(?!$)/g, '$1:');
const ipOfHex = (digits: string): string =>
  (digits.padStart(8, '0').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');
const hexOfIp = (ip: string): string =>
  ip
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'))
    .join('')
    .replace(/^0+(?=.)/, '');

export interface Pseudonyms {
  /** Replaces every word of a name, an id or an address. */
  readonly name: (text: string) => string;
  /** Replaces ids, addresses, words that `name` has met, and every word that is no plain one of the sentence. */
  readonly sentence: (text: string) => string;
  /** Replaces the addresses in an entry of a flow table, also where an action loads them as a number. */
  readonly flow: (text: string) => string;
  /** As many hex digits as a digest of something, which it stands for. */
  readonly digest: (text: string, digits: number) => string;
}

export const pseudonymsOf = (seed: string): Pseudonyms => {
  const met = new Map<string, string>();
  const hex = (purpose: string, text: string): string =>
    createHmac('sha256', seed).update(`${purpose}/${text}`).digest('hex');
  const remembered =
    (make: (text: string) => string) =>
    (text: string): string => {
      const known = met.get(text);
      if (known !== undefined) return known;
      const made = make(text);
      met.set(text, made);
      return made;
    };
  /**
   * An address whose prefixes are those of the original, bit by bit: what shared a subnet of any size still does
   * (Xu, Fan, Ammar and Moon: Prefix-preserving IP address anonymization, ICNP 2002).
   */
  const bits = (value: bigint, length: number): bigint => {
    let made = 0n;
    for (let i = length - 1; i >= 0; i--) {
      const prefix = value >> BigInt(i + 1);
      const flip = BigInt(Number.parseInt(hex(`ip${length}/${i}`, prefix.toString(16))[0] ?? '0', 16) & 1);
      made = (made << 1n) | (((value >> BigInt(i)) & 1n) ^ flip);
    }
    return made;
  };
  const ipv4 = remembered((text) => {
    const octets = text.split('.').map(Number);
    if (octets.some((octet) => octet > 255)) return word(text);
    const made = bits(
      octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n),
      32,
    );
    return [24n, 16n, 8n, 0n].map((shift) => String((made >> shift) & 255n)).join('.');
  });
  const ipv6 = remembered((whole) => {
    const text = whole.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
      [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)]
        .map((group) => (group & 0xffff).toString(16))
        .join(':'),
    );
    const [head = '', tail] = text.split('::', 2);
    const [left, right] = [head, tail ?? ''].map((half) => half.split(':').filter((group) => group !== ''));
    const zeros = Array.from({ length: Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0)) }, () => '0');
    const groups = [...(left ?? []), ...zeros, ...(right ?? [])];
    const made = bits(
      groups.reduce((sum, group) => (sum << 16n) | BigInt(Number.parseInt(group, 16)), 0n),
      128,
    );
    return groups.map((_, i) => ((made >> BigInt(16 * (7 - i))) & 0xffffn).toString(16)).join(':');
  });
  const uuid = remembered((text) => {
    const h = hex('uuid', text.toLowerCase());
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20, 32)].join('-');
  });
  // The vendor's half says what kind of card it is, not whose.
  const mac = remembered((text) => {
    const h = hex('mac', text.toLowerCase());
    return `${text.slice(0, 8).toLowerCase()}:${h.slice(0, 2)}:${h.slice(2, 4)}:${h.slice(4, 6)}`;
  });
  const word = remembered((text) => `x${BigInt(`0x${hex('word', text).slice(0, 15)}`).toString(36)}`);

  const replaced = (text: string, words: (text: string) => string): string =>
    text.replace(TOKEN, (whole, time, id, card, four, six) => {
      if (time !== undefined) return whole;
      if (id !== undefined) return uuid(whole);
      if (card !== undefined) return mac(whole);
      if (four !== undefined) return ipv4(whole);
      if (six !== undefined) return /[0-9a-f]/i.test(whole) ? ipv6(whole) : whole;
      return KEPT.has(whole) ? whole : words(whole);
    });
  return {
    name: (text) => replaced(text, word),
    sentence: (text) => replaced(text, (each) => met.get(each) ?? (isPlainWord(each) ? each : word(each))),
    flow: (text) =>
      text
        .replace(LOADED, (_, digits: string, field: string) => {
          if (field.endsWith('SPA') || field.endsWith('TPA'))
            return `load:0x${hexOfIp(ipv4(ipOfHex(digits)))}->${field}`;
          return `load:0x${mac(macOfHex(digits)).replaceAll(':', '').replace(/^0+/, '')}->${field}`;
        })
        .replace(ADDRESS, (whole, card, four) =>
          card !== undefined ? mac(whole) : four !== undefined ? ipv4(whole) : ipv6(whole),
        ),
    digest: (text, digits) => hex('digest', text).slice(0, digits),
  };
};
