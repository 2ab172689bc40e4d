// The NORMAL action: what a learning switch with VLANs does with a frame (ofproto-dpif-xlate.c, xlate_normal).
import { isGroupMac } from './address.ts';
import type { BridgeModel, SwitchPort } from './host-switch.ts';
import { LOCAL_PORT, type Learned } from './learned.ts';
import { vlanOf, withVlan, type Packet } from './packet.ts';

export type NormalResult =
  | { readonly kind: 'drop'; readonly reason: string }
  /** Ports to send to, each with the frame as it leaves there; LOCAL_PORT is the bridge's own interface. */
  | {
      readonly kind: 'forward';
      readonly vlan: number;
      readonly outputs: readonly { readonly ofport: number; readonly packet: Packet }[];
    };

/** Link-local destinations a bridge never forwards (eth_addr_is_reserved). */
const isReserved = (mac: bigint): boolean =>
  mac >> 4n === 0x0180c200000n || (mac >= 0x01000cccccc0n && mac <= 0x01000cccccc7n) || RESERVED.has(mac);

/** Extreme's EDP and EAPS, Cisco's ISL, CDP, PVST+ and UplinkFast. */
const RESERVED = new Set([
  0x00e02b000000n,
  0x00e02b000004n,
  0x00e02b000006n,
  0x01000c000000n,
  0x01000cccccccn,
  0x01000ccccccdn,
  0x01000ccdcdcdn,
]);

const tagOf = (port: SwitchPort | undefined): number | null => (port?.kind === 'vif' ? port.tag : null);

/** The frame as it leaves a port: untagged from an access port, tagged from a trunk. */
const leaving = (packet: Packet, tag: number | null, vlan: number): Packet =>
  withVlan(packet, tag === null && vlan !== 0 ? vlan : null);

/** Learning is skipped when `learn` is false, as in `ofproto/trace`. */
export const normal = (
  bridge: BridgeModel,
  learned: Learned,
  packet: Packet,
  options: { readonly nowMs: number; readonly learn: boolean },
): NormalResult => {
  const inPort = Number(packet.in_port);
  const input = bridge.ports.get(inPort);
  if (input === undefined && inPort !== LOCAL_PORT)
    return { kind: 'drop', reason: `input port ${inPort} does not exist` };
  if (isReserved(packet.dl_dst)) return { kind: 'drop', reason: 'reserved destination MAC: bridges do not forward it' };
  const tag = tagOf(input);
  const vid = vlanOf(packet) ?? 0;
  if (tag !== null && vid !== 0) {
    return {
      kind: 'drop',
      reason: `tagged frame (VLAN ${vid}) from ${input?.name ?? ''}, an access port of VLAN ${tag}`,
    };
  }
  const vlan = tag ?? vid;
  if (options.learn && !isGroupMac(packet.dl_src)) learned.sawMac(vlan, packet.dl_src, inPort, options.nowMs);
  const known = isGroupMac(packet.dl_dst) ? null : learned.portOf(vlan, packet.dl_dst, options.nowMs);
  const exists = known !== null && (known === LOCAL_PORT || bridge.ports.has(known));
  if (known !== null && exists) {
    if (known === inPort)
      return { kind: 'drop', reason: 'the destination MAC was learned on the port the frame came from' };
    return {
      kind: 'forward',
      vlan,
      outputs: [{ ofport: known, packet: leaving(packet, tagOf(bridge.ports.get(known)), vlan) }],
    };
  }
  const members = [...bridge.ports].filter(([, p]) => tagOf(p) === null || tagOf(p) === vlan);
  const outputs = [LOCAL_PORT, ...members.map(([ofport]) => ofport)]
    .filter((ofport) => ofport !== inPort)
    .map((ofport) => ({ ofport, packet: leaving(packet, tagOf(bridge.ports.get(ofport)), vlan) }));
  return { kind: 'forward', vlan, outputs };
};
