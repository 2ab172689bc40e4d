// A change of a VM or an agent played on its networks: who is told what at every step, and what the other hosts then believe.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import { parseIpv4, parseIpv6 } from './address.ts';
import { applyEvent } from './apply-event.ts';
import { hostOverlay, networkOverlay, type OverlayChoice } from './cloud-overlay.ts';
import { type Endpoint, findPorts } from './endpoint.ts';
import type { SeenCloud } from './from-state.ts';
import { type FdbEntry, entriesOf, type Message } from './message.ts';
import { numberingOf, type Numbering } from './numbering.ts';
import type { OverlayEvent } from './overlay-event.ts';
import { activeHost, type Agent, isTunnelType, type Overlay, usesL2pop } from './overlay.ts';
import { agentRestart, coldMigration, destroy, evacuation, liveMigration } from './story.ts';

export const STORY_KINDS = ['live', 'cold', 'evacuate', 'delete', 'restart', 'address'] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

export type StoryQuestion = OverlayChoice & {
  readonly kind: StoryKind;
  /** A VM or port; of a restart the host whose agent starts anew. */
  readonly what: string;
  /** Where a move goes; null for the other kinds. */
  readonly dest: string | null;
  /** The fixed IP a port gets in place of its own; null for the other kinds. */
  readonly address: string | null;
  /** Which agent of a live migration reacts first. */
  readonly first: 'source' | 'dest';
  /** An L3 plugin announces removals once more. */
  readonly l3Plugin: boolean;
};

export type MessageRow = {
  readonly kind: 'call' | 'cast' | 'fanout';
  readonly method: string;
  /** `server`, or the host whose agent calls. */
  readonly from: string;
  /** A host, `server`, or `all` agents. */
  readonly to: string;
  /** Agents that receive it. */
  readonly receivers: number;
  /** Forwarding entries, FLOODING ones included. */
  readonly entries: number;
  /** By VTEP address; an entry is MAC and IP. */
  readonly fdb: readonly { readonly vtep: string; readonly entries: readonly FdbEntry[] }[];
};

/** Where hosts with a port of the network send a frame for the VM's MAC, the VM's own host apart. */
export type Belief = {
  readonly toSource: readonly string[];
  readonly toDest: readonly string[];
  /** They have no entry: the frame goes to every tunnel of the network, and what comes back may teach them. */
  readonly flood: readonly string[];
  /** Hosts, the VM's own among them, whose floods still go to the source, which has no port of the network left. */
  readonly floodToSource: readonly string[];
  /** Hosts whose own bridge answers ARP for the VM. */
  readonly answerArp: number;
};

export type StoryStep = {
  /** What happened, as a person would say it. */
  readonly event: string;
  readonly messages: readonly MessageRow[];
  /** Null for an agent's restart and on networks without tunnels. */
  readonly belief: Belief | null;
};

export type Story = {
  /** Null where an agent starts anew: then all its networks are meant. */
  readonly port: string | null;
  readonly vm: string | null;
  readonly network: string;
  readonly networkType: string;
  readonly source: string;
  readonly dest: string | null;
  readonly steps: readonly StoryStep[];
};

export type StoryAnswer = {
  readonly at: string;
  readonly stories: readonly Story[];
  readonly assumptions: readonly string[];
};

type Seen = { readonly state: ClusterState; readonly seen: SeenCloud };

const fdbOf = (message: Message): MessageRow['fdb'] => {
  if (message.method === 'add_fdb_entries' || message.method === 'remove_fdb_entries')
    return [...message.fdb.ports].map(([vtep, entries]) => ({ vtep, entries }));
  if (message.method !== 'update_fdb_entries') return [];
  const { vtep, before, after } = message.changed;
  return [{ vtep, entries: [...before, ...after] }];
};

