// What a dumped flow table gets wrong, entry by entry, where the record knows the host well enough to say so.
import { severityOf } from '../cluster/anomalies/rules.ts';
import { entity } from '../events/entity.ts';
import type { AnomalyState } from '../readout/state.ts';
import { cloudAround, hostOverlay, type OverlayChoice } from './cloud-overlay.ts';
import type { Dialect } from './flow-print.ts';
import { type FlowLegend, legendOf } from './flow-answer.ts';
import type { DumpWorld } from './dump-world.ts';
import { type Bridge, dumpFlows } from './host-flows.ts';
import type { Lint, LintCode } from './lint.ts';
import { numberingOf } from './numbering.ts';
import { compareFlows, type ObservedFlows } from './observed-flows.ts';

export type Dump = {
  readonly host: string;
  readonly bridge: string;
  /** Of the event that holds it. */
  readonly at: string;
  readonly seq: number;
  readonly flows: readonly string[];
};

/** With fewer of the entries explained, the record does not know the host's ports, and what is missing in it proves nothing. */
const EXPLAINED_SHARE_MIN = 0.5;

/** Told one by one in an anomaly; the rest are counted. */
const MOST_TOLD = 2;

const BRIDGES: readonly string[] = ['br-int', 'br-tun'] satisfies Bridge[];
const isBridge = (name: string): name is Bridge => BRIDGES.includes(name);

