// When each ordered move starts and ends: QEMU's model on shared links, started as the order's dependencies let it.
import { assert } from '../base/result.ts';
import { type SharedMove, type SharedResult, simulateShared } from '../migration/shared-links.ts';
import type { Shelf } from '../drill/sweep/shelf.ts';
import { carriesOf } from './move-stream.ts';
import type { Network } from './network.ts';
import type { PlanOptions } from './options.ts';
import type { Leg } from './schedule.ts';

export type Timed = {
  readonly startMs: number;
  readonly endMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
  readonly completed: boolean;
};

type Dependent = Leg & { readonly after: readonly number[] };

type Shared = { readonly moves: readonly SharedMove[]; readonly capacities: readonly number[] };

/** The legs on their links; a live one whose connections carry less than those has a link of its own besides, as wide as they are. */
const shared = (shelf: Shelf, paths: Network, legs: readonly Dependent[], o: PlanOptions): Shared => {
  const capacities = [...paths.capacities];
  const carries = carriesOf(o);
  const moves = legs.map(({ job, source, dest, after }) => {
    const [from, to] = [shelf.hosts[source]!, shelf.hosts[dest]!];
    const links = paths.path(from, to) ?? [];
    const most = job.kind === 'live' ? carries(from, to) : Infinity;
    const isHeld = links.length > 0 && links.every((l) => capacities[l]! > most);
    return {
      move: job.move,
      links: isHeld ? [...links, capacities.push(most) - 1] : links,
      readyMs: 0,
      queue: null,
      after,
      prepareMs: o.prepareMs + (job.kind === 'cold' ? o.coldOverheadMs : 0),
    };
  });
  return { moves, capacities };
};

/** Instants that are one by the order are one as numbers. */
const microseconds = (ms: number): number => Math.round(ms * 1000) / 1000;

const timedOf = (leg: Leg, result: SharedResult | null, o: PlanOptions): Timed => {
  assert(result !== null, 'an order without a cycle lets every move run');
  const before = o.prepareMs + (leg.job.kind === 'cold' ? o.coldOverheadMs : 0);
  const startMs = microseconds(Math.max(0, result.startMs - before));
  const endMs = microseconds(result.endMs);
  return {
    startMs,
    endMs,
    downtimeMs:
      leg.job.kind === 'live'
        ? result.downtimeMs
        : leg.job.vm.vmState === 'stopped'
          ? 0
          : endMs - startMs - o.prepareMs,
    bytes: result.ramBytes + result.diskBytes,
    completed: result.outcome === 'completed',
  };
};

/** Times of the legs of an order. */
export const timed = (shelf: Shelf, paths: Network, legs: readonly Dependent[], o: PlanOptions): readonly Timed[] => {
  const { moves, capacities } = shared(shelf, paths, legs, o);
  const results = simulateShared(moves, { capacities, background: paths.background, perQueue: 1 });
  return legs.map((leg, i) => timedOf(leg, results[i] ?? null, o));
};

/**
 * The makespan of the plan people make by hand, ms: in the order given, `k` at a time over the whole cluster whatever the
 * links, after the moves whose room each needs, while Nova queues what is too much for one source. Infinity when a move does
 * not complete.
 */
export const fixedParallelismMs = (
  shelf: Shelf,
  paths: Network,
  legs: readonly Dependent[],
  o: PlanOptions,
  k: number,
): number => {
  const { moves: unqueued, capacities } = shared(shelf, paths, legs, o);
  const moves = unqueued.map((m, i) => ({ ...m, queue: shelf.hosts[legs[i]!.source]! }));
  const links = { capacities, background: paths.background, perQueue: o.perHost, atOnce: k };
  return simulateShared(moves, links).reduce(
    (most, r) => Math.max(most, r?.outcome === 'completed' ? r.endMs : Infinity),
    0,
  );
};
