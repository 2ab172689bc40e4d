// The cluster at an instant, to hand over: what is wrong and why, what the record contradicts, what a failure would do.
import { fitOf } from '../capacity/fit.ts';
import { ANYWHERE, flavorsOf } from '../capacity/flavors.ts';
import { LIMIT_WORDS } from '../capacity/slots.ts';
import { sweepNotes, sweepVerdict, worstSet } from '../drill/sweep/words.ts';
import type { SweepResult } from '../drill/sweep/sweep.ts';
import type { CauseChain, Mark } from '../readout/picture-types.ts';
import type { ClusterState, HostState } from '../readout/state.ts';
import { isoInstant } from '../base/time.ts';
import { instant } from '../base/brand.ts';
import { mebibytes, plural } from '../readout/words.ts';
import { type Document, list, section, type Section, table, text } from './document.ts';

export type ClusterQuestion = {
  readonly state: ClusterState;
  /** Incident marks up to the state's instant, oldest first. */
  readonly marks: readonly Mark[];
  /** One for each VM in ERROR or SHUTOFF or on a host that is down, as far as asked. */
  readonly causes: readonly CauseChain[];
  /** VMs in trouble whose cause was not asked. */
  readonly causesLeftOut: number;
  /** Every single host failing in turn. */
  readonly sweep: SweepResult;
  readonly log: string | null;
};

const MARKS = 40; // the youngest; older ones are in the log
const NAMED = 12; // names in a sentence

const hostWord = (h: HostState): string => {
  const words = [
    ...(h.fenced ? ['fenced'] : h.forcedDown ? ['forced down'] : h.up === false ? ['down'] : []),
    ...(h.enabled === false ? [`disabled${h.disabledReason === null ? '' : `: ${h.disabledReason}`}`] : []),
  ];
  return words.length > 0 ? words.join(', ') : h.up === null ? 'unknown' : 'up';
};

const statuses = ({ vms }: ClusterState): string => {
  const counts = new Map<string, number>();
  for (const { status } of vms) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([status, n]) => `${n} ${status}`)
    .join(', ');
};

const verdictOf = ({ state, sweep }: ClusterQuestion): string => {
  const down = state.hosts.filter((h) => h.up === false || h.fenced || h.forcedDown);
  const failed = state.vms.filter((v) => v.status === 'ERROR');
  const wrong = [
    ...(down.length > 0 ? [`${plural(down.length, 'host')} down`] : []),
    ...(failed.length > 0 ? [`${plural(failed.length, 'VM')} in ERROR`] : []),
  ];
  const size = `${plural(state.hosts.length, 'host')} with ${plural(state.vms.length, 'VM')}`;
  return `${size}: ${wrong.length === 0 ? 'no host is down and no VM in ERROR' : wrong.join(', ')}. ${sweepVerdict(sweep)}`;
};

/** VMs of one status that nothing on record explains, in one sentence. */
const unexplained = (status: string, chains: readonly CauseChain[]): string => {
  const names = chains.map((c) => c.name).sort();
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${plural(names.length, 'VM is', 'VMs are')} ${status}, and nothing on record says why: ${names.slice(0, NAMED).join(', ')}${rest}.`;
};

const troubles = ({ causes, causesLeftOut }: ClusterQuestion): readonly Section[] => {
  const worst = (c: CauseChain): number => (c.status === 'ERROR' ? 0 : c.status === 'SHUTOFF' ? 2 : 1);
  const ordered = causes.toSorted((a, b) => worst(a) - worst(b) || (a.since ?? 0) - (b.since ?? 0));
  const told = ordered.filter((c) => c.known).map((c) => c.verdict);
  const open = Map.groupBy(
    ordered.filter((c) => !c.known),
    (c) => c.status,
  );
  const untold = [...open].map(([status, chains]) => unexplained(status, chains));
  const more = causesLeftOut === 0 ? null : text(`and ${plural(causesLeftOut, 'VM')} more; ask why of each.`);
  return section('VMs that serve nobody, and why', [
    told.length + untold.length === 0 ? null : list([...told, ...untold]),
    more,
  ]);
};

const record = ({ state, marks }: ClusterQuestion): readonly Section[] => {
  const anomalies = state.anomalies.filter((a) => a.severity !== 'note');
  const past = marks.filter((m) => m.kind !== 'anomaly' && m.at <= Date.parse(state.at)).slice(-MARKS);
  return [
    ...section('What happened', [
      past.length === 0
        ? null
        : table(past, [
            { head: 'when', cell: (m) => isoInstant(instant(m.at)) },
            { head: 'event', right: true, cell: (m) => `#${m.seq}` },
            { head: 'what', cell: (m) => m.label },
          ]),
    ]),
    ...section('Where the record contradicts itself', [
      anomalies.length === 0
        ? text('Nowhere up to this instant.')
        : table(anomalies, [
            { head: 'when', cell: (a) => a.at },
            { head: 'severity', cell: (a) => a.severity },
            { head: 'what', cell: (a) => a.detail },
          ]),
    ]),
  ];
};

