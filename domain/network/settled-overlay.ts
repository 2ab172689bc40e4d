// Builds the overlay a cloud would have after everything settled, from a description of who is where.
import { applyEvent } from './apply-event.ts';
import { UNDISTURBED } from './environment.ts';
import {
  emptyOverlay,
  type Overlay,
  type OverlayConfig,
  type PortFacts,
  type Segment,
  type TunnelType,
} from './overlay.ts';

export type CloudDescription = {
  readonly hosts: readonly { readonly host: string; readonly vtepIp: string }[];
  readonly networks: readonly { readonly id: string; readonly segment: Segment }[];
  /** Ports on `host`; null for a port that is bound nowhere. */
  readonly ports: readonly (PortFacts & { readonly host: string | null })[];
  readonly tunnelTypes: readonly TunnelType[];
  readonly bridgeMappings: Readonly<Record<string, string>>;
};

export type Omission = { readonly what: string; readonly why: string };

/** Applies agents, networks and ports in the order given, and numbers ports and local VLANs itself. What cannot be placed
 * (no such host or network) is left out and named. */
export const settledOverlay = (
  config: OverlayConfig,
  cloud: CloudDescription,
): { readonly overlay: Overlay; readonly omitted: readonly Omission[] } => {
  const overlay = emptyOverlay(config);
  const omitted: Omission[] = [];
  const { tunnelTypes, bridgeMappings } = cloud;
  for (const { host, vtepIp } of cloud.hosts) {
    applyEvent(overlay, { type: 'agent.started', host, localIp: vtepIp, tunnelTypes, bridgeMappings }, UNDISTURBED);
  }
  for (const { id, segment } of cloud.networks) {
    applyEvent(overlay, { type: 'network.created', network: id, segment }, UNDISTURBED);
  }
  for (const { host, ...port } of cloud.ports) {
    if (!overlay.networks.has(port.network)) {
      omitted.push({ what: `port ${port.id}`, why: `its network ${port.network} is not described` });
      continue;
    }
    if (host !== null && !overlay.agents.has(host))
      omitted.push({ what: `port ${port.id}`, why: `host ${host} has no known VTEP` });
    const placed = host !== null && overlay.agents.has(host) ? host : null;
    applyEvent(overlay, { type: 'port.created', port, host: placed }, UNDISTURBED);
    if (placed !== null)
      applyEvent(overlay, { type: 'port.up', port: port.id, host: placed, blocked: false }, UNDISTURBED);
  }
  return { overlay, omitted };
};
