// The packets two guests exchange before and while they talk: address resolution and an echo.
import { BROADCAST_MAC, isIpv6, parseIpv4, parseIpv6, parseMac } from './address.ts';
import type { Port } from './overlay.ts';
import { EMPTY_PACKET, withFields, type Packet } from './packet.ts';
import { ETH_ARP, ETH_IPV4, ETH_IPV6 } from './protocols.ts';

type End = { readonly mac: bigint; readonly ip: string };

const endOf = (port: Port, ip: string): End => ({ mac: parseMac(port.mac) ?? 0n, ip });

/** Addresses of one family both ports have; null when they share none. IPv4 first. */
export const commonAddresses = (a: Port, b: Port): { readonly a: End; readonly b: End } | null => {
  for (const family of [false, true]) {
    const [x, y] = [a, b].map((p) => p.addresses.find((ip) => isIpv6(ip) === family));
    if (x !== undefined && y !== undefined) return { a: endOf(a, x), b: endOf(b, y) };
  }
  return null;
};

/** Who has `to.ip`? An ARP request, or a neighbour solicitation to the solicited-node group (RFC 4861). */
export const resolutionRequest = (from: End, to: End): Packet => {
  if (isIpv6(to.ip)) {
    const target = parseIpv6(to.ip) ?? 0n;
    const low = target & 0xffffffn;
    return withFields(EMPTY_PACKET, {
      dl_src: from.mac,
      dl_dst: 0x3333ff000000n | low,
      dl_type: ETH_IPV6,
      nw_proto: 58n,
      nw_ttl: 255n,
      icmp_type: 135n,
      ipv6_src: parseIpv6(from.ip) ?? 0n,
      ipv6_dst: (parseIpv6('ff02::1:ff00:0') ?? 0n) | low,
      nd_target: target,
      nd_sll: from.mac,
    });
  }
  return arp(1n, from, { mac: 0n, ip: to.ip }, BROADCAST_MAC);
};

/** The answer to `resolutionRequest`, unicast. */
export const resolutionReply = (from: End, to: End): Packet => {
  if (!isIpv6(from.ip)) return arp(2n, from, to, to.mac);
  return withFields(EMPTY_PACKET, {
    dl_src: from.mac,
    dl_dst: to.mac,
    dl_type: ETH_IPV6,
    nw_proto: 58n,
    nw_ttl: 255n,
    icmp_type: 136n,
    ipv6_src: parseIpv6(from.ip) ?? 0n,
    ipv6_dst: parseIpv6(to.ip) ?? 0n,
    nd_target: parseIpv6(from.ip) ?? 0n,
    nd_tll: from.mac,
  });
};

const arp = (op: bigint, from: End, to: End, dlDst: bigint): Packet =>
  withFields(EMPTY_PACKET, {
    dl_src: from.mac,
    dl_dst: dlDst,
    dl_type: ETH_ARP,
    arp_op: op,
    arp_spa: parseIpv4(from.ip) ?? 0n,
    arp_tpa: parseIpv4(to.ip) ?? 0n,
    arp_sha: from.mac,
    arp_tha: to.mac,
  });

/** ICMP echo; `reply` turns the type round. */
export const echo = (from: End, to: End, reply: boolean): Packet => {
  const common = { dl_src: from.mac, dl_dst: to.mac, nw_ttl: 64n };
  if (!isIpv6(from.ip)) {
    const [nw_src, nw_dst] = [parseIpv4(from.ip) ?? 0n, parseIpv4(to.ip) ?? 0n];
    return withFields(EMPTY_PACKET, {
      ...common,
      dl_type: ETH_IPV4,
      nw_proto: 1n,
      icmp_type: reply ? 0n : 8n,
      nw_src,
      nw_dst,
    });
  }
  const [ipv6_src, ipv6_dst] = [parseIpv6(from.ip) ?? 0n, parseIpv6(to.ip) ?? 0n];
  return withFields(EMPTY_PACKET, {
    ...common,
    dl_type: ETH_IPV6,
    nw_proto: 58n,
    icmp_type: reply ? 129n : 128n,
    ipv6_src,
    ipv6_dst,
  });
};
