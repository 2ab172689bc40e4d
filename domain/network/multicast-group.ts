// Kernel VXLAN with a multicast group (Linux bridge agent): one outer packet, copied by the fabric to the group's members.
import { err, ok, type Result } from '../base/result.ts';
import { isGroupMac, parseMac } from './address.ts';
import type { Overlay } from './overlay.ts';
import type { Packet } from './packet.ts';
import type { Delivery, Trace, TraceOptions } from './trace-result.ts';
import type { Drop } from './translate.ts';
import { carry, type Hop, wireLoss } from './underlay.ts';

/** A first frame: broadcast, or unicast to a MAC the bridge has not yet learned. Every host with the network is a member and
 * hands the frame to its bridge; hops are the fabric's copies of one packet. Error: a sentence when the port is not there. */
export const traceGroup = (
  overlay: Overlay,
  from: { readonly host: string; readonly port: string },
  packet: Packet,
  options: TraceOptions,
): Result<Trace, string> => {
  const agent = overlay.agents.get(from.host);
  const vif = [...(agent?.vifs.values() ?? [])].find((v) => v.name === from.port);
  const network = overlay.ports.get(vif?.port ?? '')?.network;
  const segment = overlay.networks.get(network ?? '');
  const tunId = BigInt(segment?.segmentationId ?? 0);
  if (agent === undefined || vif === undefined || network === undefined)
    return err(`no port ${from.port} on ${from.host}`);
  if (segment?.networkType === 'gre' || segment?.networkType === 'geneve')
    return err(`a Linux bridge has no ${segment.networkType} networks: only vxlan, vlan and flat ones`);
  const deliveriesOn = (host: string): Delivery[] =>
    [...(overlay.agents.get(host)?.vifs.values() ?? [])].flatMap((v) => {
      const port = overlay.ports.get(v.port);
      if (port?.network !== network || v.vlan === null || (host === from.host && v.name === from.port)) return [];
      if (!isGroupMac(packet.dl_dst) && parseMac(port.mac) !== packet.dl_dst) return [];
      return [{ host, port: v.name, vlan: null, packet, reply: false }];
    });
  const members = [...overlay.agents.values()].filter((a) => a.host !== from.host && a.vlans.has(network));
  if (segment?.networkType !== 'vxlan') {
    const lost = (host: string): string | null => wireLoss(options.underlay, from.host, host, options.ipBytes);
    const drops = members.flatMap(({ host }): Drop[] => {
      const reason = lost(host);
      return reason === null ? [] : [{ host, bridge: 'br-int', table: 0, reason }];
    });
    const wired = members.flatMap(({ host }) => (lost(host) === null ? [host] : []));
    return ok({ steps: [], hops: [], wires: [], deliveries: [from.host, ...wired].flatMap(deliveriesOn), drops });
  }
  const hops = members.map((member): Hop => {
    const sent = { from: from.host, type: 'vxlan', remoteIp: member.localIp, tunId } as const;
    return carry(overlay, options.underlay, sent, options.ipBytes);
  });
  const arrived = hops.flatMap((h) => (h.lost === null && h.to !== null ? [h.to] : []));
  return ok({ steps: [], hops, wires: [], deliveries: [from.host, ...arrived].flatMap(deliveriesOn), drops: [] });
};
