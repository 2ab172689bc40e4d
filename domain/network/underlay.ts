// The physical network under the tunnels: what an encapsulated packet needs to get from one VTEP to another.
import type { Overlay, TunnelType } from './overlay.ts';

/** IANA's VXLAN port, Open vSwitch's and Neutron's default. */
export const VXLAN_PORT = 4789;

/** What a Linux kernel takes when no `dstport` is given (measured). */
export const VXLAN_PORT_LINUX = 8472;

/** Ethernet's usual MTU: bytes of the outer IP packet. */
export const DEFAULT_UNDERLAY_MTU = 1500;

/** Bytes from the inner IP packet to the outer IP packet over IPv4: inner Ethernet 14, tunnel header, UDP, IP 20 (network.md §7). */
export const ENCAPSULATION_BYTES: Readonly<Record<TunnelType, number>> = { vxlan: 50, gre: 42, geneve: 50 };

export type Underlay = {
  /** Hosts without power: nothing leaves them, nothing arrives, by tunnel or by VLAN. */
  readonly off: ReadonlySet<string>;
  /** Hosts whose VTEP does not answer; their VLANs still do. */
  readonly down: ReadonlySet<string>;
  /** Pairs of hosts, `a|b` in alphabetical order, whose packets do not reach each other. */
  readonly cut: ReadonlySet<string>;
  /** Outer MTU in bytes where it is not the default. */
  readonly mtuBytes: ReadonlyMap<string, number>;
  /** UDP port a host sends VXLAN to and listens on, where it is not the default. */
  readonly vxlanPort: ReadonlyMap<string, number>;
};

export const SOUND_UNDERLAY: Underlay = {
  off: new Set(),
  down: new Set(),
  cut: new Set(),
  mtuBytes: new Map(),
  vxlanPort: new Map(),
};

/** Key of an unordered pair of hosts. */
export const pairOf = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);

/** Outer MTU of a host in bytes. */
export const mtuOf = (underlay: Underlay, host: string): number => underlay.mtuBytes.get(host) ?? DEFAULT_UNDERLAY_MTU;

/** UDP port of a host for VXLAN. */
export const vxlanPortOf = (underlay: Underlay, host: string): number => underlay.vxlanPort.get(host) ?? VXLAN_PORT;

/** One outer packet on its way. `lost` is the sentence that says why it did not arrive; `to` is null when nobody owns the address. */
export type Hop = {
  readonly from: string;
  readonly to: string | null;
  readonly type: TunnelType;
  readonly remoteIp: string;
  readonly tunId: bigint;
  readonly outerBytes: number;
  readonly lost: string | null;
};

const lossOf = (
  underlay: Underlay,
  owners: readonly string[],
  sent: { readonly from: string; readonly type: TunnelType; readonly remoteIp: string; readonly outerBytes: number },
): string | null => {
  const { from, type, remoteIp, outerBytes } = sent;
  const [to] = owners;
  if (underlay.off.has(from)) return `${from} is switched off`;
  if (underlay.down.has(from)) return `the VTEP of ${from} is down`;
  if (to === undefined) return `no host owns the VTEP address ${remoteIp}`;
  if (owners.length > 1) return `${owners.join(' and ')} both own the VTEP address ${remoteIp}`;
  if (underlay.off.has(to)) return `${to} (${remoteIp}) is switched off`;
  if (underlay.down.has(to)) return `the VTEP of ${to} (${remoteIp}) is down`;
  if (underlay.cut.has(pairOf(from, to))) return `the path between the VTEPs of ${from} and ${to} is cut`;
  const mtu = Math.min(mtuOf(underlay, from), mtuOf(underlay, to));
  if (outerBytes > mtu)
    return `the outer packet of ${outerBytes} bytes does not fit the underlay MTU of ${mtu}, and tunnels set DF`;
  const [ours, theirs] = [vxlanPortOf(underlay, from), vxlanPortOf(underlay, to)];
  if (type === 'vxlan' && ours !== theirs) return `${from} sends VXLAN to UDP port ${ours}, ${to} listens on ${theirs}`;
  return null;
};

/** Why a frame of a VLAN or flat network does not come from one host to another; null when it does. */
export const wireLoss = (underlay: Underlay, from: string, to: string, ipBytes: number): string | null => {
  if (underlay.off.has(to)) return `${to} is switched off`;
  const mtu = Math.min(mtuOf(underlay, from), mtuOf(underlay, to));
  return ipBytes > mtu ? `the packet of ${ipBytes} bytes does not fit the physical network's MTU of ${mtu}` : null;
};

/** Carries one encapsulated packet. `innerIpBytes`: length of the inner IP packet. */
export const carry = (
  overlay: Overlay,
  underlay: Underlay,
  sent: { readonly from: string; readonly type: TunnelType; readonly remoteIp: string; readonly tunId: bigint },
  innerIpBytes: number,
): Hop => {
  const owners = [...overlay.agents.values()].filter((a) => a.localIp === sent.remoteIp).map((a) => a.host);
  const outerBytes = innerIpBytes + ENCAPSULATION_BYTES[sent.type];
  return { ...sent, to: owners[0] ?? null, outerBytes, lost: lossOf(underlay, owners, { ...sent, outerBytes }) };
};
