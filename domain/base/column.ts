// Columns with copy-on-write: typed arrays that a fork shares page by page until one side writes, or rows kept elsewhere.
import type { Row } from './brand.ts';

const SHIFT = 8;
/** Rows in a page: few, because whoever writes to one that a fork shares copies it. */
export const PAGE = 1 << SHIFT;
const MASK = PAGE - 1;

/** One row of a table: its values in the order of the table's columns. */
export type Cells = unknown[];

/**
 * The rows of a table whose state is kept elsewhere: those written since, and where the others are read. Its columns have no
 * pages then, but for those that tell of all rows at once.
 */
export type Over = {
  /** A row as it is kept; null where it never was written. Nobody changes it. */
  readonly beneath: (row: number) => Cells | null;
  readonly blank: Cells;
  readonly written: Map<number, Cells>;
  /** Those of `written` that no fork shares. */
  readonly mine: Set<number>;
  /** The row looked at last: a reader goes from column to column. */
  last: number;
  lastCells: Cells | null;
};

type Common = {
  owned: boolean[];
  /** Its place among the columns of its table. */
  index: number;
  over: Over | null;
};

/** Bytes; codes of small vocabularies. Unwritten rows read 0. */
export type ByteColumn = Common & {
  readonly kind: 'byte';
  pages: (Uint8Array | undefined)[];
};
/** Rows of the table named in `of`. Unwritten rows read NO_ROW. */
export type RowColumn = Common & {
  readonly kind: 'row';
  readonly of: string;
  pages: (Int32Array | undefined)[];
};
/** Numbers. Unwritten rows read NaN, which means unknown. */
export type NumberColumn = Common & {
  readonly kind: 'number';
  pages: (Float64Array | undefined)[];
};
/** Immutable values (strings, frozen-by-habit records and lists). Unwritten rows read null. */
export type RefColumn<T> = Common & {
  readonly kind: 'ref';
  /** How an event tells its values, which are kept as the event's seq then; null where they are kept themselves. */
  readonly told: ((event: never) => T) | null;
  pages: ((T | Unread | null)[] | undefined)[];
};

/** A value that is read where it is kept when somebody looks: a state has hundreds of thousands of them. */
export interface Unread {
  readonly value: unknown;
}

/** A value that is still JSON. */
export class Packed implements Unread {
  readonly text: string;
  #value: unknown = undefined;

  constructor(text: string) {
    this.text = text;
  }

  get value(): unknown {
    return (this.#value ??= JSON.parse(this.text));
  }
}

/** A value that an event tells, known by the event's seq until somebody looks. */
export class Told implements Unread {
  readonly seq: number;
  readonly #read: (seq: number) => unknown;
  #value: unknown = undefined;

  constructor(seq: number, read: (seq: number) => unknown) {
    this.seq = seq;
    this.#read = read;
  }

