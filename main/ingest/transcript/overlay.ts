// The overlay a document describes: VTEP addresses by host, tunnels that `ovs-vsctl show` printed, ranges of VNIs.
import { entity } from '../../../domain/events/entity.ts';
import { TUNNEL_TYPES } from '../../../domain/events/network-events.ts';
import type { Draft } from './moment.ts';
import type { Block, Text } from './scan.ts';

type TunnelType = (typeof TUNNEL_TYPES)[number];
export type Tunnel = {
  readonly line: number;
  readonly type: TunnelType;
  readonly localIp: string;
  readonly remoteIp: string;
  /** Host at whose prompt it was printed. */
  readonly host: string | null;
  /** `dst_port`; null where the default holds. */
  readonly udpPort: number | null;
  /** What Open vSwitch says is wrong with the port; null where it works. */
  readonly error: string | null;
};

const option = (text: string, name: string): string | null =>
  new RegExp(`\\b${name}="?([0-9a-fA-F.:]+)"?`).exec(text)?.[1] ?? null;

const isPort = (n: number): boolean => Number.isInteger(n) && n > 0 && n < 65_536;

/** Tunnel ports in the text of `ovs-vsctl show`. */
export const tunnelsIn = (texts: readonly Text[], host: string | null): readonly Tunnel[] => {
  const tunnels: Tunnel[] = [];
  let type: TunnelType | null = null;
  for (const { line, text } of texts) {
    const named = /^type: "?(\w+)"?$/.exec(text)?.[1];
    if (named !== undefined) type = TUNNEL_TYPES.find((known) => known === named) ?? null;
    const error = /^error: "(.+)"$/.exec(text)?.[1];
    const last = tunnels.at(-1);
    if (error !== undefined && last !== undefined && type !== null) tunnels[tunnels.length - 1] = { ...last, error };
    if (text.startsWith('Port ')) type = null;
    if (!text.startsWith('options:') || type === null) continue;
    const [localIp, remoteIp] = [option(text, 'local_ip'), option(text, 'remote_ip')];
    if (localIp === null || remoteIp === null) continue;
    const udpPort = Number(option(text, 'dst_port'));
    tunnels.push({ line, type, localIp, remoteIp, host, udpPort: isPort(udpPort) ? udpPort : null, error: null });
  }
  return tunnels;
};

export type Overlay = {
  /** Host of a VTEP address; the first where several claim it. */
  readonly hostOf: ReadonlyMap<string, string>;
  /** Every host with the VTEP address it was seen with: two with one address are a mistake worth knowing. */
  readonly vteps: readonly (readonly [host: string, ip: string])[];
  readonly tunnels: readonly Tunnel[];
  readonly type: TunnelType | null;
  readonly vniRange: string | null;
  readonly segment: number | null;
};

// Labels of Chinese documents; hosts are named in English everywhere else.
const LABELS: readonly (readonly [RegExp, string])[] = [
  [/控制器|控制节点/, 'controller'],
  [/计算节点|计算/, 'compute'],
  [/网络节点|网络/, 'network'],
];
const english = (label: string): string =>
  LABELS.reduce((text, [word, name]) => text.replace(word, name), label.trim()).toLowerCase();
const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

const LABELLED = /^([^\s:\uff1a][^:\uff1a]{0,40})[:\uff1a]\s*((?:\d{1,3}\.){3}\d{1,3})$/;
/** `local_ip=10.142.255.101 #Use 102 for compute-1, 103 for compute-2` */
const COMMENTED = /(\d{1,3}) for ([\w.-]*\w)/g;

/** Addresses that the author labelled with a host. */
const labelsIn = (texts: readonly Text[]): readonly (readonly [string, string])[] =>
  texts.flatMap(({ text }): (readonly [string, string])[] => {
    const labelled = LABELLED.exec(text);
    if (labelled !== null) return [[labelled[2] ?? '', english(labelled[1] ?? '')]];
    const local = /^local_ip\s*=\s*((?:\d{1,3}\.){3})\d{1,3}\s*#(.*)$/.exec(text);
    if (local === null) return [];
    return [...(local[2] ?? '').matchAll(COMMENTED)].map(([, last = '', name = '']) => [
      `${local[1] ?? ''}${last}`,
      name,
    ]);
  });

const first = (texts: readonly Text[], pattern: RegExp): string | null => {
  for (const { text } of texts) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return null;
};

/**
 * Gathers the overlay of a whole document. A VTEP belongs to the host at whose prompt it was printed as local, else to
 * the host the author labelled it with, under the name Nova uses where one fits (`compute-2` is `compute2`).
 */
