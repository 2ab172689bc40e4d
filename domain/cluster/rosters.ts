// Whom telemetry samples: taken as named while folding, turned into rows when a state is kept or read.
import { refAt, setRef } from '../base/column.ts';
import { idOf } from '../events/entity.ts';
import type { Cluster } from './cluster.ts';
import { hostSeat, type Seats } from './records.ts';
import { type Registry, rowOf } from './registry.ts';

/** Rosters name entities by address; a bare id is taken for a VM's. Being sampled is not being there: `present` stays. */
const seatOf = (c: Cluster, entity: string): number => {
  if (entity.startsWith('host:')) return hostSeat(rowOf(c.hosts.ids, idOf(entity)));
  return rowOf(c.vms.ids, idOf(entity));
};

/** The last roster seated at each row: a memo, because the next one is nearly the same. */
type Last = { readonly entities: readonly string[]; readonly seats: Seats };
const lasts = new WeakMap<Registry, Last[]>();

/**
 * A rack's roster is renewed every hour with a VM or two come or gone, so each address is compared with the one that was
 * next in the roster before, which costs a tenth of looking its row up. Unchanged: the same array.
 */
const seatsOf = (c: Cluster, entities: readonly string[], last: Last | undefined): Seats => {
  const seats = new Int32Array(entities.length);
  const before = last?.entities ?? [];
  let next = 0;
  for (let i = 0; i < seats.length; i++) {
    const entity = entities[i]!;
    const known = entity === before[next] ? last?.seats[next] : undefined;
    if (known !== undefined) {
      seats[i] = known;
      next++;
      continue;
    }
    seats[i] = seatOf(c, entity);
    const found = before.indexOf(entity, next);
    if (found >= 0) next = found + 1;
  }
  const isSame = last?.seats.length === seats.length && last.seats.every((seat, i) => seat === seats[i]);
  return isSame ? last.seats : seats;
};

/**
 * Turns names into rows: 1 KiB instead of 14 for a roster of 200. The state is the same before and after; call it where a
 * state is read or kept, not for every event, because looking up 200 names costs as much as folding 50 events.
 */
export const seatRosters = (c: Cluster): void => {
  const { named, seats } = c.rosters.col;
  // Rows belong to the registry of VMs: forks share it, and with it what was seated last.
  const last = lasts.get(c.vms.ids) ?? [];
  lasts.set(c.vms.ids, last);
  for (let row = 0; row < c.rosters.ids.ids.length; row++) {
    const entities = refAt(named, row);
    if (entities === null) continue;
    const seated = { entities, seats: seatsOf(c, entities, last[row]) };
    last[row] = seated;
    setRef(seats, row, seated.seats);
    setRef(named, row, null);
  }
};
