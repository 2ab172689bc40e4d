// The NORMAL action: what a learning switch with VLANs does with a frame (ofproto-dpif-xlate.c, xlate_normal).
import { isGroupMac } from './address.ts';
import type { BridgeModel, SwitchPort } from './host-switch.ts';
import { LOCAL_PORT, type Learned } from './learned.ts';
import { PRIORITY_BITS, popVlan, pushVlan, vlanOf, withFields, withVlan, type Packet } from './packet.ts';

export type NormalResult =
  | { readonly kind: 'drop'; readonly reason: string }
  /** Ports to send to, each with the frame as it leaves there; LOCAL_PORT is the bridge's own interface. */
  | {
      readonly kind: 'forward';
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

type Frame = {
  /** VLAN the switch puts the frame into; 0 is "none". */
  readonly vlan: number;
  /** Priority bits of the tag it came with, at their place in `vlan_tci`. */
  readonly priority: bigint;
  /** Without the tag that says `vlan`. */
  readonly inner: Packet;
};

/** The frame as it leaves a port: without any tag from an access port, with its VLAN's from a trunk, where a tag that says
 * nothing (VLAN 0, priority 0) is left out. */
const leaving = ({ vlan, priority, inner }: Frame, port: SwitchPort | undefined): Packet => {
  if (tagOf(port) !== null) return withFields(inner, { vlan_tci: 0n, vlan_tci1: 0n });
  if (vlan === 0 && priority === 0n) return inner;
  const tagged = pushVlan(inner);
  return withVlan(withFields(tagged, { vlan_tci: tagged.vlan_tci | priority }), vlan);
};

/** A trunk carries every VLAN; an access port its own, and no frame of a VLAN within it. */
const carries = ({ vlan, inner }: Frame, port: SwitchPort): boolean =>
  tagOf(port) === null || (tagOf(port) === vlan && (vlanOf(inner) ?? 0) === 0);

/** The VLAN a port puts a frame into, or why it does not take it. */
const classify = (bridge: BridgeModel, packet: Packet): Frame | string => {
  const inPort = Number(packet.in_port);
  const input = bridge.ports.get(inPort);
  if (input === undefined && inPort !== LOCAL_PORT) return `input port ${inPort} does not exist`;
  if (isReserved(packet.dl_dst)) return 'reserved destination MAC: bridges do not forward it';
  const tag = tagOf(input);
  const vid = vlanOf(packet) ?? 0;
  if (tag !== null && vid !== 0)
    return `tagged frame (VLAN ${vid}) from ${input?.name ?? ''}, an access port of VLAN ${tag}`;
  const inner = vlanOf(packet) === null ? packet : popVlan(packet);
  return { vlan: tag ?? vid, priority: packet.vlan_tci & PRIORITY_BITS, inner };
};

/** Learning is skipped when `learn` is false, as in `ofproto/trace`. */
export const normal = (
  bridge: BridgeModel,
  learned: Learned,
  packet: Packet,
  options: { readonly nowMs: number; readonly learn: boolean },
): NormalResult => {
  const frame = classify(bridge, packet);
  if (typeof frame === 'string') return { kind: 'drop', reason: frame };
  const inPort = Number(packet.in_port);
  const { vlan } = frame;
  if (options.learn && !isGroupMac(packet.dl_src)) learned.sawMac(vlan, packet.dl_src, inPort, options.nowMs);
  const known = isGroupMac(packet.dl_dst) ? null : learned.portOf(vlan, packet.dl_dst, options.nowMs);
  const send = (ofport: number) => ({ ofport, packet: leaving(frame, bridge.ports.get(ofport)) });
  if (known !== null && (known === LOCAL_PORT || bridge.ports.has(known))) {
    if (known === inPort)
      return { kind: 'drop', reason: 'the destination MAC was learned on the port the frame came from' };
    return { kind: 'forward', outputs: [send(known)] };
  }
  const members = [...bridge.ports].filter(([, port]) => carries(frame, port)).map(([ofport]) => ofport);
  return { kind: 'forward', outputs: [LOCAL_PORT, ...members].filter((ofport) => ofport !== inPort).map(send) };
};
