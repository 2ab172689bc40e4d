// Compares the tracer with Open vSwitch's own verdicts on recorded probe packets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseMac } from '../../domain/network/address.ts';
import { parseFlow, parseFlows } from '../../domain/network/flow-parse.ts';
import { flowTable, type FlowTable } from '../../domain/network/flow-table.ts';
import type { Bridge } from '../../domain/network/host-flows.ts';
import { hostSwitch, type HostSwitch, type SwitchPort } from '../../domain/network/host-switch.ts';
import { Learned, LOCAL_PORT } from '../../domain/network/learned.ts';
import { isTunnelType, type NetworkType } from '../../domain/network/overlay.ts';
import { parsePacket, type Packet } from '../../domain/network/packet.ts';
import { splitList } from '../../domain/network/split-list.ts';
import { translate, type Output } from '../../domain/network/translate.ts';
import type { RecordedNode, Recording } from './ovs-record.ts';
import { lookupText, rewritesOf, trackRewrites } from './ovs-words.ts';
import type { PartReport } from './part.ts';

type Probe = {
  readonly id: string;
  readonly variant: string;
  readonly step: string;
  readonly node: string;
  readonly bridge: Bridge;
  readonly probe: string;
  readonly flow: string;
  readonly context: string;
  readonly verdict: {
    readonly outputs: readonly Readonly<Record<string, unknown>>[];
    readonly datapath_actions: string;
    readonly tables: readonly (readonly [bridge: string, table: number, rule: string])[];
  };
};

type Context = {
  readonly br_int_fdb: readonly { readonly port: string; readonly vlan: number; readonly mac: string }[];
  readonly learned_table20: readonly string[];
};

const readGzipLines = (path: string): string[] => gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);

const tableOf = (lines: readonly string[]): FlowTable => {
  const flows = parseFlows(lines.join('\n'));
  if (!flows.ok) throw new Error(`recorded flow refused: ${flows.error[0]?.why}`);
  return flowTable(flows.value);
};

const portsOf = (node: RecordedNode, bridge: Bridge): Map<number, SwitchPort> => {
  const ports = new Map<number, SwitchPort>();
  for (const p of node.state.ports.filter(
    (q) => q.bridge === bridge && q.port !== 'patch-int' && q.port !== 'patch-tun',
  )) {
    const type = p.port.split('-')[0] as NetworkType;
    if (bridge === 'br-tun' && isTunnelType(type)) {
      const line = node.tunnels.find((t) => t.startsWith(`${p.ofport}(`)) ?? '';
      const remoteIp = /remote_ip="([^"]+)"/.exec(line)?.[1] ?? '';
      ports.set(p.ofport, { kind: 'tunnel', name: p.port, type, localIp: node.state.local_ip, remoteIp });
    } else ports.set(p.ofport, { kind: 'vif', name: p.port, tag: p.tag === '[]' ? null : Number(p.tag) });
  }
  return ports;
};

const switchOfNode = (host: string, node: RecordedNode): HostSwitch =>
  hostSwitch(
    host,
    node.state.local_ip,
    { 'br-int': portsOf(node, 'br-int'), 'br-tun': portsOf(node, 'br-tun') },
    { 'br-int': tableOf(node.brInt), 'br-tun': tableOf(node.brTun) },
  );

const learnedOf = (context: Context | undefined): Learned => {
  const learned = new Learned();
  for (const e of context?.br_int_fdb ?? []) {
    learned.sawMac(e.vlan, parseMac(e.mac) ?? 0n, e.port === 'LOCAL' ? LOCAL_PORT : Number(e.port), 0);
  }
  for (const line of context?.learned_table20 ?? []) {
    const flow = parseFlow(line);
    if (!flow.ok) throw new Error(`learned flow refused: ${flow.error}`);
    learned.addFlow(flow.value, 0);
  }
  return learned;
};

/** Headers each output really carries. The recording hangs every `set` of the whole packet on every local output, so the
 * datapath's actions are walked instead: they hold the outputs in the same order. Null when they do not line up. */
const rewritesPerOutput = (actions: string, outputs: number, probe: Packet): string[][] | null => {
  const rewrites = trackRewrites(probe);
  const found: string[][] = [];
  for (const action of splitList(actions)) {
    rewrites.apply(action);
    if (/^\d+$/.test(action)) found.push(rewrites.current());
  }
  return found.length === outputs ? found : null;
};

/** Every tunnel port Neutron makes sets DF and carries a key; VXLAN goes to the IANA port, Geneve to its own. */
const UDP_DST: Readonly<Record<string, number | null>> = { gre: null, vxlan: 4789, geneve: 6081 };

