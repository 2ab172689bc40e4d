// Keyframes: what changed in the state since the one before, row by row, so that any row is read alone and any instant is near one.
import type { Seq } from '../base/brand.ts';
import {
  type ByteColumn,
  byteAt,
  byteColumn,
  bytesOf,
  type Cells,
  type Column,
  type Columns,
  columnOver,
  differingBytes,
  setByte,
} from '../base/column.ts';
import {
  type Cluster,
  clusterOver,
  columnsOf,
  type Counts,
  emptyCluster,
  mapTables,
  overOf,
  PRESENT,
  ROW_KINDS,
  type RowKind,
  TABLE_NAMES,
  type TableName,
} from '../cluster/cluster.ts';
import { extendIds, type Registry, registry, sumAt } from '../cluster/registry.ts';
import { rowCells, rowText } from '../cluster/row-text.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { type KeptRows, rowKey } from './kept-rows.ts';
import type { Position } from './order.ts';

export type ByTable<T> = Readonly<Record<TableName, T>>;

/** Ids that got rows since an earlier keyframe: from which row on, and sums over the ids below it, which must be the same, and with them. */
export type Added = {
  readonly from: number;
  readonly sumBefore: number;
  readonly sumAfter: number;
  readonly ids: readonly string[];
};

/** Who is there: all of it, or whose byte in the column `present` changed since the keyframe before. */
export type Presence =
  | { readonly kind: 'whole'; readonly bytes: ByTable<Uint8Array> }
  | {
      readonly kind: 'changed';
      readonly rows: Readonly<Partial<ByTable<readonly (readonly [row: number, value: number])[]>>>;
    };

/** A keyframe without its rows. */
export type KeyframeHead = {
  /** Keyframes are counted from 0 along a timeline. */
  readonly number: number;
  readonly counts: Readonly<Counts>;
  /** How many ids each table had given rows to. */
  readonly sizes: ByTable<number>;
  /** The same at the last whole keyframe up to this one. */
  readonly wholeSizes: ByTable<number>;
  /** Since the keyframe before; of a whole one, since the whole one before. */
  readonly added: ByTable<Added>;
  readonly present: Presence;
};

/** A row, or several that are kept together, by a number below 2^53. */
export type KeptRow = { readonly entity: number; readonly text: string };

export type Keyframe = KeyframeHead & {
  readonly position: Position;
  /** Every row that was written since the keyframe before, as it is now. */
  readonly rows: readonly KeptRow[];
};

/** Where a keyframe is kept, as the history knows it. */
export type KeptAt = {
  readonly number: number;
  readonly position: Position;
  /** Events folded into it. */
  readonly ordinal: number;
  /** Number of the newest one kept for the timeline. */
  readonly newest: number;
  /** Another one where some were dropped since: what was read before no longer holds. */
  readonly view: string;
};

/** What is kept of an entity from one keyframe on up to before the next one that changes it (null: none does). Null text: never written. */
export type RowVersion = { readonly number: number; readonly next: number | null; readonly text: string | null };

/** What is kept was dropped or changed while somebody leant on it. The sentence is for people. */
export class HistoryChanged extends Error {
  constructor() {
    super('The history of this instant has changed while it was read; ask again.');
  }
}

/** What keyframes are read from. */
export type KeptHistory = {
  /** The head of a keyframe on the way to another, or that one's own; null when it is gone or unreadable. */
  readonly head: (at: KeptAt, number: number) => KeyframeHead | null;
  /** What is kept of entities as they were at a keyframe. Throws HistoryChanged when that is gone. */
  readonly versions: (at: KeptAt, entities: readonly number[]) => ReadonlyMap<number, RowVersion>;
  readonly event: (seq: Seq) => LogEvent | null;
};

/** Rows that are kept together: each roster is a few numbers, and nearly all of them change from one keyframe to the next. */
const TOGETHER: Readonly<Partial<Record<RowKind, number>>> = { rosters: 64 };
const togetherOf = (kind: RowKind): number => TOGETHER[kind] ?? 1;
const blockOf = (kind: RowKind, row: number): number => Math.floor(row / togetherOf(kind));
/** Between rows that are kept together; no text of a row holds one. */
const NEXT_ROW = '\f';

/** Whoever goes on so few rows so often reads them all: those that are there are read ahead, so many at once and so far. */
const SCAN_STEP = 256;
const SCAN_STEPS = 5;
const READ_AHEAD = 64;
const NEVER: RowVersion = { number: -1, next: null, text: null };

/** Every so many, a keyframe tells whole who is there: from one of them on, the changes are put together. */
const WHOLE_EVERY = 32;

/** A keyframe that a state is laid over; `at` is null at the beginning. */
export type Base = {
  readonly at: KeptAt | null;
  readonly number: number;
  readonly present: ByTable<ByteColumn>;
  readonly sizes: ByTable<number>;
  readonly wholeSizes: ByTable<number>;
};
export type Laid = { readonly base: Base; readonly cluster: Cluster };

