// Down times that a timeline itself tells, beside what a drill or another branch makes of the same moment.
import { instant } from '../../domain/base/brand.ts';
import type { DownTimes } from '../../domain/contract/contract.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import { type Outage, type OutageQuestion, outagesAfter } from '../../domain/timeline/outages.ts';
import type { Log } from '../log/types.ts';
import { atOf } from './cut.ts';
import type { Histories } from './histories.ts';

/** Events read for one answer: a quarter of a second of work, and weeks of most clusters' incidents. */
const MOST_EVENTS = 50_000;
/** A recorded outage that begins later than this after a drill's instant is another incident. */
const SAME_INCIDENT_MS = 10 * 60_000;
const END: Cut = { at: instant(Number.MAX_SAFE_INTEGER), seq: null };

function* first(events: Iterable<LogEvent>): Generator<LogEvent> {
  let left = MOST_EVENTS;
  for (const event of events) {
    if (left-- === 0) return;
    yield event;
  }
}

type Sources = { readonly log: Log; readonly histories: Histories };

const between = (
  { log, histories }: Sources,
  timeline: Timeline,
  [after, upTo]: readonly [Cut, Cut],
  question: OutageQuestion,
): readonly Outage[] =>
  outagesAfter(histories.seek(timeline, after).cluster, first(log.inEventTime(timeline, { after, upTo })), question);

/** What the record has of the VMs that a drill at `cut` touched: outages that begin within ten minutes. */
export const recordedDownTimes = (
  sources: Sources,
  timeline: Timeline,
  cut: Cut,
  vms: ReadonlySet<string>,
): readonly Outage[] =>
  vms.size === 0 ? [] : between(sources, timeline, [cut, END], { beginBy: instant(cut.at + SAME_INCIDENT_MS), vms });

type Place = { readonly timeline: Timeline; readonly cut: Cut };

const earlier = (a: Cut | null, b: Cut | null): Cut | null =>
  a === null || (b !== null && (b.at < a.at || (b.at === a.at && b.seq !== null && (a.seq === null || b.seq < a.seq))))
    ? b
    : a;

/** The instant up to which two timelines tell the same; null when one is the other. */
const forkOf = (log: Log, a: Timeline, b: Timeline): Cut | null => {
  const byId = new Map(log.timelines().map((t) => [t.id, t]));
  const lineOf = (t: Timeline): readonly Timeline[] => {
    const line = [t];
    for (let up = byId.get(t.parent ?? 0); up !== undefined; up = byId.get(up.parent ?? 0)) line.push(up);
    return line;
  };
  const [mine, other] = [lineOf(a), lineOf(b)];
  const notIn = (line: readonly Timeline[]) => (t: Timeline) => !line.some(({ id }) => id === t.id);
  const apart = [...mine.filter(notIn(other)), ...other.filter(notIn(mine))];
  return apart.reduce<Cut | null>((at, t) => earlier(at, t.forkedAt), null);
};

/** Each VM's down time on two branches since they parted. Two instants of one timeline have nothing to compare. */
export const downTimes = (sources: Sources, a: Place, b: Place): DownTimes => {
  const fork = forkOf(sources.log, a.timeline, b.timeline);
  if (fork === null) return { since: null, vms: [] };
  const question = { beginBy: END.at, vms: null };
  // A drill's first facts stand at the very instant of the fork.
  const before: Cut = { at: instant(fork.at - 1), seq: null };
  const of = ({ timeline, cut }: Place) => {
    const until = cut.at < fork.at ? fork : cut;
    return new Map(between(sources, timeline, [before, until], question).map((o) => [o.vm, o]));
  };
  const [first, second] = [of(a), of(b)];
  const names = new Map([...first.values(), ...second.values()].map((o) => [o.vm, o.name]));
  const vms = [...names]
    .map(([vm, name]) => ({ vm, name, a: first.get(vm) ?? null, b: second.get(vm) ?? null }))
    .sort((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : x.vm < y.vm ? -1 : 1));
  return { since: atOf(fork), vms };
};
