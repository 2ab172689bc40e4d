// One host's flow table as an answer for people and machines: the dump, its parts, and what its numbers stand for.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import { hostOverlay, type OverlayChoice } from './cloud-overlay.ts';
import { diffFlows, type FlowDiff } from './flow-diff.ts';
import { type Dialect, printActions, printFlow, printMatch } from './flow-print.ts';
import type { SeenCloud } from './from-state.ts';
import { type Bridge, dialectOf, dumpFlows, dumpTunnels, flowsOf } from './host-flows.ts';
import { numberingOf } from './numbering.ts';
import { compareFlows, type ObservedFlows } from './observed-flows.ts';
import type { Agent } from './overlay.ts';
import { tunnelPorts } from './tunnel-port.ts';

export type FlowRow = {
  readonly table: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
  /** The line as `ovs-ofctl --no-stats dump-flows` prints it. */
  readonly text: string;
};

/** What a number in the table means: a port of the bridge, or a local VLAN and the tunnel id it becomes. */
export type FlowLegend = {
  readonly ports: readonly { readonly ofport: number; readonly name: string; readonly leadsTo: string }[];
  readonly vlans: readonly {
    readonly vlan: number;
    readonly network: string;
    readonly name: string;
    readonly segmentationId: number | null;
  }[];
};

export type FlowAnswer = {
  readonly host: string;
  readonly bridge: Bridge;
  readonly at: string;
  readonly dialect: Dialect;
  /** By table, then priority. */
  readonly flows: readonly FlowRow[];
  /** All lines in the order of `dump-flows`. */
  readonly dump: readonly string[];
  /** Ports of br-tun as `ovs-vsctl` would tell them. */
  readonly tunnels: readonly string[];
  readonly legend: FlowLegend;
  readonly assumptions: readonly string[];
};

export type FlowQuestion = OverlayChoice & {
  readonly host: string;
  readonly bridge: Bridge;
  /** Null: the protocol the style's agent speaks. */
  readonly dialect: Dialect | null;
};

type Seen = { readonly state: ClusterState; readonly seen: SeenCloud };

const noHost = (host: string): string => `There is no host ${host} at this instant.`;

export const legendOf = (agent: Agent, bridge: Bridge, { state, seen }: Seen): FlowLegend => {
  const hostOf = new Map(seen.cloud.hosts.map((h) => [h.vtepIp, h.host]));
  const vmName = new Map(state.vms.map((v) => [v.id, v.name]));
  const names = new Map(state.networks.map((n) => [n.id, n.name]));
  const patch = {
    ofport: 1,
    ...(bridge === 'br-tun' ? { name: 'patch-int', leadsTo: 'br-int' } : { name: 'patch-tun', leadsTo: 'br-tun' }),
  };
  const others =
    bridge === 'br-tun'
      ? tunnelPorts(agent).map((t) => ({
          ofport: t.ofport,
          name: t.name,
          leadsTo: hostOf.get(t.remoteIp) ?? t.remoteIp,
        }))
      : [...agent.vifs.values()].map((v) => {
          const vm = seen.vms.get(v.port);
          return { ofport: v.ofport, name: v.name, leadsTo: (vm === undefined ? undefined : vmName.get(vm)) ?? v.port };
        });
  return {
    ports: [patch, ...others.sort((a, b) => a.ofport - b.ofport)],
    vlans: [...agent.vlans.values()]
      .map(({ vlan, network, segment }) => ({
        vlan,
        network,
        name: names.get(network) ?? network,
        segmentationId: segment.segmentationId,
      }))
      .sort((a, b) => a.vlan - b.vlan),
  };
};

/** Error: a sentence when there is no such host, or no Open vSwitch in this mode. */
export const flowAnswer = (at: Seen, question: FlowQuestion): Result<FlowAnswer, string> => {
  const { host, bridge, mode, style } = question;
  if (mode === 'multicast')
    return err('With a multicast group the Linux bridge forwards: there is no Open vSwitch and no flow.');
  const overlay = hostOverlay(at.seen, { mode, style }, host, numberingOf([at.seen.cloud]));
  const agent = overlay.agents.get(host);
  if (agent === undefined) return err(noHost(host));
  const dialect = question.dialect ?? dialectOf(style);
  return ok({
    host,
    bridge,
    at: at.state.at,
    dialect,
    flows: flowsOf(agent, bridge, overlay.config)
      .map((f) => ({
        table: f.table,
        priority: f.priority,
        match: printMatch(f.match),
        actions: printActions(f.actions, dialect),
        text: printFlow(f, dialect),
      }))
      .sort((a, b) => a.table - b.table || b.priority - a.priority || (a.text < b.text ? -1 : 1)),
    dump: dumpFlows(agent, bridge, overlay.config, dialect),
    tunnels: dumpTunnels(agent, overlay.config),
    legend: legendOf(agent, bridge, at),
    assumptions: at.seen.assumptions,
  });
};

export type ObservedAnswer = ObservedFlows & {
  readonly host: string;
  readonly bridge: Bridge;
  /** When it was dumped, and the event that holds it. */
  readonly at: string;
  readonly seq: number;
  /** The dump, line by line. */
  readonly flows: readonly string[];
  readonly assumptions: readonly string[];
};

/** `seen` is the cloud as it was when the table was dumped. */
export const observedAnswer = (
  seen: Seen,
  question: FlowQuestion,
  dump: { readonly at: string; readonly seq: number; readonly flows: readonly string[] },
): Result<ObservedAnswer, string> => {
  const derived = flowAnswer(seen, question);
  if (!derived.ok) return derived;
  const { host, bridge } = question;
  const compared = compareFlows(dump.flows, derived.value.dump, derived.value.dialect);
  return ok({ ...compared, ...dump, host, bridge, assumptions: derived.value.assumptions });
};

export type FlowChange = FlowDiff & {
  readonly host: string;
  readonly bridge: Bridge;
  readonly from: string;
  readonly to: string;
  readonly unchanged: number;
};

/** What changed between two instants, both numbered alike. A host that exists at one of them only has all flows there. */
export const flowChange = (before: Seen, after: Seen, question: FlowQuestion): Result<FlowChange, string> => {
  const { host, bridge, mode, style } = question;
  const numbering = numberingOf([before.seen.cloud, after.seen.cloud]);
  const dump = ({ seen }: Seen): readonly string[] | null => {
    const overlay = hostOverlay(seen, { mode, style }, host, numbering);
    const agent = overlay.agents.get(host);
    return agent === undefined ? null : dumpFlows(agent, bridge, overlay.config, question.dialect ?? dialectOf(style));
  };
  const [old, now] = [dump(before), dump(after)];
  if (old === null && now === null) return err(noHost(host));
  const diff = diffFlows(old ?? [], now ?? []);
  const unchanged = (now ?? []).length - diff.added.length;
  return ok({ ...diff, host, bridge, from: before.state.at, to: after.state.at, unchanged });
};
