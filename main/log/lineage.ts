// Which events belong to a timeline: its own, and its ancestors' below every cut on the way.
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { byEventTime, type Cut, type Placed, type Timeline } from '../../domain/timeline/order.ts';
import type { Sources } from './sources.ts';

/** An event's id packs its timeline (upper 21 bits) and its seq (lower 32): 4 billion events on 2 million timelines. */
export const SEQ_SPAN = 2 ** 32;
export const eventId = (timeline: number, seq: number): number => timeline * SEQ_SPAN + seq;
export const seqOf = (id: number): Seq => (id % SEQ_SPAN) as Seq;

/** An upper end in event-time order; with `place` null everything up to and at the instant lies below it. */
export type Limit = { readonly at: Instant; readonly place: Placed | null };

export const isBeyond = (limit: Limit, p: Placed): boolean =>
  limit.place === null ? p.at > limit.at : byEventTime(p, limit.place) > 0;

/** One timeline's share of a lineage: its own events with `first` <= seq <= `last` below all limits. */
export type Segment = {
  readonly timeline: number;
  readonly first: number;
  readonly last: number;
  readonly limits: readonly Limit[];
};

/** Answers questions about lineages from the timeline rows as they are now. */
export type Lineages = {
  readonly head: (timeline: Timeline) => Seq;
  /** Oldest ancestor first, the timeline itself last. */
  readonly segments: (timeline: Timeline) => readonly Segment[];
  /** Where a cut ends on this timeline; null when its seq is not there, or not at its instant. */
  readonly limit: (timeline: Timeline, cut: Cut) => Limit | null;
  /** The place of one event of the lineage; null when it is not in it. */
  readonly place: (timeline: Timeline, seq: number) => Placed | null;
};

type PlaceRow = readonly [id: number, at: number, source: number, line: number];

export const lineages = (db: Database.Database, byId: (id: number) => Timeline, sources: Sources): Lineages => {
  const lastOwn = db
    .prepare<[number, number], number>('SELECT id FROM event WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1')
    .pluck();
  const placeOf = db.prepare<[number], PlaceRow>('SELECT id, at, source, line FROM event WHERE id = ?').raw();

  const head = (t: Timeline): Seq => {
    const id = lastOwn.get(eventId(t.id, 0), eventId(t.id + 1, 0));
    return id === undefined ? t.forkedHead : seqOf(id);
  };

  const place = (t: Timeline, seq: number): Placed | null => {
    const cuts: Limit[] = [];
    let owner = t;
    while (seq <= owner.forkedHead && owner.parent !== null) {
      const parent = byId(owner.parent);
      const cut = owner.forkedAt === null ? null : limit(parent, owner.forkedAt);
      if (cut !== null) cuts.push(cut);
      owner = parent;
    }
    const row = placeOf.get(eventId(owner.id, seq));
    if (row === undefined) return null;
    const found = { at: row[1] as Instant, source: sources.content(row[2]), line: row[3], seq: seqOf(row[0]) };
    return cuts.some((cut) => isBeyond(cut, found)) ? null : found;
  };

  const limit = (t: Timeline, cut: Cut): Limit | null => {
    if (cut.seq === null) return { at: cut.at, place: null };
    const found = place(t, cut.seq);
    return found === null || found.at !== cut.at ? null : { at: cut.at, place: found };
  };

  const segments = (t: Timeline): readonly Segment[] => {
    const found: Segment[] = [];
    let limits: readonly Limit[] = [];
    let last: number = head(t);
    for (let owner = t; ;) {
      found.unshift({ timeline: owner.id, first: owner.forkedHead + 1, last, limits });
      if (owner.parent === null) return found;
      last = owner.forkedHead;
      const parent = byId(owner.parent);
      const cut = owner.forkedAt === null ? null : limit(parent, owner.forkedAt);
      if (cut !== null) limits = [...limits, cut];
      owner = parent;
    }
  };

  return { head, segments, limit, place };
};