const rowOf = (message: Message, hosts: number): MessageRow => {
  const common = { kind: message.kind, method: message.method, entries: entriesOf(message), fdb: fdbOf(message) };
  switch (message.kind) {
    case 'call':
      return { ...common, from: message.from, to: 'server', receivers: 0 };
    case 'cast':
      return { ...common, from: 'server', to: message.to, receivers: 1 };
    case 'fanout':
      return { ...common, from: 'server', to: 'all', receivers: hosts };
  }
};

const said = (event: OverlayEvent): string => {
  switch (event.type) {
    case 'binding.added':
      return `Nova adds an INACTIVE binding on ${event.host}`;
    case 'vif.plugged':
      return `the interface is plugged on ${event.host}, not yet bound; memory is copied, the guest resumes there`;
    case 'binding.activated':
      return `Nova activates the binding on ${event.host}`;
    case 'binding.deleted':
      return `Nova deletes the binding on ${event.host}`;
    case 'port.up':
      return `the agent of ${event.host} binds and reports it up`;
    case 'port.down':
      return `the interface is gone from ${event.host}; its agent reports it down`;
    case 'port.bound':
      return `Nova binds the port to ${event.host}`;
    case 'port.deleted':
      return 'the port is deleted';
    case 'agent.restarted':
      return `the agent of ${event.host} starts anew`;
    case 'port.addresses_changed':
      return `its fixed IP becomes ${event.addresses.join(', ')}`;
    case 'agent.started':
    case 'network.created':
    case 'port.created':
    case 'port.updated':
    case 'port.provisioned':
      return event.type; // in no story that can be asked for
  }
};

/** Host behind a tunnel port; null when it is none of the agent's. */
const behind = (agent: Agent, overlay: Overlay, ofport: number | undefined): string | null => {
  for (const remotes of agent.tunnels.values()) {
    for (const [ip, port] of remotes)
      if (port === ofport) return [...overlay.agents.values()].find((a) => a.localIp === ip)?.host ?? ip;
  }
  return null;
};

const beliefOf = (overlay: Overlay, port: string, network: string, mac: string, move: Move): Belief => {
  const found = {
    toSource: [] as string[],
    toDest: [] as string[],
    flood: [] as string[],
    floodToSource: [] as string[],
  };
  let answerArp = 0;
  const now = overlay.ports.get(port);
  const home = now === undefined ? null : activeHost(now);
  const left = overlay.agents.get(move.source)?.vlans.has(network) !== true;
  for (const agent of overlay.agents.values()) {
    const local = agent.vlans.get(network);
    if (local === undefined) continue;
    if (left && (local.floodFlow ?? []).some((ofport) => behind(agent, overlay, ofport) === move.source))
      found.floodToSource.push(agent.host);
    if (agent.host === home) continue;
    const to = behind(agent, overlay, local.unicast.get(mac));
    if (to === null) found.flood.push(agent.host);
    else if (to === move.source) found.toSource.push(agent.host);
    else if (to === move.dest) found.toDest.push(agent.host);
    if ([...local.arp.values()].includes(mac)) answerArp++;
  }
  return { ...found, answerArp };
};

type Move = { readonly source: string; readonly dest: string | null };

const playOn = (
  overlay: Overlay,
  events: readonly OverlayEvent[],
  numbering: Numbering,
  believed: (() => Belief) | null,
): StoryStep[] => {
  const env = { ...numbering, delivers: () => true };
  return events.map((event) => {
    const messages = applyEvent(overlay, event, env).map((m) => rowOf(m, overlay.agents.size));
    return { event: said(event), messages, belief: believed?.() ?? null };
  });
};

/** Cloud of one network with the numbers of the whole, and the L3 plugin as asked. */
const worldOf = ({ seen }: Seen, question: StoryQuestion, network: string): Overlay => {
  const overlay = networkOverlay(seen, question, network);
  return { ...overlay, config: { ...overlay.config, l3Plugin: question.l3Plugin } };
};

