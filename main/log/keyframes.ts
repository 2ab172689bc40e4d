// Keyframes: cached states by cut and fold version. A cache: checked on reading, dropped when history before them changes.
import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import { eventId, isBeyond, type Limit, type Lineages } from './lineage.ts';
import type { KeyframeRow } from './types.ts';

type Row = {
  readonly at: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly head: number;
};

/** Where a keyframe stands, without its bytes. */
type Place = Omit<KeyframeRow, 'bytes'> & { readonly owner: number };

export type Keyframes = {
  readonly nearest: (timeline: Timeline, cut: Cut) => Place | null;
  readonly bytes: (timeline: Timeline, at: KeyframeRow['cut']) => Uint8Array | null;
  readonly put: (timeline: Timeline, rows: readonly KeyframeRow[]) => void;
  /** Forgets the keyframes of this timeline at and after an instant, because an event arrived there. */
  readonly dropFrom: (timeline: Timeline, from: Instant) => void;
};

/** Covers the bytes and where they stand, so that a keyframe moved or changed by other means is not believed. */
const checksum = (timeline: number, at: number, seq: number, ordinal: number, bytes: Uint8Array): number =>
  crc32(bytes, crc32(`${timeline} ${at} ${seq} ${ordinal}`));

type Held = readonly [ordinal: number, head: number, crc: number, bytes: Uint8Array];

/** The bytes, where they are what was written there. */
const believed = (owner: number, at: number, seq: number, [ordinal, , crc, bytes]: Held): Uint8Array | null =>
  checksum(owner, at, seq, ordinal, bytes) === crc ? bytes : null;

/** `fold` is the version of the fold whose states these are; keyframes of another version are never returned. */
export const keyframeTable = (
  db: Database.Database,
  fold: string,
  byId: (id: number) => Timeline,
  lineages: Lineages,
): Keyframes => {
  const before = db.prepare<[number, string, number, number], Row>(
    `SELECT at, seq, ordinal, head FROM keyframe
     WHERE timeline = ? AND fold = ? AND at <= ? AND head <= ? ORDER BY at DESC, ordinal DESC`,
  );
  const bytesOf = db
    .prepare<[number, string, number, number], Held>(
      'SELECT ordinal, head, crc, bytes FROM keyframe WHERE timeline = ? AND fold = ? AND at = ? AND seq = ?',
    )
    .raw();
  const firstOwn = db
    .prepare<[number], number>('SELECT at FROM event INDEXED BY event_time WHERE timeline = ? ORDER BY at LIMIT 1')
    .pluck();
  const grownBefore = db
    .prepare<[number, number, number], number>('SELECT 1 FROM event WHERE id > ? AND id < ? AND at <= ? LIMIT 1')
    .pluck();
  const insert = db.prepare(
    'INSERT OR REPLACE INTO keyframe (timeline, fold, at, seq, ordinal, head, crc, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const forget = db.prepare('DELETE FROM keyframe WHERE timeline = ? AND at >= ?');

  const newest = (owner: Timeline, limits: readonly Limit[], head: number): Place | null => {
    const until = Math.min(...limits.map((limit) => limit.at));
    for (const row of before.iterate(owner.id, fold, until, head)) {
      const place = lineages.place(owner, row.seq);
      if (place === null || limits.some((limit) => isBeyond(limit, place))) continue;
      const cut = { at: row.at as Instant, seq: row.seq as Seq };
      return { cut, ordinal: row.ordinal, head: row.head as Seq, owner: owner.id };
    }
    return null;
  };

  /**
   * The last keyframe at or before the cut. An ancestor's serves a branch where it saw nothing the branch does not hold: made
   * before the fork, below every cut on the way, and earlier than anything the branches in between say themselves.
   */
  const nearest = (timeline: Timeline, cut: Cut): Place | null => {
    const end = lineages.limit(timeline, cut);
    let limits: readonly Limit[] = end === null ? [] : [end];
    let head: number = lineages.head(timeline);
    let best: Place | null = null;
    for (let owner = timeline; ;) {
      const found = newest(owner, limits, head);
      if (found !== null && (best === null || found.ordinal > best.ordinal)) best = found;
      if (owner.parent === null) return best;
      const parent = byId(owner.parent);
      const fork = owner.forkedAt === null ? null : lineages.limit(parent, owner.forkedAt);
      if (fork !== null) limits = [...limits, fork];
      const own = firstOwn.get(owner.id);
      // The largest instant before the branch's first own event: one unit in the last place is enough for a Limit.
      if (own !== undefined) limits = [...limits, { at: justBefore(own), place: null }];
      head = owner.forkedHead;
      owner = parent;
    }
  };

  const bytes = (timeline: Timeline, { at, seq }: KeyframeRow['cut']): Uint8Array | null => {
    // On the timeline itself nothing but its head limits what is kept; of an ancestor's, not all may be used.
    const own = bytesOf.get(timeline.id, fold, at, seq);
    if (own !== undefined) return own[1] <= lineages.head(timeline) ? believed(timeline.id, at, seq, own) : null;
    const place = nearest(timeline, { at, seq });
    if (place === null || place.cut.at !== at || place.cut.seq !== seq) return null;
    const found = bytesOf.get(place.owner, fold, at, seq);
    return found === undefined ? null : believed(place.owner, at, seq, found);
  };

  const put = (timeline: Timeline, rows: readonly KeyframeRow[]): void => {
    db.transaction(() => {
      for (const row of rows) {
        assert(row.cut.seq > 0, 'a keyframe stands after an event');
        // Late events that arrived while the state was being folded are not in it.
        const grown = grownBefore.get(eventId(timeline.id, row.head), eventId(timeline.id + 1, 0), row.cut.at);
        if (grown !== undefined) return;
        const { at, seq } = row.cut;
        const crc = checksum(timeline.id, at, seq, row.ordinal, row.bytes);
        insert.run(timeline.id, fold, at, seq, row.ordinal, row.head, crc, row.bytes);
      }
    }).immediate();
  };

  const dropFrom = (timeline: Timeline, from: Instant): void => {
    forget.run(timeline.id, from);
  };

  return { nearest, bytes, put, dropFrom };
};

const justBefore = (at: number): Instant => {
  const bits = new DataView(new ArrayBuffer(8));
  if (at === 0) return -Number.MIN_VALUE as Instant;
  bits.setFloat64(0, at);
  bits.setBigInt64(0, bits.getBigInt64(0) + (at > 0 ? -1n : 1n));
  return bits.getFloat64(0) as Instant;
};
