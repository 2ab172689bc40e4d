// Can one VM talk to another, and if not, which hop breaks first: resolution, echo and its answer, traced in turn.
import { parseMac } from './address.ts';
import type { HostSwitch } from './host-switch.ts';
import { activeHost, type Overlay, type Port } from './overlay.ts';
import type { Packet } from './packet.ts';
import { commonAddresses, echo, resolutionReply, resolutionRequest } from './probe-packet.ts';
import type { Trace } from './trace-result.ts';
import { Memory, PING_IP_BYTES, trace } from './trace.ts';
import type { Underlay } from './underlay.ts';

/** Centralised, distributed (DVR) and HA routers alike. */
export const ROUTER_BETWEEN =
  'a router must forward between them, and routers are not modelled: ask about each network by itself';

export type Phase = 'address request' | 'address reply' | 'echo' | 'echo reply';

export type BrokenHop = {
  readonly phase: Phase;
  /** Where the packet stopped: a host, or a pair `from -> to` between VTEPs. */
  readonly at: string;
  readonly reason: string;
};

export type Reachability = {
  readonly reachable: boolean;
  readonly broken: BrokenHop | null;
  readonly phases: readonly { readonly phase: Phase; readonly trace: Trace }[];
};

export type ReachOptions = {
  readonly underlay: Underlay;
  readonly nowMs: number;
  /** What traffic before this taught the hosts; learning continues in it. */
  readonly memory: Memory;
  /** IP bytes of the echo and its reply; the resolution is always small. */
  readonly ipBytes: number;
  /** As in TraceOptions: shared by callers that ask about several pairs. */
  readonly switches?: Map<string, HostSwitch>;
};

type Endpoint = { readonly host: string; readonly port: Port };

const broken = (phase: Phase, at: string, reason: string): BrokenHop => ({ phase, at, reason });

/** Why a traced packet did not come to `to`: the tunnel towards its host, its host, or what the sender did instead. */
const firstBreak = (phase: Phase, found: Trace, from: Endpoint, to: Endpoint): BrokenHop => {
  const tagged = found.deliveries.find((d) => d.host === to.host && d.port === to.port.vif);
  if (tagged !== undefined) {
    return broken(
      phase,
      to.host,
      `${to.port.vif} is not bound yet: the frame reaches it with local VLAN ${tagged.vlan}`,
    );
  }
  const toward = found.hops.filter((h) => h.to === to.host);
  const lost = toward.map((h) => h.lost).find((why) => why !== null);
  if (lost !== undefined) return broken(phase, `${from.host} -> ${to.host}`, lost);
  const there = found.drops.find((d) => d.host === to.host && (toward.length > 0 || from.host === to.host));
  if (there !== undefined) return broken(phase, `${there.host} ${there.bridge} table ${there.table}`, there.reason);
  const astray = found.hops.find((h) => h.to !== to.host);
  if (astray !== undefined && toward.length === 0) {
    const where = astray.to ?? astray.remoteIp;
    const why = astray.lost ?? `${where} no longer has the port: the forwarding entry on ${from.host} is stale`;
    return broken(phase, `${from.host} -> ${where}`, `sent to ${where} instead of ${to.host}: ${why}`);
  }
  const drop = found.drops[0];
  if (drop !== undefined) return broken(phase, `${drop.host} ${drop.bridge} table ${drop.table}`, drop.reason);
  return broken(phase, from.host, `no copy of the packet left towards ${to.host}`);
};

const endpoint = (overlay: Overlay, id: string): Endpoint | string => {
  const port = overlay.ports.get(id);
  if (port === undefined) return `port ${id} does not exist`;
  const host = activeHost(port);
  if (host === null || !overlay.agents.has(host)) return `port ${id} is bound to no host with an agent`;
  return overlay.agents.get(host)?.vifs.has(id) === true ? { host, port } : `port ${id} is not plugged on ${host}`;
};

/** Sends A's address request, B's answer, A's echo and B's reply, and stops at the first that does not arrive. The address
 * reply of an ARP responder counts as an answer. */
export const reach = (overlay: Overlay, fromPort: string, toPort: string, options: ReachOptions): Reachability => {
  const [a, b] = [endpoint(overlay, fromPort), endpoint(overlay, toPort)];
  const never = (reason: string): Reachability => ({
    reachable: false,
    broken: broken('address request', fromPort, reason),
    phases: [],
  });
  if (typeof a === 'string') return never(a);
  if (typeof b === 'string') return never(b);
  if (a.port.network !== b.port.network) return never(`the ports are on different networks: ${ROUTER_BETWEEN}`);
  const ends = commonAddresses(a.port, b.port);
  if (ends === null) return never('the ports share no address family');
  const phases: { phase: Phase; trace: Trace }[] = [];
  const plan: readonly (readonly [Phase, Endpoint, Endpoint, Packet, number])[] = [
    ['address request', a, b, resolutionRequest(ends.a, ends.b), PING_IP_BYTES],
    ['address reply', b, a, resolutionReply(ends.b, ends.a), PING_IP_BYTES],
    ['echo', a, b, echo(ends.a, ends.b, false), options.ipBytes],
    ['echo reply', b, a, echo(ends.b, ends.a, true), options.ipBytes],
  ];
  const switches = options.switches ?? new Map<string, HostSwitch>();
  let answered = false;
  for (const [phase, from, to, packet, ipBytes] of plan) {
    if (phase === 'address reply' && answered) continue;
    const sender = { host: from.host, port: from.port.vif };
    const found = trace(overlay, options.memory, sender, packet, { ...options, switches, learn: true, ipBytes });
    if (!found.ok) return { reachable: false, broken: broken(phase, from.host, found.error), phases };
    phases.push({ phase, trace: found.value });
    const mac = parseMac(to.port.mac);
    answered ||= found.value.deliveries.some((d) => d.reply && d.port === from.port.vif && d.packet.dl_src === mac);
    const arrived = found.value.deliveries.some((d) => d.host === to.host && d.port === to.port.vif && d.vlan === null);
    if (!arrived && !(phase === 'address request' && answered)) {
      return { reachable: false, broken: firstBreak(phase, found.value, from, to), phases };
    }
  }
  return { reachable: true, broken: null, phases };
};