const written = (output: Output, probe: Packet): Readonly<Record<string, unknown>> => {
  switch (output.kind) {
    case 'local':
      return { kind: 'local', port: output.port, vlan: output.vlan, rewrites: rewritesOf(probe, output.packet) };
    case 'bridge-internal':
      return { kind: 'bridge-internal', port: output.bridge, vlan: output.vlan };
    case 'physical':
      return { kind: 'physical', port: output.port };
    case 'tunnel':
      return {
        kind: 'tunnel',
        type: output.type,
        remote_ip: output.remoteIp,
        local_ip: output.localIp,
        tun_id: Number(output.tunId),
        udp_dst: UDP_DST[output.type],
        flags: 'df|key',
        inner_vlan: output.vlan,
      };
  }
};

const recordedOutputs = (
  verdict: Probe['verdict'],
  probe: Packet,
): readonly Readonly<Record<string, unknown>>[] | null => {
  const rewrites = rewritesPerOutput(verdict.datapath_actions, verdict.outputs.length, probe);
  return (
    rewrites?.map((r, i) => ({
      ...verdict.outputs[i],
      ...(verdict.outputs[i]?.['kind'] === 'local' ? { rewrites: r } : {}),
    })) ?? null
  );
};

const asText = (outputs: readonly Readonly<Record<string, unknown>>[]): string =>
  outputs
    .map((o) =>
      Object.keys(o)
        .filter((key) => key !== 'owner')
        .sort()
        .map((key) => `${key}=${JSON.stringify(o[key])}`)
        .join(' '),
    )
    .sort()
    .join('; ');

/** Why a probe is not judged as Open vSwitch did: about what came out, and about the tables on the way. Null: equal. */
type Judgement = { readonly outputs: string | null; readonly path: string | null };

const judge = (probe: Probe, host: HostSwitch, context: Context | undefined): Judgement => {
  const packet = parsePacket(probe.flow);
  if (!packet.ok) return { outputs: `packet refused: ${packet.error}`, path: null };
  const ours = translate(host, probe.bridge, packet.value, learnedOf(context), { nowMs: 0, learn: false });
  const mine = asText(ours.outputs.map((o) => written(o, packet.value)));
  const recorded = recordedOutputs(probe.verdict, packet.value);
  const theirs = recorded === null ? 'datapath actions and outputs do not line up' : asText(recorded);
  const path = ours.steps.map(lookupText).join(' > ');
  const theirPath = probe.verdict.tables.map((t) => t.join(' ')).join(' > ');
  return {
    outputs: mine === theirs ? null : `outputs differ: ours ${mine}; Open vSwitch ${theirs}`,
    path: path === theirPath ? null : `path differs: ours ${path}; Open vSwitch ${theirPath}`,
  };
};

const nodeOf = (recordings: readonly Recording[], { variant, step, node }: Probe): RecordedNode | undefined =>
  recordings.find((r) => r.variant === variant)?.steps.find((s) => s.step === step)?.nodes[node];

/** Checks for all probes: outputs and the path through the tables must be equal. Exceptions are listed by reason. */
export const checkTraces = (dataDir: string, recordings: readonly Recording[]): PartReport => {
  const contexts = JSON.parse(readFileSync(join(dataDir, 'ovs/trace-contexts.json'), 'utf8')) as Record<
    string,
    Context
  >;
  const probes = readGzipLines(join(dataDir, 'ovs/traces.jsonl.gz')).map((line) => JSON.parse(line) as Probe);
  const switches = new Map<string, HostSwitch>();
  const judgeSafely = (probe: Probe): Judgement => {
    const node = nodeOf(recordings, probe);
    if (node === undefined) return { outputs: 'its step is not recorded', path: null };
    const key = `${probe.variant}|${probe.step}|${probe.node}`;
    try {
      const host = switches.get(key) ?? switchOfNode(probe.node, node);
      switches.set(key, host);
      return judge(probe, host, contexts[probe.context]);
    } catch (error) {
      return { outputs: error instanceof Error ? error.message : String(error), path: null };
    }
  };
  const judged = probes.map((probe) => ({ probe, ...judgeSafely(probe) }));
  const wrong = judged.flatMap((j) =>
    [j.outputs, j.path].flatMap((why) => (why === null ? [] : [{ id: j.probe.id, why }])),
  );
  return {
    checks: [
      {
        name: `traces: probes whose outputs differ (of ${probes.length})`,
        value: judged.filter((j) => j.outputs !== null).length,
        limit: 0,
        unit: 'probes',
      },
      {
        name: 'traces: probes whose path through the tables differs',
        value: judged.filter((j) => j.path !== null).length,
        limit: 0,
        unit: 'probes',
      },
    ],
    skipped: [],
    notes: wrong.slice(0, 12).map(({ id, why }) => `exception: ${id}: ${why}`),
  };
};
