// Paged columns with copy-on-write: typed arrays that a fork shares page by page until one side writes.
import type { Row } from './brand.ts';

const SHIFT = 8;
/**
 * Rows in a page. A seek writes all over the state: copying pages of 1,024 made a quarter of its time, and most of the memory
 * that two states do not share. Fewer rows than 256 gain no more, and a fork has more pages to share.
 */
export const PAGE = 1 << SHIFT;
const MASK = PAGE - 1;

/** Bytes; codes of small vocabularies. Unwritten rows read 0. */
export type ByteColumn = {
  readonly kind: 'byte';
  pages: (Uint8Array | undefined)[];
  owned: boolean[];
};
/** Rows of the table named in `of`. Unwritten rows read NO_ROW. */
export type RowColumn = {
  readonly kind: 'row';
  readonly of: string;
  pages: (Int32Array | undefined)[];
  owned: boolean[];
};
/** Numbers. Unwritten rows read NaN, which means unknown. */
export type NumberColumn = {
  readonly kind: 'number';
  pages: (Float64Array | undefined)[];
  owned: boolean[];
};
/** Immutable values (strings, frozen-by-habit records and lists). Unwritten rows read null. */
export type RefColumn<T> = {
  readonly kind: 'ref';
  pages: ((T | Packed | null)[] | undefined)[];
  owned: boolean[];
};

/** Before the JSON of a list of whole numbers that was an Int32Array; no JSON begins with it. */
const INTEGERS = '#';

export const packedText = (value: unknown): string => {
  if (value instanceof Packed) return value.text;
  return value instanceof Int32Array ? `${INTEGERS}[${value.join()}]` : JSON.stringify(value);
};

/** Everywhere the product runs; no library of types is asked for two classes. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
const utf8 = new TextDecoder();

/** A value that is still a stretch of text in UTF-8: read when somebody looks, for a state holds hundreds of thousands of them. */
export class Packed {
  #within: Uint8Array | null;
  readonly #from: number;
  readonly #to: number;
  #value: unknown = null;

  constructor(within: Uint8Array, from: number, to: number) {
    this.#within = within;
    this.#from = from;
    this.#to = to;
  }

  get text(): string {
    return this.#within === null ? packedText(this.#value) : utf8.decode(this.#within.subarray(this.#from, this.#to));
  }

  get value(): unknown {
    if (this.#within !== null) {
      const { text } = this;
      this.#value = text.startsWith(INTEGERS)
        ? Int32Array.from(JSON.parse(text.slice(INTEGERS.length)) as number[])
        : JSON.parse(text);
      this.#within = null;
    }
    return this.#value;
  }
}
export type Column = ByteColumn | RowColumn | NumberColumn | RefColumn<unknown>;
/** A set of columns that share their rows. */
export type Columns = Readonly<Record<string, Column>>;

export const NO_ROW = -1 as Row;

export const byteColumn = (): ByteColumn => ({ kind: 'byte', pages: [], owned: [] });
export const rowColumn = (of: string): RowColumn => ({ kind: 'row', of, pages: [], owned: [] });
export const numberColumn = (): NumberColumn => ({ kind: 'number', pages: [], owned: [] });
export const refColumn = <T>(): RefColumn<T> => ({ kind: 'ref', pages: [], owned: [] });

