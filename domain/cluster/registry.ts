// Ids and their rows: append-only, so that every fork of a cluster may share one and agree on rows.
import type { Row } from '../base/brand.ts';
import { NO_ROW } from '../base/column.ts';

/** Which rows are present in which fork is a column of the fork, not a matter of the registry. */
export type Registry = {
  readonly ids: string[];
  readonly rows: Map<string, Row>;
  /** After each id, a sum over it and those before: tells in a glance whether two registries agree up to a row. */
  readonly sums: number[];
};

export const registry = (): Registry => ({ ids: [], rows: new Map(), sums: [] });

/** FNV-1a of the id, going on from a sum; 30 bits, which an engine keeps without a box. */
const summed = (sum: number, id: string): number => {
  let h = sum ^ 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ id.length, 0x01000193) & 0x3fffffff;
};

/** The sum over the first `count` ids; null when there are fewer. */
export const sumAt = (r: Registry, count: number): number | null => (count === 0 ? 0 : (r.sums[count - 1] ?? null));

/** The row of an id, or NO_ROW. */
export const findRow = (r: Registry, id: string): Row => r.rows.get(id) ?? NO_ROW;

/** The row of an id, given out now when it is new. */
export const rowOf = (r: Registry, id: string): Row => {
  const known = r.rows.get(id);
  if (known !== undefined) return known;
  r.sums.push(summed(r.sums.at(-1) ?? 0, id));
  const row = (r.ids.push(id) - 1) as Row;
  r.rows.set(id, row);
  return row;
};

/** The id of a row; the empty string for NO_ROW, which no entity has. */
export const idAt = (r: Registry, row: Row): string => r.ids[row] ?? '';

/** Gives `ids` the rows from `from` on; false, with nothing changed, when other ids have them. */
export const extendIds = (r: Registry, from: number, ids: readonly string[]): boolean => {
  if (from > r.ids.length) return false;
  const known = Math.min(ids.length, r.ids.length - from);
  for (let i = 0; i < known; i++) if (r.ids[from + i] !== ids[i]) return false;
  for (let i = known; i < ids.length; i++) rowOf(r, ids[i]!);
  return true;
};
