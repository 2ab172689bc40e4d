// What the comings and goings of ports cost the control plane over a stretch of the log: FDB messages, bucket by bucket.
import type { LogEvent } from '../events/dictionary.ts';
import { idOf } from '../events/entity.ts';
import type { ClusterState } from '../readout/state.ts';
import type { OverlayConfig, Style } from './overlay.ts';
import { liveMigrationLoad, type MessageLoad, portRemovedLoad, portUpLoad, type UpSituation } from './scale-load.ts';

export type NetworkLoad = {
  /** Milliseconds since 1970; buckets divide [from, to] evenly. */
  readonly from: number;
  readonly to: number;
  /** FDB messages the server sends, in each bucket. */
  readonly messages: readonly number[];
  /** The same as received, summed over agents. */
  readonly deliveries: readonly number[];
  /** Outer packets of one broadcast by the average plugged port, with l2population, at the end of each bucket. */
  readonly copies: readonly number[];
  /** The same with a full mesh. */
  readonly copiesFullMesh: number;
};

type Known = {
  readonly network: string | null;
  readonly host: string | null;
  readonly active: boolean;
  readonly addresses: number;
};

const NEVER_SEEN: Known = { network: null, host: null, active: true, addresses: 0 };

/** What an event about a port leaves of it; null when it is gone, undefined when the event is about something else. */
const changed = (known: Known, event: LogEvent): Known | null | undefined => {
  if (event.type === 'port.reported') {
    const { network = known.network, host = known.host, status, ips } = event.data;
    const active = status === undefined ? known.active : status === 'ACTIVE';
    return { network, host, active, addresses: ips === undefined ? known.addresses : ips.length };
  }
  if (event.type === 'port.bound') return event.data.binding === 'ACTIVE' ? { ...known, host: event.data.host } : known;
  if (event.type === 'port.unbound') return known.host === event.data.host ? { ...known, host: null } : known;
  return event.type === 'port.deleted' ? null : undefined;
};

type Presence = Map<string, Map<string, { ports: number; addresses: number }>>;

const count = (presence: Presence, port: Known, sign: 1 | -1): void => {
  if (port.network === null || port.host === null || !port.active) return;
  const hosts = presence.get(port.network) ?? new Map<string, { ports: number; addresses: number }>();
  presence.set(port.network, hosts);
  const before = hosts.get(port.host) ?? { ports: 0, addresses: 0 };
  const now = { ports: before.ports + sign, addresses: before.addresses + sign * port.addresses };
  if (now.ports === 0) hosts.delete(port.host);
  else hosts.set(port.host, now);
};

const plugged = (port: Known | null): string | null =>
  port?.active === true && port.network !== null ? port.host : null;

/** Copies of a broadcast, averaged over plugged ports: each network's other hosts, weighted by its ports. */
const meanCopies = (presence: Presence): number => {
  let [ports, copies] = [0, 0];
  for (const hosts of presence.values()) {
    const here = [...hosts.values()].reduce((sum, h) => sum + h.ports, 0);
    ports += here;
    copies += here * Math.max(0, hosts.size - 1);
  }
  return ports === 0 ? 0 : copies / ports;
};

/** `before`: the state at the beginning; `events`: those of the stretch, in event-time order. The closed forms of `scale-load`. */
export const loadOverTime = (
  before: ClusterState,
  events: Iterable<LogEvent>,
  range: { readonly from: number; readonly to: number; readonly buckets: number },
  style: Style,
): NetworkLoad => {
  const { from, to, buckets } = range;
  const config: OverlayConfig = { style, mode: 'l2pop-arp', l3Plugin: true };
  const agents = before.hosts.length;
  const ports = new Map<string, Known>(
    before.ports.map((p) => [
      p.id,
      {
        network: p.network,
        host: p.host,
        active: p.status === null || p.status === 'ACTIVE',
        addresses: p.ips.length,
      },
    ]),
  );
  const presence: Presence = new Map();
  for (const port of ports.values()) count(presence, port, 1);
  const [messages, deliveries] = [new Array<number>(buckets).fill(0), new Array<number>(buckets).fill(0)];
  const copies: number[] = [];
  const bucketOf = (at: number): number =>
    Math.min(buckets - 1, Math.max(0, Math.floor(((at - from) / Math.max(1, to - from)) * buckets)));

  /** The situation a port comes up into; it is counted already. */
  const situation = (port: Known, host: string): UpSituation => {
    const hosts = presence.get(port.network ?? '') ?? new Map<string, { ports: number; addresses: number }>();
    const others = [...hosts].filter(([h]) => h !== host);
    return {
      hosts: agents,
      activeOnHost: hosts.get(host)?.ports ?? 1,
      otherHosts: others.length,
      otherAddresses: others.reduce((sum, [, h]) => sum + h.addresses, 0),
      addresses: port.addresses,
      refresh: (hosts.get(host)?.ports ?? 1) === 1,
    };
  };

  for (const event of events) {
    const id = idOf(event.entity);
    const old = ports.get(id) ?? NEVER_SEEN;
    const now = changed(old, event);
    if (now === undefined) continue;
    const bucket = bucketOf(event.at);
    while (copies.length < bucket) copies.push(meanCopies(presence));
    count(presence, old, -1);
    if (now === null) ports.delete(id);
    else {
      ports.set(id, now);
      count(presence, now, 1);
    }
    const [was, is] = [plugged(old), plugged(now)];
    if (was === is) continue;
    const leftOnHost = was === null ? 0 : (presence.get(old.network ?? '')?.get(was)?.ports ?? 0);
    let load: MessageLoad;
    if (is === null || now === null)
      load = portRemovedLoad(config, { hosts: agents, leftOnHost, addresses: old.addresses });
    else if (was === null) load = portUpLoad(config, situation(now, is));
    else load = liveMigrationLoad(config, { up: situation(now, is), first: 'dest', leftOnSource: leftOnHost });
    messages[bucket] = (messages[bucket] ?? 0) + load.fanouts + load.casts;
    deliveries[bucket] = (deliveries[bucket] ?? 0) + load.deliveries;
  }
  while (copies.length < buckets) copies.push(meanCopies(presence));
  return { from, to, messages, deliveries, copies, copiesFullMesh: Math.max(0, agents - 1) };
};
