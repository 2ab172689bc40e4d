// What was written between two states of the same columns, laid end to end in a few arrays: quick to store and to read.
import {
  type Column,
  type Columns,
  Packed,
  packedText,
  PAGE,
  writeBytes,
  writeNumbers,
  writeRefs,
  writeRows,
} from './column.ts';

/** Cells by column, in the order of `layout`: their rows, and their values in the array of the column's kind. */
export type ColumnsPatch = {
  /** [table, column, cells]. */
  readonly layout: readonly (readonly [table: string, column: string, cells: number])[];
  readonly rows: Int32Array;
  readonly bytes: Uint8Array;
  /** Of row columns. */
  readonly links: Int32Array;
  readonly numbers: Float64Array;
  /** Of ref columns: where in `text`, which is UTF-8, each value ends; a null is of no length. */
  readonly ends: Int32Array;
  readonly text: Uint8Array;
};

/** Everywhere the product runs; no library of types is asked for two classes. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
const utf8 = new TextEncoder();

/** The texts end to end, and where each ends: its length where all of it is ASCII, as nearly always. */
const encoded = (texts: readonly string[]): { readonly text: Uint8Array; readonly ends: Int32Array } => {
  const text = utf8.encode(texts.join(''));
  const ends = new Int32Array(texts.length);
  let end = 0;
  for (let i = 0; i < texts.length; i++) ends[i] = end += texts[i]!.length;
  if (end === text.length) return { text, ends };
  end = 0;
  for (let i = 0; i < texts.length; i++) ends[i] = end += utf8.encode(texts[i]!).length;
  return { text, ends };
};

const DEFAULTS = { byte: 0, row: -1, number: NaN, ref: null } as const;

/** A value read from a patch is another object than the one it was written from: where they are not the same, their texts are. */
const isSame = (was: unknown, is: unknown): boolean =>
  Object.is(was, is) ||
  ((was instanceof Packed || is instanceof Packed) &&
    was !== null &&
    is !== null &&
    packedText(was) === packedText(is));

/** Collects the cells of one patch, column by column. */
export class PatchWriter {
  readonly #layout: [string, string, number][] = [];
  readonly #rows: number[] = [];
  readonly #bytes: number[] = [];
  readonly #links: number[] = [];
  readonly #numbers: number[] = [];
  readonly #texts: string[] = [];

  #push(kind: Column['kind'], value: unknown): void {
    switch (kind) {
      case 'byte':
        this.#bytes.push(value as number);
        return;
      case 'row':
        this.#links.push(value as number);
        return;
      case 'number':
        this.#numbers.push(value as number);
        return;
      case 'ref':
        this.#texts.push(value === null ? '' : packedText(value));
    }
  }

  /** Adds what turns `from` into `to`, which was forked from it and written to since; pages both share are not looked at. */
  add(table: string, from: Columns, to: Columns): void {
    for (const name in to) {
      const column = to[name]!;
      const base = from[name]!.pages;
      const before = this.#rows.length;
      for (let p = 0; p < column.pages.length; p++) {
        const was = base[p];
        const is = column.pages[p];
        if (is === undefined || is === was) continue;
        for (let i = 0; i < PAGE; i++) {
          if (isSame(was === undefined ? DEFAULTS[column.kind] : was[i], is[i])) continue;
          this.#rows.push(p * PAGE + i);
          this.#push(column.kind, is[i]);
        }
      }
      if (this.#rows.length > before) this.#layout.push([table, name, this.#rows.length - before]);
    }
  }

  done(): ColumnsPatch {
    return {
      layout: this.#layout,
      rows: Int32Array.from(this.#rows),
      bytes: Uint8Array.from(this.#bytes),
      links: Int32Array.from(this.#links),
      numbers: Float64Array.from(this.#numbers),
      ...encoded(this.#texts),
    };
  }
}

/** Writes a patch in place; texts stay texts until somebody looks. */
export const applyPatch = (columnsOf: (table: string) => Columns, patch: ColumnsPatch): void => {
  const { rows, bytes, links, numbers, ends, text } = patch;
  const next = { byte: 0, row: 0, number: 0, ref: 0 };
  let from = 0;
  for (const [table, name, count] of patch.layout) {
    const column = columnsOf(table)[name]!;
    const first = next[column.kind];
    switch (column.kind) {
      case 'byte':
        writeBytes(column, { rows, from, count, values: bytes, first });
        break;
      case 'row':
        writeRows(column, { rows, from, count, values: links, first });
        break;
      case 'number':
        writeNumbers(column, { rows, from, count, values: numbers, first });
        break;
      case 'ref':
        writeRefs(column, text, { rows, from, count, values: ends, first });
    }
    next[column.kind] += count;
    from += count;
  }
};
