// One event in: the overlay changed in place, and the messages it caused, in the order they were sent.
import { assert } from '../base/result.ts';
import { meetVtep, receive } from './agent-fdb.ts';
import type { Environment } from './environment.ts';
import { addressMessages, portGoneMessages, portUpMessages } from './l2pop.ts';
import type { Message } from './message.ts';
import type { OverlayEvent } from './overlay-event.ts';
import {
  activeHost,
  isTunnelType,
  PATCH_OFPORT,
  usesL2pop,
  type Agent,
  type Overlay,
  type Port,
  type PortStatus,
  type TunnelType,
} from './overlay.ts';
import { bindVif, plugVif, unplugVif } from './vif.ts';

type Step = { readonly overlay: Overlay; readonly env: Environment; readonly sent: Message[] };

const portOf = (overlay: Overlay, id: string): Port => {
  const port = overlay.ports.get(id);
  assert(port !== undefined, `port ${id} is not known to the overlay`);
  return port;
};

const agentOf = (overlay: Overlay, host: string): Agent => {
  const agent = overlay.agents.get(host);
  assert(agent !== undefined, `no agent on host ${host}`);
  return agent;
};

const patchPort = (overlay: Overlay, id: string, change: Partial<Port>): Port => {
  const port = { ...portOf(overlay, id), ...change };
  overlay.ports.set(id, port);
  return port;
};

const setStatus = (overlay: Overlay, id: string, status: PortStatus): Port => patchPort(overlay, id, { status });

/** Sends messages and lets every addressed agent react before the next is sent. */
const send = ({ overlay, env, sent }: Step, messages: readonly Message[]): void => {
  for (const message of messages) {
    sent.push(message);
    if (message.kind === 'cast') {
      const agent = overlay.agents.get(message.to);
      if (agent !== undefined) receive(agent, message, overlay.config.mode, env);
    } else for (const agent of overlay.agents.values()) receive(agent, message, overlay.config.mode, env);
  }
};

const core = (
  method: 'port_update' | 'port_delete' | 'binding_activate' | 'binding_deactivate',
  args: readonly string[],
): Message => ({ kind: 'fanout', method, args });

const portUpdate = (overlay: Overlay, port: Port): Message =>
  core('port_update', [overlay.networks.get(port.network)?.networkType ?? '']);

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

