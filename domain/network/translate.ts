// Walks a packet through one host's bridges, flow by flow, and says what comes out and why nothing does.
import { dropReason } from './drop-reason.ts';
import { allOnes } from './fields.ts';
import { printActions, printMatch } from './flow-print.ts';
import { lookup } from './flow-table.ts';
import type { Action } from './flow.ts';
import type { Bridge } from './host-flows.ts';
import type { HostSwitch, SwitchPort } from './host-switch.ts';
import { learnedFlow, readSubfield, writeSubfield } from './learn-action.ts';
import { LOCAL_PORT, type Learned } from './learned.ts';
import { normal } from './normal.ts';
import type { TunnelType } from './overlay.ts';
import { popVlan, pushVlan, vlanOf, withFields, withVlan, type Packet } from './packet.ts';

/** One look-up: the flow that matched, or a table miss. */
export type TraceStep = {
  readonly host: string;
  readonly bridge: Bridge;
  readonly table: number;
  /** Null when no flow matched. */
  readonly priority: number | null;
  readonly match: string;
  readonly actions: string;
  /** The packet as it came to this table. */
  readonly packet: Packet;
};

export type Output =
  /** Handed to an interface on br-int; `vlan` is the tag it still carries. `reply`: made by the ARP responder. */
  | {
      readonly kind: 'local';
      readonly port: string;
      readonly ofport: number;
      readonly vlan: number | null;
      readonly packet: Packet;
      readonly reply: boolean;
    }
  /** The bridge's own interface: flooded to, listened to by nobody. */
  | { readonly kind: 'bridge-internal'; readonly bridge: Bridge; readonly vlan: number | null }
  | { readonly kind: 'physical'; readonly port: string; readonly packet: Packet }
  | {
      readonly kind: 'tunnel';
      readonly type: TunnelType;
      readonly localIp: string;
      readonly remoteIp: string;
      readonly tunId: bigint;
      readonly vlan: number | null;
      readonly packet: Packet;
    };

export type Drop = { readonly host: string; readonly bridge: Bridge; readonly table: number; readonly reason: string };

export type Translation = {
  readonly steps: readonly TraceStep[];
  readonly outputs: readonly Output[];
  readonly drops: readonly Drop[];
};

export type TranslateOptions = {
  readonly nowMs: number;
  /** False leaves MAC table and learned flows as they are, like `ofproto/trace`. */
  readonly learn: boolean;
};

/** Open vSwitch's MAX_DEPTH: a packet that is resubmitted deeper is dropped. */
const MAX_DEPTH = 64;

type Walk = {
  readonly host: HostSwitch;
  readonly learned: Learned;
  readonly options: TranslateOptions;
  readonly steps: TraceStep[];
  readonly outputs: Output[];
  readonly drops: Drop[];
  /** The ARP responder has turned the packet into a reply. */
  replying: boolean;
};

type Place = { readonly bridge: Bridge; readonly table: number; readonly depth: number };

const drop = (walk: Walk, { bridge, table }: Place, reason: string): void => {
  walk.drops.push({ host: walk.host.host, bridge, table, reason });
};

const encapsulate = (walk: Walk, port: SwitchPort & { kind: 'tunnel' }, packet: Packet): void => {
  const { type, localIp, remoteIp } = port;
  walk.outputs.push({ kind: 'tunnel', type, localIp, remoteIp, tunId: packet.tun_id, vlan: vlanOf(packet), packet });
};

