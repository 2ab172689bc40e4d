// Rows for other programs: a header, commas, quotes where a cell needs them (RFC 4180).
import type { Column } from './table.ts';

const quoted = (cell: string | number | null): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The header is the columns' heads; a cell that is not known is empty. */
export const csv = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  [columns.map((c) => quoted(c.head)), ...rows.map((row) => columns.map((c) => quoted(c.cell(row))))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
