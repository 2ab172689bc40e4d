// Finds what a person typed: an instant, an event, a mark, or anything of the cluster by name or id.
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import type { Hit } from '../../domain/contract/contract.ts';
import { type EntityKind, entity } from '../../domain/events/entity.ts';
import { bareName, sentenceOf } from '../../domain/readout/sentence.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import type { TimelineIndex } from '../work/timeline-index.ts';
import { parseMoment } from './moment.ts';

type Where = {
  readonly state: ClusterState;
  readonly index: TimelineIndex;
  readonly log: Log;
  readonly timeline: Timeline;
};

type Ranked = { readonly hit: Hit; readonly rank: number };

/** 0 the name itself, 1 its beginning, 2 the beginning of its id, 3 somewhere inside; null: not it. */
const rankOf = (text: string, name: string, id: string): number | null => {
  const [n, i] = [name.toLowerCase(), id.toLowerCase()];
  if (n === text || i === text) return 0;
  if (n.startsWith(text)) return 1;
  if (i.startsWith(text)) return 2;
  return n.includes(text) || i.includes(text) ? 3 : null;
};

const hostDetail = (host: ClusterState['hosts'][number]): string => {
  const word = host.fenced ? 'fenced' : host.up === false ? 'down' : host.up === null ? 'state unknown' : 'up';
  return `${word}, ${host.vms.length} VMs`;
};

/** Everything of the cluster that has a name, as a hit that could be shown. */
function* candidates(state: ClusterState): Generator<{ hit: Hit; id: string }> {
  const hit = (kind: EntityKind & Hit['kind'], id: string, label: string, detail: string) => ({
    hit: { kind, entity: entity(kind, id), label, detail, at: null },
    id,
  });
  for (const host of state.hosts) yield hit('host', host.name, host.name, hostDetail(host));
  for (const vm of state.vms) yield hit('vm', vm.id, vm.name, `${vm.status} on ${vm.host ?? 'no host'}`);
  for (const volume of state.volumes) yield hit('volume', volume.id, volume.name, volume.status ?? 'volume');
  for (const pool of state.pools) yield hit('pool', pool.name, pool.name, pool.kind);
  for (const network of state.networks) yield hit('network', network.id, network.name, network.cidr ?? 'network');
  const names = new Map(state.vms.map((vm) => [vm.id, vm.name]));
  for (const m of state.migrations) {
    const way = `${m.status}, ${m.source ?? '?'} to ${m.dest ?? '?'}`;
    const { hit: found } = hit('migration', m.id, `${names.get(m.vm) ?? m.vm}: ${m.type}`, way);
    yield { hit: found, id: m.vm }; // ids of moves hold instants and run names, which nobody looks for
  }
}

const instantHits = ({ log, timeline }: Where, text: string): Hit[] => {
  const moment = parseMoment(text, {
    span: log.span(timeline),
    instantOf: (seq) => log.event(timeline, seq)?.at ?? null,
  });
  if (!moment.ok) return [];
  const { at, seq } = moment.value;
  const label = isoInstant(instant(at));
  if (seq === null) return [{ kind: 'instant', entity: null, label, detail: 'go to this instant', at: { at, seq } }];
  const event = log.event(timeline, seq);
  if (event === null) return [];
  const detail = sentenceOf(event, bareName);
  return [{ kind: 'event', entity: event.entity, label: `#${seq}`, detail, at: { at, seq } }];
};

const markHits = ({ index }: Where, text: string): Ranked[] =>
  index.marks
    .filter(({ label }) => label.toLowerCase().includes(text))
    .map(({ entity, label, at, seq }) => ({
      hit: { kind: 'event', entity, label, detail: isoInstant(instant(at)), at: { at, seq } },
      rank: 4,
    }));

/** Hits, best first: a typed instant or position, then exact names, beginnings, the rest; at most `limit`. */
export const findHits = (where: Where, typed: string, limit: number): readonly Hit[] => {
  const text = typed.trim().toLowerCase();
  if (text === '') return [];
  const named: Ranked[] = [];
  for (const { hit, id } of candidates(where.state)) {
    const rank = rankOf(text, hit.label, id);
    if (rank !== null) named.push({ hit, rank });
  }
  const ranked = [...named, ...markHits(where, text)].sort((a, b) => a.rank - b.rank);
  return [...instantHits(where, typed), ...ranked.map(({ hit }) => hit)].slice(0, limit);
};
