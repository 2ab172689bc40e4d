// What an agent tells the server: its VTEP, ports it wired, ports it lost; and what the server does about it.
import { assert } from '../base/result.ts';
import { meetVtep } from './agent-fdb.ts';
import type { Environment } from './environment.ts';
import { portGoneMessages, portUpMessages } from './l2pop.ts';
import type { OverlayEvent } from './overlay-event.ts';
import { activeHost, isTunnelType, PATCH_OFPORT, usesL2pop, type Agent, type TunnelType } from './overlay.ts';
import { agentOf, portOf, send, setStatus, type Step } from './step.ts';
import { bindVif, plugVif, unplugVif } from './vif.ts';

/** The agent reports its VTEP; without l2population it learns all others in the reply, and they learn of it. */
const tunnelSync = (step: Step, agent: Agent, tunnelType: TunnelType): void => {
  const { overlay, env } = step;
  step.sent.push({ kind: 'call', method: 'tunnel_sync', from: agent.host, tunnelIp: agent.localIp, tunnelType });
  if (!usesL2pop(overlay.config.mode) && overlay.config.mode !== 'multicast') {
    for (const other of overlay.agents.values()) {
      if (other.tunnelTypes.includes(tunnelType)) meetVtep(agent, tunnelType, other.localIp, env);
    }
  }
  send(step, [{ kind: 'fanout', method: 'tunnel_update', tunnelIp: agent.localIp, tunnelType }]);
};

const physicalPatches = (event: OverlayEvent & { type: 'agent.started' }, env: Environment): Agent['physical'] => {
  const patches: Agent['physical'] = new Map();
  let next = PATCH_OFPORT + 1;
  for (const [physicalNetwork, bridge] of Object.entries(event.bridgeMappings)) {
    const intOfport = env.ofport(event.host, 'br-int', `int-${bridge}`) ?? next;
    next = Math.max(next, intOfport) + 1;
    patches.set(physicalNetwork, { bridge, intOfport, physOfport: 1 });
  }
  return patches;
};

/** First start: no port, no local VLAN, and its VTEP reported once per tunnel type. */
export const startAgent = (step: Step, event: OverlayEvent & { type: 'agent.started' }): void => {
  const physical = physicalPatches(event, step.env);
  const agent: Agent = {
    host: event.host,
    localIp: event.localIp,
    tunnelTypes: event.tunnelTypes,
    tunnels: new Map(),
    vlans: new Map(),
    vifs: new Map(),
    physical,
    nextVlan: 1,
    nextIntOfport: PATCH_OFPORT + 1 + physical.size,
    nextTunOfport: PATCH_OFPORT + 1,
  };
  step.overlay.agents.set(event.host, agent);
  for (const type of event.tunnelTypes) tunnelSync(step, agent, type);
};

/** The agent's memory of tunnels is gone, and with it every flow that nobody asks for again. */
export const agentRestarted = (step: Step, host: string): void => {
  const agent = agentOf(step.overlay, host);
  if (usesL2pop(step.overlay.config.mode)) {
    for (const local of agent.vlans.values()) {
      local.floodOfports.clear();
      local.floodFlow = null;
      local.unicast.clear();
      local.arp.clear();
    }
  }
  for (const type of agent.tunnelTypes) tunnelSync(step, agent, type);
};

/** Binds one port; returns whether its network has no tunnel yet, or null when the active binding is elsewhere and nothing is
 * bound (`no_active_binding`). */
const wire = (step: Step, agent: Agent, id: string): boolean | null => {
  const port = portOf(step.overlay, id);
  plugVif(agent, port, step.env);
  const segment = step.overlay.networks.get(port.network);
  assert(segment !== undefined, `network ${port.network} of port ${id} is not known to the overlay`);
  if (activeHost(port) !== agent.host) return null;
  const local = bindVif(agent, setStatus(step.overlay, id, 'BUILD'), segment, step.env);
  return isTunnelType(segment.networkType) && local.floodOfports.size === 0;
};

/** One loop of the agent: it wires the ports and reports them together. Today's server sends each port's l2population burst
 * twice: once because the status became ACTIVE, once because the port was wired (`notify_l2pop_port_wiring`, with the agent's
 * wish for a refresh). A port blocked by DHCP stays BUILD, so only the second is sent. */
export const portsUp = (step: Step, ids: readonly string[], host: string, blocked: boolean): void => {
  const { overlay } = step;
  const agent = agentOf(overlay, host);
  const wired = ids.map((id) => ({ id, missing: wire(step, agent, id) })).filter((w) => w.missing !== null);
  if (wired.length === 0) return;
  const refreshTunnels = wired.some((w) => w.missing);
  const devicesUp = wired.map((w) => w.id);
  step.sent.push({
    kind: 'call',
    method: 'update_device_list',
    from: host,
    devicesUp,
    devicesDown: [],
    refreshTunnels,
  });
  for (const id of devicesUp) {
    if (!blocked) send(step, portUpMessages(overlay, setStatus(overlay, id, 'ACTIVE'), host, false));
    if (overlay.config.style === 'master')
      send(step, portUpMessages(overlay, portOf(overlay, id), host, refreshTunnels));
  }
};

/** The agent lost the ports and reports them together. Each is announced when its status changes, and once more by a server
 * whose L3 plugin knows routers per host. */
export const portsDown = (step: Step, ids: readonly string[], host: string): void => {
  const { overlay } = step;
  const agent = agentOf(overlay, host);
  const { style, l3Plugin } = overlay.config;
  const refreshTunnels = null;
  step.sent.push({
    kind: 'call',
    method: 'update_device_list',
    from: host,
    devicesUp: [],
    devicesDown: ids,
    refreshTunnels,
  });
  for (const id of ids) {
    const known = portOf(overlay, id);
    if (activeHost(known) === host && known.status !== 'DOWN') {
      send(step, portGoneMessages(overlay, setStatus(overlay, id, 'DOWN'), host));
    }
    if (style === 'master' && l3Plugin) send(step, portGoneMessages(overlay, portOf(overlay, id), host));
  }
  for (const id of ids) unplugVif(agent, portOf(overlay, id));
};
