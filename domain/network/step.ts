// One event being applied: the overlay it changes, and the messages it has sent so far.
import { assert } from '../base/result.ts';
import { receive } from './agent-fdb.ts';
import type { Environment } from './environment.ts';
import type { Message } from './message.ts';
import type { Agent, Overlay, Port, PortStatus } from './overlay.ts';

export type Step = { readonly overlay: Overlay; readonly env: Environment; readonly sent: Message[] };

/** Asserts that the port exists. */
export const portOf = (overlay: Overlay, id: string): Port => {
  const port = overlay.ports.get(id);
  assert(port !== undefined, `port ${id} is not known to the overlay`);
  return port;
};

/** Asserts that the host has an agent. */
export const agentOf = (overlay: Overlay, host: string): Agent => {
  const agent = overlay.agents.get(host);
  assert(agent !== undefined, `no agent on host ${host}`);
  return agent;
};

/** Replaces a port by a changed copy, and returns it. */
export const patchPort = (overlay: Overlay, id: string, change: Partial<Port>): Port => {
  const port = { ...portOf(overlay, id), ...change };
  overlay.ports.set(id, port);
  return port;
};

/** Changes the server's status of a port. */
export const setStatus = (overlay: Overlay, id: string, status: PortStatus): Port => patchPort(overlay, id, { status });

/** Sends messages and lets every addressed agent react before the next is sent. */
export const send = ({ overlay, env, sent }: Step, messages: readonly Message[]): void => {
  for (const message of messages) {
    sent.push(message);
    if (message.kind === 'cast') {
      const agent = overlay.agents.get(message.to);
      if (agent !== undefined) receive(agent, message, overlay.config.mode, env);
    } else for (const agent of overlay.agents.values()) receive(agent, message, overlay.config.mode, env);
  }
};
