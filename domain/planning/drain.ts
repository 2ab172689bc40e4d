// Empties hosts: what can leave and how, where to, in which order, and why what stays behind stays.
import { err, ok, type Result } from '../base/result.ts';
import { shelfOf, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Finding } from '../scheduling/finding.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { lowerBound } from './bound.ts';
import { unknownHosts } from './check.ts';
import { conflictOf } from './conflict.ts';
import { MOST_LOOKS, place, WITH_OTHERS } from './destinations.ts';
import type { Job } from './jobs.ts';
import { isWhole, keepingSpare } from './keep-spare.ts';
import { networkOf } from './network.ts';
import { assumptionsOf, type Placement, type PlanOptions, policyOf } from './options.ts';
import type { BlockedVm, Plan, PlannedMove, SpareReport } from './plan.ts';
import type { Leg } from './schedule.ts';
import { SpareWatch } from './spare.ts';
import { inOrder, type Scheduled, schedule, unfinishedVm } from './timetable.ts';
import { Ways } from './ways.ts';
import { looksWords } from './work.ts';

export type DrainInput = {
  readonly state: ClusterState;
  readonly around: Surroundings;
  readonly hosts: readonly string[];
  readonly options: PlanOptions;
};

type Sorted = { readonly jobs: readonly Job[]; readonly blocked: readonly BlockedVm[] };

/** Which VMs of the hosts can leave, and how; the others with their reasons. */
const sortOut = (shelf: Shelf, ways: Ways, drained: ReadonlySet<string>): Sorted => {
  const jobs: Job[] = [];
  const blocked: BlockedVm[] = [];
  for (const [row, vm] of shelf.vms.entries()) {
    if (vm.host === null || !drained.has(vm.host)) continue;
    const way = ways.of(row);
    if (way.job === null) blocked.push({ vm: vm.id, name: vm.name, reasons: way.reasons });
    else jobs.push(way.job);
  }
  return { jobs, blocked };
};

const homelessReasons = (refused: Readonly<Record<string, number>>): readonly Finding[] =>
  Object.entries(refused)
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => ({
      kind: 'blocker' as const,
      code,
      detail:
        code === WITH_OTHERS
          ? 'others that a rule holds together with it cannot leave'
          : `${n} ${n === 1 ? 'host refuses' : 'hosts refuse'} it`,
      fix: null,
    }));

/** Stops in place, one at the end of the plan each, for VMs nothing else can be done with. */
const stopOf = (vm: Job, shelf: Shelf, o: PlanOptions): PlannedMove => ({
  vm: vm.vm.id,
  name: vm.vm.name,
  source: shelf.hosts[vm.source]!,
  dest: shelf.hosts[vm.source]!,
  kind: 'stop',
  storage: vm.vm.storage === 'local' ? 'block' : (vm.vm.storage ?? 'shared'),
  startMs: 0,
  endMs: o.coldOverheadMs,
  downtimeMs: o.coldOverheadMs,
  bytes: 0,
  after: [],
  because: 'no host takes it, and the policy allows to stop it',
});

type Attempt = {
  readonly placement: Placement;
  /** Destinations chosen so that N+1 stays. */
  readonly guarded: boolean;
  readonly placing: ReturnType<typeof place>;
  readonly legs: readonly Leg[];
  readonly scheduled: Scheduled;
  readonly spare: SpareReport | null;
};

/** Lexicographic: VMs left behind, instants without N+1, time. Moves and bytes are the same for every placement of a drain. */
const isBetter = (a: Attempt, b: Attempt): boolean => {
  const lost = isWhole(a.spare) && isWhole(b.spare) ? (x: Attempt) => x.spare?.lost.length ?? 0 : () => 0;
  const rank = (x: Attempt): readonly number[] => [
    x.placing.homeless.length + (x.scheduled.order.deadlock?.stuck.length ?? 0) + x.scheduled.unfinished.length,
    lost(x),
    x.scheduled.makespanMs,
  ];
  const [mine, other] = [rank(a), rank(b)];
  const at = mine.findIndex((n, i) => n !== other[i]);
  return at >= 0 && mine[at]! < other[at]!;
};

const tried = (x: Attempt): readonly string[] =>
  x.scheduled.tried.map(
    (t) =>
      `destinations by ${x.placement === 'planner' ? 'earliest links' : 'most room'}${x.guarded ? ' where N+1 stays' : ''}, ${t}${x.spare && x.spare.lost.length > 0 ? `, N+1 lost at ${x.spare.lost.length} instants` : ''}`,
  );