const eventsOf = (question: StoryQuestion, port: string, source: string, dest: string | null): OverlayEvent[] => {
  if (question.address !== null) return [{ type: 'port.addresses_changed', port, addresses: [question.address] }];
  if (dest === null) return destroy(port, source);
  const move = { port, source, dest };
  if (question.kind === 'live') return liveMigration(move, question.first);
  return question.kind === 'cold' ? coldMigration(move) : evacuation(move);
};

const portStory = (at: Seen, question: StoryQuestion, end: Endpoint, source: string): Story => {
  const { port, vm } = end;
  const overlay = worldOf(at, question, port.network);
  const type = overlay.networks.get(port.network)?.networkType ?? 'flat';
  const moves = question.kind !== 'delete' && question.kind !== 'address';
  const dest = moves ? question.dest : null;
  const believed =
    question.address === null && isTunnelType(type) && usesL2pop(question.mode)
      ? () => beliefOf(overlay, port.id, port.network, port.mac, { source, dest })
      : null;
  const numbering = numberingOf([at.seen.cloud]);
  const name = at.state.networks.find((n) => n.id === port.network)?.name ?? port.network;
  return {
    port: port.id,
    vm: vm?.name ?? null,
    network: name,
    networkType: type,
    source,
    dest,
    steps: playOn(overlay, eventsOf(question, port.id, source, dest), numbering, believed),
  };
};

/** An agent that starts anew reports its VTEP and asks for all its networks at once; none where it has no port. */
const restartStories = (at: Seen, question: StoryQuestion, host: string): Story[] => {
  const networks = [...new Set(at.seen.cloud.ports.flatMap((p) => (p.host === host ? [p.network] : [])))];
  const numbering = numberingOf([at.seen.cloud]);
  const built = hostOverlay(at.seen, question, host, numbering);
  const agent = built.agents.get(host);
  if (agent === undefined || networks.length === 0) return [];
  const overlay = { ...built, config: { ...built.config, l3Plugin: question.l3Plugin } };
  const names = networks.map((id) => at.state.networks.find((n) => n.id === id)?.name ?? id).sort();
  const types = [...new Set(networks.flatMap((id) => overlay.networks.get(id)?.networkType ?? []))];
  const steps = playOn(overlay, agentRestart(agent), numbering, null);
  const network = names.join(', ');
  return [{ port: null, vm: null, network, networkType: types.join(', '), source: host, dest: null, steps }];
};

const isAddress = (ip: string): boolean => parseIpv4(ip) !== null || parseIpv6(ip) !== null;

/** Errors: a sentence for a VM, port or host that is not there, or a move that goes nowhere. */
export const storyAnswer = (at: Seen, question: StoryQuestion): Result<StoryAnswer, string> => {
  const { kind, what, dest } = question;
  const told = (stories: readonly Story[]): Result<StoryAnswer, string> =>
    ok({ at: at.state.at, stories, assumptions: at.seen.assumptions });
  const isHost = (name: string): boolean => at.seen.cloud.hosts.some((h) => h.host === name);
  if (kind === 'restart')
    return isHost(what) ? told(restartStories(at, question, what)) : err(`There is no host ${what} at this instant.`);
  const moves = kind !== 'delete' && kind !== 'address';
  const { address } = question;
  if ((kind === 'address') !== (address !== null) || (address !== null && !isAddress(address)))
    return err(`A fixed IP is an IPv4 or IPv6 address, not ${address ?? 'nothing'}.`);
  if (moves && (dest === null || !isHost(dest)))
    return err(dest === null ? 'A move goes to a host: say which.' : `There is no host ${dest} at this instant.`);
  const ports = findPorts(at.state, at.seen, what);
  if (!ports.ok) return ports;
  const plugged = ports.value.filter((e) => e.port.host !== null);
  if (plugged.length === 0) return err(`${what} is plugged nowhere at this instant: no port of it is ACTIVE.`);
  if (moves && plugged.some((e) => e.port.host === dest)) return err(`${what} is on ${dest} already.`);
  return told(plugged.map((end) => portStory(at, question, end, end.port.host ?? '')));
};
