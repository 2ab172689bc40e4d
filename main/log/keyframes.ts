// Keyframes: the rows of the state that changed, in a chain a timeline. A cache: checked on reading, dropped when history before changes.
import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import { eventId, isBeyond, type Limit, type Lineages } from './lineage.ts';
import type { KeptVersion, KeyframeFound, KeyframePlace, Keyframes, KeyframeToKeep } from './types.ts';

type FrameRow = {
  readonly number: number;
  readonly at: number;
  readonly seq: number;
  readonly ordinal: number;
};
type VersionRow = readonly [
  entity: number,
  number: number | null,
  crc: number | null,
  text: string | null,
  next: number | null,
];
type Chain = {
  readonly id: number;
  readonly timeline: number;
  readonly parent: number | null;
  readonly parentNumber: number | null;
  readonly epoch: number;
};

export type KeyframeTable = Keyframes & {
  /** Forgets the keyframes of this timeline at and after an instant, and all that lean on them, because an event arrived there. */
  readonly dropFrom: (timeline: Timeline, from: Instant) => void;
};

/** Covers what is kept and where, so that what was moved or changed by other means is not believed. */
const checksum = (chain: number, what: number, number: number, kept: Uint8Array | string): number =>
  crc32(kept, crc32(`${chain} ${what} ${number}`));
/** In the place of an entity, for the keyframe itself. */
const WHOLE = -1;

/** The schema that first held keyframes as they are read here. */
export const KEYFRAMES_SINCE = 2;
/** Of an older log that is open for reading only. */
export const noKeyframes: KeyframeTable = {
  nearest: () => null,
  bytes: () => null,
  versions: () => null,
  put: () => null,
  dropFrom: () => {},
};

