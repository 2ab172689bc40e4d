// What was written between two states of the same columns: rows and values, a small fraction of the pages they are on.
import { type Column, type Columns, ownPage, PAGE } from './column.ts';

type ColumnPatch = { readonly rows: Int32Array; readonly values: ArrayLike<unknown> };
/** By column name; columns nobody wrote to are absent. */
export type ColumnsPatch = Readonly<Record<string, ColumnPatch>>;

const DEFAULTS = { byte: 0, row: -1, number: NaN, ref: null } as const;

/** Rows whose value in `to` is another than in `from`; pages both share are not looked at. */
const changedRows = (from: Column, to: Column): number[] => {
  const rows: number[] = [];
  for (let p = 0; p < to.pages.length; p++) {
    const before = from.pages[p];
    const after = to.pages[p];
    if (after === undefined || after === before) continue;
    for (let i = 0; i < PAGE; i++) {
      const was = before === undefined ? DEFAULTS[from.kind] : before[i];
      if (!Object.is(was, after[i])) rows.push(p * PAGE + i);
    }
  }
  return rows;
};

const valuesAt = (column: Column, rows: readonly number[]): ArrayLike<unknown> => {
  const value = (row: number): unknown => column.pages[Math.floor(row / PAGE)]![row % PAGE];
  switch (column.kind) {
    case 'byte':
      return Uint8Array.from(rows, (row) => value(row) as number);
    case 'row':
      return Int32Array.from(rows, (row) => value(row) as number);
    case 'number':
      return Float64Array.from(rows, (row) => value(row) as number);
    case 'ref':
      return rows.map(value);
  }
};

/** What turns `from` into `to`. Both are of one lineage: `to` was forked from `from` and written to since. */
export const patchBetween = (from: Columns, to: Columns): ColumnsPatch => {
  const patch: Record<string, ColumnPatch> = {};
  for (const name in to) {
    const rows = changedRows(from[name]!, to[name]!);
    if (rows.length > 0) patch[name] = { rows: Int32Array.from(rows), values: valuesAt(to[name]!, rows) };
  }
  return patch;
};

/** Rows of a patch rise, so each page is asked for once. */
const applyColumn = (column: Column, { rows, values }: ColumnPatch): void => {
  let current = -1;
  let page: { [offset: number]: unknown } = {};
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const p = Math.trunc(row / PAGE);
    if (p !== current) {
      page = ownPage(column, row);
      current = p;
    }
    page[row % PAGE] = values[i];
  }
};

export const applyPatch = (columns: Columns, patch: ColumnsPatch): void => {
  for (const name in patch) applyColumn(columns[name]!, patch[name]!);
};

/** Cells a patch writes. */
export const patchWrites = (patch: ColumnsPatch): number => {
  let writes = 0;
  for (const name in patch) writes += patch[name]!.rows.length;
  return writes;
};
