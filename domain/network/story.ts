// Stories Nova tells the overlay, as lists of events: live and cold migration, evacuation, boot and delete.
import type { OverlayEvent } from './overlay-event.ts';
import type { Agent, PortFacts } from './overlay.ts';

/** A port is created on a host and wired there. */
export const boot = (port: PortFacts, host: string): OverlayEvent[] => [
  { type: 'port.created', port, host },
  { type: 'port.up', ports: [port.id], host, blocked: false },
];

/** The guest is deleted: its VIF goes first, then the port. */
export const destroy = (port: string, host: string): OverlayEvent[] => [
  { type: 'port.down', ports: [port], host },
  { type: 'port.deleted', port },
];

export type Move = { readonly port: string; readonly source: string; readonly dest: string };

/** With multiple bindings (Nova since Rocky). The two agents race after activation: `first` says who wins. */
export const liveMigration = ({ port, source, dest }: Move, first: 'source' | 'dest'): OverlayEvent[] => {
  const up: OverlayEvent = { type: 'port.up', ports: [port], host: dest, blocked: false };
  const down: OverlayEvent = { type: 'port.down', ports: [port], host: source };
  return [
    { type: 'binding.added', port, host: dest },
    { type: 'vif.plugged', port, host: dest },
    { type: 'binding.activated', port, host: dest },
    ...(first === 'dest' ? [up, down] : [down, up]),
    { type: 'binding.deleted', port, host: source },
  ];
};

/** Cold migration and resize: the guest is off while its port moves. */
export const coldMigration = ({ port, source, dest }: Move): OverlayEvent[] => [
  { type: 'port.down', ports: [port], host: source },
  { type: 'port.bound', port, host: dest },
  { type: 'port.up', ports: [port], host: dest, blocked: false },
];

/** Evacuation: the source is dead, nobody reports the port down; the server still thinks it ACTIVE there. */
export const evacuation = ({ port, dest }: Move): OverlayEvent[] => [
  { type: 'port.bound', port, host: dest },
  { type: 'port.up', ports: [port], host: dest, blocked: false },
];

/** The agent of a host starts anew and reports every port it finds bound there. */
export const agentRestart = (agent: Agent): OverlayEvent[] => {
  const ports = [...agent.vifs.values()].filter((v) => v.vlan !== null).map((v) => v.port);
  return [
    { type: 'agent.restarted', host: agent.host },
    { type: 'port.up', ports, host: agent.host, blocked: false },
  ];
};
