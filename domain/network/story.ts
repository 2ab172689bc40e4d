// Stories Nova tells the overlay, as lists of events: live and cold migration, evacuation, boot and delete.
import type { OverlayEvent } from './overlay-event.ts';
import type { PortFacts } from './overlay.ts';

export const boot = (port: PortFacts, host: string): OverlayEvent[] => [
  { type: 'port.created', port, host },
  { type: 'port.up', port: port.id, host, blocked: false },
];

export const destroy = (port: string, host: string): OverlayEvent[] => [
  { type: 'port.down', port, host },
  { type: 'port.deleted', port },
];

export type Move = { readonly port: string; readonly source: string; readonly dest: string };

/** With multiple bindings (Nova since Rocky). The two agents race after activation: `first` says who wins. */
export const liveMigration = ({ port, source, dest }: Move, first: 'source' | 'dest'): OverlayEvent[] => {
  const up: OverlayEvent = { type: 'port.up', port, host: dest, blocked: false };
  const down: OverlayEvent = { type: 'port.down', port, host: source };
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
  { type: 'port.down', port, host: source },
  { type: 'port.bound', port, host: dest },
  { type: 'port.up', port, host: dest, blocked: false },
];

/** Evacuation: the source is dead, nobody reports the port down; the server still thinks it ACTIVE there. */
export const evacuation = ({ port, dest }: Move): OverlayEvent[] => [
  { type: 'port.bound', port, host: dest },
  { type: 'port.up', port, host: dest, blocked: false },
];
