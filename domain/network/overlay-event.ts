// What can happen to the overlay: the API calls of Nova and the user, and what agents see on their host.
import type { PortFacts, Segment, TunnelType } from './overlay.ts';

export type OverlayEvent =
  /** The agent's first start: it reports its VTEP once per tunnel type. */
  | {
      readonly type: 'agent.started';
      readonly host: string;
      readonly localIp: string;
      readonly tunnelTypes: readonly TunnelType[];
      /** Physical network to bridge, for vlan and flat networks. */
      readonly bridgeMappings: Readonly<Record<string, string>>;
    }
  /** The agent process restarted; its ports are reported up again by a `port.up` that follows. */
  | { readonly type: 'agent.restarted'; readonly host: string }
  | { readonly type: 'network.created'; readonly network: string; readonly segment: Segment }
  /** POST port, usually with `binding:host_id`. */
  | { readonly type: 'port.created'; readonly port: PortFacts; readonly host: string | null }
  /** PUT `binding:host_id`: cold migration, resize, evacuation. */
  | { readonly type: 'port.bound'; readonly port: string; readonly host: string }
  /** PUT `fixed_ips`. */
  | { readonly type: 'port.addresses_changed'; readonly port: string; readonly addresses: readonly string[] }
  /** PUT of something that forwarding does not depend on: name, security groups. */
  | { readonly type: 'port.updated'; readonly port: string }
  /** DELETE port. */
  | { readonly type: 'port.deleted'; readonly port: string }
  /** The VIF appeared on br-int; the agent has not yet bound it (live migration before activation). */
  | { readonly type: 'vif.plugged'; readonly port: string; readonly host: string }
  /** In one loop the agent bound these plugged VIFs and reported them up. `blocked`: DHCP is not ready, the ports stay BUILD
   * until `port.provisioned`. */
  | { readonly type: 'port.up'; readonly ports: readonly string[]; readonly host: string; readonly blocked: boolean }
  | { readonly type: 'port.provisioned'; readonly port: string }
  /** The VIFs are gone from br-int and the agent reported them down. */
  | { readonly type: 'port.down'; readonly ports: readonly string[]; readonly host: string }
  /** POST bindings: a second, INACTIVE binding for a live migration. */
  | { readonly type: 'binding.added'; readonly port: string; readonly host: string }
  /** PUT bindings/HOST/activate. */
  | { readonly type: 'binding.activated'; readonly port: string; readonly host: string }
  /** DELETE bindings/HOST. */
  | { readonly type: 'binding.deleted'; readonly port: string; readonly host: string };
