// Follows a packet from a port through its host, over the tunnels and into the hosts behind them.
import { err, ok, type Result } from '../base/result.ts';
import { parseIpv4 } from './address.ts';
import { switchOf, type HostSwitch } from './host-switch.ts';
import { Learned } from './learned.ts';
import { traceGroup } from './multicast-group.ts';
import type { Overlay } from './overlay.ts';
import { withFields, type Packet } from './packet.ts';
import { ontoWire, type Wire } from './provider-wire.ts';
import type { Delivery, Trace, TraceOptions } from './trace-result.ts';
import { translate, type Drop, type Output, type TraceStep } from './translate.ts';
import { carry, type Hop, wireLoss } from './underlay.ts';

/** What the traffic so far has taught every host. */
export class Memory {
  readonly #hosts = new Map<string, Learned>();

  of(host: string): Learned {
    const known = this.#hosts.get(host) ?? new Learned();
    this.#hosts.set(host, known);
    return known;
  }
}

/** IP bytes of a small probe: header, ICMP, 56 bytes of payload, as `ping` sends. */
export const PING_IP_BYTES = 84;

/** Never tunnel to tunnel, so a trace is short; this stops one through tables nobody would write. */
const MAX_HOPS = 4096;

type Arrival = { readonly host: HostSwitch; readonly bridge: 'br-int' | 'br-tun'; readonly packet: Packet };

/** The tunnel port of the receiver that an outer packet from `sender` arrives on; null when it has none. */
const receivingPort = (receiver: HostSwitch, hop: Hop, senderIp: string): number | null => {
  for (const [ofport, port] of receiver.bridges['br-tun'].ports) {
    if (port.kind === 'tunnel' && port.type === hop.type && port.remoteIp === senderIp) return ofport;
  }
  return null;
};

/** Traces a packet that `port` (an interface of `host`) sends. Error: a sentence when host or port is not there. */
export const trace = (
  overlay: Overlay,
  memory: Memory,
  from: { readonly host: string; readonly port: string },
  packet: Packet,
  options: TraceOptions,
): Result<Trace, string> => {
  const switches = options.switches ?? new Map<string, HostSwitch>();
  const switchAt = (host: string): HostSwitch | null => {
    const agent = overlay.agents.get(host);
    if (agent === undefined) return null;
    const known = switches.get(host) ?? switchOf(agent, overlay.config);
    switches.set(host, known);
    return known;
  };
  if (overlay.config.mode === 'multicast') return traceGroup(overlay, from, packet, options);
  const source = switchAt(from.host);
  if (source === null) return err(`no agent on host ${from.host}`);
  const entry = [...source.bridges['br-int'].ports].find(([, p]) => p.name === from.port)?.[0];
  if (entry === undefined) return err(`no port ${from.port} on br-int of ${from.host}`);
  const found = {
    steps: [] as TraceStep[],
    hops: [] as Hop[],
    wires: [] as Wire[],
    deliveries: [] as Delivery[],
    drops: [] as Drop[],
  };
  const waiting: Arrival[] = [
    { host: source, bridge: 'br-int', packet: withFields(packet, { in_port: BigInt(entry) }) },
  ];
  for (let at = waiting.shift(); at !== undefined && found.hops.length < MAX_HOPS; at = waiting.shift()) {
    const { host } = at;
    const here = translate(host, at.bridge, at.packet, memory.of(host.host), options);
    found.steps.push(...here.steps);
    found.drops.push(...here.drops);
    for (const output of here.outputs) leave(host, output);
  }
  return ok(found);

  function leave(host: HostSwitch, output: Output): void {
    if (output.kind === 'local') found.deliveries.push({ host: host.host, ...output });
    if (output.kind === 'physical') {
      const departure = ontoWire(overlay, host.host, output.port, output.packet);
      if (departure !== null) found.wires.push(departure.wire);
      for (const arrival of departure?.arrivals ?? []) {
        const lost = wireLoss(options.underlay, host.host, arrival.host, options.ipBytes);
        if (lost !== null) found.drops.push({ host: arrival.host, bridge: 'br-int', table: 0, reason: lost });
        const there = lost === null ? switchAt(arrival.host) : null;
        if (there !== null) waiting.push({ host: there, bridge: 'br-int', packet: arrival.packet });
      }
    }
    if (output.kind !== 'tunnel') return;
    const { type, remoteIp, tunId, localIp } = output;
    const hop = carry(overlay, options.underlay, { from: host.host, type, remoteIp, tunId }, options.ipBytes);
    const receiver = hop.lost === null && hop.to !== null ? switchAt(hop.to) : null;
    const ofport = receiver === null ? null : receivingPort(receiver, hop, localIp);
    const lost =
      receiver !== null && ofport === null ? `${hop.to} has no ${type} tunnel port for ${localIp}` : hop.lost;
    found.hops.push({ ...hop, lost });
    if (receiver === null || ofport === null) return;
    const [tun_src, tun_dst] = [parseIpv4(localIp) ?? 0n, parseIpv4(remoteIp) ?? 0n];
    const arriving = withFields(output.packet, { in_port: BigInt(ofport), tun_id: tunId, tun_src, tun_dst });
    waiting.push({ host: receiver, bridge: 'br-tun', packet: arriving });
  }
};
