// The difference between a cluster and a later one folded from it: what a keyframe holds.
import { applyPatch, type ColumnsPatch, PatchWriter } from '../base/column-patch.ts';
import type { Columns } from '../base/column.ts';
import { type Cluster, FOLD_VERSION, TABLE_NAMES, type TableName } from './cluster.ts';
import { extendIds, sumAt } from './registry.ts';

/** How many ids each table had given rows to, when a state was left as a keyframe. */
export type Sizes = Readonly<Record<TableName, number>>;

/** Ids that got rows since the state before: from which row on, and a sum over the ids below it, which must be the same. */
type Added = { readonly from: number; readonly sum: number | null; readonly ids: readonly string[] };

/** Plain data: survives structured clone, and is mostly a few arrays and texts. */
export type ClusterPatch = {
  readonly version: number;
  readonly added: Readonly<Record<TableName, Added>>;
  readonly cells: ColumnsPatch;
  readonly counts: Readonly<Cluster['counts']>;
};

const ANOMALIES = 'anomalies';

const byTable = <T>(f: (name: TableName) => T): Record<TableName, T> =>
  Object.fromEntries(TABLE_NAMES.map((name) => [name, f(name)])) as Record<TableName, T>;

export const sizesOf = (c: Cluster): Sizes => byTable((name) => c[name].ids.ids.length);

/** Sizes at the state a patch leads to. Forks share their ids, so that those of a state made from patches may be later ones. */
export const sizesAfter = ({ added }: ClusterPatch): Sizes =>
  byTable((name) => added[name].from + added[name].ids.length);

/** What turns `from` into `to`; `to` was forked from `from` and folded on. `sizes` are those noted when `from` was left. */
export const clusterPatch = (from: Cluster, sizes: Sizes, to: Cluster): ClusterPatch => {
  const writer = new PatchWriter();
  for (const name of TABLE_NAMES) writer.add(name, from[name].col, to[name].col);
  writer.add(ANOMALIES, { anomaly: from.anomalies }, { anomaly: to.anomalies });
  return {
    version: FOLD_VERSION,
    added: byTable((name) => {
      const { ids } = to[name];
      return { from: sizes[name], sum: sumAt(ids, sizes[name]), ids: ids.ids.slice(sizes[name]) };
    }),
    cells: writer.done(),
    counts: { ...to.counts },
  };
};

/** Writes a patch in place; false, with no cell written, where it was made of states that gave other rows to the ids. */
export const applyClusterPatch = (c: Cluster, patch: ClusterPatch): boolean => {
  if (patch.version !== FOLD_VERSION) return false;
  for (const name of TABLE_NAMES) {
    const { from, sum, ids } = patch.added[name];
    if (sumAt(c[name].ids, from) !== sum || !extendIds(c[name].ids, from, ids)) return false;
  }
  const anomalies: Columns = { anomaly: c.anomalies };
  applyPatch((table) => (table === ANOMALIES ? anomalies : c[table as TableName].col), patch.cells);
  Object.assign(c.counts, patch.counts);
  return true;
};
