// What lies outside the model when an event is applied: numbers Open vSwitch hands out, and messages that get lost.
import type { Message } from './message.ts';

export interface Environment {
  /** Port number the switch gave this port; null lets the model number it (ascending, a freed number is not reused). */
  readonly ofport: (host: string, bridge: 'br-int' | 'br-tun', port: string) => number | null;
  /** Local VLAN the agent took for this network; null lets the model choose (ascending from 1, not reused at once). */
  readonly localVlan: (host: string, network: string) => number | null;
  /** False when this message never reaches this host (a broker or agent fault). */
  readonly delivers: (message: Message, host: string) => boolean;
}

/** The model numbers everything itself and every message arrives. */
export const UNDISTURBED: Environment = {
  ofport: () => null,
  localVlan: () => null,
  delivers: () => true,
};
