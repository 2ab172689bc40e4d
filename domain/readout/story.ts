// What happened to an entity: its own events, those of its moves, those of the hosts while it was on them, and what is doubtful.
import { byteAt, NO_ROW, refAt, rowAt } from '../base/column.ts';
import { ABSENT, type Cluster } from '../cluster/cluster.ts';
import { findRow } from '../cluster/registry.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { idOf, kindOf } from '../events/entity.ts';
import { severityOf } from '../cluster/anomalies/rules.ts';
import type { StoryLine } from './picture-types.ts';
import { bareName, type NameOf, sentenceOf, toneOf } from './sentence.ts';

/** Names as the state knows them: a VM's name, else the id. */
export const namesIn =
  (c: Cluster): NameOf =>
  (address) => {
    const id = idOf(address);
    const kind = kindOf(address);
    if (kind === 'vm') return refAt(c.vms.col.about, findRow(c.vms.ids, id))?.name ?? id;
    if (kind === 'volume') return refAt(c.volumes.col.record, findRow(c.volumes.ids, id))?.name ?? id;
    if (kind === 'network') return refAt(c.networks.col.record, findRow(c.networks.ids, id))?.name ?? id;
    return bareName(address);
  };

/** Facts about a host that its VMs feel. */
const FELT: ReadonlySet<string> = new Set(['host.failed', 'host.fenced', 'host.returned', 'host.removed']);

/** Telemetry and heartbeats are drawn as curves, not told as lines. */
const UNTOLD: ReadonlySet<string> = new Set(['telemetry.sampled', 'telemetry.roster_set', 'migration.progressed']);

/** The moves of an entity, under every name they are told by: those of a VM, or those from and to a host. */
export const movesOf = (c: Cluster, address: string): ReadonlySet<string> => {
  const moves = new Set<string>();
  const kind = kindOf(address);
  const row = findRow(kind === 'vm' ? c.vms.ids : c.hosts.ids, idOf(address));
  if ((kind !== 'vm' && kind !== 'host') || row === NO_ROW) return moves;
  const m = c.migrations.col;
  for (const [named, id] of c.migrations.ids.ids.entries()) {
    const same = rowAt(m.sameAs, named);
    const move = same === NO_ROW ? named : same;
    if (byteAt(m.present, move) === ABSENT) continue;
    const concerns =
      kind === 'vm' ? rowAt(m.vm, move) === row : rowAt(m.source, move) === row || rowAt(m.dest, move) === row;
    if (concerns) moves.add(`migration:${id}`);
  }
  return moves;
};

/** Follows a VM from host to host by what its events say, so that a host's failure is told to those who were on it. */
export class Whereabouts {
  readonly #vm: string;
  readonly #dests = new Map<string, string>();
  host: string | null = null;

  constructor(vm: string) {
    this.#vm = vm;
  }

