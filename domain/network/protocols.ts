// The protocol words of Open vSwitch: `arp` in a match stands for an Ethernet type, `icmp6` for a type and an IP protocol.

export type Protocol = { readonly word: string; readonly dlType: bigint; readonly nwProto: bigint | null };

export const ETH_IPV4 = 0x0800n;
export const ETH_ARP = 0x0806n;
export const ETH_RARP = 0x8035n;
export const ETH_IPV6 = 0x86ddn;

const IP_PROTOCOLS = [
  ['icmp', 1n],
  ['tcp', 6n],
  ['udp', 17n],
  ['sctp', 132n],
] as const;

export const PROTOCOLS: readonly Protocol[] = [
  { word: 'ip', dlType: ETH_IPV4, nwProto: null },
  { word: 'ipv6', dlType: ETH_IPV6, nwProto: null },
  { word: 'arp', dlType: ETH_ARP, nwProto: null },
  { word: 'rarp', dlType: ETH_RARP, nwProto: null },
  ...IP_PROTOCOLS.map(([word, nwProto]) => ({ word, dlType: ETH_IPV4, nwProto })),
  ...IP_PROTOCOLS.map(([word, nwProto]) => ({
    word: `${word}6`,
    dlType: ETH_IPV6,
    nwProto: word === 'icmp' ? 58n : nwProto,
  })),
];

/** Null for a word Open vSwitch does not use. */
export const protocolNamed = (word: string): Protocol | null => PROTOCOLS.find((p) => p.word === word) ?? null;
