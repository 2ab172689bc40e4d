// Ids and their rows: append-only, so that every fork of a cluster may share one and agree on rows.
import type { Row } from '../base/brand.ts';
import { NO_ROW } from '../base/column.ts';

/** Which rows are present in which fork is a column of the fork, not a matter of the registry. */
export type Registry = { readonly ids: string[]; readonly rows: Map<string, Row> };

export const registry = (ids: readonly string[] = []): Registry => ({
  ids: [...ids],
  rows: new Map(ids.map((id, row) => [id, row as Row])),
});

/** The row of an id, or NO_ROW. */
export const findRow = (r: Registry, id: string): Row => r.rows.get(id) ?? NO_ROW;

/** The row of an id, given out now when it is new. */
export const rowOf = (r: Registry, id: string): Row => {
  const known = r.rows.get(id);
  if (known !== undefined) return known;
  const row = (r.ids.push(id) - 1) as Row;
  r.rows.set(id, row);
  return row;
};

/** The id of a row; the empty string for NO_ROW, which no entity has. */
export const idAt = (r: Registry, row: Row): string => r.ids[row] ?? '';

/** A registry holding `ids` at the same rows: `like` itself when it agrees (extended in place), else a new one. */
export const adoptIds = (ids: readonly string[], like: Registry | null): Registry => {
  if (like === null) return registry(ids);
  const shared = Math.min(ids.length, like.ids.length);
  for (let row = 0; row < shared; row++) if (ids[row] !== like.ids[row]) return registry(ids);
  for (let row = shared; row < ids.length; row++) rowOf(like, ids[row]!);
  return like;
};
