// An interface on br-int as the agent binds and unbinds it, with the anti-spoofing rules that follow it.
import type { Environment } from './environment.ts';
import { provisionLocalVlan, reclaimLocalVlan } from './local-vlan.ts';
import type { Agent, LocalVlan, Port, Segment, Vif } from './overlay.ts';

/** The interface appears on br-int, untagged; a port that is already there keeps its number. */
export const plugVif = (agent: Agent, port: Port, env: Environment): Vif => {
  const known = agent.vifs.get(port.id);
  if (known !== undefined) return known;
  const ofport = env.ofport(agent.host, 'br-int', port.vif) ?? agent.nextIntOfport;
  agent.nextIntOfport = Math.max(agent.nextIntOfport, ofport + 1);
  const vif: Vif = { port: port.id, name: port.vif, ofport, vlan: null, guard: null };
  agent.vifs.set(port.id, vif);
  return vif;
};

/** port_bound: the network gets its local VLAN, the port its tag and its anti-spoofing flows. */
export const bindVif = (agent: Agent, port: Port, segment: Segment, env: Environment): LocalVlan => {
  const local = provisionLocalVlan(agent, port.network, segment, env);
  local.ports.add(port.id);
  const guard = port.portSecurity ? { mac: port.mac, addresses: port.addresses } : null;
  agent.vifs.set(port.id, { ...plugVif(agent, port, env), vlan: local.vlan, guard });
  return local;
};

/** port_unbound: the last port of a network takes the local VLAN with it. */
export const unplugVif = (agent: Agent, port: Port): void => {
  agent.vifs.delete(port.id);
  const local = agent.vlans.get(port.network);
  if (local === undefined) return;
  local.ports.delete(port.id);
  if (local.ports.size === 0) reclaimLocalVlan(agent, port.network);
};
