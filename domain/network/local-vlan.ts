// A network arriving on a host and leaving it: the local VLAN, its flood flow, and what goes with it.
import type { Environment } from './environment.ts';
import { isTunnelType, type Agent, type LocalVlan, type Segment } from './overlay.ts';
import { cleanupTunnel, ofportsOf } from './tunnel-port.ts';

/** Local VLAN ids run from 1 to 4094 on every host. */
const LAST_LOCAL_VLAN = 4094;

const freeVlan = (agent: Agent): number => {
  const used = new Set([...agent.vlans.values()].map((v) => v.vlan));
  let vlan = agent.nextVlan;
  while (used.has(vlan)) vlan = (vlan % LAST_LOCAL_VLAN) + 1;
  return vlan;
};

/** provision_local_vlan: takes a local VLAN and installs the flood flow with *every* tunnel port of the type the host
 * already has, also with l2population. The first FLOODING entry replaces it; if none comes, it over-floods (network.md §4). */
export const provisionLocalVlan = (agent: Agent, network: string, segment: Segment, env: Environment): LocalVlan => {
  const known = agent.vlans.get(network);
  if (known !== undefined) return known;
  const vlan = env.localVlan(agent.host, network) ?? freeVlan(agent);
  agent.nextVlan = (vlan % LAST_LOCAL_VLAN) + 1;
  const ofports = isTunnelType(segment.networkType) ? ofportsOf(agent, segment.networkType) : [];
  const local: LocalVlan = {
    network,
    segment,
    vlan,
    floodOfports: new Set(),
    floodFlow: ofports.length > 0 ? ofports : null,
    unicast: new Map(),
    arp: new Map(),
    ports: new Set(),
  };
  agent.vlans.set(network, local);
  return local;
};

/** reclaim_local_vlan: all flows of the network go, then tunnels no other network floods to. */
export const reclaimLocalVlan = (agent: Agent, network: string): void => {
  const local = agent.vlans.get(network);
  if (local === undefined) return;
  agent.vlans.delete(network);
  const { networkType } = local.segment;
  if (isTunnelType(networkType)) for (const ofport of local.floodOfports) cleanupTunnel(agent, networkType, ofport);
};