const present = (c: Cluster): ByTable<ByteColumn> => mapTables((name) => c[name].col.present);
const sizesOf = (ids: ByTable<Registry>): ByTable<number> => mapTables((name) => ids[name].ids.length);
const addedSince = (ids: ByTable<Registry>, sizes: ByTable<number>): ByTable<Added> =>
  mapTables((name) => ({
    from: sizes[name],
    sumBefore: sumAt(ids[name], sizes[name]) ?? 0,
    sumAfter: sumAt(ids[name], ids[name].ids.length) ?? 0,
    ids: ids[name].ids.slice(sizes[name]),
  }));

/** Who is there at whole keyframes used lately, by number. */
type Wholes = Map<number, ByTable<ByteColumn>>;
const WHOLES_REMEMBERED = 8;

/** The keyframes of one timeline, as states are laid over them. */
export class Keyframes {
  readonly #history: KeptHistory;
  readonly #rows: KeptRows;
  /** All states of the timeline give the same rows to the same ids. */
  readonly #ids: ByTable<Registry> = mapTables(registry);
  readonly #wholes: Wholes = new Map();

  constructor(history: KeptHistory, rows: KeptRows) {
    this.#history = history;
    this.#rows = rows;
  }

  /** Before the first event. */
  beginning(): Laid {
    const nothing = mapTables(byteColumn);
    const none = mapTables(() => 0);
    const { counts } = emptyCluster();
    return {
      base: { at: null, number: -1, present: nothing, sizes: none, wholeSizes: none },
      cluster: clusterOver(this.#ids, nothing, counts, () => () => null),
    };
  }

  #told = (column: Column, seq: number): unknown => {
    const event = this.#history.event(seq as Seq);
    if (event === null || column.kind !== 'ref' || column.told === null) throw new HistoryChanged();
    return column.told(event as never);
  };

  #over(at: KeptAt, sizes: ByTable<number>, counts: Readonly<Counts>, there: ByTable<ByteColumn>): Cluster {
    const beneath = (kind: RowKind) => {
      const size = kind === 'anomalies' ? counts.anomalies : sizes[kind];
      const isThere = (row: number): boolean => kind === 'anomalies' || byteAt(there[kind], row) === PRESENT;
      const isKnown = (row: number): boolean => this.#rows.at(rowKey(kind, row), at.number) !== undefined;
      /** Where it was not known last, or what was read ahead ends; and how often it then was not known a little further on. */
      let unknown = -1;
      let steps = 0;
      return (row: number): Cells | null => {
        if (row >= size) return null;
        const known = this.#rows.at(rowKey(kind, row), at.number);
        if (known !== undefined) return known;
        steps = row > unknown && row - unknown <= SCAN_STEP ? steps + 1 : 0;
        unknown = row;
        const blocks = new Set([blockOf(kind, row)]);
        const most = steps < SCAN_STEPS ? 1 : READ_AHEAD;
        // Whoever reads a row of what is gone reads all rows.
        const readsAll = !isThere(row);
        const end = Math.min(size, row + SCAN_STEP);
        for (let next = row + 1; next < end && blocks.size < most; next++) {
          if (!readsAll && !isThere(next)) continue;
          unknown = next;
          if (!isKnown(next)) blocks.add(blockOf(kind, next));
        }
        return this.#learn(at, kind, columnsOf(cluster, kind), blocks, row);
      };
    };
    const cluster: Cluster = clusterOver(this.#ids, there, counts, beneath);
    return cluster;
  }