/** A drain of one or many hosts. Errors: a host that is not there. Pure. */
export const planDrain = (input: DrainInput): Result<Plan, string> => {
  const { state, around, options: o } = input;
  if (input.hosts.length === 0) return err('A drain needs at least one host.');
  const missing = unknownHosts(state, input.hosts);
  if (missing !== null) return err(missing);
  const drained = new Set(input.hosts);
  const shelf = shelfOf(state);
  const ways = new Ways(state, around, shelf, o);
  const { jobs, blocked } = sortOut(shelf, ways, drained);
  const accepts = Uint8Array.from(shelf.hosts, (name, h) => (shelf.usable[h] === 1 && !drained.has(name) ? 1 : 0));
  const paths = networkOf(state, o);
  const { staticRefusal } = ways;
  const watch = new SpareWatch(state, shelf, drained);
  const attempt = (placement: Placement, guarded: boolean): Attempt => {
    const spare = guarded ? () => watch.guard() : undefined;
    const placing = place({ shelf, jobs, paths, options: { ...o, placement }, accepts, staticRefusal, spare });
    const legs = placing.placed.map(({ job, dest, because }) => ({ job, source: job.source, dest, because }));
    const kept = keepingSpare(state, shelf, schedule(state, shelf, legs, o, accepts), o, watch);
    return { placement, guarded, placing, legs, ...kept };
  };
  const first = attempt(o.placement, false);
  // When the quickest plan loses what the cluster had, destinations are chosen again with every failure in mind.
  const isLosing =
    o.placement === 'planner' && first.spare !== null && isWhole(first.spare) && first.spare.lost.length > 0;
  const attempts = isLosing ? [first, attempt('planner', true), attempt('nova', false)] : [first];
  const best = attempts.reduce((x, y) => (isBetter(y, x) ? y : x));
  const { placing, legs, scheduled } = best;

  const mayStop = (job: Job): boolean => policyOf(o, job.vm) === 'stop' && job.vm.vmState === 'active';
  const stops = placing.homeless.filter(({ job }) => mayStop(job)).map(({ job }) => stopOf(job, shelf, o));
  const unplaced = placing.homeless.filter(({ job }) => !mayStop(job));
  const stuck = scheduled.order.deadlock?.stuck ?? [];
  const stays: readonly BlockedVm[] = [
    ...blocked,
    ...unplaced.map(({ job, refused }) => ({ vm: job.vm.id, name: job.vm.name, reasons: homelessReasons(refused) })),
    ...stuck.map(({ job }) => ({
      vm: job.vm.id,
      name: job.vm.name,
      reasons: [
        {
          kind: 'blocker' as const,
          code: 'cycle',
          detail: scheduled.order.deadlock?.cycle.join('; ') ?? '',
          fix: 'free a host to pass through',
        },
      ],
    })),
    ...scheduled.unfinished.map(unfinishedVm),
  ];
  const moves = inOrder([...scheduled.moves, ...stops]);
  const staying = new Set([...stuck.map(({ job }) => job.row), ...scheduled.unfinished.map((j) => j.row)]);
  const bound = lowerBound(
    shelf,
    paths,
    legs.flatMap((l) => (staying.has(l.job.row) ? [] : [l.job])),
    o,
    accepts,
  );
  const conflict =
    unplaced.length === 0 ? null : conflictOf({ shelf, jobs, paths, options: o, accepts, staticRefusal }, state);
  return ok({
    feasible: stays.length === 0,
    drained: [...drained].sort(),
    goals: [{ kind: 'drain', hosts: [...drained].sort() }],
    moves,
    makespanMs: moves.reduce((most, m) => Math.max(most, m.endMs), 0),
    lowerBoundMs: Math.max(bound.ms, stops.length > 0 ? o.coldOverheadMs : 0),
    blocked: stays,
    report: {
      considered: {
        vms: jobs.length + blocked.length,
        destinations: accepts.reduce((n, a) => n + a, 0),
        plans: attempts.flatMap(tried),
      },
      chosen: `destinations by ${best.placement === 'planner' ? "the planner's objective: earliest links, then even room" : "Nova's weighers: most room"}; fewest VMs left behind, then N+1 kept longest, then the shortest`,
      refused: placing.refused,
      lowerBound: bound.argument,
      spare: best.spare,
      conflict,
      assumptions: assumptionsOf(o, ways.unsampled(jobs), jobs.length),
      notes: [
        ...(scheduled.order.pivots === 0
          ? []
          : [
              `${scheduled.order.pivots} VMs go through a third host, because their destination is full until they have left`,
            ]),
        ...(placing.isCut
          ? [`the search for destinations ended within ${looksWords(MOST_LOOKS)}: a placement of more VMs may exist`]
          : []),
      ],
    },
  });
};
