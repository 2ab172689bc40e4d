// Moves VMs to destinations somebody has chosen: swaps and rebalancing, cycles broken through a pivot or shown.
import { err, ok, type Result } from '../base/result.ts';
import { shelfOf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { lowerBound } from './bound.ts';
import { unknownHosts } from './check.ts';
import { networkOf } from './network.ts';
import { assumptionsOf, type PlanOptions } from './options.ts';
import type { BlockedVm, Plan } from './plan.ts';
import { keepingSpare } from './keep-spare.ts';
import type { Leg } from './schedule.ts';
import { SpareWatch } from './spare.ts';
import { schedule, unfinishedVm } from './timetable.ts';
import { Ways } from './ways.ts';

export type SwapInput = {
  readonly state: ClusterState;
  readonly around: Surroundings;
  /** Destination of each VM that is to move, by id. */
  readonly wanted: ReadonlyMap<string, string>;
  /** Why each goes there, by id; whoever is missing goes as asked. */
  readonly because?: ReadonlyMap<string, string>;
  readonly options: PlanOptions;
};

/** The order of given moves. Those in a cycle no pivot can break stay, with the cycle. Errors: a host that is not there. */
export const planSwaps = ({ state, around, wanted, because, options: o }: SwapInput): Result<Plan, string> => {
  const missing = unknownHosts(state, [...new Set(wanted.values())]);
  if (missing !== null) return err(missing);
  const shelf = shelfOf(state);
  const ways = new Ways(state, around, shelf, o);
  const row = new Map(shelf.hosts.map((name, h) => [name, h]));
  const legs: Leg[] = [];
  const blocked: BlockedVm[] = [];
  for (const [v, vm] of shelf.vms.entries()) {
    const dest = wanted.get(vm.id);
    if (dest === undefined || dest === vm.host) continue;
    const way = ways.of(v);
    if (way.job === null) blocked.push({ vm: vm.id, name: vm.name, reasons: way.reasons });
    else
      legs.push({
        job: way.job,
        source: way.job.source,
        dest: row.get(dest)!,
        because: because?.get(vm.id) ?? 'as asked',
      });
  }
  const accepts = Uint8Array.from(shelf.usable);
  const watch = new SpareWatch(state, shelf, new Set());
  const { scheduled, spare } = keepingSpare(state, shelf, schedule(state, shelf, legs, o, accepts), o, watch);
  const { deadlock, pivots } = scheduled.order;
  for (const { job } of deadlock?.stuck ?? []) {
    const reason = {
      kind: 'blocker' as const,
      code: 'cycle',
      detail: deadlock?.cycle.join('; ') ?? '',
      fix: 'free a host to pass through',
    };
    blocked.push({ vm: job.vm.id, name: job.vm.name, reasons: [reason] });
  }
  for (const job of scheduled.unfinished) blocked.push(unfinishedVm(job));
  const staying = new Set([
    ...(deadlock?.stuck ?? []).map(({ job }) => job.row),
    ...scheduled.unfinished.map((j) => j.row),
  ]);
  const moving = legs.filter((l) => !staying.has(l.job.row));
  const dests = new Map(moving.map((l) => [l.job.row, l.dest]));
  const bound = lowerBound(
    shelf,
    networkOf(state, o),
    moving.map((l) => l.job),
    o,
    accepts,
    dests,
  );
  return ok({
    feasible: blocked.length === 0,
    drained: [],
    goals: [{ kind: 'move' }],
    moves: scheduled.moves,
    makespanMs: scheduled.makespanMs,
    lowerBoundMs: scheduled.moves.length === 0 ? 0 : bound.ms,
    blocked,
    report: {
      considered: { vms: wanted.size, destinations: new Set(wanted.values()).size, plans: scheduled.tried },
      chosen: 'the shortest order; destinations as asked',
      refused: {},
      lowerBound: bound.argument,
      spare,
      conflict: null,
      assumptions: assumptionsOf(o, ways.unsampled(legs.map((l) => l.job)), legs.length),
      notes:
        pivots === 0
          ? []
          : [`${pivots} VMs go through a third host, because their destination is full until they have left`],
    },
  });
};
