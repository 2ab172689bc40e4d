// The l2population mechanism driver: which FDB messages a change of a port causes (neutron ml2/drivers/l2pop).
import { FLOODING_ENTRY, type Fdb, type FdbEntry, type Message } from './message.ts';
import { activeHost, isTunnelType, portsOf, usesL2pop, type Overlay, type Port } from './overlay.ts';

const portEntries = (port: Port): FdbEntry[] => port.addresses.map((ip) => [port.mac, ip]);

/** Ports of the network that count on a host: status ACTIVE and any binding there. The server's query does not look at the
 * binding's status, so a deactivated source binding still counts until it is deleted (network.md §6). */
const activePorts = (overlay: Overlay, network: string, host: string): Port[] =>
  portsOf(overlay, network).filter((p) => p.status === 'ACTIVE' && p.bindings.some((b) => b.host === host));

const fdbOf = (overlay: Overlay, network: string, ports: ReadonlyMap<string, readonly FdbEntry[]>): Fdb | null => {
  const segment = overlay.networks.get(network);
  if (segment === undefined || !isTunnelType(segment.networkType)) return null;
  return { network, segmentationId: segment.segmentationId, networkType: segment.networkType, ports };
};

/** Everything a host must know that meets the network for the first time: per other host a FLOODING entry and its ports. */
const agentFdb = (overlay: Overlay, network: string, host: string): ReadonlyMap<string, readonly FdbEntry[]> => {
  const byVtep = new Map<string, FdbEntry[]>();
  for (const port of portsOf(overlay, network)) {
    if (port.status !== 'ACTIVE') continue;
    for (const binding of port.bindings) {
      const vtep = overlay.agents.get(binding.host)?.localIp;
      if (binding.host === host || vtep === undefined) continue;
      const entries = byVtep.get(vtep) ?? [FLOODING_ENTRY];
      byVtep.set(vtep, entries);
      entries.push(...portEntries(port));
    }
  }
  return byVtep;
};

/** How many active ports make a port one of the first on its host: one in 2015; one or two since two may come at once. */
const isFirst = (overlay: Overlay, count: number): boolean =>
  count === 1 || (overlay.config.style === 'master' && count === 2);

/** update_port_up: the port at `host` became ACTIVE, or its agent wired it. `refresh`: the agent asks for the full list. */
export const portUpMessages = (overlay: Overlay, port: Port, host: string, refresh: boolean): Message[] => {
  const vtep = overlay.agents.get(host)?.localIp;
  if (!usesL2pop(overlay.config.mode) || vtep === undefined) return [];
  const first = refresh || isFirst(overlay, activePorts(overlay, port.network, host).length);
  const others = first ? agentFdb(overlay, port.network, host) : new Map<string, readonly FdbEntry[]>();
  const toHost = others.size > 0 ? fdbOf(overlay, port.network, others) : null;
  const toAll = fdbOf(
    overlay,
    port.network,
    new Map([[vtep, [...(first ? [FLOODING_ENTRY] : []), ...portEntries(port)]]]),
  );
  return [
    ...(toHost === null ? [] : [{ kind: 'cast', method: 'add_fdb_entries', to: host, fdb: toHost } as const]),
    ...(toAll === null ? [] : [{ kind: 'fanout', method: 'add_fdb_entries', fdb: toAll } as const]),
  ];
};

/** The port no longer lives on `host`; a FLOODING entry goes with it when no active one is left there. Called when the
 * server's own record (status, binding) has already changed. */
export const portGoneMessages = (overlay: Overlay, port: Port, host: string): Message[] => {
  const vtep = overlay.agents.get(host)?.localIp;
  if (!usesL2pop(overlay.config.mode) || vtep === undefined) return [];
  const flood = activePorts(overlay, port.network, host).length === 0 ? [FLOODING_ENTRY] : [];
  const fdb = fdbOf(overlay, port.network, new Map([[vtep, [...flood, ...portEntries(port)]]]));
  return fdb === null ? [] : [{ kind: 'fanout', method: 'remove_fdb_entries', fdb }];
};

/** Fixed IPs changed on a bound port: `before` and `after` hold only what differs. */
export const addressMessages = (overlay: Overlay, port: Port, addresses: readonly string[]): Message[] => {
  const host = activeHost(port);
  const vtep = host === null ? undefined : overlay.agents.get(host)?.localIp;
  const segment = overlay.networks.get(port.network);
  if (!usesL2pop(overlay.config.mode) || vtep === undefined || segment === undefined) return [];
  if (!isTunnelType(segment.networkType)) return [];
  const entries = (list: readonly string[]): FdbEntry[] => list.map((ip) => [port.mac, ip]);
  const before = entries(port.addresses.filter((ip) => !addresses.includes(ip)));
  const after = entries(addresses.filter((ip) => !port.addresses.includes(ip)));
  if (before.length + after.length === 0) return [];
  return [{ kind: 'fanout', method: 'update_fdb_entries', changed: { network: port.network, vtep, before, after } }];
};