export const overlayOf = (blocks: readonly Block[], hosts: ReadonlySet<string>): Overlay => {
  const texts = blocks.filter((block) => block.kind === 'text');
  const hostOf = new Map<string, string>();
  const tunnels: Tunnel[] = [];
  tunnels.push(...tunnelsIn(textsAfter(blocks, -1), null));
  blocks.forEach((block, i) => {
    if (block.kind !== 'command' || block.words[0] !== 'ovs-vsctl') return;
    tunnels.push(...tunnelsIn(textsAfter(blocks, i), block.promptHost));
  });
  const printed = new Map(tunnels.flatMap(({ host, localIp }) => (host === null ? [] : [[host, localIp] as const])));
  for (const [host, ip] of printed) if (!hostOf.has(ip)) hostOf.set(ip, host);
  const ends = new Set(tunnels.flatMap(({ localIp, remoteIp }) => [localIp, remoteIp]));
  for (const [ip, label] of labelsIn(texts)) {
    const known = [...hosts].find((host) => plain(host) === plain(label));
    if (ends.has(ip) && !hostOf.has(ip)) hostOf.set(ip, known ?? label);
  }
  const type = first(texts, /^tenant_network_types?\s*=\s*(\w+)/);
  const vni = first(texts, /\bVNI (\d{1,8})\b/);
  const labelled = [...hostOf].flatMap(([ip, host]) => (printed.has(host) ? [] : [[host, ip] as const]));
  return {
    hostOf,
    vteps: [...printed, ...labelled],
    tunnels,
    type: TUNNEL_TYPES.find((known) => known === type) ?? null,
    vniRange: first(texts, /^vni_ranges\s*=\s*(\d+:\d+)/),
    segment: vni === null ? null : Number(vni),
  };
};

/** The text from a block on until the next command. */
export const textsAfter = (blocks: readonly Block[], from: number): readonly Text[] => {
  const texts: Text[] = [];
  for (let i = from + 1; i < blocks.length; i++) {
    const block = blocks[i];
    if (block === undefined || block.kind === 'command') break;
    if (block.kind === 'text') texts.push(block);
  }
  return texts;
};

/** Tunnels are told apart by their ends; one of a host that took another's address by its host too. */
const tunnelName = ({ hostOf }: Overlay, { type, localIp, remoteIp, host }: Tunnel): string =>
  `${type}/${localIp}/${remoteIp}${host === null || hostOf.get(localIp) === host ? '' : `@${host}`}`;

export const tunnelFact = (overlay: Overlay, tunnel: Tunnel, evidence: Draft['evidence']): Draft => ({
  type: 'tunnel.reported',
  v: 1,
  entity: entity('tunnel', tunnelName(overlay, tunnel)),
  line: tunnel.line,
  evidence,
  data: {
    host: tunnel.host ?? overlay.hostOf.get(tunnel.localIp) ?? null,
    type: tunnel.type,
    localIp: tunnel.localIp,
    remoteIp: tunnel.remoteIp,
    remoteHost: overlay.hostOf.get(tunnel.remoteIp) ?? null,
    ...(tunnel.udpPort === null ? {} : { udpPort: tunnel.udpPort }),
  },
});

/** A tunnel port with an error carries nothing. */
export const tunnelFaults = (overlay: Overlay, tunnel: Tunnel): readonly Draft[] => {
  const { line, error } = tunnel;
  if (error === null) return [];
  const common = {
    v: 1,
    entity: entity('tunnel', tunnelName(overlay, tunnel)),
    line,
    evidence: 'observed',
  } as const;
  return [
    { ...common, type: 'tunnel.state_changed', data: { up: false } },
    { ...common, type: 'note.written', data: { text: `Open vSwitch: ${error}` } },
  ];
};

/** Far ends nobody printed: an agent makes a tunnel to every VTEP it hears of, so each tunnel has one that comes back. */
export const unseenEnds = (tunnels: readonly Tunnel[]): readonly Tunnel[] => {
  const seen = new Set(tunnels.map((t) => `${t.localIp} ${t.remoteIp}`));
  return tunnels
    .filter((t) => !seen.has(`${t.remoteIp} ${t.localIp}`))
    .map((t) => ({ ...t, localIp: t.remoteIp, remoteIp: t.localIp, host: null, udpPort: null, error: null }));
};

/** Who owns each VTEP, as host reports. */
export const vtepFacts = (overlay: Overlay, line: number): readonly Draft[] =>
  overlay.vteps.map(([host, vtepIp]) => ({
    type: 'host.reported',
    v: 1,
    entity: entity('host', host),
    line,
    evidence: 'observed',
    data: { vtepIp },
  }));
