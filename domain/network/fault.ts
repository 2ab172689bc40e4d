// Faults of overlay and underlay as values, and what each changes.
import { forkOverlay, type Overlay } from './overlay.ts';
import { pairOf, type Underlay } from './underlay.ts';

export type NetworkFault =
  | { readonly kind: 'vtep-down'; readonly host: string }
  | { readonly kind: 'tunnel-lost'; readonly hosts: readonly [string, string] }
  | { readonly kind: 'underlay-mtu'; readonly host: string; readonly mtuBytes: number }
  /** `host` was configured with the VTEP address of `twin`. */
  | { readonly kind: 'duplicate-vtep'; readonly host: string; readonly twin: string }
  /** The host's agent uses another VNI or key for the network. */
  | { readonly kind: 'wrong-vni'; readonly host: string; readonly network: string; readonly segmentationId: number }
  | { readonly kind: 'vxlan-port'; readonly host: string; readonly udpPort: number }
  /** After a migration `host` still sends the port's MAC to where it was. */
  | { readonly kind: 'stale-fdb'; readonly host: string; readonly port: string; readonly oldHost: string };

export type World = { readonly overlay: Overlay; readonly underlay: Underlay };

const staleFdb = (overlay: Overlay, fault: NetworkFault & { kind: 'stale-fdb' }): void => {
  const port = overlay.ports.get(fault.port);
  const agent = overlay.agents.get(fault.host);
  const old = overlay.agents.get(fault.oldHost);
  const local = agent?.vlans.get(port?.network ?? '');
  if (port === undefined || agent === undefined || old === undefined || local === undefined) return;
  for (const remotes of agent.tunnels.values()) {
    const ofport = remotes.get(old.localIp);
    if (ofport !== undefined) local.unicast.set(port.mac, ofport);
  }
};

/** The world with the fault in it; the given one is left as it was. A fault that names an unknown host changes nothing. */
export const withFault = (world: World, fault: NetworkFault): World => {
  const { underlay } = world;
  const overlay = forkOverlay(world.overlay);
  switch (fault.kind) {
    case 'vtep-down':
      return { overlay, underlay: { ...underlay, down: new Set([...underlay.down, fault.host]) } };
    case 'tunnel-lost':
      return { overlay, underlay: { ...underlay, cut: new Set([...underlay.cut, pairOf(...fault.hosts)]) } };
    case 'underlay-mtu':
      return {
        overlay,
        underlay: { ...underlay, mtuBytes: new Map([...underlay.mtuBytes, [fault.host, fault.mtuBytes]]) },
      };
    case 'vxlan-port':
      return {
        overlay,
        underlay: { ...underlay, vxlanPort: new Map([...underlay.vxlanPort, [fault.host, fault.udpPort]]) },
      };
    case 'duplicate-vtep': {
      const [agent, twin] = [overlay.agents.get(fault.host), overlay.agents.get(fault.twin)];
      if (agent !== undefined && twin !== undefined)
        overlay.agents.set(fault.host, { ...agent, localIp: twin.localIp });
      return { overlay, underlay };
    }
    case 'wrong-vni': {
      const agent = overlay.agents.get(fault.host);
      const local = agent?.vlans.get(fault.network);
      const { segmentationId } = fault;
      if (local !== undefined)
        agent?.vlans.set(fault.network, { ...local, segment: { ...local.segment, segmentationId } });
      return { overlay, underlay };
    }
    case 'stale-fdb':
      staleFdb(overlay, fault);
      return { overlay, underlay };
  }
};
