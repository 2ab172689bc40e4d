// Positions in an index: where an instant of the contract falls, and what comes next from there.
import type { At } from '../../domain/contract/contract.ts';
import { TELEMETRY, type TimelineIndex } from '../work/timeline-index.ts';

/** Position of the first value greater than `x` in an ascending array. */
export const above = (values: ArrayLike<number>, x: number): number => {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Half a position between two events, or the position of an event: -0.5 is before the first. An instant without a seq
 * is after every event at it.
 */
const positionOf = ({ at, seq }: TimelineIndex, where: At): number => {
  const after = above(at, where.at);
  if (where.seq === null) return after - 0.5;
  for (let i = after - 1; i >= 0 && at[i] === where.at; i--) if (seq[i] === where.seq) return i;
  return after - 0.5;
};

/** How many events of the index belong to the state at an instant. */
export const countUpTo = (index: TimelineIndex, where: At): number => Math.floor(positionOf(index, where)) + 1;

/** The event a step leads to, telemetry passed over; null at the end. */
export const nextEvent = (index: TimelineIndex, where: At, direction: 1 | -1): At | null => {
  const position = positionOf(index, where);
  let i = direction === 1 ? Math.floor(position) + 1 : Math.ceil(position) - 1;
  // Between events, the last one is shown already where it is exactly at the cursor.
  if (direction === -1 && where.seq === null && index.at[i] === where.at) i -= 1;
  while (index.tone[i] === TELEMETRY) i += direction;
  const at = index.at[i];
  return at === undefined ? null : { at, seq: index.seq[i] ?? null };
};

/** The next of a list sorted by instant, whose every item names its event; null at the end. */
export const nextOf = (
  index: TimelineIndex,
  stops: readonly { readonly at: number; readonly seq: number }[],
  where: At,
  direction: 1 | -1,
): At | null => {
  const here = positionOf(index, where);
  const isBeyond = ({ at, seq }: { at: number; seq: number }): boolean => {
    const there = positionOf(index, { at, seq });
    if (direction === 1) return there > here;
    return there < here && !(where.seq === null && at === where.at);
  };
  const stop = direction === 1 ? stops.find(isBeyond) : stops.findLast(isBeyond);
  return stop === undefined ? null : { at: stop.at, seq: stop.seq };
};