  get value(): unknown {
    return (this.#value ??= this.#read(this.seq));
  }
}
export type Column = ByteColumn | RowColumn | NumberColumn | RefColumn<unknown>;
/** A set of columns that share their rows. */
export type Columns = Readonly<Record<string, Column>>;

export const NO_ROW = -1 as Row;

const unplaced = () => ({ owned: [], index: 0, over: null });
export const byteColumn = (): ByteColumn => ({ kind: 'byte', pages: [], ...unplaced() });
export const rowColumn = (of: string): RowColumn => ({ kind: 'row', of, pages: [], ...unplaced() });
export const numberColumn = (): NumberColumn => ({ kind: 'number', pages: [], ...unplaced() });
export const refColumn = <T>(): RefColumn<T> => ({ kind: 'ref', told: null, pages: [], ...unplaced() });
/** Values that one event tells each; `seq` is whose they are. */
export const toldColumn = <E, T extends { readonly seq: number }>(told: (event: E) => T): RefColumn<T> => ({
  kind: 'ref',
  told,
  pages: [],
  ...unplaced(),
});

/** What a cell nobody wrote to reads. */
export const DEFAULTS = { byte: 0, row: NO_ROW, number: NaN, ref: null } as const;

const overCells = (over: Over, row: number): Cells | null => {
  if (over.last === row) return over.lastCells;
  over.lastCells = over.written.get(row) ?? over.beneath(row);
  over.last = row;
  return over.lastCells;
};
const overAt = (over: Over, { index, kind }: Column, row: number): unknown => {
  const cells = row < 0 ? null : overCells(over, row);
  return cells === null ? DEFAULTS[kind] : cells[index];
};

export const byteAt = (c: ByteColumn, row: number): number =>
  c.over === null ? (c.pages[row >> SHIFT]?.[row & MASK] ?? 0) : (overAt(c.over, c, row) as number);
export const rowAt = (c: RowColumn, row: number): Row =>
  (c.over === null ? (c.pages[row >> SHIFT]?.[row & MASK] ?? NO_ROW) : overAt(c.over, c, row)) as Row;
export const numberAt = (c: NumberColumn, row: number): number =>
  c.over === null ? (c.pages[row >> SHIFT]?.[row & MASK] ?? NaN) : (overAt(c.over, c, row) as number);
export const refAt = <T>(c: RefColumn<T>, row: number): T | null => {
  const cell = c.over === null ? (c.pages[row >> SHIFT]?.[row & MASK] ?? null) : overAt(c.over, c, row);
  return (cell instanceof Packed || cell instanceof Told ? cell.value : cell) as T | null;
};

/** Writes a cell of a row, which is copied first where a fork or the keeper shares it. */
const setOver = (over: Over, c: Column, row: number, value: unknown): void => {
  const before = overCells(over, row);
  if (Object.is(before === null ? DEFAULTS[c.kind] : before[c.index], value)) return;
  let cells = over.mine.has(row) ? before : null;
  if (cells === null) {
    cells = (before ?? over.blank).slice();
    over.written.set(row, cells);
    over.mine.add(row);
  }
  cells[c.index] = value;
  over.last = row;
  over.lastCells = cells;
};

/** How a kind of page is made. */
type Pages<P> = { readonly make: () => P; readonly copy: (page: P) => P };

/** The page a row may be written to: made when missing, copied when a fork still shares it. */
const own = <P>(c: { pages: (P | undefined)[]; owned: boolean[] }, row: number, { make, copy }: Pages<P>): P => {
  const p = row >> SHIFT;
  const page = c.pages[p];
  if (page !== undefined && c.owned[p] === true) return page;
  // Pages are filled in order, so that the arrays stay dense.
  for (let i = c.pages.length; i < p; i++) {
    c.pages.push(undefined);
    c.owned.push(false);
  }
  const mine = page === undefined ? make() : copy(page);
  c.pages[p] = mine;
  c.owned[p] = true;
  return mine;
};

/**
 * Pages are cut from pieces of memory, because a piece costs more than its page: to ask for, to count and to give back. A piece
 * stays while one of its pages does, so it is small.
 */
const PIECE_BYTES = 32 * 1024;
let piece = new ArrayBuffer(PIECE_BYTES);
let cut = 0;

/** Where in `piece` so many bytes are free; a multiple of eight. */
const place = (bytes: number): number => {
  if (cut + bytes > PIECE_BYTES) {
    piece = new ArrayBuffer(PIECE_BYTES);
    cut = 0;
  }
  const at = cut;
  cut += bytes;
  return at;
};

const newBytes = (): Uint8Array => {
  const at = place(PAGE);
  return new Uint8Array(piece, at, PAGE);
};
const newRows = (): Int32Array => {
  const at = place(PAGE * 4);
  return new Int32Array(piece, at, PAGE);
};
const newNumbers = (): Float64Array => {
  const at = place(PAGE * 8);
  return new Float64Array(piece, at, PAGE);
};
const copied = <P extends { set(from: P): void }>(to: P, from: P): P => {
  to.set(from);
  return to;
};

const bytePages: Pages<Uint8Array> = { make: newBytes, copy: (page) => copied(newBytes(), page) };
const rowPages: Pages<Int32Array> = {
  make: () => newRows().fill(NO_ROW),
  copy: (page) => copied(newRows(), page),
};
const numberPages: Pages<Float64Array> = {
  make: () => newNumbers().fill(NaN),
  copy: (page) => copied(newNumbers(), page),
};
const refPages: Pages<unknown[]> = {
  make: () => new Array<unknown>(PAGE).fill(null),
  copy: (page) => page.slice(),
};

// Writing what is there already leaves the page shared: facts often repeat what is known.
export const setByte = (c: ByteColumn, row: number, value: number): void => {
  if (c.over !== null) setOver(c.over, c, row, value);
  else if (c.pages[row >> SHIFT]?.[row & MASK] !== value) own(c, row, bytePages)[row & MASK] = value;
};
export const setRow = (c: RowColumn, row: number, value: Row): void => {
  if (c.over !== null) setOver(c.over, c, row, value);
  else if (c.pages[row >> SHIFT]?.[row & MASK] !== value) own(c, row, rowPages)[row & MASK] = value;
};
export const setNumber = (c: NumberColumn, row: number, value: number): void => {
  if (c.over !== null) setOver(c.over, c, row, value);
  else if (!Object.is(c.pages[row >> SHIFT]?.[row & MASK], value)) own(c, row, numberPages)[row & MASK] = value;
};
export const setRef = <T>(c: RefColumn<T>, row: number, value: T | null): void => {
  if (c.over !== null) {
    setOver(c.over, c, row, value);
    return;
  }
  const page = c.pages[row >> SHIFT];
  if (page === undefined ? value !== null : page[row & MASK] !== value) {
    own<unknown[]>(c, row, refPages)[row & MASK] = value;
  }
};

/**
 * Packs the references of a row nobody is likely to look at again: a long record is mostly of what is gone, and a text takes a third
 * of the memory. What is kept elsewhere is not in memory anyway.
 */
export const packRow = (columns: Columns, row: number): void => {
  for (const name in columns) {
    const column = columns[name]!;
    if (column.kind !== 'ref' || column.told !== null || column.over !== null) continue;
    const page = column.pages[row >> SHIFT];
    const cell = page?.[row & MASK] ?? null;
    if (cell !== null && !(cell instanceof Packed)) setRef(column, row, new Packed(JSON.stringify(cell)));
  }
};

/** Makes `to` share every page of `from`; both sides give up ownership, so whoever writes first copies the page. */
const sharePages = (from: Column, to: Column): void => {
  from.owned.fill(false);
  to.pages = from.pages.slice();
  to.owned = from.owned.slice();
};

const forkOver = (from: Over): Over => {
  from.mine.clear();
  return { ...from, written: new Map(from.written), mine: new Set() };
};

/** Gives the columns of a table their places in it. */
export const placed = <C extends Columns>(columns: C): C => {
  let index = 0;
  for (const name in columns) columns[name]!.index = index++;
  return columns;
};

/** O(pages) or O(rows written), not O(rows). `make` builds empty columns of the same names, so that every fork has one object shape. */
export const forkColumns = <C extends Columns>(from: C, make: () => C): C => {
  const to = placed(make());
  let over: Over | null = null;
  for (const name in from) {
    const [was, is] = [from[name]!, to[name]!];
    sharePages(was, is);
    if (was.over !== null) is.over = over ??= forkOver(was.over);
  }
  return to;
};

/**
 * Columns whose rows are read from `beneath` and written beside. `whole` tells every row at once, as a scan over all rows needs
 * it: its pages stay.
 */
export const overColumns = <C extends Columns>(
  make: () => C,
  whole: ByteColumn | null,
  beneath: Over['beneath'],
): C => {
  const columns = placed(make());
  const blank = Object.values(columns).map((column) => DEFAULTS[column.kind]);
  const over: Over = { beneath, blank, written: new Map(), mine: new Set(), last: -1, lastCells: null };
  for (const name in columns) {
    const column = columns[name]!;
    if (whole !== null && column.index === whole.index) sharePages(whole, column);
    else column.over = over;
  }
  return columns;
};

/** The pages two columns do not share, as [row, value] where they differ. */
export const differingBytes = (was: ByteColumn, is: ByteColumn): [row: number, value: number][] => {
  const found: [number, number][] = [];
  for (let p = 0; p < is.pages.length; p++) {
    const [before, after] = [was.pages[p], is.pages[p]];
    if (after === undefined || after === before) continue;
    for (let i = 0; i < PAGE; i++) if ((before?.[i] ?? 0) !== after[i]) found.push([p * PAGE + i, after[i]!]);
  }
  return found;
};

/** The first `rows` bytes, end to end. */
export const bytesOf = (column: ByteColumn, rows: number): Uint8Array => {
  const bytes = new Uint8Array(rows);
  for (let p = 0; p * PAGE < rows; p++) {
    const page = column.pages[p];
    if (page !== undefined) bytes.set(page.subarray(0, Math.min(PAGE, rows - p * PAGE)), p * PAGE);
  }
  return bytes;
};

/** A column over the bytes as they lie, which nobody may change: whoever writes copies the page. */
export const columnOver = (bytes: Uint8Array): ByteColumn => {
  const column = byteColumn();
  for (let from = 0; from < bytes.length; from += PAGE) {
    let page = bytes.subarray(from, from + PAGE);
    if (page.length < PAGE) {
      page = new Uint8Array(PAGE);
      page.set(bytes.subarray(from));
    }
    column.pages.push(page);
    column.owned.push(false);
  }
  return column;
};