const failure = ({ sweep }: ClusterQuestion): readonly Section[] => {
  const worst = worstSet(sweep);
  const listed = sweep.failing.filter((f) => f.decided);
  return section('If one host fails', [
    text(sweepVerdict(sweep)),
    worst === null
      ? null
      : table(listed, [
          { head: 'host', cell: (f) => f.hosts.join(', ') },
          { head: 'VMs without a home', cell: (f) => f.vms.map((v) => v.name).join(', ') },
          { head: 'their RAM', right: true, cell: (f) => mebibytes(f.ramMiB) },
          { head: 'what would help', cell: (f) => f.relaxation },
        ]),
    sweepNotes(sweep).length === 0 ? null : list(sweepNotes(sweep)),
  ]);
};

const room = ({ state }: ClusterQuestion): readonly Section[] => {
  const fits = flavorsOf(state).map((f) => ({ size: f, fit: fitOf(state, f, ANYWHERE) }));
  return section('What still fits', [
    fits.length === 0
      ? null
      : table(fits, [
          { head: 'flavor', cell: ({ size }) => size.name },
          { head: 'vCPUs', right: true, cell: ({ size }) => size.vcpus },
          { head: 'RAM', right: true, cell: ({ size }) => mebibytes(size.ramMiB) },
          { head: 'more that fit', right: true, cell: ({ fit }) => (fit.limitedBy === null ? 'unknown' : fit.count) },
          { head: 'limited by', cell: ({ fit }) => (fit.limitedBy === null ? null : LIMIT_WORDS[fit.limitedBy]) },
        ]),
  ]);
};

const hosts = ({ state }: ClusterQuestion): readonly Section[] =>
  section('Hosts', [
    text(`VMs: ${statuses(state)}.`),
    table(state.hosts, [
      { head: 'host', cell: (h) => h.name },
      { head: 'service', cell: hostWord },
      { head: 'zone', cell: (h) => h.az },
      { head: 'rack', cell: (h) => h.rack },
      { head: 'VMs', right: true, cell: (h) => h.vms.length },
      { head: 'vCPUs used, of cores', right: true, cell: (h) => `${h.vcpusUsed} of ${h.vcpus ?? 'unknown'}` },
      {
        head: 'RAM used, of physical',
        right: true,
        cell: (h) => `${mebibytes(h.ramMiBUsed)} of ${h.ramMiB === null ? 'unknown' : mebibytes(h.ramMiB)}`,
      },
    ]),
  ]);

/** What an incident commander or a planner hands over about one instant; every list is bounded and says what it left out. */
export const clusterReport = (question: ClusterQuestion): Document => {
  const { state, log } = question;
  const { timeline, at, seq, hash } = state;
  return {
    title: `The cluster at ${at}`,
    verdict: verdictOf(question),
    provenance: { log, timeline, at, seq, hash },
    sections: [...troubles(question), ...record(question), ...failure(question), ...room(question), ...hosts(question)],
  };
};
