// A packet's way as an answer for people and machines: every look-up, every tunnel, where it ended, and one sentence.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import { BROADCAST_MAC, isGroupMac, isIpv6, parseIpv4, parseIpv6, parseMac } from './address.ts';
import { networkOverlay, type OverlayChoice } from './cloud-overlay.ts';
import { type CloudPort, type Endpoint, findPair, findPorts } from './endpoint.ts';
import { type NetworkFault, withFault } from './fault.ts';
import { parseFault } from './fault-parse.ts';
import { formatValue } from './fields.ts';
import type { SeenCloud } from './from-state.ts';
import type { Overlay } from './overlay.ts';
import { describePacket, type Packet, parsePacket, withFields } from './packet.ts';
import { commonAddresses, echo } from './probe-packet.ts';
import type { Wire } from './provider-wire.ts';
import { ETH_ARP, ETH_IPV4, ETH_IPV6 } from './protocols.ts';
import { type Lint, lintOverlay, withNames } from './lint.ts';
import { type BrokenHop, type Phase, reach, ROUTER_BETWEEN } from './reach.ts';
import type { Trace } from './trace-result.ts';
import { Memory, PING_IP_BYTES, trace } from './trace.ts';
import type { Underlay } from './underlay.ts';

export type TraceQuestion = OverlayChoice & {
  /** A port's id or interface, a VM's id or name. */
  readonly from: string;
  /** Whom an echo request goes to when no packet is given. */
  readonly to: string | null;
  /** As `ofproto/trace` reads it; source addresses not given are the port's own, and a known destination's MAC is filled in. */
  readonly packet: string | null;
  /** As `parseFault` reads them. */
  readonly faults: readonly string[];
  /** Bytes of the IP packet. */
  readonly ipBytes: number;
};

export type AnswerStep = {
  readonly host: string;
  readonly bridge: string;
  readonly table: number;
  readonly priority: number | null;
  readonly match: string;
  readonly actions: string;
  /** The packet as it came to this table. */
  readonly packet: string;
};

export type AnswerHop = {
  readonly from: string;
  readonly to: string | null;
  readonly type: string;
  readonly localIp: string;
  readonly remoteIp: string;
  readonly tunId: number;
  readonly outerBytes: number;
  readonly lost: string | null;
};

/** `br-ex puts local VLAN 1 on physnet1 as VLAN 101, heard by h2 and h3`. */
export const wireSentence = ({ bridge, physicalNetwork, localVlan, vlan, heardBy }: Wire): string => {
  const tag = vlan === null ? 'untagged' : `as VLAN ${vlan}`;
  const few = heardBy.length <= 3 ? heardBy.join(', ') : `${heardBy.length} hosts`;
  return `${bridge} puts local VLAN ${localVlan} on ${physicalNetwork} ${tag}, heard by ${heardBy.length === 0 ? 'no other host' : few}`;
};

export type AnswerDelivery = {
  readonly host: string;
  readonly port: string;
  readonly vm: string | null;
  readonly reply: boolean;
};

export type TraceAnswer = {
  readonly at: string;
  readonly from: { readonly host: string; readonly port: string; readonly vm: string | null; readonly network: string };
  readonly packet: string;
  readonly steps: readonly AnswerStep[];
  readonly hops: readonly AnswerHop[];
  readonly wires: readonly Wire[];
  readonly deliveries: readonly AnswerDelivery[];
  readonly drops: readonly {
    readonly host: string;
    readonly bridge: string;
    readonly table: number;
    readonly reason: string;
  }[];
  readonly delivered: boolean;
  readonly verdict: string;
  readonly assumptions: readonly string[];
};

type Seen = { readonly state: ClusterState; readonly seen: SeenCloud };
type World = { readonly overlay: Overlay; readonly underlay: Underlay };

