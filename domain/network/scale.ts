// The overlay at any size in closed form: tunnels, flows, copies of a broadcast and messages, by hosts, networks and VMs.
import { BASE_FLOWS, RESPONDER_FLOWS } from './scale-flows.ts';
import { addLoads, portRemovedLoad, portUpLoad, type MessageLoad } from './scale-load.ts';
import { usesL2pop, type OverlayConfig } from './overlay.ts';

/** A cloud whose VMs are spread evenly: network n has `vms / networks` VMs on consecutive hosts, the next network's follow. */
export type ScaleShape = {
  readonly hosts: number;
  readonly networks: number;
  /** At least two VMs a network, or the flood flow of provisioning would depend on history. */
  readonly vms: number;
  /** IPv4 addresses of a VM. */
  readonly addresses: number;
};

export type ScaleRow = {
  readonly tunnels: number;
  readonly tunnelsPerHost: number;
  readonly flows: number;
  readonly flowsPerHost: number;
  /** Outer packets that leave a host for one broadcast, unknown unicast or multicast frame of a VM. */
  readonly bumPackets: number;
  /** Hosts that hand the frame to a br-int with the network. */
  readonly bumDelivered: number;
  /** Hosts that decapsulate the frame only to drop it. */
  readonly bumWasted: number;
  /** Outer packets for an ARP request for a VM on another host. */
  readonly arpPackets: number;
  /** Messages of one more VM on a host that has three of its network already, and of its deletion. */
  readonly lifetime: MessageLoad;
  /** Of `lifetime.deliveries`, those to hosts that have the network. */
  readonly usefulDeliveries: number;
};

/** Sizes of the networks: they differ by one VM at most. */
const networkVms = (shape: ScaleShape, n: number): number =>
  Math.floor(shape.vms / shape.networks) + (n < shape.vms % shape.networks ? 1 : 0);

/** First host of each network, and how many hosts it spans: a block on the ring of hosts. */
const blocks = (shape: ScaleShape): { readonly start: number; readonly vms: number; readonly hosts: number }[] => {
  let start = 0;
  return Array.from({ length: shape.networks }, (_, n) => {
    const vms = networkVms(shape, n);
    const block = { start, vms, hosts: Math.min(vms, shape.hosts) };
    start = (start + vms) % shape.hosts;
    return block;
  });
};

/** Where each VM lives: (network, host) in the order of creation. */
export const scalePlacement = (shape: ScaleShape): readonly { readonly network: number; readonly host: number }[] =>
  blocks(shape).flatMap((b, network) =>
    Array.from({ length: b.vms }, (_, j) => ({ network, host: (b.start + j) % shape.hosts })),
  );

/** Tunnels with l2population: a host meets all hosts of all its networks. All blocks of a host contain it, so their union is
 * one interval of the ring. */
const meshedTunnels = (shape: ScaleShape): number => {
  const before = new Array<number>(shape.hosts).fill(0);
  const after = new Array<number>(shape.hosts).fill(0);
  for (const { start, hosts } of blocks(shape)) {
    for (let j = 0; j < hosts; j++) {
      const h = (start + j) % shape.hosts;
      before[h] = Math.max(before[h] ?? 0, j);
      after[h] = Math.max(after[h] ?? 0, hosts - 1 - j);
    }
  }
  return before.reduce((sum, b, h) => sum + Math.min(shape.hosts - 1, b + (after[h] ?? 0)), 0);
};

const totals = (config: OverlayConfig, shape: ScaleShape): { tunnels: number; flows: number } => {
  const { hosts } = shape;
  const nets = blocks(shape);
  const base = BASE_FLOWS[config.style];
  const presences = nets.reduce((sum, n) => sum + n.hosts, 0);
  if (config.mode === 'multicast') return { tunnels: 0, flows: 0 };
  if (config.mode === 'no-l2pop') {
    const tunnels = hosts * (hosts - 1);
    return { tunnels, flows: hosts * base + tunnels + presences * (hosts > 1 ? 2 : 1) };
  }
  const tunnels = meshedTunnels(shape);
  const shared = nets.reduce((sum, n) => sum + (n.hosts > 1 ? n.hosts : 0), 0);
  // Summed over a network's hosts, "its VMs elsewhere" is V_n (H_n - 1), however they are spread.
  const remote = nets.reduce((sum, n) => sum + n.vms * (n.hosts - 1), 0);
  const arp = config.mode === 'l2pop-arp' ? hosts * RESPONDER_FLOWS + remote * shape.addresses : 0;
  return { tunnels, flows: hosts * base + tunnels + presences + shared + remote + arp };
};

/** Copies of one frame of a network on `networkHosts` hosts. A multicast group that all networks share reaches every host. */
export const replicas = (
  mode: OverlayConfig['mode'],
  hosts: number,
  networkHosts: number,
): { readonly packets: number; readonly delivered: number; readonly wasted: number } => {
  const delivered = networkHosts - 1;
  if (mode === 'no-l2pop') return { packets: hosts - 1, delivered, wasted: hosts - networkHosts };
  if (mode === 'multicast') return { packets: hosts > 1 ? 1 : 0, delivered, wasted: hosts - networkHosts };
  return { packets: delivered, delivered, wasted: 0 };
};

/** One row of the table, for the largest network of the shape. */
export const scaleRow = (config: OverlayConfig, shape: ScaleShape): ScaleRow => {
  const { hosts, addresses } = shape;
  const { tunnels, flows } = totals(config, shape);
  const first = blocks(shape)[0];
  const spans = first?.hosts ?? 0;
  const bum = replicas(config.mode, hosts, spans);
  const up = { hosts, activeOnHost: 4, otherHosts: spans - 1, otherAddresses: 0, addresses, refresh: false };
  const lifetime = addLoads([portUpLoad(config, up), portRemovedLoad(config, { hosts, leftOnHost: 3, addresses })]);
  return {
    tunnels,
    tunnelsPerHost: tunnels / hosts,
    flows,
    flowsPerHost: flows / hosts,
    bumPackets: bum.packets,
    bumDelivered: bum.delivered,
    bumWasted: bum.wasted,
    arpPackets: config.mode === 'l2pop-arp' ? 0 : bum.packets,
    lifetime,
    usefulDeliveries: usesL2pop(config.mode) ? lifetime.fanouts * (spans - 1) : 0,
  };
};

/** FDB deliveries a minute in the whole cloud when VMs come and go at `churnPerMinute` (a creation and a deletion each). */
export const deliveriesPerMinute = (row: ScaleRow, churnPerMinute: number): number =>
  row.lifetime.deliveries * churnPerMinute;
