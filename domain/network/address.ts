// Ethernet and IP addresses as text and as integers, written the way Open vSwitch writes them.

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** 48-bit integer of `fa:16:3e:00:00:01`; null when the text is no MAC address. */
export const parseMac = (text: string): bigint | null =>
  MAC.test(text) ? BigInt(`0x${text.replaceAll(':', '')}`) : null;

/** Lower-case text with colons. */
export const formatMac = (value: bigint): string =>
  value
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?!$)/g, '$&:');

/** 32-bit integer of a dotted quad; null when the text is none. */
export const parseIpv4 = (text: string): bigint | null => {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) return null;
  return parts.reduce((sum, p) => (sum << 8n) | BigInt(p), 0n);
};

/** Dotted quad. */
export const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join('.');

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));

/** 128-bit integer of an IPv6 address in text (one `::` allowed, no zone, no embedded IPv4); null when it is none. */
export const parseIpv6 = (text: string): bigint | null => {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return null;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (all.some((g) => !/^[0-9a-f]{1,4}$/i.test(g))) return null;
  return all.reduce((sum, g) => (sum << 16n) | BigInt(`0x${g}`), 0n);
};

/** Canonical text (RFC 5952): lower case, the longest run of two or more zero groups as `::`. */
export const formatIpv6 = (value: bigint): string => {
  const parts = Array.from({ length: 8 }, (_, i) => (value >> BigInt(112 - 16 * i)) & 0xffffn);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && parts[at + length] === 0n) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (list: readonly bigint[]): string => list.map((g) => g.toString(16)).join(':');
  if (best.at < 0) return text(parts);
  return `${text(parts.slice(0, best.at))}::${text(parts.slice(best.at + best.length))}`;
};

/** Tells the two families apart in text already known to be an address. */
export const isIpv6 = (text: string): boolean => text.includes(':');

/** The link-local address a guest derives from its MAC (modified EUI-64, RFC 4291 app. A), as Neutron's agent computes it. */
export const linkLocalOf = (mac: string): string => {
  const value = parseMac(mac) ?? 0n;
  const high = (value >> 24n) ^ 0x020000n;
  const low = value & 0xffffffn;
  return formatIpv6((0xfe80n << 112n) | (high << 40n) | (0xfffen << 24n) | low);
};

/** Broadcast or multicast: the group bit of the first octet. */
export const isGroupMac = (mac: bigint): boolean => ((mac >> 40n) & 1n) === 1n;

export const BROADCAST_MAC = 0xffffffffffffn;
