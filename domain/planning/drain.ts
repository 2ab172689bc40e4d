// Empties hosts: what can leave and how, where to, in which order, and why what stays behind stays.
import { err, ok, type Result } from '../base/result.ts';
import { shelfOf, type Shelf } from '../drill/sweep/shelf.ts';
import { worldOf } from '../drill/world.ts';
import { pathsOf } from '../migration/network-path.ts';
import type { ClusterState } from '../readout/state.ts';
import { verdictOf } from '../scheduling/blockers.ts';
import type { Finding } from '../scheduling/finding.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { vmFindings } from '../scheduling/blockers-vm.ts';
import { lowerBound } from './bound.ts';
import { destinationsOf, subjectOf, unknownHosts } from './check.ts';
import { conflictOf } from './conflict.ts';
import { place } from './destinations.ts';
import { type Job, nicBytesPerS, type Prices, wayOf } from './jobs.ts';
import { groupsByVm, moveRequest } from './move-request.ts';
import { assumptionsOf, type Placement, type PlanOptions } from './options.ts';
import type { BlockedVm, Plan, PlannedMove, SpareReport } from './plan.ts';
import { type Leg, order, type Order, sharingsFor, sharingWords } from './schedule.ts';
import { spareReport } from './spare.ts';
import { type Timed, timed } from './timing.ts';

const NO_RACK = '';

/** The links of a cluster as assumed: one adapter a host, one uplink a rack where any is told. */
export const pathsIn = (state: ClusterState, o: PlanOptions): ReturnType<typeof pathsOf> => {
  const nic = nicBytesPerS(o);
  const racks = [...new Set(state.hosts.flatMap((h) => h.rack ?? []))].sort();
  return pathsOf({
    hosts: state.hosts.map((h) => ({ name: h.name, rack: h.rack ?? NO_RACK, nicBytesPerS: nic })),
    racks:
      o.uplinkBitsPerS === null
        ? []
        : racks.map((name) => ({ name, uplinkBytesPerS: (nic * (o.uplinkBitsPerS ?? 0)) / o.nicBitsPerS })),
  });
};

const byNothing = (): null => null;

/** Where a VM is refused for reasons that do not change while a plan is made, by the blocker room's own words. */
const staticRefusals = (
  state: ClusterState,
  around: Surroundings,
  shelf: Shelf,
  nic: number,
): ((job: Job, host: number) => string | null) => {
  const hasLeftovers = state.ports.some((p) => p.bindings.some((b) => b.binding === 'INACTIVE'));
  if (around.hardware.size === 0 && around.mountedBy.size === 0 && !hasLeftovers) return byNothing;
  const world = worldOf(state);
  const groups = groupsByVm(world);
  const dests = new Map(destinationsOf(world, around, nic).map((d) => [d.candidate.name, d]));
  const changing = new Set(['vcpu-capacity', 'ram-capacity', 'disk-capacity', 'anti-affinity', 'affinity']);
  const subjects = new Map<string, ReturnType<typeof subjectOf>>();
  return (job, host) => {
    const dest = dests.get(shelf.hosts[host]!);
    if (dest === undefined) return null;
    let subject = subjects.get(job.vm.id);
    if (subject === undefined) {
      subject = subjectOf(state, job.vm, moveRequest(world, job.vm, groups.get(job.vm.id)), around);
      subjects.set(job.vm.id, subject);
    }
    const vmWide = new Set(vmFindings(subject).map((f) => f.code));
    const reason = verdictOf(subject, dest).reasons.find((r) => !vmWide.has(r.code) && !changing.has(r.code));
    return reason?.code ?? null;
  };
};

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
const inOrder = (moves: readonly PlannedMove[]): readonly PlannedMove[] => {
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
  readonly tried: readonly string[];
};

/** Orders and times legs under each way of sharing links, and keeps the shortest. */
export const schedule = (
  state: ClusterState,
  shelf: Shelf,
  legs: readonly Leg[],
  o: PlanOptions,
  accepts: Uint8Array,
): Scheduled => {
  const paths = pathsIn(state, o);
  const found = sharingsFor(o).map((sharing): Scheduled => {
    const made = order({ shelf, paths, legs, options: o, accepts, sharing });
    const times = timed(shelf, paths, made.legs, o);
    const makespanMs = times.reduce((most, t) => Math.max(most, t.endMs), 0);
    return {
      moves: inOrder(made.legs.map((leg, i) => moveOf(shelf, leg, times[i]!))),
      makespanMs,
      unfinished: made.legs.flatMap((leg, i) => (times[i]!.completed ? [] : [leg.job])),
      order: made,
      tried: [`${sharingWords(sharing)}: ${(makespanMs / 1000).toFixed(1)} s`],
    };
  });
  const best = found.reduce((a, b) => (worth(b) < worth(a) ? b : a));
  return { ...best, tried: found.flatMap((f) => f.tried) };
};

/** Unfinished moves count before time. */
const worth = (s: Scheduled): number => s.unfinished.length * 1e15 + s.makespanMs;

export type DrainInput = {
  readonly state: ClusterState;
  readonly around: Surroundings;
  readonly hosts: readonly string[];
  readonly options: PlanOptions;
};

type Sorted = { readonly jobs: readonly Job[]; readonly blocked: readonly BlockedVm[]; readonly unsampled: number };

