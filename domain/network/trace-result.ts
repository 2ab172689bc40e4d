// What following a packet across hosts finds, and the circumstances it is followed in.
import type { HostSwitch } from './host-switch.ts';
import type { Packet } from './packet.ts';
import type { Wire } from './provider-wire.ts';
import type { Drop, TraceStep } from './translate.ts';
import type { Hop, Underlay } from './underlay.ts';

export type Delivery = {
  readonly host: string;
  /** Interface on br-int. */
  readonly port: string;
  /** The tag the frame still carries: set on a port the agent has not bound, null otherwise. */
  readonly vlan: number | null;
  readonly packet: Packet;
  /** Made by the ARP responder of the sender's own host. */
  readonly reply: boolean;
};

export type Trace = {
  readonly steps: readonly TraceStep[];
  readonly hops: readonly Hop[];
  /** Physical networks it was put on, as VLAN and flat networks are. */
  readonly wires: readonly Wire[];
  readonly deliveries: readonly Delivery[];
  readonly drops: readonly Drop[];
};

export type TraceOptions = {
  readonly nowMs: number;
  /** False leaves the memory as it is. */
  readonly learn: boolean;
  readonly underlay: Underlay;
  /** Length of the IP packet in bytes, for the MTU; Ethernet's own header does not count. */
  readonly ipBytes: number;
  /** Switches already built for this overlay; a caller that traces several packets while nothing changes shares one map. */
  readonly switches?: Map<string, HostSwitch>;
};
