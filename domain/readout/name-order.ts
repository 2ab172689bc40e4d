// VMs sorted by name, remembered between frames: names seldom change, and sorting 20,000 of them for each frame would show.
import { byteAt, refAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import type { Registry } from '../cluster/registry.ts';

/** Names by row, and rows by name, of the VMs met so far. */
export type NameOrder = { readonly names: readonly (string | undefined)[]; readonly rows: Int32Array };

const NOTHING: NameOrder = { names: [], rows: new Int32Array() };

/** A memo, not state: it goes with its registry, and every name is checked before it is used. */
const remembered = new WeakMap<Registry, NameOrder>();

const nameOf = (c: Cluster, row: number): string => refAt(c.vms.col.about, row)?.name ?? c.vms.ids.ids[row]!;

/** VMs whose remembered name is not the one they have in this state; absent ones keep theirs, nobody looks at it. */
const renamedRows = (c: Cluster, names: NameOrder['names']): number[] => {
  const renamed: number[] = [];
  for (let row = 0; row < c.vms.ids.ids.length; row++) {
    if (byteAt(c.vms.col.present, row) === PRESENT && nameOf(c, row) !== names[row]) renamed.push(row);
  }
  return renamed;
};

/** The rows that kept their names stay sorted; the others are sorted and merged in. O(VMs) when few changed. */
const reordered = (c: Cluster, known: NameOrder, renamed: readonly number[]): NameOrder => {
  const { ids } = c.vms.ids;
  const names = [...known.names];
  const added = renamed.filter((row) => names[row] === undefined).length;
  for (const row of renamed) names[row] = nameOf(c, row);
  const isBefore = (a: number, b: number): boolean =>
    names[a] === names[b] ? ids[a]! < ids[b]! : names[a]! < names[b]!;
  const moved = [...renamed].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const moving = new Set(moved);
  const rows = new Int32Array(known.rows.length + added);
  let n = 0;
  let next = 0;
  for (const row of known.rows) {
    if (moving.has(row)) continue;
    while (next < moved.length && isBefore(moved[next]!, row)) rows[n++] = moved[next++]!;
    rows[n++] = row;
  }
  while (next < moved.length) rows[n++] = moved[next++]!;
  return { names, rows };
};

/** Rows of the VM table by name, then id; and the name of each row. Rows of other forks are among them. */
export const vmsByName = (c: Cluster): NameOrder => {
  const known = remembered.get(c.vms.ids) ?? NOTHING;
  const renamed = renamedRows(c, known.names);
  if (renamed.length === 0) return known;
  const order = reordered(c, known, renamed);
  remembered.set(c.vms.ids, order);
  return order;
};
