// Builds the overlay a cloud would have after everything settled, from a description of who is where.
import { applyEvent } from './apply-event.ts';
import { UNDISTURBED, type Environment } from './environment.ts';
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

/** Applies agents, networks and ports in the order given, and numbers ports and local VLANs itself
 * unless `numbering` does. What cannot be placed
 * (no such host or network) is left out and named. In a large cloud every host holds an entry per remote port; `focus` names
 * the hosts whose tables are wanted, the others hear no messages and stay small. Null: all hosts. */
export const settledOverlay = (
  config: OverlayConfig,
  cloud: CloudDescription,
  focus: ReadonlySet<string> | null = null,
  numbering: Pick<Environment, 'ofport' | 'localVlan'> = UNDISTURBED,
): { readonly overlay: Overlay; readonly omitted: readonly Omission[] } => {
  const overlay = emptyOverlay(config);
  const omitted: Omission[] = [];
  const { tunnelTypes, bridgeMappings } = cloud;
  const env: Environment = {
    ofport: numbering.ofport,
    localVlan: numbering.localVlan,
    delivers: (_, host) => focus === null || focus.has(host),
  };
  for (const { host, vtepIp } of cloud.hosts) {
    applyEvent(overlay, { type: 'agent.started', host, localIp: vtepIp, tunnelTypes, bridgeMappings }, env);
  }
  for (const { id, segment } of cloud.networks) {
    applyEvent(overlay, { type: 'network.created', network: id, segment }, env);
  }
  for (const { host, ...port } of cloud.ports) {
    if (!overlay.networks.has(port.network)) {
      omitted.push({ what: `port ${port.id}`, why: `its network ${port.network} is not described` });
      continue;
    }
    if (host !== null && !overlay.agents.has(host))
      omitted.push({ what: `port ${port.id}`, why: `host ${host} has no known VTEP` });
    const placed = host !== null && overlay.agents.has(host) ? host : null;
    applyEvent(overlay, { type: 'port.created', port, host: placed }, env);
    if (placed !== null) applyEvent(overlay, { type: 'port.up', ports: [port.id], host: placed, blocked: false }, env);
  }
  return { overlay, omitted };
};
