// Replays every recorded variant through the overlay and compares flows, tunnels and messages step by step.
import { applyEvent } from '../../domain/network/apply-event.ts';
import { UNDISTURBED, type Environment } from '../../domain/network/environment.ts';
import { dumpFlows, dumpTunnels, type Bridge } from '../../domain/network/host-flows.ts';
import type { Fdb, Message } from '../../domain/network/message.ts';
import { emptyOverlay, type Overlay } from '../../domain/network/overlay.ts';
import type { Check, PartReport } from './part.ts';
import { configOf, Replay, type RecordedMessage, type RecordedStep, type Recording } from './ovs-record.ts';

/** Numbers Open vSwitch and the agent drew, as the step's `state` has them. */
const environmentOf = (step: RecordedStep): Environment => ({
  ...UNDISTURBED,
  ofport: (host, bridge, port) =>
    step.nodes[host]?.state.ports.find((p) => p.bridge === bridge && p.port === port)?.ofport ?? null,
  localVlan: (host, network) => step.nodes[host]?.state.local_vlans.find((v) => v.network_id === network)?.vlan ?? null,
});

const differing = (a: readonly string[], b: readonly string[]): string[] => [
  ...a.filter((x) => !b.includes(x)).map((x) => `ours only: ${x}`),
  ...b.filter((x) => !a.includes(x)).map((x) => `recorded only: ${x}`),
];

/** Flood outputs are a set; in ascending order they compare as text. */
const canonicalFlood = (line: string): string => {
  if (!line.startsWith('table=22,')) return line;
  const outputs = [...line.matchAll(/output:(\d+)/g)].map((m) => Number(m[1])).sort((a, b) => a - b);
  return `${line.replaceAll(/,output:\d+/g, '')},${outputs.map((o) => `output:${o}`).join(',')}`;
};

const fdbWire = (fdb: Fdb): unknown => ({
  [fdb.network]: {
    segment_id: fdb.segmentationId,
    network_type: fdb.networkType,
    ports: Object.fromEntries(fdb.ports),
  },
});

const wire = (m: Message): RecordedMessage => {
  if (m.kind === 'call') {
    const payload: Record<string, unknown> =
      m.method === 'tunnel_sync'
        ? { tunnel_ip: m.tunnelIp, tunnel_type: m.tunnelType }
        : {
            ...(m.devicesUp.length > 0 ? { devices_up: m.devicesUp, refresh_tunnels: m.refreshTunnels } : {}),
            ...(m.devicesDown.length > 0 ? { devices_down: m.devicesDown } : {}),
          };
    return { kind: 'agent->server', method: m.method, from: m.from, payload };
  }
  switch (m.method) {
    case 'add_fdb_entries':
    case 'remove_fdb_entries':
      return {
        kind: m.kind,
        method: m.method,
        to: m.kind === 'cast' ? m.to : 'all',
        payload: fdbWire(m.fdb) as Record<string, unknown>,
      };
    case 'update_fdb_entries': {
      const { network, vtep, before, after } = m.changed;
      return {
        kind: m.kind,
        method: m.method,
        to: 'all',
        payload: { chg_ip: { [network]: { [vtep]: { before, after } } } },
      };
    }
    case 'tunnel_update':
      return {
        kind: m.kind,
        method: m.method,
        to: 'all',
        payload: { tunnel_ip: m.tunnelIp, tunnel_type: m.tunnelType },
      };
    case 'port_update':
    case 'port_delete':
    case 'binding_activate':
    case 'binding_deactivate':
      return { kind: 'fanout(core)', method: m.method, to: 'all', payload: { args: m.args } };
  }
};

/** One text per message whatever the order of keys and, inside a list of FDB entries, of entries (a SQL query's order). */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    return `[${(Array.isArray(value[0]) ? items.sort() : items).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([k, v]) => `${k}:${canonical(v)}`)
      .sort()
      .join()}}`;
  }
  return JSON.stringify(value);
};

const comparable = (recording: Recording, messages: readonly RecordedMessage[]): string[] => {
  const agentsReport = recording.steps.some((s) => s.rpc.some((m) => m.kind === 'agent->server'));
  return messages
    .filter((m) => m.kind !== 'note' && (agentsReport || m.method.endsWith('_fdb_entries')))
    .map(canonical);
};

