// Ids and their rows: append-only, so that every fork of a cluster may share one and agree on rows.
import type { Row } from '../base/brand.ts';
import { NO_ROW } from '../base/column.ts';

/** Which rows are present in which fork is a column of the fork, not a matter of the registry. */
export type Registry = {
  readonly ids: string[];
  readonly rows: Map<string, Row>;
  /** Sums over the first so many ids, where somebody asked: tells in a glance whether two registries agree up to a row. */
  readonly sums: { readonly count: number; readonly sum: number }[];
};

export const registry = (): Registry => ({ ids: [], rows: new Map(), sums: [{ count: 0, sum: 0 }] });

/** FNV-1a of the id, going on from a sum; 30 bits, which an engine keeps without a box. */
const summed = (sum: number, id: string): number => {
  let h = sum ^ 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ id.length, 0x01000193) & 0x3fffffff;
};

/** The sum over the first `count` ids; null when there are fewer. */
export const sumAt = (r: Registry, count: number): number | null => {
  if (count > r.ids.length) return null;
  // The first that is known of more ids: they are in order.
  let [low, high] = [0, r.sums.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (r.sums[middle]!.count <= count) low = middle + 1;
    else high = middle;
  }
  const from = r.sums[low - 1]!;
  if (from.count === count) return from.sum;
  let { sum } = from;
  for (let i = from.count; i < count; i++) sum = summed(sum, r.ids[i]!);
  r.sums.splice(low, 0, { count, sum });
  return sum;
};

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

/**
 * Gives `ids` the rows from `from` on; false, with nothing changed, when other ids have them. `sum` is the one after them, which
 * need not be summed up again.
 */
export const extendIds = (r: Registry, from: number, ids: readonly string[], sum: number): boolean => {
  if (from > r.ids.length) return false;
  const known = Math.min(ids.length, r.ids.length - from);
  for (let i = 0; i < known; i++) if (r.ids[from + i] !== ids[i]) return false;
  if (known === ids.length) return true;
  // They are new, so nobody need look: a long record has hundreds of thousands.
  for (let i = known; i < ids.length; i++) r.rows.set(ids[i]!, (r.ids.push(ids[i]!) - 1) as Row);
  r.sums.push({ count: r.ids.length, sum });
  return true;
};