export const byteAt = (c: ByteColumn, row: number): number => c.pages[row >> SHIFT]?.[row & MASK] ?? 0;
export const rowAt = (c: RowColumn, row: number): Row => (c.pages[row >> SHIFT]?.[row & MASK] ?? NO_ROW) as Row;
export const numberAt = (c: NumberColumn, row: number): number => c.pages[row >> SHIFT]?.[row & MASK] ?? NaN;
export const refAt = <T>(c: RefColumn<T>, row: number): T | null => {
  const cell = c.pages[row >> SHIFT]?.[row & MASK] ?? null;
  return cell instanceof Packed ? (cell.value as T) : cell;
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

/** Cells to be written: their rows, which rise, and their values, both from an index each. */
export type Cells<V> = {
  readonly rows: Int32Array;
  readonly from: number;
  readonly count: number;
  readonly values: V;
  readonly first: number;
};

// One loop a kind: each sees pages and values of one type, so that no number becomes an object on its way.
export const writeBytes = (c: ByteColumn, { rows, from, count, values, first }: Cells<Uint8Array>): void => {
  for (let i = 0; i < count;) {
    const p = rows[from + i]! >> SHIFT;
    const page = own(c, rows[from + i]!, bytePages);
    for (; i < count && rows[from + i]! >> SHIFT === p; i++) page[rows[from + i]! & MASK] = values[first + i]!;
  }
};
export const writeRows = (c: RowColumn, { rows, from, count, values, first }: Cells<Int32Array>): void => {
  for (let i = 0; i < count;) {
    const p = rows[from + i]! >> SHIFT;
    const page = own(c, rows[from + i]!, rowPages);
    for (; i < count && rows[from + i]! >> SHIFT === p; i++) page[rows[from + i]! & MASK] = values[first + i]!;
  }
};
export const writeNumbers = (c: NumberColumn, { rows, from, count, values, first }: Cells<Float64Array>): void => {
  for (let i = 0; i < count;) {
    const p = rows[from + i]! >> SHIFT;
    const page = own(c, rows[from + i]!, numberPages);
    for (; i < count && rows[from + i]! >> SHIFT === p; i++) page[rows[from + i]! & MASK] = values[first + i]!;
  }
};
/** Values of ref columns are stretches of `text`; each ends where `values` says, and a null is of no length. */
export const writeRefs = (
  c: RefColumn<unknown>,
  text: Uint8Array,
  { rows, from, count, values, first }: Cells<Int32Array>,
): void => {
  for (let i = 0; i < count;) {
    const p = rows[from + i]! >> SHIFT;
    const page = own<unknown[]>(c, rows[from + i]!, refPages);
    for (; i < count && rows[from + i]! >> SHIFT === p; i++) {
      const start = first + i === 0 ? 0 : values[first + i - 1]!;
      const end = values[first + i]!;
      page[rows[from + i]! & MASK] = start === end ? null : new Packed(text, start, end);
    }
  }
};
// Writing what is there already leaves the page shared: facts often repeat what is known.
export const setByte = (c: ByteColumn, row: number, value: number): void => {
  if (c.pages[row >> SHIFT]?.[row & MASK] !== value) own(c, row, bytePages)[row & MASK] = value;
};
export const setRow = (c: RowColumn, row: number, value: Row): void => {
  if (c.pages[row >> SHIFT]?.[row & MASK] !== value) own(c, row, rowPages)[row & MASK] = value;
};
export const setNumber = (c: NumberColumn, row: number, value: number): void => {
  if (!Object.is(c.pages[row >> SHIFT]?.[row & MASK], value)) own(c, row, numberPages)[row & MASK] = value;
};
export const setRef = <T>(c: RefColumn<T>, row: number, value: T | null): void => {
  const page = c.pages[row >> SHIFT];
  if (page === undefined ? value !== null : page[row & MASK] !== value) {
    own<unknown[]>(c, row, refPages)[row & MASK] = value;
  }
};

/** Makes `to` share every page of `from`; both sides give up ownership, so whoever writes first copies the page. */
const sharePages = (from: Column, to: Column): void => {
  from.owned.fill(false);
  to.pages = from.pages.slice();
  to.owned = from.owned.slice();
};

/** O(pages), not O(rows). `make` builds empty columns of the same names, so that every fork has one object shape. */
export const forkColumns = <C extends Columns>(from: C, make: () => C): C => {
  const to = make();
  for (const name in from) sharePages(from[name]!, to[name]!);
  return to;
};

const BYTES_A_ROW = { byte: 1, row: 4, number: 8, ref: 8 } as const;

/** Bytes of the pages that `beside` does not share: what keeping these columns costs where those are kept anyway. */
export const columnBytes = (columns: Columns, beside: Columns | null): number => {
  let bytes = 0;
  for (const name in columns) {
    const column = columns[name]!;
    const other = beside?.[name]?.pages;
    let pages = 0;
    for (let p = 0; p < column.pages.length; p++) {
      if (column.pages[p] !== undefined && column.pages[p] !== other?.[p]) pages++;
    }
    bytes += pages * PAGE * BYTES_A_ROW[column.kind];
  }
  return bytes;
};
