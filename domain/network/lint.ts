// Finds what is wrong with an overlay before a packet does: misconfigured VTEPs, identifiers, entries that lie.
import {
  activeHost,
  isTunnelType,
  portsOf,
  usesL2pop,
  type Agent,
  type LocalVlan,
  type Overlay,
  type Port,
} from './overlay.ts';
import { ENCAPSULATION_BYTES, mtuOf, VXLAN_PORT_LINUX, vxlanPortOf, type Underlay } from './underlay.ts';

export type LintCode =
  | 'duplicate-vtep'
  | 'segment-mismatch'
  | 'segment-reused'
  | 'vxlan-port-mismatch'
  | 'mtu-too-small'
  | 'one-way-tunnel'
  | 'stale-fdb'
  | 'missing-fdb'
  | 'missing-flood'
  | 'over-flooding'
  | 'stale-binding'
  | 'flows-differ';

export type Lint = { readonly code: LintCode; readonly host: string; readonly detail: string };

/** `guestMtuBytes`: the MTU guests were told, by network (Neutron's network mtu). */
export type LintOptions = { readonly underlay: Underlay; readonly guestMtuBytes: ReadonlyMap<string, number> };

const groupBy = <T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const k = key(item);
    groups.set(k, [...(groups.get(k) ?? []), item]);
  }
  return groups;
};

const duplicateVteps = (overlay: Overlay): Lint[] =>
  [...groupBy(overlay.agents.values(), (a) => a.localIp)]
    .filter(([, agents]) => agents.length > 1)
    .map(([ip, agents]) => {
      const hosts = agents.map((a) => a.host);
      return {
        code: 'duplicate-vtep',
        host: hosts[0] ?? '',
        detail: `${hosts.join(', ')} share the VTEP address ${ip}`,
      };
    });

const segmentLints = (overlay: Overlay): Lint[] => {
  const reused = [
    ...groupBy(overlay.networks, ([, s]) => `${s.networkType} ${s.segmentationId} ${s.physicalNetwork ?? ''}`),
  ]
    .filter(([key, nets]) => nets.length > 1 && !key.startsWith('flat'))
    .map(([key, nets]): Lint => ({
      code: 'segment-reused',
      host: '',
      detail: `networks ${nets.map(([id]) => id).join(', ')} share segment ${key.trim()}`,
    }));
  const mismatched = [...overlay.agents.values()].flatMap((agent) =>
    [...agent.vlans.values()].flatMap((local): Lint[] => {
      const want = overlay.networks.get(local.network)?.segmentationId;
      const have = local.segment.segmentationId;
      if (want === undefined || want === have) return [];
      const detail = `network ${local.network} has segment ${want}, but ${agent.host} uses ${have}`;
      return [{ code: 'segment-mismatch', host: agent.host, detail }];
    }),
  );
  return [...reused, ...mismatched];
};