/** Sends the frame as it is to one port of the bridge. */
const output = (walk: Walk, at: Place, ofport: number, packet: Packet): void => {
  if (ofport === LOCAL_PORT) {
    walk.outputs.push({ kind: 'bridge-internal', bridge: at.bridge, vlan: vlanOf(packet) });
    return;
  }
  const port = walk.host.bridges[at.bridge].ports.get(ofport);
  if (port === undefined) return drop(walk, at, `output to port ${ofport}, which does not exist`);
  switch (port.kind) {
    case 'vif': {
      const { replying } = walk;
      walk.outputs.push({ kind: 'local', port: port.name, ofport, vlan: vlanOf(packet), packet, reply: replying });
      return;
    }
    case 'physical':
      walk.outputs.push({ kind: 'physical', port: port.name, packet });
      return;
    case 'tunnel':
      return encapsulate(walk, port, packet);
    case 'patch': {
      // What the tunnel said about the packet does not cross to another bridge.
      const metadata = { in_port: BigInt(port.peerPort), metadata: 0n, tun_id: 0n, tun_src: 0n, tun_dst: 0n };
      const tunnel = { tun_tos: 0n, tun_ttl: 0n };
      runTable(
        walk,
        { bridge: port.peerBridge, table: 0, depth: at.depth + 1 },
        withFields(packet, { ...metadata, ...tunnel }),
      );
    }
  }
};

const runNormal = (walk: Walk, at: Place, packet: Packet): void => {
  const result = normal(walk.host.bridges[at.bridge], walk.learned, packet, walk.options);
  if (result.kind === 'drop') return drop(walk, at, result.reason);
  for (const { ofport, packet: leaving } of result.outputs) output(walk, at, ofport, leaving);
};

/** Runs one action; returns the packet as the next action finds it. */
const runAction = (walk: Walk, at: Place, action: Action, packet: Packet): Packet => {
  switch (action.kind) {
    case 'output':
      if (BigInt(action.port) !== packet.in_port) output(walk, at, action.port, packet);
      return packet;
    case 'in_port':
      walk.replying = packet.arp_op === 2n;
      output(walk, at, Number(packet.in_port), packet);
      walk.replying = false;
      return packet;
    case 'local':
      output(walk, at, LOCAL_PORT, packet);
      return packet;
    case 'normal':
      runNormal(walk, at, packet);
      return packet;
    case 'goto':
    case 'resubmit':
      return runTable(walk, { ...at, table: action.table, depth: at.depth + 1 }, packet);
    case 'push_vlan':
      return pushVlan(packet);
    case 'pop_vlan':
      return popVlan(packet);
    case 'mod_vlan_vid':
    case 'set_vlan_vid':
      return withVlan(packet, action.vlan);
    case 'set_tunnel':
      return withFields(packet, { tun_id: action.id });
    case 'set':
      return withFields(packet, { [action.field]: action.value });
    case 'load':
      return writeSubfield(packet, action.target, action.value);
    case 'move':
      return writeSubfield(packet, action.target, readSubfield(packet, action.source));
    case 'learn':
      if (walk.options.learn) {
        walk.learned.addFlow(
          learnedFlow(action, packet, (s) => allOnes(s.field)),
          walk.options.nowMs,
        );
      }
      return packet;
  }
};

function runTable(walk: Walk, at: Place, packet: Packet): Packet {
  const { host, learned, options } = walk;
  if (at.depth > MAX_DEPTH) {
    drop(walk, at, `resubmitted more than ${MAX_DEPTH} times`);
    return packet;
  }
  const dynamic = at.bridge === 'br-tun' ? learned.flows(options.nowMs) : [];
  const flow = lookup(host.bridges[at.bridge].flows, dynamic, at.table, packet);
  walk.steps.push({
    host: host.host,
    bridge: at.bridge,
    table: at.table,
    priority: flow?.priority ?? null,
    match: flow === null ? 'No match.' : printMatch(flow.match),
    actions: flow === null ? 'drop' : printActions(flow.actions, 'OpenFlow13'),
    packet,
  });
  if (flow === null || flow.actions.length === 0) {
    drop(walk, at, dropReason(at.bridge, at.table, flow, packet));
    return packet;
  }
  return flow.actions.reduce((p, action) => runAction(walk, at, action, p), packet);
}

/** Everything that happens on one host to a packet that enters `bridge` on `packet.in_port`. */
export const translate = (
  host: HostSwitch,
  bridge: Bridge,
  packet: Packet,
  learned: Learned,
  options: TranslateOptions,
): Translation => {
  const walk: Walk = { host, learned, options, steps: [], outputs: [], drops: [], replying: false };
  runTable(walk, { bridge, table: 0, depth: 0 }, packet);
  return { steps: walk.steps, outputs: walk.outputs, drops: walk.drops };
};