/** Which VMs of the hosts can leave, and how; the others with their reasons. */
const sortOut = ({ state, around, options: o }: DrainInput, shelf: Shelf, drained: ReadonlySet<string>): Sorted => {
  const world = worldOf(state);
  const groups = groupsByVm(world);
  const prices: Prices = new Map();
  const kept = new Set(o.constraints.flatMap((c) => (c.kind === 'preserve' ? c.vms : [])));
  const jobs: Job[] = [];
  const blocked: BlockedVm[] = [];
  let unsampled = 0;
  for (const [row, vm] of shelf.vms.entries()) {
    if (vm.host === null || !drained.has(vm.host)) continue;
    if (o.skip.includes(vm.id)) {
      const skipped: Finding = {
        kind: 'blocker',
        code: 'skipped',
        detail: 'was left out of the plan by whoever asked for it',
        fix: null,
      };
      blocked.push({ vm: vm.id, name: vm.name, reasons: [skipped] });
      continue;
    }
    const sampled = around.dirtyPagesPerS.get(vm.id) ?? null;
    const found = vmFindings(subjectOf(state, vm, moveRequest(world, vm, groups.get(vm.id)), around));
    const way = wayOf(vm, found, o, sampled, prices, kept.has(vm.id));
    if (way.kind === null) blocked.push({ vm: vm.id, name: vm.name, reasons: way.reasons });
    else {
      if (sampled === null && way.kind === 'live' && vm.vmState === 'active') unsampled++;
      jobs.push({ ...way.cost, row, vm, source: shelf.home[row]!, kind: way.kind });
    }
  }
  return { jobs, blocked, unsampled };
};

const homelessReasons = (refused: Readonly<Record<string, number>>): readonly Finding[] =>
  Object.entries(refused)
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => ({
      kind: 'blocker' as const,
      code,
      detail: `${n} ${n === 1 ? 'host refuses' : 'hosts refuse'} it`,
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
  readonly placing: ReturnType<typeof place>;
  readonly legs: readonly Leg[];
  readonly scheduled: Scheduled;
  readonly spare: SpareReport | null;
};

/** Lexicographic: VMs left behind, instants without N+1, time. Moves and bytes are the same for every placement of a drain. */
const isBetter = (a: Attempt, b: Attempt): boolean => {
  const rank = (x: Attempt): readonly number[] => [
    x.placing.homeless.length + (x.scheduled.order.deadlock?.stuck.length ?? 0) + x.scheduled.unfinished.length,
    x.spare?.lost.length ?? 0,
    x.scheduled.makespanMs,
  ];
  const [mine, other] = [rank(a), rank(b)];
  const at = mine.findIndex((n, i) => n !== other[i]);
  return at >= 0 && mine[at]! < other[at]!;
};

const tried = (x: Attempt): readonly string[] =>
  x.scheduled.tried.map(
    (t) =>
      `destinations by ${x.placement === 'planner' ? 'earliest links' : 'most room'}, ${t}${x.spare && x.spare.lost.length > 0 ? `, N+1 lost at ${x.spare.lost.length} instants` : ''}`,
  );

/** A drain of one or many hosts. Errors: a host that is not there. Pure. */
export const planDrain = (input: DrainInput): Result<Plan, string> => {
  const { state, around, options: o } = input;
  if (input.hosts.length === 0) return err('A drain needs at least one host.');
  const missing = unknownHosts(state, input.hosts);
  if (missing !== null) return err(missing);
  const drained = new Set(input.hosts);
  const shelf = shelfOf(state);
  const { jobs, blocked, unsampled } = sortOut(input, shelf, drained);
  const accepts = Uint8Array.from(shelf.hosts, (name, h) => (shelf.usable[h] === 1 && !drained.has(name) ? 1 : 0));
  const paths = pathsIn(state, o);
  const staticRefusal = staticRefusals(state, around, shelf, nicBytesPerS(o));
  const attempt = (placement: Placement): Attempt => {
    const placing = place({ shelf, jobs, paths, options: { ...o, placement }, accepts, staticRefusal });
    const legs = placing.placed.map(({ job, dest, because }) => ({ job, source: job.source, dest, because }));
    const scheduled = schedule(state, shelf, legs, o, accepts);
    return { placement, placing, legs, scheduled, spare: spareReport(state, shelf, scheduled.moves, drained) };
  };
  const first = attempt(o.placement);
  // The room that stays most even absorbs a failure soonest: tried when the quickest plan loses what the cluster had.
  const isLosing = o.placement === 'planner' && (first.spare?.lost.length ?? 0) > 0;
  const attempts = isLosing ? [first, attempt('nova')] : [first];
  const best = attempts.reduce((x, y) => (isBetter(y, x) ? y : x));
  const { placing, legs, scheduled } = best;

  const keepsRunning = new Set(o.constraints.flatMap((c) => (c.kind === 'preserve' ? c.vms : [])));
  const mayStop = (job: Job): boolean =>
    o.policy === 'stop' && !keepsRunning.has(job.vm.id) && job.vm.vmState === 'active';
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
    ...scheduled.unfinished.map((job) => ({
      vm: job.vm.id,
      name: job.vm.name,
      reasons: [
        {
          kind: 'blocker' as const,
          code: 'no-convergence',
          detail: 'does not converge beside the moves it shares links with',
          fix: 'move it cold',
        },
      ],
    })),
  ];
  const moves = inOrder([...scheduled.moves, ...stops]);
  const bound = lowerBound(
    shelf,
    paths,
    legs.map((l) => l.job),
    o,
    accepts,
  );
  const conflict =
    unplaced.length === 0 ? null : conflictOf({ shelf, jobs, paths, options: o, accepts, staticRefusal }, state);
  return ok({
    feasible: stays.length === 0,
    drained: [...drained].sort(),
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
      assumptions: assumptionsOf(o, unsampled, jobs.length),
      notes:
        scheduled.order.pivots === 0
          ? []
          : [
              `${scheduled.order.pivots} VMs go through a third host, because their destination is full until they have left.`,
            ],
    },
  });
};
