// Moves VMs to destinations somebody has chosen: swaps and rebalancing, cycles broken through a pivot or shown.
import { err, ok, type Result } from '../base/result.ts';
import { shelfOf } from '../drill/sweep/shelf.ts';
import { worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { vmFindings } from '../scheduling/blockers-vm.ts';
import { lowerBound } from './bound.ts';
import { subjectOf, unknownHosts } from './check.ts';
import { pathsIn, schedule } from './drain.ts';
import { type Prices, wayOf } from './jobs.ts';
import { groupsByVm, moveRequest } from './move-request.ts';
import { assumptionsOf, type PlanOptions } from './options.ts';
import type { BlockedVm, Plan } from './plan.ts';
import type { Leg } from './schedule.ts';
import { spareReport } from './spare.ts';

export type SwapInput = {
  readonly state: ClusterState;
  readonly around: Surroundings;
  /** Destination of each VM that is to move, by id. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly options: PlanOptions;
};

/** The order of given moves. Those in a cycle no pivot can break stay, with the cycle. Errors: a host that is not there. */
export const planSwaps = ({ state, around, wanted, options: o }: SwapInput): Result<Plan, string> => {
  const missing = unknownHosts(state, [...new Set(wanted.values())]);
  if (missing !== null) return err(missing);
  const shelf = shelfOf(state);
  const world = worldOf(state);
  const groups = groupsByVm(world);
  const row = new Map(shelf.hosts.map((name, h) => [name, h]));
  const prices: Prices = new Map();
  const legs: Leg[] = [];
  const blocked: BlockedVm[] = [];
  let unsampled = 0;
  for (const [v, vm] of shelf.vms.entries()) {
    const dest = wanted.get(vm.id);
    if (dest === undefined || dest === vm.host) continue;
    const sampled = around.dirtyPagesPerS.get(vm.id) ?? null;
    const found = vmFindings(subjectOf(state, vm, moveRequest(world, vm, groups.get(vm.id)), around));
    const way = wayOf(vm, found, o, sampled, prices, false);
    const source = shelf.home[v]!;
    if (way.kind === null) {
      blocked.push({ vm: vm.id, name: vm.name, reasons: way.reasons });
      continue;
    }
    if (sampled === null) unsampled++;
    const job = { ...way.cost, row: v, vm, source, kind: way.kind };
    legs.push({ job, source, dest: row.get(dest)!, because: 'as asked' });
  }
  const accepts = Uint8Array.from(shelf.usable);
  const scheduled = schedule(state, shelf, legs, o, accepts);
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
  const dests = new Map(legs.map((l) => [l.job.row, l.dest]));
  const bound = lowerBound(
    shelf,
    pathsIn(state, o),
    legs.map((l) => l.job),
    o,
    accepts,
    dests,
  );
  return ok({
    feasible: blocked.length === 0,
    drained: [],
    moves: scheduled.moves,
    makespanMs: scheduled.makespanMs,
    lowerBoundMs: scheduled.moves.length === 0 ? 0 : bound.ms,
    blocked,
    report: {
      considered: { vms: wanted.size, destinations: new Set(wanted.values()).size, plans: scheduled.tried },
      chosen: 'the shortest order; destinations as asked',
      refused: {},
      lowerBound: bound.argument,
      spare: spareReport(state, shelf, scheduled.moves, new Set()),
      conflict: null,
      assumptions: assumptionsOf(o, unsampled, legs.length),
      notes:
        pivots === 0
          ? []
          : [`${pivots} VMs go through a third host, because their destination is full until they have left.`],
    },
  });
};
