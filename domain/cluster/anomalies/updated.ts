// The rule of the repeated `updated` time: Nova rewrites it with every change, so two migrations cannot share one.
import type { Row } from '../../base/brand.ts';
import { numberAt, refAt, rowAt, setRef } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import type { Cluster } from '../cluster.ts';
import type { UpdatedSeen } from '../records.ts';
import { idAt } from '../registry.ts';
import { noteAnomaly, type Where } from './note.ts';

/** A VM's newest so many `updated` times are remembered; older ones cannot be recognised any more. */
const REMEMBERED = 16;
const NONE: readonly UpdatedSeen[] = [];

/** Remembers the `updated` time a listing shows; one that was shown before an earlier move is an anomaly. */
export const noteRepeatedUpdate = (c: Cluster, vm: Row, updatedAt: string, where: Where): void => {
  const v = c.vms.col;
  const seen = refAt(v.updatedSeen, vm) ?? NONE;
  const moves = numberAt(v.moves, vm) || 0;
  const host = idAt(c.hosts.ids, rowAt(v.host, vm)) || null;
  const earlier = seen.find((s) => s.updatedAt === updatedAt);
  if (earlier !== undefined && earlier.moves === moves) return;
  if (earlier !== undefined) {
    const name = refAt(v.about, vm)?.name ?? idAt(c.vms.ids, vm);
    const between = moves - earlier.moves;
    noteAnomaly(
      c,
      where,
      'updated-repeated',
      `${name}: the same “updated” time ${updatedAt} is reported for two different migrations, at ${isoInstant(earlier.at)} (on ${earlier.host ?? 'no host'}) and again at ${isoInstant(where.at)} (on ${host ?? 'no host'}), with ${between} move${between === 1 ? '' : 's'} begun between.`,
    );
  }
  const others = seen.filter((s) => s.updatedAt !== updatedAt).slice(1 - REMEMBERED);
  setRef(v.updatedSeen, vm, [...others, { updatedAt, host, at: where.at, moves }]);
};