const startAgent = (step: Step, event: OverlayEvent & { type: 'agent.started' }): void => {
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

/** The agent wired the port and says so. Today's server sends the l2population burst twice: once because the status became
 * ACTIVE, once because the port was wired (`notify_l2pop_port_wiring`, with the agent's wish for a refresh). */
const reportUp = (step: Step, agent: Agent, id: string, refreshTunnels: boolean, blocked: boolean): void => {
  const { overlay } = step;
  step.sent.push({
    kind: 'call',
    method: 'update_device_list',
    from: agent.host,
    devicesUp: [id],
    devicesDown: [],
    refreshTunnels,
  });
  if (!blocked) send(step, portUpMessages(overlay, setStatus(overlay, id, 'ACTIVE'), agent.host, false));
  if (overlay.config.style === 'master') {
    send(step, portUpMessages(overlay, portOf(overlay, id), agent.host, refreshTunnels));
  }
};

/** The agent asks for the port's details; unless its host holds the active binding, nothing is bound (`no_active_binding`). */
const portUp = (step: Step, id: string, host: string, options: { blocked: boolean; restarted: boolean }): void => {
  const { overlay, env } = step;
  const port = portOf(overlay, id);
  const agent = agentOf(overlay, host);
  plugVif(agent, port, env);
  const segment = overlay.networks.get(port.network);
  assert(segment !== undefined, `network ${port.network} of port ${id} is not known to the overlay`);
  if (activeHost(port) !== host) return;
  setStatus(overlay, id, 'BUILD');
  const local = bindVif(agent, port, segment, env);
  const tunnelsMissing = isTunnelType(segment.networkType) && local.floodOfports.size === 0;
  reportUp(step, agent, id, options.restarted || tunnelsMissing, options.blocked);
};

const portDown = (step: Step, id: string, host: string): void => {
  const { overlay } = step;
  const agent = agentOf(overlay, host);
  const known = portOf(overlay, id);
  step.sent.push({
    kind: 'call',
    method: 'update_device_list',
    from: host,
    devicesUp: [],
    devicesDown: [id],
    refreshTunnels: null,
  });
  if (activeHost(known) === host && known.status !== 'DOWN') {
    send(step, portGoneMessages(overlay, setStatus(overlay, id, 'DOWN'), host));
  }
  const { style, l3Plugin } = overlay.config;
  if (style === 'master' && l3Plugin) send(step, portGoneMessages(overlay, portOf(overlay, id), host));
  unplugVif(agent, known);
};

const portDeleted = (step: Step, id: string): void => {
  const { overlay } = step;
  const port = portOf(overlay, id);
  overlay.ports.delete(id);
  const host = activeHost(port);
  const announced = overlay.config.style === 'master' || port.status !== 'DOWN';
  if (host !== null && announced) send(step, portGoneMessages(overlay, port, host));
  send(step, [core('port_delete', [id])]);
  for (const agent of overlay.agents.values()) if (agent.vifs.has(id)) unplugVif(agent, port);
};

/** PUT binding:host_id. Moving an ACTIVE port tells the others at once that the old host has lost it. */
const portBound = (step: Step, id: string, host: string): void => {
  const { overlay } = step;
  const before = portOf(overlay, id);
  const old = activeHost(before);
  const inactive = before.bindings.filter((b) => b.status === 'INACTIVE' && b.host !== host);
  const after = patchPort(overlay, id, { bindings: [...inactive, { host, status: 'ACTIVE' }], status: 'DOWN' });
  if (old !== null && old !== host && before.status === 'ACTIVE') send(step, portGoneMessages(overlay, after, old));
  send(step, [portUpdate(overlay, after)]);
};

/** The active binding moves; the port goes DOWN without an l2population message (network.md §6, step 3). */
const bindingActivated = (step: Step, id: string, host: string): void => {
  const { overlay } = step;
  const port = portOf(overlay, id);
  const source = activeHost(port);
  const bindings = port.bindings.map(
    (b) => ({ host: b.host, status: b.host === host ? 'ACTIVE' : 'INACTIVE' }) as const,
  );
  patchPort(overlay, id, { bindings, status: 'DOWN' });
  send(step, [
    ...(source === null ? [] : [core('binding_deactivate', [id, source, port.network])]),
    core('binding_activate', [id, host]),
  ]);
};

/** The agent's memory of tunnels is gone: it asks for everything again, port by port, and clears what nobody repeats. */
const agentRestarted = (step: Step, host: string): void => {
  const { overlay } = step;
  const agent = agentOf(overlay, host);
  if (usesL2pop(overlay.config.mode)) {
    for (const local of agent.vlans.values()) {
      local.floodOfports.clear();
      local.floodFlow = null;
      local.unicast.clear();
      local.arp.clear();
    }
  }
  for (const type of agent.tunnelTypes) tunnelSync(step, agent, type);
  for (const vif of agent.vifs.values()) {
    if (vif.vlan !== null) portUp(step, vif.port, host, { blocked: false, restarted: true });
  }
};

const dispatch = (step: Step, event: OverlayEvent): void => {
  const { overlay, env } = step;
  switch (event.type) {
    case 'agent.started':
      return startAgent(step, event);
    case 'agent.restarted':
      return agentRestarted(step, event.host);
    case 'network.created':
      overlay.networks.set(event.network, event.segment);
      return;
    case 'port.created': {
      const bindings = event.host === null ? [] : [{ host: event.host, status: 'ACTIVE' } as const];
      overlay.ports.set(event.port.id, { ...event.port, status: 'DOWN', bindings });
      return;
    }
    case 'port.bound':
      return portBound(step, event.port, event.host);
    case 'port.addresses_changed': {
      const port = portOf(overlay, event.port);
      const messages = addressMessages(overlay, port, event.addresses);
      patchPort(overlay, event.port, { addresses: event.addresses });
      return send(step, [...messages, portUpdate(overlay, port)]);
    }
    case 'port.deleted':
      return portDeleted(step, event.port);
    case 'vif.plugged':
      plugVif(agentOf(overlay, event.host), portOf(overlay, event.port), env);
      return;
    case 'port.up':
      return portUp(step, event.port, event.host, { blocked: event.blocked, restarted: false });
    case 'port.provisioned': {
      const port = setStatus(overlay, event.port, 'ACTIVE');
      const host = activeHost(port);
      return host === null ? undefined : send(step, portUpMessages(overlay, port, host, false));
    }
    case 'port.down':
      return portDown(step, event.port, event.host);
    case 'binding.added': {
      const { bindings } = portOf(overlay, event.port);
      patchPort(overlay, event.port, { bindings: [...bindings, { host: event.host, status: 'INACTIVE' }] });
      return;
    }
    case 'binding.activated':
      return bindingActivated(step, event.port, event.host);
    case 'binding.deleted': {
      const bindings = portOf(overlay, event.port).bindings.filter((b) => b.host !== event.host);
      patchPort(overlay, event.port, { bindings });
    }
  }
};

/** Applies an event in place. Returns every message it caused: agents' calls and the server's casts and fanouts.
 * Asserts that hosts, networks and ports named by the event exist: whoever reads foreign logs checks that first. */
export const applyEvent = (overlay: Overlay, event: OverlayEvent, env: Environment): readonly Message[] => {
  const step: Step = { overlay, env, sent: [] };
  dispatch(step, event);
  return step.sent;
};
