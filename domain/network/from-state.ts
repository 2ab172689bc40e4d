// Reads the overlay's description out of the cluster's state, and says what the log did not tell and had to be assumed.
import type { ClusterState, HostState, NetworkState, PortState } from '../readout/state.ts';
import type { NetworkType, Segment, TunnelType } from './overlay.ts';
import { isTunnelType } from './overlay.ts';
import type { CloudDescription } from './settled-overlay.ts';
import { pairOf, SOUND_UNDERLAY, type Underlay } from './underlay.ts';

export type SeenCloud = {
  readonly cloud: CloudDescription;
  /** Fenced hosts are off, tunnels reported down are cut, and UDP ports are those the tunnels are set to. */
  readonly underlay: Underlay;
  /** Neutron's network mtu, by network id. */
  readonly guestMtuBytes: ReadonlyMap<string, number>;
  /** VM id by port id. */
  readonly vms: ReadonlyMap<string, string>;
  /** What stands in for facts the log does not hold, a sentence each. */
  readonly assumptions: readonly string[];
};

/** Benchmarking addresses (RFC 2544): 198.18.0.0/15 is routed nowhere, so a stand-in cannot be taken for a real VTEP. */
const STAND_IN_VTEP = (198 << 24) | (18 << 16);

const PHYSICAL_NETWORK = 'physnet1';
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/;

/** Nova's interface name: `tap` and the first 11 characters of the port's UUID, 14 in all (nova.network.model.NIC_NAME_LEN). */
export const tapName = (port: string): string => `tap${(UUID.exec(port)?.[0] ?? port).slice(0, 11)}`;

/** FNV-1a, 32 bits: spreads names over stand-in MAC addresses. */
const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** Neutron's `base_mac` and three octets out of the name. */
const standInMac = (name: string): string =>
  `fa:16:3e:${[16, 8, 0].map((shift) => ((hash32(name) >>> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;

const ipText = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');

const some = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

type Notes = { readonly add: (sentence: string) => void; readonly all: readonly string[] };

const notebook = (): Notes => {
  const all: string[] = [];
  return { add: (sentence) => void all.push(sentence), all };
};

const vtepsOf = (state: ClusterState, notes: Notes): { host: string; vtepIp: string }[] => {
  const reported = new Map(state.tunnels.flatMap((t) => (t.host === null ? [] : [[t.host, t.localIp] as const])));
  let [managed, invented] = [0, 0];
  const vtepOf = (h: HostState, i: number): string => {
    const known = h.vtepIp ?? reported.get(h.name);
    if (known !== undefined) return known;
    if (h.managementIp !== null) managed++;
    else invented++;
    return h.managementIp ?? ipText(STAND_IN_VTEP + i + 1);
  };
  const hosts = state.hosts.map((h, i) => ({ host: h.name, vtepIp: vtepOf(h, i) }));
  if (managed > 0)
    notes.add(`${some(managed, 'host')} without a recorded VTEP address: the management address is used.`);
  if (invented > 0) {
    notes.add(
      `${some(invented, 'host')} without any recorded address: addresses from 198.18.0.1 on stand in for VTEPs.`,
    );
  }
  return hosts;
};

/** Networks the state lists, and those only VMs' addresses name. `local` networks never leave a host and have no overlay. */
const networksOf = (state: ClusterState): readonly NetworkState[] => {
  const known = new Set(state.networks.flatMap((n) => [n.id, n.name]));
  const named = new Set(state.vms.flatMap((v) => v.addresses.map((a) => a.network)).filter((n) => !known.has(n)));
  const heardOf = [...named].sort().map((id) => ({ id, name: id, type: null, segment: null, cidr: null, mtu: null }));
  return [...state.networks.filter((n) => n.type !== 'local'), ...heardOf];
};

const NETWORK_TYPES: readonly string[] = ['vxlan', 'gre', 'geneve', 'vlan', 'flat'] satisfies NetworkType[];
const isNetworkType = (word: string | null): word is NetworkType => word !== null && NETWORK_TYPES.includes(word);

const segmentsOf = (
  networks: readonly NetworkState[],
  fallback: TunnelType,
  notes: Notes,
): { id: string; segment: Segment }[] => {
  const taken = new Set(networks.flatMap((n) => n.segment ?? []));
  let [untyped, unnumbered, next] = [0, 0, 1];
  const free = (): number => {
    unnumbered++;
    while (taken.has(next)) next++;
    taken.add(next);
    return next;
  };
  const segments = networks.map((n) => {
    if (!isNetworkType(n.type)) untyped++;
    const networkType = isNetworkType(n.type) ? n.type : fallback;
    const segmentationId = networkType === 'flat' ? null : (n.segment ?? free());
    const physicalNetwork = isTunnelType(networkType) ? null : PHYSICAL_NETWORK;
    return { id: n.id, segment: { networkType, segmentationId, physicalNetwork } };
  });
  if (untyped > 0) notes.add(`${some(untyped, 'network')} of unrecorded type: taken to be ${fallback}.`);
  if (unnumbered > 0) notes.add(`${some(unnumbered, 'network')} without a recorded segment: numbered from 1.`);
  return segments;
};

/** What Neutron would hold for VMs whose addresses are recorded and whose ports are not. */
const portsOfAddresses = (state: ClusterState, networks: readonly NetworkState[], notes: Notes): PortState[] => {
  const idOf = new Map(networks.flatMap((n) => [[n.name, n.id] as const, [n.id, n.id] as const]));
  const withPort = new Set(state.ports.map((p) => p.vm));
  const ports = state.vms
    .filter((v) => !withPort.has(v.id))
    .flatMap((v) =>
      [...new Set(v.addresses.map((a) => a.network))].map((network): PortState => {
        const running = v.host !== null && v.status !== 'SHUTOFF';
        return {
          id: `${v.id}@${network}`,
          network: idOf.get(network) ?? null,
          vm: v.id,
          mac: null,
          ips: v.addresses.filter((a) => a.network === network).map((a) => a.ip),
          host: v.host,
          status: running ? 'ACTIVE' : 'DOWN',
          bindings: [],
        };
      }),
    );
  if (ports.length > 0) notes.add(`${some(ports.length, 'port')} not recorded: made from the addresses of the VMs.`);
  return ports;
};

const portsOf = (state: ClusterState, networks: readonly NetworkState[], notes: Notes): CloudDescription['ports'] => {
  const overlaid = new Set(networks.map((n) => n.id));
  const [names, macs] = [new Set<string>(), new Set<string>()];
  const unused = (name: string, taken: Set<string>, make: (salted: string) => string): string => {
    let made = make(name);
    for (let salt = 1; taken.has(made); salt++) made = make(hash32(`${name}${salt}`).toString(16).padStart(8, '0'));
    taken.add(made);
    return made;
  };
  let [strays, without] = [0, 0];
  const ports = [...state.ports, ...portsOfAddresses(state, networks, notes)].flatMap((p) => {
    if (p.network === null || !overlaid.has(p.network)) {
      strays++;
      return [];
    }
    if (p.mac === null) without++;
    return [
      {
        id: p.id,
        network: p.network,
        mac: p.mac?.toLowerCase() ?? unused(p.id, macs, standInMac),
        addresses: p.ips,
        vif: unused(p.id, names, tapName),
        portSecurity: true,
        // A port that is DOWN or still BUILDing is not plugged: its agent has no flows for it.
        host: p.status === null || p.status === 'ACTIVE' ? p.host : null,
      },
    ];
  });
  if (strays > 0) notes.add(`${some(strays, 'port')} on no network the log describes: left out.`);
  if (without > 0) notes.add(`${some(without, 'port')} without a recorded MAC address: made from the port's id.`);
  return ports;
};

