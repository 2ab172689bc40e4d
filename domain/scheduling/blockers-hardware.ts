// What the log tells of hosts and VMs beyond their size: hardware Nova compares, pools mounted, memory written.
import { fromBase64 } from '../base/base64.ts';
import { byteAt, refAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import { idOf } from '../events/entity.ts';

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

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

const writeRates = (c: Cluster): ReadonlyMap<string, number> => {
  const rosters = c.rosters.ids.ids.flatMap((id, row) => {
    const roster = refAt(c.rosters.col.record, row);
    return roster?.dirtyPagesPerS ? [{ id, entities: roster.entities, batch: roster.dirtyPagesPerS }] : [];
  });
  const rates = new Map<string, number>();
  for (const { entities, batch } of rosters.sort((a, b) => a.batch.at - b.batch.at || (a.id < b.id ? -1 : 1))) {
    const bytes = fromBase64(batch.values);
    for (const [i, name] of entities.entries()) {
      const byte = bytes?.[i] ?? NO_SAMPLE;
      if (byte !== NO_SAMPLE) rates.set(name.includes(':') ? idOf(name) : name, byte * batch.scale);
    }
  }
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
