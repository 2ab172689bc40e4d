// Aligned columns for people: headers, cells, numbers to the right; nothing drawn around them.

export type Column<Row> = {
  readonly head: string;
  readonly cell: (row: Row) => string | number | null;
};

const NOTHING = '-';

const shown = (cell: string | number | null): string => (cell === null || cell === '' ? NOTHING : String(cell));

/** Lines of a table, the last one ended too; a column whose every cell is a number is set to the right. */
export const table = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string => {
  const set = columns.map((column) => {
    const cells = rows.map((row) => column.cell(row));
    const numeric = cells.length > 0 && cells.every((cell) => cell === null || typeof cell === 'number');
    const words = [column.head, ...cells.map(shown)];
    const width = Math.max(...words.map((word) => word.length));
    return words.map((word) => (numeric ? word.padStart(width) : word.padEnd(width)));
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, row) => set.map((words) => words[row] ?? '').join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
};

/** `3 hosts`, `1 host`; `none` where there is nothing to count. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
