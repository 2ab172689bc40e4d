// Bytes on the wire: headers a tunnel adds, what still fits the MTU, fragments, and the packet rate of a link.
import type { TunnelType } from '../network/overlay.ts';
import { ENCAPSULATION_BYTES } from '../network/underlay.ts';

export type Encapsulation = {
  readonly tunnel: TunnelType;
  /** Version of the underlay's IP. */
  readonly ip: 4 | 6;
  /** An 802.1Q tag on the outer frame. */
  readonly tagged: boolean;
  /** GRE with its checksum field (OVS option `csum`). */
  readonly greChecksum: boolean;
};

export const VXLAN: Encapsulation = { tunnel: 'vxlan', ip: 4, tagged: false, greChecksum: false };

export const ETHERNET_BYTES = 14;
/** Frame check sequence: counted in frame sizes as benchmarks give them (64 bytes is the least). */
export const FCS_BYTES = 4;
export const FRAME_BYTES_MIN = 64;
const DOT1Q_BYTES = 4;
const GRE_CHECKSUM_BYTES = 4;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
/** Preamble, start delimiter and gap that every frame occupies a link for. */
export const BETWEEN_FRAMES_BYTES = 20;
/** Fragment offsets count in units of this many bytes. */
const FRAGMENT_UNIT_BYTES = 8;
/** Fragment extension header of IPv6. */
const IPV6_FRAGMENT_BYTES = 8;

const ipBytes = (e: Encapsulation): number => (e.ip === 4 ? IPV4_BYTES : IPV6_BYTES);

/** Bytes between the inner IP packet and the outer one: the inner Ethernet header and all of the tunnel's. */
export const outerIpBytes = (innerIpBytes: number, e: Encapsulation): number =>
  innerIpBytes +
  ENCAPSULATION_BYTES[e.tunnel] +
  (ipBytes(e) - IPV4_BYTES) +
  (e.greChecksum && e.tunnel === 'gre' ? GRE_CHECKSUM_BYTES : 0);

/** Bytes that the tunnel adds to a frame on the wire: VXLAN 50, tagged 54, IPv6 70; GRE with key 42, tagged 46, IPv6 62 (network.md §7). */
export const overheadBytes = (e: Encapsulation): number => outerIpBytes(0, e) + (e.tagged ? DOT1Q_BYTES : 0);

/** The MTU Neutron gives a network on an underlay: what is left for the inner IP packet. */
export const guestMtu = (underlayMtu: number, e: Encapsulation): number => underlayMtu - outerIpBytes(0, e);

/** Packets an IP packet becomes where `mtu` is the limit: 1 where it fits. */
export const fragments = (ipPacketBytes: number, mtu: number, ip: 4 | 6 = 4): number => {
  if (ipPacketBytes <= mtu) return 1;
  const header = ip === 4 ? IPV4_BYTES : IPV6_BYTES;
  const room = mtu - header - (ip === 4 ? 0 : IPV6_FRAGMENT_BYTES);
  const unit = Math.floor(room / FRAGMENT_UNIT_BYTES) * FRAGMENT_UNIT_BYTES;
  return Math.ceil((ipPacketBytes - header) / unit);
};

/** What the underlay does with an encapsulated packet. Tunnels of Neutron set DF: what does not fit is dropped at the sender's VTEP. */
export const underlayVerdict = (
  innerIpBytes: number,
  underlayMtu: number,
  e: Encapsulation,
  dontFragment = true,
): { readonly outcome: 'fits' | 'dropped' | 'fragmented'; readonly outerIpBytes: number; readonly packets: number } => {
  const outer = outerIpBytes(innerIpBytes, e);
  if (outer <= underlayMtu) return { outcome: 'fits', outerIpBytes: outer, packets: 1 };
  if (dontFragment) return { outcome: 'dropped', outerIpBytes: outer, packets: 0 };
  return { outcome: 'fragmented', outerIpBytes: outer, packets: fragments(outer, underlayMtu, e.ip) };
};

/** Millions of frames of this size (check sequence included) a second that fill a link: 14.88 at 64 bytes on 10 Gbit/s. */
export const lineRateMpps = (linkGbps: number, frameBytes: number): number =>
  (linkGbps * 1000) / (8 * (Math.max(frameBytes, FRAME_BYTES_MIN) + BETWEEN_FRAMES_BYTES));
