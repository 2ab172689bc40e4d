// Whom telemetry samples: taken as named while folding, turned into rows when a state is kept or read.
import type { Row } from '../base/brand.ts';
import { refAt, setRef } from '../base/column.ts';
import { idOf } from '../events/entity.ts';
import type { Cluster } from './cluster.ts';
import { hostSeat, type Seats } from './records.ts';
import { idAt, rowOf } from './registry.ts';

/** How many entities a roster samples; null when it was never set. */
export const rosterSize = (c: Cluster, row: Row): number | null =>
  (refAt(c.rosters.col.named, row) ?? refAt(c.rosters.col.seats, row))?.length ?? null;

/** Rosters name entities by address; a bare id is taken for a VM's. Being sampled is not being there: `present` stays. */
const seatOf = (c: Cluster, entity: string): number => {
  if (entity.startsWith('host:')) return hostSeat(rowOf(c.hosts.ids, idOf(entity)));
  return rowOf(c.vms.ids, idOf(entity));
};

/** True when an address is that of a VM's seat. */
const isAt = (c: Cluster, entity: string, seat: number): boolean =>
  seat >= 0 && entity.startsWith('vm:') && entity.slice(3) === idAt(c.vms.ids, seat as Row);

/**
 * A rack's roster is renewed every hour with a VM or two come or gone, so each address is compared with the seat that was
 * next in the roster before, which costs less than looking it up. Unchanged: the same array.
 */
const seatsOf = (c: Cluster, entities: readonly string[], before: Seats | null): Seats => {
  const seats = new Int32Array(entities.length);
  let next = 0;
  for (let i = 0; i < seats.length; i++) {
    const entity = entities[i]!;
    if (before !== null && next < before.length && isAt(c, entity, before[next]!)) {
      seats[i] = before[next++]!;
      continue;
    }
    const seat = seatOf(c, entity);
    seats[i] = seat;
    next = (before?.indexOf(seat, next) ?? -1) + 1 || next;
  }
  const isSame = before?.length === seats.length && before.every((seat, i) => seat === seats[i]);
  return isSame ? before : seats;
};

/**
 * Turns names into rows: 1 KiB instead of 14 for a roster of 200. The state is the same before and after; call it where a
 * state is read or kept, not for every event, because looking up 200 names costs as much as folding 50 events.
 */
export const seatRosters = (c: Cluster): void => {
  const { named, seats } = c.rosters.col;
  for (let row = 0; row < c.rosters.ids.ids.length; row++) {
    const entities = refAt(named, row);
    if (entities === null) continue;
    setRef(seats, row, seatsOf(c, entities, refAt(seats, row)));
    setRef(named, row, null);
  }
};