/** Hosts whose port differs from what most hosts use. */
const portLints = (overlay: Overlay, underlay: Underlay): Lint[] => {
  const vxlan = [...overlay.agents.values()].filter((a) => a.tunnelTypes.includes('vxlan'));
  const byPort = [...groupBy(vxlan, (a) => `${vxlanPortOf(underlay, a.host)}`)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const usual = byPort[0]?.[0];
  return byPort.slice(1).flatMap(([port, agents]) =>
    agents.map((a): Lint => ({
      code: 'vxlan-port-mismatch',
      host: a.host,
      detail: `${a.host} uses UDP port ${port} for VXLAN${Number(port) === VXLAN_PORT_LINUX ? ', as a kernel does that was given no dstport' : ''}; most hosts use ${usual}`,
    })),
  );
};

const mtuLints = (agent: Agent, options: LintOptions): Lint[] =>
  [...agent.vlans.values()].flatMap((local): Lint[] => {
    const guest = options.guestMtuBytes.get(local.network);
    const { networkType } = local.segment;
    if (guest === undefined || !isTunnelType(networkType)) return [];
    const needed = guest + ENCAPSULATION_BYTES[networkType];
    const have = mtuOf(options.underlay, agent.host);
    if (needed <= have) return [];
    const detail = `guests of ${local.network} may send ${guest} bytes, which need ${needed} outside; the underlay of ${agent.host} carries ${have}`;
    return [{ code: 'mtu-too-small', host: agent.host, detail }];
  });

const sharesNetwork = (a: Agent, b: Agent): boolean => [...a.vlans.keys()].some((n) => b.vlans.has(n));

const oneWayTunnels = (overlay: Overlay, agent: Agent): Lint[] =>
  [...overlay.agents.values()].flatMap((other): Lint[] => {
    if (other.host === agent.host || other.localIp === agent.localIp || !sharesNetwork(agent, other)) return [];
    return [...agent.tunnels].flatMap(([type, remotes]): Lint[] => {
      const back = other.tunnels.get(type)?.has(agent.localIp) === true;
      if (!remotes.has(other.localIp) || back) return [];
      const detail = `${agent.host} has a ${type} tunnel to ${other.host}, ${other.host} has none back: it drops what arrives`;
      return [{ code: 'one-way-tunnel', host: agent.host, detail }];
    });
  });

const remoteOf = (agent: Agent, local: LocalVlan, ofport: number): string | null => {
  const { networkType } = local.segment;
  if (!isTunnelType(networkType)) return null;
  for (const [ip, port] of agent.tunnels.get(networkType) ?? []) if (port === ofport) return ip;
  return null;
};

const fdbLints = (overlay: Overlay, agent: Agent, local: LocalVlan, ports: readonly Port[]): Lint[] => {
  const found: Lint[] = [];
  const say = (code: LintCode, detail: string): void => void found.push({ code, host: agent.host, detail });
  const vtepOf = (host: string): string | undefined => overlay.agents.get(host)?.localIp;
  const remote = new Map(
    ports.flatMap((p) => {
      const host = activeHost(p);
      return p.status === 'ACTIVE' && host !== null && host !== agent.host ? [[p.mac, host] as const] : [];
    }),
  );
  for (const [mac, ofport] of local.unicast) {
    const points = remoteOf(agent, local, ofport) ?? `port ${ofport}, which is gone`;
    const host = remote.get(mac);
    if (host === undefined)
      say('stale-fdb', `${agent.host} sends ${mac} to ${points}, but no active port elsewhere has that MAC`);
    else if (points !== vtepOf(host))
      say('stale-fdb', `${agent.host} sends ${mac} to ${points}, but it lives on ${host} (${vtepOf(host)})`);
  }
  for (const [mac, host] of remote) {
    if (!local.unicast.has(mac))
      say('missing-fdb', `${agent.host} does not know that ${mac} lives on ${host}: it floods`);
  }
  const flooded = new Set((local.floodFlow ?? []).map((ofport) => remoteOf(agent, local, ofport)));
  const wanted = new Set([...remote.values()].map((host) => vtepOf(host) ?? ''));
  for (const vtep of wanted)
    if (!flooded.has(vtep))
      say('missing-flood', `broadcast of ${local.network} from ${agent.host} never reaches ${vtep}`);
  const useless = [...flooded].filter((vtep) => vtep === null || !wanted.has(vtep));
  if (useless.length > 0) {
    say(
      'over-flooding',
      `${agent.host} also floods ${local.network} to ${useless.map((v) => v ?? 'a port that is gone').join(', ')}`,
    );
  }
  return found;
};

/** Lints with networks under their names; the overlay knows them by id. */
export const withNames = (
  lints: readonly Lint[],
  networks: readonly { readonly id: string; readonly name: string }[],
): readonly Lint[] => {
  const named = networks.filter(({ id, name }) => id !== name);
  return lints.map((lint) => ({
    ...lint,
    detail: named.reduce((detail, { id, name }) => detail.replaceAll(id, name), lint.detail),
  }));
};

/** What is wrong with the configuration alone: addresses, segments, ports and MTU, whatever the agents have built. */
export const lintConfiguration = (overlay: Overlay, options: LintOptions): Lint[] => [
  ...duplicateVteps(overlay),
  ...segmentLints(overlay),
  ...portLints(overlay, options.underlay),
  ...[...overlay.agents.values()].flatMap((agent) => mtuLints(agent, options)),
];

/** Everything found, host by host. With l2population off, forwarding entries are learned and not linted. */
export const lintOverlay = (overlay: Overlay, options: LintOptions): Lint[] => [
  ...lintConfiguration(overlay, options),
  ...[...overlay.agents.values()].flatMap((agent) => [
    ...oneWayTunnels(overlay, agent),
    ...(usesL2pop(overlay.config.mode)
      ? [...agent.vlans.values()]
          .filter((v) => isTunnelType(v.segment.networkType))
          .flatMap((local) => fdbLints(overlay, agent, local, portsOf(overlay, local.network)))
      : []),
  ]),
];
