// The rule of the misplaced bricks: a pool's bricks are in a subnet none of the introduced storage nodes is in.
import { byteAt, refAt } from '../../base/column.ts';
import { type Cluster, PRESENT } from '../cluster.ts';
import type { PoolRecord } from '../records.ts';
import { noteAnomaly, type Where } from './note.ts';

const IPV4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/;
/** The first three octets: storage networks are told apart by /24 in every transcript seen; null for a host name. */
const subnet = (address: string): string | null => IPV4.exec(address)?.[1] ?? null;

const introducedSubnets = (c: Cluster): ReadonlySet<string> => {
  const found = new Set<string>();
  for (let row = 0; row < c.nodes.ids.ids.length; row++) {
    if (byteAt(c.nodes.col.present, row) !== PRESENT) continue;
    const net = subnet(refAt(c.nodes.col.record, row)?.address ?? c.nodes.ids.ids[row]!);
    if (net !== null) found.add(net);
  }
  return found;
};

/** Silent while no node was introduced by address: then there is nothing to contradict. */
export const noteBricksElsewhere = (c: Cluster, pool: string, record: PoolRecord, where: Where): void => {
  const introduced = introducedSubnets(c);
  if (introduced.size === 0) return;
  const strange = new Set<string>();
  for (const { host } of record.bricks) {
    const net = subnet(host);
    if (net !== null && !introduced.has(net)) strange.add(net);
  }
  if (strange.size === 0) return;
  const list = (nets: ReadonlySet<string>): string =>
    [...nets]
      .sort()
      .map((net) => `${net}.x`)
      .join(', ');
  noteAnomaly(
    c,
    where,
    'bricks-elsewhere',
    `The bricks of ${pool} are on ${list(strange)}, while the storage nodes were introduced as ${list(introduced)}.`,
  );
};
