// A timetable: legs ordered and timed under each way of sharing links, the shortest kept, as moves of a plan.
import type { Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Job } from './jobs.ts';
import { type Network, networkOf } from './network.ts';
import type { PlanOptions } from './options.ts';
import type { BlockedVm, PlannedMove } from './plan.ts';
import { type Leg, order, type Order, sharingsFor, sharingWords } from './schedule.ts';
import { type Timed, timed } from './timing.ts';

const moveOf = (shelf: Shelf, leg: Leg & { readonly after: readonly number[] }, t: Timed): PlannedMove => ({
  vm: leg.job.vm.id,
  name: leg.job.vm.name,
  source: shelf.hosts[leg.source]!,
  dest: shelf.hosts[leg.dest]!,
  kind: leg.job.kind,
  storage: leg.job.vm.storage === 'local' ? 'block' : (leg.job.vm.storage ?? 'shared'),
  startMs: t.startMs,
  endMs: t.endMs,
  downtimeMs: t.downtimeMs,
  bytes: t.bytes,
  after: leg.after,
  because: leg.because,
});

/** By start, then name, with the dependencies pointing at the new places. */
export const inOrder = (moves: readonly PlannedMove[]): readonly PlannedMove[] => {
  const sorted = moves
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [moves[a]!, moves[b]!];
      return x.startMs - y.startMs || x.endMs - y.endMs || (x.name < y.name ? -1 : x.name > y.name ? 1 : a - b);
    });
  const place = new Map(sorted.map((from, to) => [from, to]));
  return sorted.map((i) => {
    const move = moves[i]!;
    return { ...move, after: move.after.map((j) => place.get(j)!).sort((a, b) => a - b) };
  });
};

export type Scheduled = {
  readonly moves: readonly PlannedMove[];
  readonly makespanMs: number;
  readonly unfinished: readonly Job[];
  readonly order: Order;
  /** Of each leg of the order. */
  readonly times: readonly Timed[];
  readonly tried: readonly string[];
};

/** A VM whose move does not end where it shares links. */
export const unfinishedVm = ({ vm }: Job): BlockedVm => ({
  vm: vm.id,
  name: vm.name,
  reasons: [
    {
      kind: 'blocker',
      code: 'no-convergence',
      detail: 'does not converge beside the moves it shares links with',
      fix: 'move it cold',
    },
  ],
});

/** When each leg of an order starts once those it waits for have ended; not yet as moves of a plan. */
type Run = Omit<Scheduled, 'moves'>;

const runOf = (shelf: Shelf, paths: Network, made: Order, o: PlanOptions, words: string): Run => {
  const times = timed(shelf, paths, made.legs, o);
  const makespanMs = times.reduce((most, t) => Math.max(most, t.endMs), 0);
  return {
    makespanMs,
    unfinished: made.legs.flatMap((leg, i) => (times[i]!.completed ? [] : [leg.job])),
    order: made,
    times,
    tried: [`${words}: ${(makespanMs / 1000).toFixed(1)} s`],
  };
};

const withMoves = (shelf: Shelf, run: Run): Scheduled => ({
  ...run,
  moves: inOrder(run.order.legs.map((leg, i) => moveOf(shelf, leg, run.times[i]!))),
});

/** The timetable of an order. */
export const timetableOf = (state: ClusterState, shelf: Shelf, made: Order, o: PlanOptions, words: string): Scheduled =>
  withMoves(shelf, runOf(shelf, networkOf(state, o), made, o, words));

/** Orders and times legs under each way of sharing links, and keeps the shortest. */
export const schedule = (
  state: ClusterState,
  shelf: Shelf,
  legs: readonly Leg[],
  o: PlanOptions,
  accepts: Uint8Array,
): Scheduled => {
  const paths = networkOf(state, o);
  const found = sharingsFor(o).map((sharing) =>
    runOf(shelf, paths, order({ shelf, paths, legs, options: o, accepts, sharing }), o, sharingWords(sharing)),
  );
  const best = found.reduce((a, b) => (worth(b) < worth(a) ? b : a));
  return withMoves(shelf, { ...best, tried: found.flatMap((f) => f.tried) });
};

/** Unfinished moves count before time. */
const worth = (run: Run): number => run.unfinished.length * 1e15 + run.makespanMs;
