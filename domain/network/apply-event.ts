// One event in: the overlay changed in place, and the messages it caused, in the order they were sent.
import { agentRestarted, portsDown, portsUp, startAgent } from './agent-report.ts';
import type { Environment } from './environment.ts';
import { addressMessages, portGoneMessages, portUpMessages } from './l2pop.ts';
import type { Message } from './message.ts';
import type { OverlayEvent } from './overlay-event.ts';
import { activeHost, addPort, removePort, type Overlay, type Port } from './overlay.ts';
import { agentOf, patchPort, portOf, send, setStatus, type Step } from './step.ts';
import { plugVif, unplugVif } from './vif.ts';

const core = (
  method: 'port_update' | 'port_delete' | 'binding_activate' | 'binding_deactivate',
  args: readonly string[],
): Message => ({ kind: 'fanout', method, args });

const portUpdate = (overlay: Overlay, port: Port): Message =>
  core('port_update', [overlay.networks.get(port.network)?.networkType ?? '']);

const portDeleted = (step: Step, id: string): void => {
  const { overlay } = step;
  const port = portOf(overlay, id);
  removePort(overlay, port);
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
      addPort(overlay, { ...event.port, status: 'DOWN', bindings });
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
      return portsUp(step, event.ports, event.host, event.blocked);
    case 'port.provisioned': {
      const port = setStatus(overlay, event.port, 'ACTIVE');
      const host = activeHost(port);
      return host === null ? undefined : send(step, portUpMessages(overlay, port, host, false));
    }
    case 'port.down':
      return portsDown(step, event.ports, event.host);
    case 'port.updated':
      return send(step, [portUpdate(overlay, portOf(overlay, event.port))]);
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
