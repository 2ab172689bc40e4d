// The difference between a cluster and a later one folded from it: what a keyframe close to another needs to hold.
import { applyPatch, type ColumnsPatch, patchBetween, patchWrites } from '../base/column-patch.ts';
import { type Cluster, TABLE_NAMES, type TableName } from './cluster.ts';

export type ClusterPatch = {
  readonly tables: Readonly<Record<TableName, ColumnsPatch>>;
  readonly anomalies: ColumnsPatch;
  readonly counts: Readonly<Cluster['counts']>;
  /** Cells it writes. */
  readonly writes: number;
};

/** True when both give the same rows to the same ids: only then does a patch of one fit the other. */
export const shareRows = (a: Cluster, b: Cluster): boolean => TABLE_NAMES.every((name) => a[name].ids === b[name].ids);

/** What turns `from` into `to`; `to` was forked from `from` and folded on. */
export const clusterPatch = (from: Cluster, to: Cluster): ClusterPatch => {
  const tables = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, patchBetween(from[name].col, to[name].col)]),
  ) as ClusterPatch['tables'];
  const anomalies = patchBetween({ anomaly: from.anomalies }, { anomaly: to.anomalies });
  const writes = TABLE_NAMES.reduce((sum, name) => sum + patchWrites(tables[name]), patchWrites(anomalies));
  return { tables, anomalies, counts: { ...to.counts }, writes };
};

/** Writes a patch in place. */
export const applyClusterPatch = (c: Cluster, patch: ClusterPatch): void => {
  for (const name of TABLE_NAMES) applyPatch(c[name].col, patch.tables[name]);
  applyPatch({ anomaly: c.anomalies }, patch.anomalies);
  Object.assign(c.counts, patch.counts);
};
