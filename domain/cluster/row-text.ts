// A row as text: how a keyframe keeps it.
import { type Cells, type Column, type Columns, Packed, Told } from '../base/column.ts';

/** Reads a value of a told column by the seq of its event. */
export type ReadTold = (column: Column, seq: number) => unknown;

/** Between values; no JSON holds one. */
const END = '\n';

const refText = (column: Column, value: unknown): string => {
  if (value === null) return '';
  if (value instanceof Packed) return value.text;
  if (column.kind === 'ref' && column.told !== null) return String((value as { readonly seq: number }).seq);
  return JSON.stringify(value);
};

/** Numbers first, separated by commas, none for NaN; then each reference as JSON, or as the seq of the event that tells it. */
export const rowText = (columns: Columns, cells: Cells): string => {
  let numbers = '';
  let refs = '';
  let comma = '';
  for (const name in columns) {
    const column = columns[name]!;
    const value = cells[column.index];
    if (column.kind === 'ref') refs += END + refText(column, value);
    else {
      numbers += comma + (Number.isNaN(value) ? '' : String(value));
      comma = ',';
    }
  }
  return numbers + refs;
};

const [COMMA, NEWLINE, ZERO, NINE] = [44, 10, 48, 57];
/** With more digits a number is not the sum of its digits any more. */
const EXACT_DIGITS = 15;

/** The row that `rowText` wrote. References are read when somebody looks. */
export const rowCells = (columns: Columns, text: string, told: ReadTold): Cells => {
  const cells: Cells = [];
  /** Where the next number begins, and where the next reference does. */
  let at = 0;
  let ref = text.indexOf(END) + 1;
  for (const name in columns) {
    const column = columns[name]!;
    if (column.kind === 'ref') {
      const end = text.indexOf(END, ref);
      const packed = end < 0 ? text.slice(ref) : text.slice(ref, end);
      ref += packed.length + 1;
      if (packed === '') cells.push(null);
      else if (column.told === null) cells.push(new Packed(packed));
      else cells.push(new Told(Number(packed), (seq) => told(column, seq)));
      continue;
    }
    // Nearly all are whole and not below zero: read digit by digit they cost a fifth of what a text each does.
    const from = at;
    let number = 0;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) number = number * 10 + code - ZERO;
    const isWhole = (code === COMMA || code === NEWLINE || at === text.length) && at - from <= EXACT_DIGITS;
    if (isWhole) cells.push(at === from ? NaN : number);
    else {
      for (; code !== COMMA && code !== NEWLINE && at < text.length; code = text.charCodeAt(++at));
      cells.push(Number(text.slice(from, at)));
    }
    at++;
  }
  return cells;
};
