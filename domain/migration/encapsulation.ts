// What of a link's rate is left for payload: Ethernet's own overhead, TCP/IP headers, and VXLAN's where traffic is tunnelled.

/** Preamble, start delimiter, header, check sequence and gap of an Ethernet frame. */
const ETHERNET_BYTES = 38;
/** IPv4 and TCP with time stamps. */
const TCP_IP_BYTES = 52;
/** Outer IPv4, UDP and VXLAN headers and the inner Ethernet header. */
const VXLAN_BYTES = 50;

export type Encapsulation = 'none' | 'vxlan';

/** Share of a link's bit rate that TCP payload gets with full frames of the underlay's MTU. */
export const payloadShare = (mtuBytes: number, encapsulation: Encapsulation): number => {
  const inner = mtuBytes - (encapsulation === 'vxlan' ? VXLAN_BYTES : 0);
  return (inner - TCP_IP_BYTES) / (mtuBytes + ETHERNET_BYTES);
};

/** Bytes a second of payload on a link named by its bits a second. */
export const payloadBytesPerS = (linkBitsPerS: number, mtuBytes: number, encapsulation: Encapsulation): number =>
  (linkBitsPerS / 8) * payloadShare(mtuBytes, encapsulation);
