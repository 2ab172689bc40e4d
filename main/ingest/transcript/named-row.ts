// One row of a listing by its columns, and what its cells hold.
import { entity } from '../../../domain/events/entity.ts';
import type { Directory } from './directory.ts';
import type { Draft } from './moment.ts';
import type { Row } from './scan.ts';
import { isMissing } from './typography.ts';

/** A row's cells by the column's name in lower case; missing values are left out. */
export type Named = ReadonlyMap<string, string>;
export type RowReader = (row: Named, line: number, names: Names) => readonly Draft[] | string;
/** What other tables of the document call things. */
export type Names = Pick<Directory, 'uuidOf' | 'networks'>;
export const NO_NAMES: Names = { uuidOf: new Map(), networks: new Map() };
export const namedBy = (header: readonly string[], { cells }: Row): Named =>
  new Map(
    header.flatMap((column, i): readonly (readonly [string, string])[] => {
      const cell = cells[i] ?? '';
      return isMissing(cell) ? [] : [[column.toLowerCase(), cell]];
    }),
  );

/** The first of several names a column has had. */
export const at = (row: Named, ...columns: readonly string[]): string | null => {
  for (const column of columns) {
    const cell = row.get(column);
    if (cell !== undefined) return cell;
  }
  return null;
};
export const countIn = (row: Named, ...columns: readonly string[]): number | null => {
  const cell = at(row, ...columns);
  return cell !== null && /^\d+$/.test(cell) ? Number(cell) : null;
};
export const given = <K extends string, T>(name: K, value: T | null): Partial<Record<K, T>> =>
  value === null ? {} : ({ [name]: value } as Record<K, T>);

/** `a, b`, `['a', 'b']`: the members of a list in a cell. */
export const wordsIn = (text: string): string[] =>
  text
    .replaceAll(/^\[|\]$/g, '')
    .split(',')
    .map((word) => word.trim().replaceAll(/^u?['"]|['"]$/g, ''))
    .filter((word) => word !== '');
export const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
export const uuidsIn = (text: string): string[] => text.match(UUID) ?? [];

export const host = (name: string, line: number, data: Extract<Draft, { type: 'host.reported' }>['data']): Draft => ({
  type: 'host.reported',
  v: 1,
  entity: entity('host', name),
  line,
  evidence: 'observed',
  data,
});
