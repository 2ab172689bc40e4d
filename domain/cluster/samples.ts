// The newest telemetry of each roster, unpacked when somebody looks: replay never pays for samples nobody sees.
import type { Row } from '../base/brand.ts';
import { fromBase64 } from '../base/base64.ts';
import { NO_ROW, refAt } from '../base/column.ts';
import { idOf } from '../events/entity.ts';
import type { METRICS } from '../events/other-events.ts';
import type { Cluster } from './cluster.ts';
import { findRow } from './registry.ts';

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

/** Where samples belong: rows of VMs, and `hostSeat` of the rows of hosts, which sit below zero; null for whom nobody reported. */
type Seat = number | null;
/** It is its own inverse. */
export const hostSeat = (row: number): number => -1 - row;

/** Rosters name entities by address; a bare id is taken for a VM's. */
const seatOf = (c: Cluster, entity: string): Seat => {
  const isHost = entity.startsWith('host:');
  const row = findRow((isHost ? c.hosts : c.vms).ids, idOf(entity));
  if (row === NO_ROW) return null;
  return isHost ? hostSeat(row) : row;
};

/** A roster is read again for every batch, and its rows are the same as long as nobody unknown is among them. */
const seatsKnown = new WeakMap<readonly string[], { readonly of: object; readonly seats: readonly Seat[] }>();

const seatsOf = (c: Cluster, entities: readonly string[]): readonly Seat[] => {
  const known = seatsKnown.get(entities);
  // Rows belong to the registry of VMs: forks share it.
  if (known !== undefined && known.of === c.vms.ids) return known.seats;
  const seats = entities.map((entity) => seatOf(c, entity));
  if (!seats.includes(null)) seatsKnown.set(entities, { of: c.vms.ids, seats });
  return seats;
};

/**
 * Calls `visit` with the seat and value of every newest sample of a metric, in the metric's unit. Batches come
 * by instant, then by roster id: where two rosters name an entity, the last call counts.
 */
export const eachSample = (
  c: Cluster,
  metric: (typeof METRICS)[number],
  visit: (seat: number, value: number) => void,
): void => {
  const found = c.rosters.ids.ids.flatMap((id, i) => {
    const row = i as Row;
    const roster = refAt(c.rosters.col.named, row);
    const batch = refAt(c.rosters.col[metric], row);
    return roster !== null && batch !== null ? [{ id, roster, batch }] : [];
  });
  for (const { roster, batch } of found.sort((a, b) => a.batch.at - b.batch.at || (a.id < b.id ? -1 : 1))) {
    const seats = seatsOf(c, roster.entities);
    const bytes = fromBase64(batch.values);
    for (let i = 0; i < seats.length; i++) {
      const [seat, byte] = [seats[i]!, bytes?.[i] ?? NO_SAMPLE];
      if (byte !== NO_SAMPLE && seat !== null) visit(seat, byte * batch.scale);
    }
  }
};
