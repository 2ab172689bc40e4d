// Why a packet ended in a table: the table's purpose in Neutron's pipeline, in words.
import { formatValue } from './fields.ts';
import { printMatch } from './flow-print.ts';
import type { Flow } from './flow.ts';
import type { Bridge } from './host-flows.ts';
import { vlanOf, type Packet } from './packet.ts';

const onBrTun = (table: number, packet: Packet): string | null => {
  switch (table) {
    case 0:
      return `port ${packet.in_port} is no tunnel of this host`;
    case 3:
    case 4:
    case 6:
      return `no network on this host has tunnel id ${packet.tun_id}`;
    case 22: {
      const vlan = vlanOf(packet);
      return vlan === null ? 'untagged: no network to flood to' : `no tunnel to flood local VLAN ${vlan} to`;
    }
    default:
      return null;
  }
};

const onBrInt = (table: number, packet: Packet): string | null => {
  switch (table) {
    case 24:
      return packet.arp_op === 0n
        ? `the port may not advertise ${formatValue('nd_target', packet.nd_target)}`
        : `the port may not speak ARP for ${formatValue('arp_spa', packet.arp_spa)}`;
    case 25:
      return `the port may not send from ${formatValue('dl_src', packet.dl_src)}`;
    default:
      return null;
  }
};

/** One sentence for a drop by `flow`, or by a table miss when it is null. Tables outside Neutron's use get the flow's match. */
export const dropReason = (bridge: Bridge, table: number, flow: Flow | null, packet: Packet): string =>
  (bridge === 'br-tun' ? onBrTun(table, packet) : onBrInt(table, packet)) ??
  (flow === null ? 'no flow matches' : `the flow "${printMatch(flow.match) || 'any'}" drops`);
