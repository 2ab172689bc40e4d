// The overlay as one value: what the Neutron server knows (networks, ports, bindings) and what each host's agent has built.

export type TunnelType = 'gre' | 'vxlan' | 'geneve';
export type NetworkType = TunnelType | 'vlan' | 'flat';

/** What carries a network between hosts. `segmentationId`: VNI, GRE key or VLAN id; null for flat networks. */
export type Segment = {
  readonly networkType: NetworkType;
  readonly segmentationId: number | null;
  /** The provider's physical network for vlan and flat; null for tunnels. */
  readonly physicalNetwork: string | null;
};

/** How a host learns where the others' ports are.
 * - `no-l2pop`: full mesh of tunnels, flood and learn;
 * - `l2pop`: the server tells every host which MAC lives behind which VTEP;
 * - `l2pop-arp`: the same, and br-tun answers ARP itself;
 * - `multicast`: kernel VXLAN with a multicast group (Linux bridge agent); Open vSwitch has no such mode. */
export type Mode = 'no-l2pop' | 'l2pop' | 'l2pop-arp' | 'multicast';

/** `master`: Neutron of 2026, OpenFlow 1.3. `classic`: Neutron 2015.1 (Kilo), OpenFlow 1.0. */
export type Style = 'master' | 'classic';

export type OverlayConfig = {
  readonly style: Style;
  readonly mode: Mode;
  /** An L3 plugin that knows routers per host is loaded: removals are then announced once more (network.md §5). */
  readonly l3Plugin: boolean;
};

export type PortStatus = 'DOWN' | 'BUILD' | 'ACTIVE';
export type BindingStatus = 'ACTIVE' | 'INACTIVE';
export type Binding = { readonly host: string; readonly status: BindingStatus };

/** A port as its owner created it. */
export type PortFacts = {
  readonly id: string;
  readonly network: string;
  readonly mac: string;
  /** Fixed IPs, IPv4 and IPv6, as text. */
  readonly addresses: readonly string[];
  /** Name of the interface on br-int, e.g. `tap78196a4c-5f`. */
  readonly vif: string;
  /** False for `network:*` owners and where port security is off: no anti-spoofing flows. */
  readonly portSecurity: boolean;
};

export type Port = PortFacts & { readonly status: PortStatus; readonly bindings: readonly Binding[] };

/** One network on one host: Neutron's LocalVLANMapping and the flows of br-tun that belong to it. */
export type LocalVlan = {
  readonly network: string;
  readonly segment: Segment;
  /** 1..4094, of this host only, never on the wire. */
  readonly vlan: number;
  /** `lvm.tun_ofports`: tunnels l2population asked to flood to. Empty without l2population. */
  readonly floodOfports: Set<number>;
  /** Outputs of the flood flow as installed; null when there is no flow. Differs from `floodOfports` after provisioning. */
  floodFlow: readonly number[] | null;
  /** MAC to tunnel port: table 20. */
  readonly unicast: Map<string, number>;
  /** IPv4 to MAC: table 21. */
  readonly arp: Map<string, string>;
  readonly ports: Set<string>;
};

/** An interface plugged into br-int. `vlan` is null while the agent has not bound it. `guard` is what the anti-spoofing flows allow. */
export type Vif = {
  readonly port: string;
  readonly name: string;
  readonly ofport: number;
  readonly vlan: number | null;
  readonly guard: { readonly mac: string; readonly addresses: readonly string[] } | null;
};

export type PhysicalPatch = { readonly bridge: string; readonly intOfport: number; readonly physOfport: number };

/** One host's agent and its two bridges. Mutable: the fold writes in place. */
export type Agent = {
  readonly host: string;
  readonly localIp: string;
  readonly tunnelTypes: readonly TunnelType[];
  /** Tunnel ports on br-tun: by type, remote VTEP address to port number. */
  readonly tunnels: Map<TunnelType, Map<string, number>>;
  readonly vlans: Map<string, LocalVlan>;
  readonly vifs: Map<string, Vif>;
  /** Patch ports to the bridge of a physical network. */
  readonly physical: Map<string, PhysicalPatch>;
  nextVlan: number;
  nextIntOfport: number;
  nextTunOfport: number;
};

export type Overlay = {
  readonly config: OverlayConfig;
  readonly networks: Map<string, Segment>;
  readonly ports: Map<string, Port>;
  /** Ids of the ports of each network, in order of creation. */
  readonly members: Map<string, Set<string>>;
  readonly agents: Map<string, Agent>;
};

/** Port number of the patch between br-int and br-tun, on both sides: it is always the first port created. */
export const PATCH_OFPORT = 1;

const TUNNEL_TYPES: readonly string[] = ['gre', 'vxlan', 'geneve'] satisfies TunnelType[];

/** Tunnels are what br-tun and l2population care about. */
export const isTunnelType = (type: NetworkType): type is TunnelType => TUNNEL_TYPES.includes(type);

/** The server sends forwarding entries in these modes. */
export const usesL2pop = (mode: Mode): boolean => mode === 'l2pop' || mode === 'l2pop-arp';

/** No host, no network, no port. */
export const emptyOverlay = (config: OverlayConfig): Overlay => ({
  config,
  networks: new Map(),
  ports: new Map(),
  members: new Map(),
  agents: new Map(),
});

/** Enters a port under its id and its network. */
export const addPort = (overlay: Overlay, port: Port): void => {
  overlay.ports.set(port.id, port);
  const members = overlay.members.get(port.network) ?? new Set();
  overlay.members.set(port.network, members.add(port.id));
};

/** Takes a port out again. */
export const removePort = (overlay: Overlay, port: Port): void => {
  overlay.ports.delete(port.id);
  overlay.members.get(port.network)?.delete(port.id);
};

/** Ports of a network, in order of creation. */
export const portsOf = (overlay: Overlay, network: string): Port[] =>
  [...(overlay.members.get(network) ?? [])].flatMap((id) => overlay.ports.get(id) ?? []);

/** The host whose binding is active; null for an unbound port. */
export const activeHost = (port: Port): string | null => port.bindings.find((b) => b.status === 'ACTIVE')?.host ?? null;

/** A copy that shares nothing mutable with the original, for what-ifs. */
export const forkOverlay = (overlay: Overlay): Overlay => ({
  config: overlay.config,
  networks: new Map(overlay.networks),
  ports: new Map(overlay.ports),
  members: new Map([...overlay.members].map(([network, ids]) => [network, new Set(ids)])),
  agents: new Map(
    [...overlay.agents].map(([host, a]) => [
      host,
      {
        ...a,
        tunnels: new Map([...a.tunnels].map(([type, remotes]) => [type, new Map(remotes)])),
        vifs: new Map(a.vifs),
        physical: new Map(a.physical),
        vlans: new Map(
          [...a.vlans].map(([id, v]) => [
            id,
            {
              ...v,
              floodOfports: new Set(v.floodOfports),
              unicast: new Map(v.unicast),
              arp: new Map(v.arp),
              ports: new Set(v.ports),
            },
          ]),
        ),
      },
    ]),
  ),
});