  hear(e: LogEvent): void {
    if (e.entity === this.#vm && 'host' in e.data && e.data.host !== undefined) this.host = e.data.host;
    if (e.type === 'migration.accepted') {
      if (e.data.source !== null) this.host = e.data.source;
      if (e.data.dest !== null) this.#dests.set(e.entity, e.data.dest);
    }
    if (e.type !== 'migration.status_changed') return;
    if (e.data.dest !== undefined) this.#dests.set(e.entity, e.data.dest);
    const arrived = e.data.status === 'completed' || e.data.status === 'done' || e.data.status === 'finished';
    if (arrived) this.host = this.#dests.get(e.entity) ?? this.host;
  }
}

export const refersTo = (e: LogEvent, address: string): boolean =>
  (e.type === 'command.issued' && (e.data.refers.includes(address) || e.data.refers.includes(idOf(address)))) ||
  (e.type === 'fault.injected' && (e.data.targets.includes(address) || e.data.targets.includes(idOf(address)))) ||
  ((e.type === 'volume.attached' || e.type === 'volume.detached') && address === `vm:${e.data.vm}`);

const lineOf = (e: LogEvent, nameOf: NameOf): StoryLine => ({
  seq: e.seq,
  at: e.at,
  entity: e.entity,
  type: e.type,
  sentence: sentenceOf(e, nameOf),
  tone: toneOf(e),
  evidence: e.evidence,
});

const anomalyLines = (c: Cluster, about: ReadonlySet<string>): StoryLine[] => {
  const lines: StoryLine[] = [];
  for (let i = 0; i < c.counts.anomalies; i++) {
    const a = refAt(c.anomalies, i);
    if (a === null || !about.has(a.entity)) continue;
    const tone = severityOf(a.rule) === 'contradiction' ? 'critical' : 'warn';
    lines.push({
      seq: a.seq,
      at: a.at,
      entity: a.entity,
      type: `anomaly.${a.rule}`,
      sentence: a.detail,
      tone,
      evidence: 'inferred',
    });
  }
  return lines;
};

/** Steps of moves that no event told: the fold concluded them from what followed. */
const inferredLines = (c: Cluster, moves: ReadonlySet<string>, seqAt: ReadonlyMap<number, number>): StoryLine[] => {
  const lines: StoryLine[] = [];
  for (const address of moves) {
    const m = findRow(c.migrations.ids, idOf(address));
    const visits = refAt(c.migrations.col.visits, m) ?? [];
    const last = visits.at(-1);
    // Only the end is worth a line; the steps before it are in the drawn machine.
    if (last === undefined || last[2] !== 'inferred' || last[0] === 'accepted') continue;
    lines.push({
      seq: seqAt.get(last[1]) ?? 0,
      at: last[1],
      entity: address,
      type: 'migration.concluded',
      sentence: `The migration is taken as ${last[0]}: what followed shows it, no event says it.`,
      tone: 'motion',
      evidence: 'inferred',
    });
  }
  return lines;
};

/** The entities whose events make up a story: itself, its moves and volumes, and every host it may have been on. */
export const storyEntities = (c: Cluster, address: string): ReadonlySet<string> => {
  const entities = new Set<string>([address, 'cluster:', ...movesOf(c, address)]);
  if (kindOf(address) !== 'vm') return entities;
  for (const [row, id] of c.volumes.ids.ids.entries()) {
    if (refAt(c.volumes.col.record, row)?.vms.includes(idOf(address))) entities.add(`volume:${id}`);
  }
  for (const id of c.hosts.ids.ids) entities.add(`host:${id}`);
  return entities;
};

/**
 * The story of `kind:id` up to the state's instant. `events` are those of the lineage up to it, in event-time order; the
 * caller may leave out events of other entities than those `storyEntities` names. An anomaly follows its event.
 */
export const story = (c: Cluster, address: string, events: Iterable<LogEvent>): readonly StoryLine[] => {
  const nameOf = namesIn(c);
  const moves = movesOf(c, address);
  const where = kindOf(address) === 'vm' ? new Whereabouts(address) : null;
  const lines: StoryLine[] = [];
  const told = new Set<string>();
  /** The last event of an instant: the one a conclusion was drawn from. */
  const seqAt = new Map<number, number>();
  for (const e of events) {
    const own = e.entity === address || moves.has(e.entity) || refersTo(e, address);
    if (own) where?.hear(e);
    const felt = FELT.has(e.type) && where !== null && where.host === idOf(e.entity);
    if ((!own && !felt) || UNTOLD.has(e.type)) continue;
    lines.push(lineOf(e, nameOf));
    seqAt.set(e.at, e.seq);
    if (e.type === 'migration.status_changed') told.add(`${e.entity} ${e.data.status}`);
  }
  const concluded = inferredLines(c, new Set([...moves].filter((m) => !told.has(`${m} ${lastStatus(c, m)}`))), seqAt);
  lines.push(...anomalyLines(c, new Set([address, ...moves])), ...concluded);
  return lines.sort((a, b) => a.at - b.at || isDerived(a) - isDerived(b) || a.seq - b.seq);
};

const DERIVED = /^anomaly\.|^migration\.concluded$/;
const isDerived = (line: StoryLine): number => (DERIVED.test(line.type) ? 1 : 0);

const lastStatus = (c: Cluster, move: string): string =>
  refAt(c.migrations.col.visits, findRow(c.migrations.ids, idOf(move)))?.at(-1)?.[0] ?? '';
