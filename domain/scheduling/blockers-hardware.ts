// What the log tells of hosts and VMs beyond their size: hardware Nova compares, pools mounted, memory written.
import type { Row } from '../base/brand.ts';
import { byteAt, refAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import { idAt } from '../cluster/registry.ts';
import { eachSample } from '../cluster/samples.ts';

export type Hardware = {
  readonly hypervisorType: string | null;
  /** As reported: `9.1.0`, or libvirt's integer `9001000`. */
  readonly hypervisorVersion: string | null;
  readonly cpuModel: string | null;
};

export type Surroundings = {
  /** By host name; a host nobody described is absent. */
  readonly hardware: ReadonlyMap<string, Hardware>;
  /** Hosts that mount a pool, by its name; absent where every host does or nobody knows. */
  readonly mountedBy: ReadonlyMap<string, readonly string[]>;
  /** Pages of 4,096 bytes a second from the newest sample, by VM id. */
  readonly dirtyPagesPerS: ReadonlyMap<string, number>;
};

export const NO_SURROUNDINGS: Surroundings = { hardware: new Map(), mountedBy: new Map(), dirtyPagesPerS: new Map() };

const writeRates = (c: Cluster): ReadonlyMap<string, number> => {
  const rates = new Map<string, number>();
  eachSample(c, 'dirtyPagesPerS', (seat, rate) => {
    if (seat >= 0) rates.set(idAt(c.vms.ids, seat as Row), rate);
  });
  return rates;
};

/** O(hosts + pools + sampled entities). */
export const surroundingsOf = (c: Cluster): Surroundings => {
  const hardware = new Map<string, Hardware>();
  for (const [row, name] of c.hosts.ids.ids.entries()) {
    const about = byteAt(c.hosts.col.present, row) === PRESENT ? refAt(c.hosts.col.about, row) : null;
    if (about) hardware.set(name, about);
  }
  const mountedBy = new Map<string, readonly string[]>();
  for (const [row, name] of c.pools.ids.ids.entries()) {
    const hosts = refAt(c.pools.col.record, row)?.mountedBy;
    if (hosts) mountedBy.set(name, hosts);
  }
  return { hardware, mountedBy, dirtyPagesPerS: writeRates(c) };
};
