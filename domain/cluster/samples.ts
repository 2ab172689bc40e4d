// The newest telemetry of each roster, unpacked when somebody looks: replay never pays for samples nobody sees.
import { fromBase64 } from '../base/base64.ts';
import { refAt } from '../base/column.ts';
import type { METRICS } from '../events/other-events.ts';
import type { Cluster } from './cluster.ts';
import { seatRosters } from './rosters.ts';

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

/**
 * Calls `visit` with the seat (see `Seats`) and value of every newest sample of a metric, in the metric's unit. Batches come
 * by instant, then by roster id: where two rosters name an entity, the last call counts.
 */
export const eachSample = (
  c: Cluster,
  metric: (typeof METRICS)[number],
  visit: (seat: number, value: number) => void,
): void => {
  seatRosters(c);
  const found = c.rosters.ids.ids.flatMap((id, row) => {
    const seats = refAt(c.rosters.col.seats, row);
    const batch = refAt(c.rosters.col[metric], row);
    return seats !== null && batch !== null ? [{ id, seats, batch }] : [];
  });
  for (const { seats, batch } of found.sort((a, b) => a.batch.at - b.batch.at || (a.id < b.id ? -1 : 1))) {
    const bytes = fromBase64(batch.values);
    for (let i = 0; i < seats.length; i++) {
      const byte = bytes?.[i] ?? NO_SAMPLE;
      if (byte !== NO_SAMPLE) visit(seats[i]!, byte * batch.scale);
    }
  }
};
