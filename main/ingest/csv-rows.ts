// Rows of CSV, each with the line it ends on.
import { parse } from 'csv-parse/sync';

export type CsvRow = { readonly line: number; readonly cells: readonly string[] };

/** Rows may differ in length: who reads them says what is wrong with that. Throws on open quotes. */
export const csvRows = (content: string, delimiter = ','): readonly CsvRow[] => {
  const text = content.replace(/\r(?!\n)/g, ' '); // a lone CR is no line ending here, as in every other format
  const records = parse(text, {
    delimiter,
    info: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
  }) as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
  return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
};
