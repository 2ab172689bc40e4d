// Holds moves back where N+1 would be lost because too many VMs are charged on both ends at once.
import type { Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import type { PlanOptions } from './options.ts';
import type { SpareReport } from './plan.ts';
import type { SpareWatch } from './spare.ts';
import { type Scheduled, timetableOf } from './timetable.ts';

/** Delays tried; each costs a timetable and a look at N+1. */
const MOST_DELAYS = 64;
/** What a timetable costs for each move, in looks of a VM at a host. */
const LOOKS_A_MOVE = 1000;

export type Spared = { readonly scheduled: Scheduled; readonly spare: SpareReport | null };

const lostIn = (s: Spared): number => s.spare?.lost.length ?? 0;

/** Whether every instant was looked at: what was not may be lost too. */
export const isWhole = (spare: SpareReport | null): boolean => spare === null || spare.looked === spare.instants;

/**
 * The schedule with moves delayed, one behind another, as long as that keeps more failures absorbed. What is lost while at
 * most one VM moves cannot be helped by waiting, and stays in the report; nor can what is lost once the plan has ended, which
 * a delay would only put off.
 */
export const keepingSpare = (
  state: ClusterState,
  shelf: Shelf,
  scheduled: Scheduled,
  o: PlanOptions,
  watch: SpareWatch,
): Spared => {
  let best: Spared = { scheduled, spare: watch.report(scheduled.moves) };
  const isLostInTheEnd = best.spare?.lost.some((l) => l.atMs === scheduled.makespanMs) === true;
  if (lostIn(best) === 0 || isLostInTheEnd || !isWhole(best.spare)) return best;
  let { legs } = scheduled.order;
  for (let delay = 0, now = best; delay < MOST_DELAYS && !watch.isSpent; delay++) {
    const { times } = now.scheduled;
    const underWay = (atMs: number): readonly number[] =>
      [...legs.keys()].filter((i) => times[i]!.startMs <= atMs && times[i]!.endMs > atMs);
    const crowd = (now.spare?.lost ?? []).map((l) => underWay(l.atMs)).find((list) => list.length > 1);
    if (crowd === undefined) break;
    const last = crowd.reduce((a, b) => (times[b]!.startMs >= times[a]!.startMs ? b : a));
    const first = crowd.filter((i) => i !== last).reduce((a, b) => (times[b]!.endMs < times[a]!.endMs ? b : a));
    legs = legs.map((leg, i) => (i === last ? { ...leg, after: [...leg.after, first] } : leg));
    watch.spend(legs.length * LOOKS_A_MOVE);
    const timetable = timetableOf(state, shelf, { ...scheduled.order, legs }, o, 'with moves held back');
    const later = { ...timetable, tried: scheduled.tried };
    now = { scheduled: later, spare: watch.report(later.moves) };
    const isBetter = later.unfinished.length <= best.scheduled.unfinished.length && lostIn(now) < lostIn(best);
    if (isBetter && isWhole(now.spare)) best = now;
    if (lostIn(best) === 0) break;
  }
  return best;
};
