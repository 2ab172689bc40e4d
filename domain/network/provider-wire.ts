// The physical network behind br-int for vlan and flat networks: what one host puts on it, every other host hears.
import type { Agent, LocalVlan, Overlay } from './overlay.ts';
import { vlanOf, withFields, withVlan, type Packet } from './packet.ts';

/** What a host puts on a physical network: its bridge turns the local VLAN into the provider's, or takes the tag off. */
export type Wire = {
  readonly from: string;
  readonly bridge: string;
  readonly physicalNetwork: string;
  readonly localVlan: number;
  /** Null: untagged, as a flat network is. */
  readonly vlan: number | null;
  /** Every other host on that physical network. */
  readonly heardBy: readonly string[];
};

type Departure = {
  readonly wire: Wire;
  readonly arrivals: readonly { readonly host: string; readonly packet: Packet }[];
};

/** The network whose local VLAN the frame carries; null when it is none of this physical network. */
const networkOf = (agent: Agent, physicalNetwork: string, packet: Packet): LocalVlan | null =>
  [...agent.vlans.values()].find((v) => v.vlan === vlanOf(packet) && v.segment.physicalNetwork === physicalNetwork) ??
  null;

/** Where a frame sent to `port` (a patch of br-int to a physical network's bridge) arrives: on br-int of every other host on
 * that network, tagged with the provider's VLAN, or untagged when flat. Null: the bridge drops local VLANs it does not know. */
export const ontoWire = (overlay: Overlay, host: string, port: string, packet: Packet): Departure | null => {
  const agent = overlay.agents.get(host);
  const patch = [...(agent?.physical ?? [])].find(([, p]) => `int-${p.bridge}` === port);
  const local = agent === undefined || patch === undefined ? null : networkOf(agent, patch[0], packet);
  if (patch === undefined || local === null) return null;
  const [physicalNetwork, { bridge }] = patch;
  const { segmentationId: vlan } = local.segment;
  const onWire = withVlan(packet, vlan);
  const arrivals = [...overlay.agents.values()].flatMap((other) => {
    const entry = other.physical.get(physicalNetwork);
    if (other.host === host || entry === undefined) return [];
    return [{ host: other.host, packet: withFields(onWire, { in_port: BigInt(entry.intOfport) }) }];
  });
  const heardBy = arrivals.map((arrival) => arrival.host);
  return { wire: { from: host, bridge, physicalNetwork, localVlan: local.vlan, vlan, heardBy }, arrivals };
};