/** `fold` is the version of the fold whose states these are; keyframes of another version are never returned. */
export const keyframeTable = (
  db: Database.Database,
  fold: string,
  byId: (id: number) => Timeline,
  lineages: Lineages,
  readOnly: boolean,
): KeyframeTable => {
  const CHAIN = 'SELECT id, timeline, parent, parent_number AS parentNumber, epoch FROM keyframe_chain';
  const chainOf = db.prepare<[number, string], Chain>(`${CHAIN} WHERE timeline = ? AND fold = ?`);
  const chainById = db.prepare<[number], Chain>(`${CHAIN} WHERE id = ?`);
  const chainsOf = db.prepare<[number], Chain>(`${CHAIN} WHERE timeline = ?`);
  const childrenOf = db.prepare<[number, number], Chain>(`${CHAIN} WHERE parent = ? AND parent_number >= ?`);
  const epochOf = db.prepare<[number], number>('SELECT epoch FROM keyframe_chain WHERE id = ?').pluck();
  const newest = db
    .prepare<[number], number>('SELECT number FROM keyframe WHERE chain = ? ORDER BY number DESC LIMIT 1')
    .pluck();
  const ordinalOf = db
    .prepare<[number, number], number>('SELECT ordinal FROM keyframe WHERE chain = ? AND number = ?')
    .pluck();
  const before = db.prepare<[number, number, number, number], FrameRow>(
    `SELECT number, at, seq, ordinal FROM keyframe
     WHERE chain = ? AND at <= ? AND head <= ? AND number <= ? ORDER BY at DESC, number DESC`,
  );
  const frameOf = db
    .prepare<[number, number], readonly [crc: number, bytes: Uint8Array]>(
      'SELECT crc, bytes FROM keyframe WHERE chain = ? AND number = ?',
    )
    .raw();
  // `? + 0`: SQLite plans a statement anew for each value of a bare `?` beside a range, which takes three times as long as the look.
  const versionsAt = db
    .prepare<[{ chain: number; number: number; upTo: number; asked: string }], VersionRow>(
      `SELECT asked.value, v.number, v.crc, v.text, (
         SELECT number FROM keyframe_row
         WHERE chain = @chain + 0 AND entity = asked.value AND number > @number + 0 AND number <= @upTo + 0
         ORDER BY number LIMIT 1)
       FROM json_each(@asked) AS asked LEFT JOIN keyframe_row AS v ON v.id = (
         SELECT id FROM keyframe_row
         WHERE chain = @chain + 0 AND entity = asked.value AND number <= min(@number, @upTo)
         ORDER BY number DESC LIMIT 1)`,
    )
    .raw();
  const firstOwn = db
    .prepare<[number], number>('SELECT at FROM event INDEXED BY event_time WHERE timeline = ? ORDER BY at LIMIT 1')
    .pluck();
  const grownBefore = db
    .prepare<[number, number, number], number>('SELECT 1 FROM event WHERE id > ? AND id < ? AND at <= ? LIMIT 1')
    .pluck();
  const insertChain = db.prepare(
    'INSERT INTO keyframe_chain (timeline, fold, parent, parent_number) VALUES (?, ?, ?, ?)',
  );
  const insertFrame = db.prepare(
    `INSERT INTO keyframe (chain, number, at, seq, ordinal, head, rows_from, crc, bytes)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) + 1 FROM keyframe_row), ?, ?)`,
  );
  const insertRow = db.prepare('INSERT INTO keyframe_row (chain, entity, number, crc, text) VALUES (?, ?, ?, ?, ?)');
  const firstFrom = db.prepare<[number, number], { number: number; rowsFrom: number }>(
    'SELECT number, rows_from AS rowsFrom FROM keyframe WHERE chain = ? AND at >= ? ORDER BY number LIMIT 1',
  );
  const dropFrames = db.prepare('DELETE FROM keyframe WHERE chain = ? AND number >= ?');
  const dropRows = db.prepare('DELETE FROM keyframe_row NOT INDEXED WHERE chain = ? AND id >= ?');
  const dropRowsOf = db.prepare('DELETE FROM keyframe_row WHERE chain = ?');
  const dropChain = db.prepare('DELETE FROM keyframe_chain WHERE id = ?');
  const bump = db.prepare('UPDATE keyframe_chain SET epoch = epoch + 1 WHERE id = ?');

  /** A chain a place leans on, and the last number of it that counts. */
  type Part = { readonly chain: number; readonly upTo: number };
  /** From its own back to the first. */
  const pathOf = (chain: number): readonly Part[] => {
    const path: Part[] = [];
    for (let id: number | null = chain, upTo = Number.MAX_SAFE_INTEGER; id !== null;) {
      path.push({ chain: id, upTo });
      const row = chainById.get(id);
      id = row?.parent ?? null;
      upTo = row?.parentNumber ?? -1;
    }
    return path;
  };
  /** Paths do not change: whoever drops a chain drops those that lean on it. */
  const paths = new Map<number, readonly Part[]>();
  const pathTo = ({ chain }: KeyframePlace): readonly Part[] => {
    const found = paths.get(chain) ?? pathOf(chain);
    paths.set(chain, found);
    return found;
  };
  const isThere = ({ chain, epoch }: KeyframePlace): boolean => epochOf.get(chain) === epoch;

  /**
   * The last keyframe at or before the cut, in the timeline's own chain and those it leans on, or in the next ancestor's. An
   * ancestor's serves a branch where it saw nothing the branch does not hold: made before the fork, below every cut on the way,
   * and earlier than anything the branches in between say themselves.
   */
  const nearest = (timeline: Timeline, cut: Cut): KeyframeFound | null => {
    const end = lineages.limit(timeline, cut);
    let limits: readonly Limit[] = end === null ? [] : [end];
    let head: number = lineages.head(timeline);
    let view = '';
    /** The chain that leads on from the branch below; before there is one, any. */
    let next: Pick<Chain, 'parent' | 'parentNumber'> | null = null;
    /** The nearest chain: it tells its place for those it leans on too. */
    let nearer: Chain | null = null;
    for (let owner = timeline; ;) {
      const chain = chainOf.get(owner.id, fold);
      if (chain !== undefined && (next === null || next.parent === chain.id)) {
        view += `${chain.id}.${chain.epoch} `;
        nearer ??= chain;
        const upTo = next?.parentNumber ?? Number.MAX_SAFE_INTEGER;
        const until = Math.min(...limits.map((limit) => limit.at));
        for (const row of before.iterate(chain.id, until, head, upTo)) {
          const place = lineages.place(timeline, row.seq);
          if (place === null || limits.some((limit) => isBeyond(limit, place))) continue;
          const { number, ordinal } = row;
          const position = { at: row.at as Instant, seq: row.seq as Seq };
          return {
            chain: nearer.id,
            epoch: nearer.epoch,
            number,
            ordinal,
            cut: position,
            newest: newest.get(nearer.id) ?? number,
            view,
          };
        }
        next = chain;
      }
      if (owner.parent === null) return null;
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

  /** Drops a chain and all that lean on it. */
  const drop = (chain: Chain): void => {
    for (const child of childrenOf.all(chain.id, -1)) drop(child);
    dropFrames.run(chain.id, -1);
    dropRowsOf.run(chain.id);
    dropChain.run(chain.id);
  };

  /** What was changed by other means goes, and all beside it. */
  const distrust = (id: number): void => {
    const chain = chainById.get(id);
    if (!readOnly && chain !== undefined) db.transaction(drop).immediate(chain);
  };

  const bytes = (place: KeyframePlace, number: number): Uint8Array | null => {
    if (!isThere(place)) return null;
    for (const { chain, upTo } of pathTo(place)) {
      const found = number <= Math.min(upTo, place.number) ? frameOf.get(chain, number) : undefined;
      if (found === undefined) continue;
      if (checksum(chain, WHOLE, number, found[1]) === found[0]) return found[1];
      distrust(chain);
      return null;
    }
    return null;
  };

  const versions = (place: KeyframePlace, entities: readonly number[]): ReadonlyMap<number, KeptVersion> | null => {
    if (!isThere(place)) return null;
    const found = new Map<number, KeptVersion>(
      entities.map((entity) => [entity, { number: -1, next: null, text: null }]),
    );
    let asked = entities;
    for (const { chain, upTo } of pathTo(place)) {
      const older: number[] = [];
      const what = JSON.stringify(asked);
      for (const [entity, number, crc, text, next] of versionsAt.all({
        chain,
        number: place.number,
        upTo,
        asked: what,
      })) {
        // The first later version may be in a chain that was looked at before.
        const later = next ?? found.get(entity)?.next ?? null;
        if (number === null || text === null) {
          found.set(entity, { number: -1, next: later, text: null });
          older.push(entity);
        } else if (checksum(chain, entity, number, text) === crc) found.set(entity, { number, next: later, text });
        else {
          distrust(chain);
          return null;
        }
      }
      asked = older;
      if (asked.length === 0) break;
    }
    return found;
  };

  /** The chain to go on in after a keyframe; null when somebody else went on from there. */
  const chainAfter = (timeline: Timeline, after: KeyframePlace | null): number | null => {
    if (after !== null && !isThere(after)) return null;
    const own = chainOf.get(timeline.id, fold);
    if (own !== undefined && after?.chain === own.id) return newest.get(own.id) === after.number ? own.id : null;
    if (own !== undefined) {
      // An ancestor has come further than this chain: it begins anew from there.
      const reached = ordinalOf.get(own.id, newest.get(own.id) ?? -1) ?? -1;
      const reaches = after === null ? -1 : (ordinalOf.get(after.chain, after.number) ?? -1);
      if (reached >= reaches) return null;
      drop(own);
    }
    for (const old of chainsOf.all(timeline.id)) drop(old); // of other folds
    return Number(insertChain.run(timeline.id, fold, after?.chain ?? null, after?.number ?? null).lastInsertRowid);
  };

  const put = db.transaction((timeline: Timeline, after: KeyframePlace | null, frames: readonly KeyframeToKeep[]) => {
    const places: KeyframePlace[] = [];
    for (const { cut, head } of frames) {
      assert(cut.seq > 0, 'a keyframe stands after an event');
      // Late events that arrived while the state was being folded are not in it.
      if (grownBefore.get(eventId(timeline.id, head), eventId(timeline.id + 1, 0), cut.at) !== undefined) return null;
    }
    const chain = chainAfter(timeline, after);
    if (chain === null) return null;
    const epoch = epochOf.get(chain) ?? 0;
    for (const { number, cut, ordinal, head, bytes: kept, rows } of frames) {
      insertFrame.run(chain, number, cut.at, cut.seq, ordinal, head, checksum(chain, WHOLE, number, kept), kept);
      for (const { entity, text } of rows) {
        insertRow.run(chain, entity, number, checksum(chain, entity, number, text), text);
      }
      places.push({ chain, epoch, number });
    }
    return places;
  });

  const dropFrom = (timeline: Timeline, from: Instant): void => {
    for (const chain of chainsOf.all(timeline.id)) {
      const first = firstFrom.get(chain.id, from);
      if (first === undefined) continue;
      for (const child of childrenOf.all(chain.id, first.number)) drop(child);
      dropRows.run(chain.id, first.rowsFrom);
      dropFrames.run(chain.id, first.number);
      if (newest.get(chain.id) === undefined) drop(chain);
      else bump.run(chain.id);
    }
  };

  return {
    nearest,
    bytes,
    versions,
    put: (timeline, after, frames) => put.immediate(timeline, after, frames),
    dropFrom,
  };
};

const justBefore = (at: number): Instant => {
  const bits = new DataView(new ArrayBuffer(8));
  if (at === 0) return -Number.MIN_VALUE as Instant;
  bits.setFloat64(0, at);
  bits.setBigInt64(0, bits.getBigInt64(0) + (at > 0 ? -1n : 1n));
  return bits.getFloat64(0) as Instant;
};
