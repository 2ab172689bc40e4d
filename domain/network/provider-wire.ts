// The physical network behind br-int for vlan and flat networks: what one host puts on it, every other host hears.
import type { Agent, LocalVlan, Overlay } from './overlay.ts';
import { vlanOf, withFields, withVlan, type Packet } from './packet.ts';

export type Arrival = { readonly host: string; readonly packet: Packet };

/** The network whose local VLAN the frame carries; null when it is none of this physical network. */
const networkOf = (agent: Agent, physicalNetwork: string, packet: Packet): LocalVlan | null =>
  [...agent.vlans.values()].find((v) => v.vlan === vlanOf(packet) && v.segment.physicalNetwork === physicalNetwork) ??
  null;

/** Where a frame sent to `port` (a patch of br-int to a physical network's bridge) arrives: on br-int of every other host on
 * that network, tagged with the provider's VLAN, or untagged when flat. The bridge drops local VLANs it does not know. */
export const providerArrivals = (overlay: Overlay, host: string, port: string, packet: Packet): Arrival[] => {
  const agent = overlay.agents.get(host);
  const patch = [...(agent?.physical ?? [])].find(([, p]) => `int-${p.bridge}` === port);
  const local = agent === undefined || patch === undefined ? null : networkOf(agent, patch[0], packet);
  if (patch === undefined || local === null) return [];
  const onWire = withVlan(packet, local.segment.segmentationId);
  return [...overlay.agents.values()].flatMap((other) => {
    const entry = other.physical.get(patch[0]);
    if (other.host === host || entry === undefined) return [];
    return [{ host: other.host, packet: withFields(onWire, { in_port: BigInt(entry.intOfport) }) }];
  });
};