const worldOf = (at: Seen, question: TraceQuestion, network: string): Result<World, string> => {
  const { seen } = at;
  let world: World = { overlay: networkOverlay(seen, question, network), underlay: seen.underlay };
  for (const written of question.faults) {
    const fault: Result<NetworkFault, string> = parseFault(written, at);
    if (!fault.ok) return fault;
    world = withFault(world, fault.value);
  }
  return ok(world);
};

/** Source addresses the port would use, and the MAC a guest would send to: a group's follows from its address, a neighbour's is
 * known, a router's or stranger's is not invented and stays zero. */
const completed = (packet: Packet, from: Endpoint, overlay: Overlay): Packet => {
  const ipv4 = from.port.addresses.find((a) => !isIpv6(a));
  const ipv6 = from.port.addresses.find(isIpv6);
  const [mac, own4, own6] = [parseMac(from.port.mac) ?? 0n, parseIpv4(ipv4 ?? '') ?? 0n, parseIpv6(ipv6 ?? '') ?? 0n];
  const own = (given: bigint, value: bigint): bigint => (given === 0n ? value : given);
  const filled = withFields(packet, {
    dl_src: own(packet.dl_src, mac),
    ...(packet.dl_type === ETH_IPV4 ? { nw_src: own(packet.nw_src, own4) } : {}),
    ...(packet.dl_type === ETH_IPV6 ? { ipv6_src: own(packet.ipv6_src, own6) } : {}),
    ...(packet.dl_type === ETH_ARP ? { arp_spa: own(packet.arp_spa, own4), arp_sha: own(packet.arp_sha, mac) } : {}),
  });
  if (filled.dl_dst !== 0n) return filled;
  if (filled.dl_type === ETH_ARP) return withFields(filled, { dl_dst: BROADCAST_MAC });
  const group = groupMac(filled);
  if (group !== null) return withFields(filled, { dl_dst: group });
  const target = targetOf(filled);
  const owner = [...overlay.ports.values()].find((p) => p.addresses.includes(target));
  return owner === undefined ? filled : withFields(filled, { dl_dst: parseMac(owner.mac) ?? 0n });
};

const targetOf = (packet: Packet): string =>
  packet.dl_type === ETH_IPV4 ? formatValue('nw_dst', packet.nw_dst) : formatValue('ipv6_dst', packet.ipv6_dst);

/** MAC of a broadcast or multicast address (RFC 1112, RFC 2464); null for any other. */
const groupMac = ({ dl_type, nw_dst, ipv6_dst }: Packet): bigint | null => {
  if (dl_type === ETH_IPV4 && nw_dst === 0xffffffffn) return BROADCAST_MAC;
  if (dl_type === ETH_IPV4 && nw_dst >> 28n === 0xen) return 0x01005e000000n | (nw_dst & 0x7fffffn);
  return dl_type === ETH_IPV6 && ipv6_dst >> 120n === 0xffn ? 0x333300000000n | (ipv6_dst & 0xffffffffn) : null;
};

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const lostOrDropped = (found: Trace): string => {
  const lost = found.hops.find((h) => h.lost !== null);
  if (lost !== undefined) return `lost between ${lost.from} and ${lost.to ?? lost.remoteIp}: ${lost.lost}`;
  const [drop] = found.drops;
  if (drop !== undefined) return `dropped in ${drop.bridge} table ${drop.table} of ${drop.host}: ${drop.reason}`;
  return 'nothing left the port';
};