/** Who wrote the table: today's agent has a table for Geneve; its modes are told by the tables they fill. */
const writtenBy = (flows: readonly string[]): OverlayChoice & { readonly dialect: Dialect } => {
  const has = (pattern: RegExp): boolean => flows.some((flow) => pattern.test(flow));
  const answersArp = has(/^table=21, ?priority=[1-9]/);
  return {
    style: has(/^table=(?:6|58|59|60),/) ? 'master' : 'classic',
    mode: answersArp ? 'l2pop-arp' : has(/^table=20, ?(?!.*timeout=).*dl_dst=/) ? 'l2pop' : 'no-l2pop',
    dialect: has(/resubmit\(,|mod_vlan_vid:|strip_vlan/) ? 'OpenFlow10' : 'OpenFlow13',
  };
};

/** A derived or renumbered entry taken apart as far as findings need it. */
const partsOf = (line: string) => ({
  table: Number(/^table=(\d+)/.exec(line)?.[1] ?? 0),
  vlan: /\bdl_vlan=(\d+)/.exec(line)?.[1] ?? null,
  mac: /\bdl_dst=((?:[\da-f]{2}:){5}[\da-f]{2})(?![\d/])/.exec(line)?.[1] ?? null,
  key: /\btun_id=(0x[\da-f]+|\d+)/.exec(line)?.[1] ?? null,
  toVlan: /(?:mod_vlan_vid:|set_field:)(\d+)/.exec(line)?.[1] ?? null,
  outputs: [...line.matchAll(/output:(\d+)/g)].map(([, port]) => Number(port)),
});
type Parts = ReturnType<typeof partsOf>;

const UNICAST = 20;
const FLOOD = 22;

/** `to` is null where the entries that share the tunnel disagree about whose it is. */
const staleSentence = (host: string, mac: string, to: string | null, home: string | undefined): string => {
  if (home === undefined)
    return `${host} sends ${mac} ${to === null ? 'through a tunnel' : `to ${to}`}, but no active port on record has that MAC`;
  if (to === null)
    return `${host} sends ${mac} of ${home} through a tunnel that another entry uses for another host: one of the two is stale`;
  return `${host} sends ${mac} to ${to}, but it lives on ${home}`;
};

/** The findings behind a difference; `leads` says which host is behind an output. */
const lintsOf = (
  host: string,
  compared: ObservedFlows,
  world: { readonly leads: (ofport: number) => string; readonly homeOf: ReadonlyMap<string, string> },
): Lint[] => {
  const { leads, homeOf } = world;
  const extra = new Set(compared.extraRenumbered.map(({ line, isSure }) => ({ ...partsOf(line), isSure })));
  const missing = new Set(compared.missing.map(partsOf));
  const found: Lint[] = [];
  const say = (code: LintCode, detail: string): void => void found.push({ code, host, detail });
  const counterpart = (of: Parts, same: (a: Parts, b: Parts) => boolean): Parts | null => {
    const other = [...missing].find((m) => m.table === of.table && same(m, of)) ?? null;
    if (other !== null) missing.delete(other);
    return other;
  };
  const away = (ofports: readonly number[], known: readonly number[]): string =>
    ofports
      .filter((port) => !known.includes(port))
      .map(leads)
      .join(', ');
  for (const e of extra) {
    if (e.table === UNICAST && e.mac !== null) {
      extra.delete(e);
      counterpart(e, (a, b) => a.mac === b.mac && a.vlan === b.vlan);
      say(
        'stale-fdb',
        staleSentence(host, e.mac, e.isSure ? e.outputs.map(leads).join(', ') : null, homeOf.get(e.mac)),
      );
    } else if (e.table === FLOOD && e.vlan !== null) {
      extra.delete(e);
      const other = counterpart(e, (a, b) => a.vlan === b.vlan);
      const [over, under] = [away(e.outputs, other?.outputs ?? []), away(other?.outputs ?? [], e.outputs)];
      if (over !== '') say('over-flooding', `${host} also floods local VLAN ${e.vlan} to ${over}`);
      if (under !== '') say('missing-flood', `broadcast of local VLAN ${e.vlan} from ${host} never reaches ${under}`);
    } else if (e.key !== null) {
      const other = counterpart(e, (a, b) => a.toVlan === b.toVlan);
      if (other === null) continue;
      extra.delete(e);
      say(
        'segment-mismatch',
        `${host} takes tunnel id ${Number(e.key)} for the network whose id is ${Number(other.key)}`,
      );
    }
  }
  for (const m of missing) {
    if (m.table !== UNICAST || m.mac === null) continue;
    missing.delete(m);
    say(
      'missing-fdb',
      `${host} does not know that ${m.mac} lives on ${homeOf.get(m.mac) ?? 'another host'}: it floods`,
    );
  }
  const [more, fewer] = [extra.size, missing.size];
  if (more + fewer > 0)
    say('flows-differ', `${host} holds ${more} other entries that Neutron would not program, and lacks ${fewer}`);
  return found;
};

/** Null where the table is none of Neutron's, or the record knows too little of the host. `at` is the cloud when it was dumped. */
const comparedWith = (
  { state, seen }: DumpWorld,
  dump: Dump,
): { readonly compared: ObservedFlows; readonly legend: () => FlowLegend } | null => {
  const { bridge } = dump;
  if (!isBridge(bridge)) return null;
  const by = writtenBy(dump.flows);
  const cloud = cloudAround(seen.cloud, dump.host);
  const overlay = hostOverlay({ cloud }, by, dump.host, numberingOf([cloud]));
  const agent = overlay.agents.get(dump.host);
  if (agent === undefined) return null;
  const derived = dumpFlows(agent, bridge, overlay.config, by.dialect);
  const compared = compareFlows(dump.flows, derived, by.dialect);
  const all = compared.same + compared.extra.length + compared.missing.length;
  if (compared.same < EXPLAINED_SHARE_MIN * all) return null;
  return { compared, legend: () => legendOf(agent, bridge, { state, seen }) };
};

/** What a dump contradicts, by entry. */
export const dumpLints = (at: DumpWorld, dump: Dump): readonly Lint[] => {
  const found = comparedWith(at, dump);
  // Most tables are as they should be: whose each MAC is, and what is behind each port, is looked up where one is not.
  if (found === null || found.compared.extra.length + found.compared.missing.length === 0) return [];
  const leads = new Map(found.legend().ports.map(({ ofport, leadsTo }) => [ofport, leadsTo]));
  return lintsOf(dump.host, found.compared, {
    leads: (ofport) => leads.get(ofport) ?? `port ${ofport}`,
    homeOf: new Map(at.seen.cloud.ports.flatMap((p) => (p.host === null ? [] : [[p.mac, p.host] as const]))),
  });
};

/** The same as one anomaly of the record; null where nothing is wrong. */
export const dumpAnomaly = (dump: Omit<Dump, 'flows'>, lints: readonly Lint[]): AnomalyState | null => {
  if (lints.length === 0) return null;
  const told = lints.slice(0, MOST_TOLD).map(({ detail }) => detail);
  const rest = lints.length - told.length;
  return {
    seq: dump.seq,
    at: dump.at,
    rule: 'flows-disagree',
    severity: severityOf('flows-disagree'),
    entity: entity('host', dump.host),
    detail:
      `The flow table of ${dump.bridge} on ${dump.host}, dumped at ${dump.at}, is not what Neutron would program: ` +
      `${told.join('; ')}${rest === 0 ? '' : `; and ${rest} more`}.`,
  };
};