const underlayOf = (state: ClusterState): Underlay => ({
  ...SOUND_UNDERLAY,
  vxlanPort: new Map(
    state.tunnels.flatMap((t) =>
      t.type === 'vxlan' && t.host !== null && t.udpPort !== null ? [[t.host, t.udpPort] as const] : [],
    ),
  ),
  off: new Set(state.hosts.filter((h) => h.fenced).map((h) => h.name)),
  cut: new Set(
    state.tunnels.flatMap((t) =>
      t.up || t.host === null || t.remoteHost === null ? [] : [pairOf(t.host, t.remoteHost)],
    ),
  ),
});

/** The overlay's side of the state. Port security is taken to be on; interfaces are named as Nova names them. */
export const cloudOf = (state: ClusterState): SeenCloud => {
  const notes = notebook();
  const networks = networksOf(state);
  const reported = state.tunnels[0]?.type;
  const fallback: TunnelType =
    reported !== undefined && isNetworkType(reported) && isTunnelType(reported) ? reported : 'vxlan';
  const segments = segmentsOf(networks, fallback, notes);
  const kinds = new Set(segments.map((s) => s.segment.networkType));
  const tunnelTypes = [...kinds].filter(isTunnelType);
  const provided = segments.some((s) => s.segment.physicalNetwork !== null);
  const cloud: CloudDescription = {
    hosts: vtepsOf(state, notes),
    networks: segments,
    ports: portsOf(state, networks, notes),
    tunnelTypes: tunnelTypes.length === 0 ? [fallback] : tunnelTypes,
    bridgeMappings: provided ? { [PHYSICAL_NETWORK]: 'br-physnet1' } : {},
  };
  return {
    cloud,
    underlay: underlayOf(state),
    guestMtuBytes: new Map(networks.flatMap((n) => (n.mtu === null ? [] : [[n.id, n.mtu] as const]))),
    vms: new Map(
      [
        ...state.ports,
        ...cloud.ports.filter((p) => p.id.includes('@')).map((p) => ({ id: p.id, vm: p.id.split('@')[0] ?? null })),
      ].flatMap((p) => (p.vm === null ? [] : [[p.id, p.vm] as const])),
    ),
    assumptions: notes.all,
  };
};
