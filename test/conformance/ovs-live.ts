// Loads the flows we print into running Open vSwitches and compares `ofproto/trace` with the tracer on random packets.
import { rng } from '../../domain/base/rng.ts';
import { dialectOf, dumpFlows, type Bridge } from '../../domain/network/host-flows.ts';
import { switchOf, type HostSwitch } from '../../domain/network/host-switch.ts';
import { Learned } from '../../domain/network/learned.ts';
import type { Agent, Overlay } from '../../domain/network/overlay.ts';
import { parsePacket, vlanOf, type Packet } from '../../domain/network/packet.ts';
import { splitList } from '../../domain/network/split-list.ts';
import { translate, type Output } from '../../domain/network/translate.ts';
import { tunnelPorts } from '../../domain/network/tunnel-port.ts';
import { missingOpenVswitch, OvsDaemon } from './ovs-daemon.ts';
import { HOSTS, randomOverlay, randomProbe, vtepOf } from './ovs-random.ts';
import { lookupText, rewritesOf, trackRewrites } from './ovs-words.ts';
import type { PartReport } from './part.ts';

const SEED = 'ovs-live-1';
const PLACEMENTS = 20;
const PACKETS = 2000;

/** Bridge names inside a daemon; `phy` carries the outer packets to `wire`. */
const NAME: Readonly<Record<Bridge, string>> = { 'br-int': 'br-int', 'br-tun': 'br-tun' };

const bridgeArgs = (name: string): string[] => [
  '--',
  'add-br',
  name,
  '--',
  'set',
  'bridge',
  name,
  'datapath_type=dummy',
  'fail_mode=secure',
];

const portArgs = (bridge: string, port: string, ofport: number, settings: readonly string[]): string[] => [
  '--',
  'add-port',
  bridge,
  port,
  '--',
  'set',
  'interface',
  port,
  `ofport_request=${ofport}`,
  ...settings,
];

/** Ports of the host as Neutron and Open vSwitch would have them. `local_ip` comes from the route instead of the port. */
const configure = async (daemon: OvsDaemon, agent: Agent): Promise<void> => {
  await daemon.vsctl(['--if-exists', 'del-br', 'br-int', '--', '--if-exists', 'del-br', 'br-tun']);
  await daemon.vsctl([
    ...bridgeArgs('br-int').slice(1),
    ...bridgeArgs('br-tun'),
    ...portArgs('br-int', 'patch-tun', 1, ['type=patch', 'options:peer=patch-int']),
    ...portArgs('br-tun', 'patch-int', 1, ['type=patch', 'options:peer=patch-tun']),
    ...[...agent.vifs.values()].flatMap((v) => [
      ...portArgs('br-int', v.name, v.ofport, ['type=dummy']),
      ...(v.vlan === null ? [] : ['--', 'set', 'port', v.name, `tag=${v.vlan}`]),
    ]),
    ...[...agent.physical.values()].flatMap((p) => portArgs('br-int', `int-${p.bridge}`, p.intOfport, ['type=dummy'])),
    ...tunnelPorts(agent).flatMap((t) =>
      portArgs('br-tun', t.name, t.ofport, [
        `type=${t.type}`,
        `options:remote_ip=${t.remoteIp}`,
        'options:in_key=flow',
        'options:out_key=flow',
        'options:df_default=true',
      ]),
    ),
  ]);
};

const startHost = async (daemon: OvsDaemon, h: number): Promise<void> => {
  await daemon.start();
  await daemon.vsctl([
    'add-br',
    'phy',
    '--',
    'set',
    'bridge',
    'phy',
    'datapath_type=dummy',
    '--',
    'add-port',
    'phy',
    'wire',
    '--',
    'set',
    'interface',
    'wire',
    'type=dummy',
  ]);
  await daemon.appctl('netdev-dummy/ip4addr', 'phy', `${vtepOf(h)}/16`);
  await daemon.appctl('ovs/route/add', '10.0.0.0/16', 'phy');
  for (const [other] of HOSTS.entries()) {
    if (other !== h) await daemon.appctl('tnl/neigh/set', 'phy', vtepOf(other), `aa:55:aa:55:00:0${other}`);
  }
};