  /** Reads blocks of rows, one of which holds the row asked for. */
  #learn(at: KeptAt, kind: RowKind, columns: Columns, blocks: ReadonlySet<number>, asked: number): Cells | null {
    let found: Cells | null = null;
    const together = togetherOf(kind);
    const versions = this.#history.versions(
      at,
      Array.from(blocks, (block) => rowKey(kind, block)),
    );
    for (const block of blocks) {
      const { number, next, text } = versions.get(rowKey(kind, block)) ?? NEVER;
      const texts = together === 1 ? [text ?? ''] : (text ?? '').split(NEXT_ROW);
      for (let i = 0; i < together; i++) {
        const one = texts[i] ?? '';
        const cells = one === '' ? null : rowCells(columns, one, this.#told);
        const row = block * together + i;
        this.#rows.learn(rowKey(kind, row), number, next, cells);
        if (row === asked) found = cells;
      }
    }
    return found;
  }

  /** What the walk has come to, as the keyframe after the one it was laid over. */
  frame(
    { number: before, present: was, sizes: sizesBefore, wholeSizes }: Base,
    c: Cluster,
    position: Position,
  ): Keyframe {
    const number = before + 1;
    const isWhole = number % WHOLE_EVERY === 0;
    const sizes = sizesOf(this.#ids);
    const changed = mapTables((name) => differingBytes(was[name], c[name].col.present));
    return {
      number,
      position,
      counts: { ...c.counts },
      sizes,
      wholeSizes: isWhole ? sizes : wholeSizes,
      added: addedSince(this.#ids, isWhole ? wholeSizes : sizesBefore),
      present: isWhole
        ? { kind: 'whole', bytes: mapTables((name) => bytesOf(c[name].col.present, sizes[name])) }
        : { kind: 'changed', rows: Object.fromEntries(Object.entries(changed).filter(([, rows]) => rows.length > 0)) },
      rows: ROW_KINDS.flatMap((kind) => keptRows(c, kind)),
    };
  }

  /** The same state laid over the keyframe it was just kept as. */
  goOn(at: KeptAt, { sizes, wholeSizes }: KeyframeHead, c: Cluster): Laid {
    for (const kind of ROW_KINDS) {
      for (const [row, cells] of overOf(c, kind)?.written ?? []) this.#rows.keep(rowKey(kind, row), at.number, cells);
    }
    this.#rows.grown(at.number);
    const cluster = this.#over(at, sizes, c.counts, present(c));
    return { base: { at, number: at.number, present: present(c), sizes, wholeSizes }, cluster };
  }

  /** The state at a keyframe; null when it cannot be used: gone, unreadable, or of states that gave other rows to the ids. */
  lay(at: KeptAt): Laid | null {
    const whole = at.number - (at.number % WHOLE_EVERY);
    const heads: KeyframeHead[] = [];
    for (let number = at.number; number >= whole; number--) {
      if (number === whole && number < at.number && this.#wholes.has(whole)) break;
      const head = this.#history.head(at, number);
      if (head === null) return null;
      heads.unshift(head);
    }
    const last = heads.at(-1)!;
    if (!this.#knowIds(at, heads)) return null;
    const there = this.#presence(whole, heads);
    if (there === null) return null;
    const { sizes, wholeSizes, counts } = last;
    this.#rows.seen(at.newest);
    return {
      base: { at, number: at.number, present: there, sizes, wholeSizes },
      cluster: this.#over(at, sizes, counts, there),
    };
  }

  /** Gives all ids up to a keyframe their rows; false where others have them. */
  #knowIds(at: KeptAt, heads: readonly KeyframeHead[]): boolean {
    const way = [...heads];
    const begins = ({ added }: KeyframeHead): boolean =>
      TABLE_NAMES.every((name) => added[name].from <= this.#ids[name].ids.length);
    // The whole keyframe may be remembered and not among the heads; those between begin where it ends.
    for (let first = way[0]!; !begins(first); first = way[0]!) {
      const number = first.number % WHOLE_EVERY === 0 ? first.number - WHOLE_EVERY : first.number - 1;
      const head = number < 0 ? null : this.#history.head(at, number);
      if (head === null) return false;
      way.unshift(head);
    }
    return TABLE_NAMES.every((name) => {
      const ids = this.#ids[name];
      const first = way[0]!.added[name];
      if (sumAt(ids, first.from) !== first.sumBefore) return false;
      // From there on each goes on where the one before ends.
      let next = first.from;
      return way.every(({ added }) => {
        const { from, sumAfter, ids: more } = added[name];
        const goesOn = from === next && extendIds(ids, from, more, sumAfter);
        next += more.length;
        return goesOn;
      });
    });
  }

  /** Who is there at the last of the heads, which begin with the whole one or after it. */
  #presence(whole: number, heads: readonly KeyframeHead[]): ByTable<ByteColumn> | null {
    const isTold = this.#wholes.has(whole);
    const first = isTold ? null : heads[0]!.present;
    const told = first?.kind === 'whole' ? mapTables((name) => columnOver(first.bytes[name])) : undefined;
    const from = told ?? this.#wholes.get(whole);
    if (from === undefined) return null;
    this.#wholes.delete(whole);
    this.#wholes.set(whole, from);
    for (const number of this.#wholes.keys()) if (this.#wholes.size > WHOLES_REMEMBERED) this.#wholes.delete(number);
    const there = mapTables((name) => forkedBytes(from[name]));
    for (const { present: changes } of heads.filter(({ number }) => number > whole)) {
      if (changes.kind === 'whole') continue;
      for (const name of TABLE_NAMES)
        for (const [row, value] of changes.rows[name] ?? []) setByte(there[name], row, value);
    }
    return there;
  }
}

const forkedBytes = (from: ByteColumn): ByteColumn => ({
  ...byteColumn(),
  pages: from.pages.slice(),
  owned: new Array<boolean>(from.pages.length).fill(false),
});

/** What was written of a kind, each row by itself or with those it is kept together with. */
const keptRows = (c: Cluster, kind: RowKind): KeptRow[] => {
  const over = overOf(c, kind);
  if (over === null) return [];
  const columns = columnsOf(c, kind);
  const together = togetherOf(kind);
  if (together === 1) {
    return Array.from(over.written, ([row, cells]) => ({ entity: rowKey(kind, row), text: rowText(columns, cells) }));
  }
  const blocks = new Set(Array.from(over.written.keys(), (row) => Math.floor(row / together)));
  return Array.from(blocks, (block) => {
    const texts = Array.from({ length: together }, (_, i) => {
      const row = block * together + i;
      const cells = over.written.get(row) ?? over.beneath(row);
      return cells === null ? '' : rowText(columns, cells);
    });
    return { entity: rowKey(kind, block), text: texts.join(NEXT_ROW) };
  });
};
