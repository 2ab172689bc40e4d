// Flows and tunnels of one host in closed form: the counts of network.md §4, from who is where instead of from flow tables.
import { isIpv6 } from './address.ts';
import { isTunnelType, usesL2pop, type Overlay, type Style } from './overlay.ts';

/** Flows br-tun has before anything happens: classification, patch, drops, learn, and two defaults. */
export const BASE_FLOWS: Readonly<Record<Style, number>> = { master: 13, classic: 9 };

/** The ARP responder adds its entry in table 2 and its default in table 21. */
export const RESPONDER_FLOWS = 2;

export type FlowCounts = { readonly flows: number; readonly tunnels: number };

/** Counts for `host` when every agent has heard every message. Ports count where they are ACTIVE and actively bound.
 * With l2population, Q (networks still in the provisioning quirk) is read from the host, as it depends on history. */
export const flowCounts = (overlay: Overlay, host: string): FlowCounts => {
  const { style, mode } = overlay.config;
  const agent = overlay.agents.get(host);
  if (agent === undefined || mode === 'multicast') return { flows: 0, tunnels: 0 };
  const base = BASE_FLOWS[style];
  const local = [...agent.vlans.values()].filter((v) => isTunnelType(v.segment.networkType));
  if (!usesL2pop(mode)) {
    const tunnels = agent.tunnelTypes.reduce(
      (sum, type) =>
        sum + [...overlay.agents.values()].filter((a) => a.host !== host && a.tunnelTypes.includes(type)).length,
      0,
    );
    return { flows: base + tunnels + local.length * (tunnels > 0 ? 2 : 1), tunnels };
  }
  const networks = new Set(local.map((v) => v.network));
  const remote = [...overlay.ports.values()].flatMap((p) => {
    const at = p.bindings.find((b) => b.status === 'ACTIVE')?.host;
    return p.status === 'ACTIVE' && at !== undefined && at !== host && networks.has(p.network) ? [{ ...p, at }] : [];
  });
  const tunnels = new Set(remote.map((p) => `${overlay.networks.get(p.network)?.networkType}/${p.at}`)).size;
  const shared = new Set(remote.map((p) => p.network));
  const quirks = local.filter((v) => !shared.has(v.network) && v.floodFlow !== null).length;
  const arp =
    mode === 'l2pop-arp'
      ? RESPONDER_FLOWS +
        new Set(remote.flatMap((p) => p.addresses.filter((a) => !isIpv6(a)).map((a) => `${p.network}/${a}`))).size
      : 0;
  const unicast = new Set(remote.map((p) => `${p.network}/${p.mac}`)).size;
  return { flows: base + tunnels + networks.size + shared.size + unicast + quirks + arp, tunnels };
};