/** Datapath port number to name. */
const datapathPorts = (show: string): Map<string, string> =>
  new Map([...show.matchAll(/^\s+(\S+) \d+\/(\d+): /gm)].map(([, name = '', number = '']) => [number, name]));

const tunnelText = (type: string, remote: string, id: bigint, local: string, vlan: number | null): string =>
  `tunnel ${type} ${local}->${remote} id ${id}${vlan === null ? '' : ` vlan ${vlan}`}`;

const tunnelPush = (action: string, vlan: number | null): string => {
  const type = action.includes('vxlan(') ? 'vxlan' : action.includes('geneve(') ? 'geneve' : 'gre';
  const [, local = '', remote = ''] = /ipv4\(src=([\d.]+),dst=([\d.]+)/.exec(action) ?? [];
  const id = /(?:vni|key)=(0x[0-9a-f]+)/.exec(action)?.[1] ?? '0';
  return tunnelText(type, remote, BigInt(id), local, vlan);
};

const localText = (port: string, vlan: number | null, rewrites: readonly string[]): string =>
  `${port}${vlan === null ? '' : ` vlan ${vlan}`}${rewrites.length === 0 ? '' : ` ${rewrites.join()}`}`;

/** What comes out according to Open vSwitch, one text per output, sorted. */
const theirOutputs = (trace: string, ports: ReadonlyMap<string, string>, probe: Packet): string[] => {
  const actions = /^Datapath actions: (.*)$/m.exec(trace)?.[1] ?? '';
  const rewrites = trackRewrites(probe);
  const tags: (number | null)[] = [vlanOf(probe)];
  const outputs: string[] = [];
  for (const action of splitList(actions)) {
    const vlan = tags.at(-1) ?? null;
    if (action.includes('tnl_push(')) outputs.push(tunnelPush(action, vlan));
    else if (action.startsWith('push_vlan')) tags.push(Number(/vid=(\d+)/.exec(action)?.[1]));
    else if (action === 'pop_vlan') tags.pop();
    else if (/^\d+$/.test(action)) {
      const port = ports.get(action) ?? `datapath port ${action}`;
      if (port !== 'wire') outputs.push(localText(port, vlan, port.startsWith('br-') ? [] : rewrites.current()));
    } else rewrites.apply(action);
  }
  return outputs.sort();
};

const ourOutput = (output: Output, probe: Packet): string => {
  switch (output.kind) {
    case 'local':
      return localText(output.port, output.vlan, rewritesOf(probe, output.packet));
    case 'bridge-internal':
      return localText(output.bridge, output.vlan, []);
    case 'physical':
      return localText(output.port, vlanOf(output.packet), rewritesOf(probe, output.packet));
    case 'tunnel':
      return tunnelText(output.type, output.remoteIp, output.tunId, output.localIp, output.vlan);
  }
};

/** Tables visited on br-int and br-tun, in order; the outer packet's way over `phy` is left out. */
const theirPath = (trace: string): string[] => {
  const path: string[] = [];
  let bridge = '';
  for (const line of trace.split('\n')) {
    bridge = /^\s*bridge\("([^"]+)"\)/.exec(line)?.[1] ?? bridge;
    const step = /^\s*(\d+)\. (.*)$/.exec(line);
    if (step !== null && bridge in NAME) path.push(`${bridge} ${step[1]} ${step[2]}`);
  }
  return path;
};

type Tally = { probes: number; outputs: number; paths: number; flows: number; refused: number; notes: string[] };

const compareHost = async (
  daemon: OvsDaemon,
  overlay: Overlay,
  agent: Agent,
  tally: Tally,
): Promise<ReadonlyMap<string, string>> => {
  await configure(daemon, agent);
  for (const bridge of ['br-int', 'br-tun'] as const) {
    const ours = dumpFlows(agent, bridge, overlay.config);
    const protocol = dialectOf(overlay.config.style);
    await daemon.loadFlows(bridge, protocol, ours);
    const theirs = await daemon.dumpFlows(bridge, protocol);
    const wrong = [...ours.filter((l) => !theirs.includes(l)), ...theirs.filter((l) => !ours.includes(l))];
    tally.flows += wrong.length;
    if (wrong[0] !== undefined) tally.notes.push(`printed differently: ${wrong[0]}`);
  }
  return datapathPorts(await daemon.appctl('dpif/show'));
};