/** A frame for everybody is delivered when anybody gets it; one for a MAC only when its owner does, whoever else sees a copy. */
const verdictOf = (
  packet: Packet,
  owner: CloudPort | undefined,
  found: Trace,
  deliveries: readonly AnswerDelivery[],
): { readonly delivered: boolean; readonly verdict: string } => {
  const reply = deliveries.find((d) => d.reply);
  if (reply !== undefined)
    return { delivered: true, verdict: `answered by ${reply.host} itself, by its ARP responder` };
  const hosts = new Set(deliveries.map((d) => d.host)).size;
  const reached = `${counted(deliveries.length, 'port')} on ${counted(hosts, 'host')}`;
  if (isGroupMac(packet.dl_dst)) {
    if (deliveries.length > 0) return { delivered: true, verdict: `delivered to ${reached}` };
    return { delivered: false, verdict: lostOrDropped(found) };
  }
  const mac = formatValue('dl_dst', packet.dl_dst);
  const meant = deliveries.find((d) => d.port === owner?.vif);
  if (meant !== undefined) {
    const others = deliveries.length - 1;
    const copies =
      others === 0 ? '' : `; ${counted(others, 'other port')} got a copy, as a bridge had not learned the MAC`;
    return {
      delivered: true,
      verdict: `delivered to ${meant.vm ?? meant.port} (${meant.port}) on ${meant.host}${copies}`,
    };
  }
  if (owner !== undefined) return { delivered: false, verdict: lostOrDropped(found) };
  if (packet.dl_dst === 0n && found.drops.every((d) => d.bridge !== 'br-int')) {
    const verdict =
      packet.dl_type === ETH_IPV4 || packet.dl_type === ETH_IPV6
        ? `no port of the network has the address ${targetOf(packet)}: a router must forward it; routers are not modelled, but the way to one is, with its MAC as dl_dst`
        : 'the packet has no destination: give dl_dst';
    return { delivered: false, verdict };
  }
  if (deliveries.length === 0) return { delivered: false, verdict: lostOrDropped(found) };
  return { delivered: false, verdict: `flooded to ${reached}, none of which has the MAC ${mac}` };
};

/** A service that is down says nothing about the switch beside it. */
const stillForwarding = (state: ClusterState, found: Trace): readonly string[] => {
  const met = new Set(found.steps.map((s) => s.host));
  return state.hosts
    .filter((h) => met.has(h.name) && h.up === false && !h.fenced)
    .map((h) => `${h.name} is reported down, but not fenced: its switch is taken to forward still.`);
};

const answerOf = ({ state, seen }: Seen, from: Endpoint, host: string, packet: Packet, found: Trace): TraceAnswer => {
  const names = new Map(state.vms.map((v) => [v.id, v.name]));
  const owner = new Map(seen.cloud.ports.map((p) => [p.vif, names.get(seen.vms.get(p.id) ?? '') ?? null]));
  const vtep = new Map(seen.cloud.hosts.map((h) => [h.host, h.vtepIp]));
  const target = seen.cloud.ports.find((p) => p.network === from.port.network && parseMac(p.mac) === packet.dl_dst);
  const deliveries = found.deliveries.map((d) => ({
    host: d.host,
    port: d.port,
    vm: owner.get(d.port) ?? null,
    reply: d.reply,
  }));
  return {
    at: state.at,
    from: { host, port: from.port.vif, vm: from.vm?.name ?? null, network: from.port.network },
    packet: describePacket(packet),
    steps: found.steps.map((s) => ({ ...s, packet: describePacket(s.packet) })),
    hops: found.hops.map((h) => ({ ...h, localIp: vtep.get(h.from) ?? '', tunId: Number(h.tunId) })),
    wires: found.wires,
    deliveries,
    drops: found.drops,
    ...verdictOf(packet, target, found, deliveries),
    assumptions: [...seen.assumptions, ...stillForwarding(state, found)],
  };
};

const hostOf = (from: Endpoint, { underlay }: SeenCloud): Result<string, string> => {
  const { host } = from.port;
  const name = from.vm?.name ?? from.port.id;
  if (host === null) return err(`${name} is plugged nowhere at this instant: its port is not ACTIVE on any host.`);
  return underlay.off.has(host) ? err(`${name} sends nothing: its host ${host} is fenced at this instant.`) : ok(host);
};

