// The newest traffic matrix as a list of pairs: batches of one instant joined, flows of one pair added up.
import { byteAt, refAt } from '../base/column.ts';
import { type Cluster, PRESENT } from '../cluster/cluster.ts';
import type { TrafficRecord } from '../cluster/records.ts';
import type { TrafficState } from './state.ts';

/** Ethernet has none smaller. */
const FRAME_BYTES_MIN = 64;

/** Records are immutable and shared by every state until the next matrix, so each is joined once. */
const joined = new WeakMap<TrafficRecord, readonly TrafficState[]>();

const join = ({ batches }: TrafficRecord): readonly TrafficState[] => {
  const pairs = new Map<string, { from: string; to: string; bytes: number; frames: number }>();
  for (const { from, to, bytesPerS, frameBytes } of batches.flat()) {
    const id = `${from} > ${to}`;
    const pair = pairs.get(id) ?? { from, to, bytes: 0, frames: 0 };
    pair.bytes += bytesPerS;
    pair.frames += bytesPerS / Math.max(FRAME_BYTES_MIN, frameBytes);
    pairs.set(id, pair);
  }
  return [...pairs]
    .filter(([, { bytes }]) => bytes > 0)
    .map(([id, { from, to, bytes, frames }]) => ({ id, from, to, bytesPerS: bytes, frameBytes: bytes / frames }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

/** Sorted by id; empty before the first matrix. */
export const trafficStates = (c: Cluster): readonly TrafficState[] =>
  c.traffic.ids.ids.flatMap((_, row) => {
    const record = byteAt(c.traffic.col.present, row) === PRESENT ? refAt(c.traffic.col.record, row) : null;
    if (record === null) return [];
    const list = joined.get(record) ?? join(record);
    joined.set(record, list);
    return list;
  });