/** Runs the comparison, or says why it cannot. */
export const checkLive = async (): Promise<PartReport> => {
  const why = missingOpenVswitch();
  if (why !== null) return { checks: [], skipped: [{ name: 'ovs: live Open vSwitch', why }], notes: [] };
  const tally: Tally = { probes: 0, outputs: 0, paths: 0, flows: 0, refused: 0, notes: [] };
  const daemons = HOSTS.map(() => new OvsDaemon());
  try {
    try {
      await Promise.all(daemons.map(startHost));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return {
        checks: [],
        skipped: [{ name: 'ovs: live Open vSwitch', why: `it did not start: ${reason}` }],
        notes: [],
      };
    }
    for (let i = 0; i < PLACEMENTS; i++) await comparePlacement(i, daemons, tally);
  } finally {
    for (const daemon of daemons) daemon.stop();
  }
  return {
    checks: [
      { name: 'live: flows Open vSwitch prints differently', value: tally.flows, limit: 0, unit: 'lines' },
      { name: 'live: packets we could not read', value: tally.refused, limit: 0, unit: 'packets' },
      {
        name: `live: packets whose outputs differ (of ${tally.probes}, ${PLACEMENTS} placements)`,
        value: tally.outputs,
        limit: 0,
        unit: 'packets',
      },
      { name: 'live: packets whose path through the tables differs', value: tally.paths, limit: 0, unit: 'packets' },
    ],
    skipped: [],
    notes: tally.notes.slice(0, 8),
  };
};

const comparePlacement = async (i: number, daemons: readonly OvsDaemon[], tally: Tally): Promise<void> => {
  const r = rng(`${SEED}/${i}`);
  const overlay = randomOverlay(r.child('overlay'), i);
  const hosts: {
    daemon: OvsDaemon;
    agent: Agent;
    bridges: HostSwitch;
    learned: Learned;
    ports: ReadonlyMap<string, string>;
  }[] = [];
  for (const [h, daemon] of daemons.entries()) {
    const agent = overlay.agents.get(HOSTS[h] ?? '');
    if (agent === undefined) continue;
    const ports = await compareHost(daemon, overlay, agent, tally);
    hosts.push({ daemon, agent, ports, bridges: switchOf(agent, overlay.config), learned: new Learned() });
  }
  const draws = r.child('packets');
  for (let n = 0; n < PACKETS / PLACEMENTS; n++) {
    const host = hosts[n % hosts.length];
    if (host === undefined) continue;
    const { bridge, spec } = randomProbe(draws, overlay, host.agent);
    const learn = draws.next() < 0.7;
    tally.probes++;
    const packet = parsePacket(spec);
    if (!packet.ok) {
      tally.refused++;
      tally.notes.push(`${spec}: ${packet.error}`);
      continue;
    }
    const ours = translate(host.bridges, bridge, packet.value, host.learned, { nowMs: 0, learn });
    const trace = await host.daemon.appctl('ofproto/trace', bridge, spec, ...(learn ? ['-generate'] : []));
    const mine = ours.outputs.map((o) => ourOutput(o, packet.value)).sort();
    const theirs = theirOutputs(trace, host.ports, packet.value);
    const where = `placement ${i}, ${host.agent.host} ${bridge} ${spec}`;
    if (mine.join('; ') !== theirs.join('; ')) {
      tally.outputs++;
      tally.notes.push(`${where}: ours ${mine.join('; ')} | Open vSwitch ${theirs.join('; ')}`);
    }
    const path = ours.steps.map(lookupText);
    if (path.join() !== theirPath(trace).join()) {
      tally.paths++;
      tally.notes.push(`${where}: path ${path.join(' > ')} | Open vSwitch ${theirPath(trace).join(' > ')}`);
    }
  }
};