type Tally = { tables: number; tablesWrong: number; tunnelsWrong: number; messages: number; messagesWrong: number };

const compareNode = (
  overlay: Overlay,
  host: string,
  step: RecordedStep,
  tally: Tally,
  complain: (why: string) => void,
): void => {
  const agent = overlay.agents.get(host);
  const node = step.nodes[host];
  if (agent === undefined || node === undefined) return complain(`${host}: no agent started`);
  const compare = (what: string, ours: readonly string[], recorded: readonly string[]): boolean => {
    const lines = differing(ours.map(canonicalFlood), recorded.map(canonicalFlood));
    if (lines.length > 0) complain(`${host} ${what}: ${lines.length} lines differ, first: ${lines[0]}`);
    return lines.length === 0;
  };
  const tables: [string, Bridge, readonly string[] | undefined, 'OpenFlow10' | undefined][] = [
    ['br-tun', 'br-tun', node.brTun, undefined],
    ['br-int', 'br-int', node.brInt, undefined],
    ['br-tun in OpenFlow 1.0', 'br-tun', node.brTunOpenFlow10, 'OpenFlow10'],
  ];
  for (const [what, bridge, recorded, dialect] of tables) {
    if (recorded === undefined) continue;
    tally.tables++;
    if (!compare(what, dumpFlows(agent, bridge, overlay.config, dialect), recorded)) tally.tablesWrong++;
  }
  if (!compare('tunnels', dumpTunnels(agent, overlay.config), node.tunnels)) tally.tunnelsWrong++;
};

/** Replays one recording. `differences` are sentences, at most a handful are worth printing. */
const replay = (recording: Recording): { tally: Tally; differences: readonly string[] } => {
  const overlay = emptyOverlay(configOf(recording));
  const events = new Replay(recording);
  const tally: Tally = { tables: 0, tablesWrong: 0, tunnelsWrong: 0, messages: 0, messagesWrong: 0 };
  const differences: string[] = [];
  for (const [i, step] of recording.steps.entries()) {
    const complain = (why: string): void => void differences.push(`${recording.variant} ${step.step}: ${why}`);
    const env = environmentOf(step);
    const sent = events.events(i).flatMap((event) => applyEvent(overlay, event, env));
    for (const host of Object.keys(step.nodes)) compareNode(overlay, host, step, tally, complain);
    const ours = comparable(recording, sent.map(wire));
    const recorded = comparable(recording, step.rpc);
    tally.messages += recorded.length;
    const wrong = Array.from({ length: Math.max(ours.length, recorded.length) }, (_, k) => k).filter(
      (k) => ours[k] !== recorded[k],
    );
    tally.messagesWrong += wrong.length;
    if (wrong[0] !== undefined)
      complain(`message ${wrong[0] + 1}: ours ${ours[wrong[0]]}, recorded ${recorded[wrong[0]]}`);
  }
  return { tally, differences };
};

/** A recording that cannot be replayed is a difference like any other, and does not hide the rest. */
const replayOrFail = (recording: Recording): { tally: Tally; differences: readonly string[] } => {
  try {
    return replay(recording);
  } catch (error) {
    const tally: Tally = { tables: 0, tablesWrong: 1, tunnelsWrong: 1, messages: 0, messagesWrong: 1 };
    return { tally, differences: [`${recording.variant}: ${error instanceof Error ? error.message : String(error)}`] };
  }
};

/** Checks for all recordings: everything must be equal. */
export const checkSteps = (recordings: readonly Recording[]): PartReport => {
  const results = recordings.map((recording) => ({ recording, ...replayOrFail(recording) }));
  const checks = results.flatMap(({ recording, tally }): Check[] => [
    {
      name: `${recording.variant}: flow tables that differ (of ${tally.tables})`,
      value: tally.tablesWrong,
      limit: 0,
      unit: 'tables',
    },
    { name: `${recording.variant}: tunnel lists that differ`, value: tally.tunnelsWrong, limit: 0, unit: 'lists' },
    {
      name: `${recording.variant}: messages that differ (of ${tally.messages})`,
      value: tally.messagesWrong,
      limit: 0,
      unit: 'messages',
    },
  ]);
  return { checks, skipped: [], notes: results.flatMap((r) => r.differences).slice(0, 12) };
};