/** Error: a sentence that names the port, packet, fault or host that is not understood. */
export const traceAnswer = (at: Seen, question: TraceQuestion): Result<TraceAnswer, string> => {
  const given = question.packet === null ? null : parsePacket(question.packet);
  if (given !== null && !given.ok) return err(`The packet is not understood: ${given.error}.`);
  const pair = question.to === null ? null : findPair(at.state, at.seen, question.from, question.to);
  if (pair !== null && !pair.ok) return pair;
  const sources = pair === null ? findPorts(at.state, at.seen, question.from) : ok([pair.value.from]);
  if (!sources.ok) return sources;
  const [from] = sources.value;
  if (from === undefined) return err(`${question.from} has no port.`);
  const host = hostOf(from, at.seen);
  if (!host.ok) return host;
  const world = worldOf(at, question, from.port.network);
  if (!world.ok) return world;
  const { overlay, underlay } = world.value;
  let packet: Packet;
  if (given !== null) packet = completed(given.value, from, overlay);
  else {
    const [a, b] = [overlay.ports.get(from.port.id), overlay.ports.get(pair?.value.to.port.id ?? '')];
    if (pair === null) return err('Say what is sent: a packet, or the VM an echo request goes to.');
    if (a === undefined || b === undefined)
      return err(`${question.from} and ${question.to} are on different networks: ${ROUTER_BETWEEN}.`);
    const ends = commonAddresses(a, b);
    if (ends === null) return err(`${question.from} and ${question.to} share no address family.`);
    packet = echo(ends.a, ends.b, false);
  }
  const options = { nowMs: 0, learn: true, underlay, ipBytes: question.ipBytes };
  const found = trace(overlay, new Memory(), { host: host.value, port: from.port.vif }, packet, options);
  if (!found.ok) return err(`${found.error}.`);
  return ok(answerOf(at, from, host.value, packet, found.value));
};

export type ReachAnswer = {
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly reachable: boolean;
  readonly broken: BrokenHop | null;
  readonly phases: readonly { readonly phase: Phase; readonly steps: number; readonly tunnels: number }[];
  /** With faults in place: what a look at addresses, ports and tables would find before any packet is lost. */
  readonly lints: readonly Lint[];
  readonly assumptions: readonly string[];
};

/** Address resolution, echo and its answer between two VMs, with the faults in place. Error as `traceAnswer`. */
export const reachAnswer = (
  at: Seen,
  question: TraceQuestion & { readonly to: string },
): Result<ReachAnswer, string> => {
  const pair = findPair(at.state, at.seen, question.from, question.to);
  if (!pair.ok) return pair;
  const { from, to } = pair.value;
  const world = worldOf(at, question, from.port.network);
  if (!world.ok) return world;
  const name = (e: Endpoint): string => e.vm?.name ?? e.port.vif;
  const apart = from.port.network !== to.port.network;
  const apartHop: BrokenHop = {
    phase: 'address request',
    at: name(from),
    reason: `the ports are on different networks: ${ROUTER_BETWEEN}`,
  };
  const found = apart
    ? { reachable: false, broken: apartHop, phases: [] }
    : reach(world.value.overlay, from.port.id, to.port.id, {
        underlay: world.value.underlay,
        nowMs: 0,
        memory: new Memory(),
        ipBytes: question.ipBytes,
      });
  return ok({
    at: at.state.at,
    from: name(from),
    to: name(to),
    reachable: found.reachable,
    broken: found.broken,
    phases: found.phases.map(({ phase, trace: t }) => ({ phase, steps: t.steps.length, tunnels: t.hops.length })),
    lints:
      question.faults.length === 0
        ? []
        : withNames(
            lintOverlay(world.value.overlay, { ...at.seen, underlay: world.value.underlay }),
            at.state.networks,
          ),
    assumptions: at.seen.assumptions,
  });
};

/** An echo request as `ping` sends it. */
export const DEFAULT_IP_BYTES = PING_IP_BYTES;
