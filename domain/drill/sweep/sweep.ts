// Every failure of a kind, one after another: each host, each pair, each rack, each zone. Is the cluster safe?
import type { ClusterState } from '../../readout/state.ts';
import { releaseOf } from '../../scheduling/release.ts';
import { demandOf, type World, worldOf } from '../world.ts';
import { type ExtraHosts, extraHosts } from './extra-hosts.ts';
import { poolWatch, type StoppedPool } from './pool-watch.ts';
import { placeAll, SEARCH_STEPS, Trial, type Verdict } from './search.ts';
import { type Shelf, shelfOf } from './shelf.ts';
import { smallestChange } from './smallest-change.ts';

export const SWEEPS = ['1', '2', 'rack', 'az'] as const;
export type SweepKind = (typeof SWEEPS)[number];

export type FailingSet = {
  readonly hosts: readonly string[];
  readonly vms: readonly { readonly id: string; readonly name: string; readonly ramMiB: number }[];
  /** RAM of the VMs left without a home. */
  readonly ramMiB: number;
  /** The smallest change that would take the first of them: more of a resource on a host, else a rule loosened. */
  readonly relaxation: string | null;
  /** Hosts more (like the sweep's `extraLike`) with which nobody is left over: 0 when nobody is, null when room is not what is missing. */
  readonly extraHosts: number | null;
  /** Pools that stop with these hosts, whatever room there is. */
  readonly pools: readonly StoppedPool[];
  /** False: the search ended first; `vms` is then the fewest found left over, and there may be none. */
  readonly decided: boolean;
};

export type SweepResult = {
  readonly kind: SweepKind;
  /** Null when nothing failed but some sets stayed undecided. */
  readonly safe: boolean | null;
  readonly checked: number;
  readonly total: number;
  readonly undecided: number;
  /** In order of the sets; at most `LISTED`. */
  readonly failing: readonly FailingSet[];
  readonly failingCount: number;
  /** Hosts whose capacity the log does not know: they are taken as large enough, and a safe verdict leans on that. */
  readonly unknownHosts: readonly string[];
  /** VMs that ask for NUMA cells: which cells are whose no log tells, so the verdict leans on how they are given out. */
  readonly numaVms: number;
  /** VMs on hosts in a vm_state that evacuate refuses: they wait for their host and are not looked at. */
  readonly notEvacuable: number;
  /** A host of the commonest kind: what `extraHosts` counts; null where no capacity is known. */
  readonly extraLike: string | null;
  /** Search steps a set may take before it stays undecided. */
  readonly budget: number;
};

/** Failing sets spelled out; the count goes on. */
export const LISTED = 5000;

/** One of `of` equal shares of a sweep, counted from 0: what one worker checks. */
export type Share = { readonly index: number; readonly of: number };

/** Sets of host rows in a fixed order, so that any range of them can be checked anywhere with the same answer. */
const groupsBy = (shelf: Shelf, state: ClusterState, key: 'rack' | 'az'): number[][] => {
  const rows = new Map(shelf.hosts.map((name, i) => [name, i]));
  const sets = new Map<string, number[]>();
  for (const host of state.hosts) {
    const name = host[key];
    if (name === null) continue;
    const set = sets.get(name) ?? [];
    set.push(rows.get(host.name)!);
    sets.set(name, set);
  }
  return [...sets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, set]) => set.sort((a, b) => a - b));
};

export type SweepPlan = { readonly total: number; readonly set: (index: number) => readonly number[] };

/** The nth set of a sweep. Hosts that are down already are part of no set. */
export const sweepPlan = (shelf: Shelf, state: ClusterState, kind: SweepKind): SweepPlan => {
  const up = new Set(state.hosts.filter((h) => h.up !== false && !h.forcedDown).map((h) => h.name));
  const hosts = shelf.hosts.flatMap((name, i) => (up.has(name) ? [i] : []));
  switch (kind) {
    case '1':
      return { total: hosts.length, set: (i) => [hosts[i]!] };
    case '2': {
      const n = hosts.length;
      return {
        total: (n * (n - 1)) / 2,
        set: (i) => {
          // Row of the triangle: pairs (0,1..n-1), (1,2..n-1), …; solved, then corrected for rounding.
          let a = Math.floor((2 * n - 1 - Math.sqrt((2 * n - 1) ** 2 - 8 * i)) / 2);
          const before = (x: number): number => (x * (2 * n - x - 1)) / 2;
          while (before(a + 1) <= i) a++;
          while (before(a) > i) a--;
          return [hosts[a]!, hosts[a + 1 + i - before(a)]!];
        },
      };
    }
    case 'rack':
    case 'az': {
      const sets = groupsBy(shelf, state, kind);
      return { total: sets.length, set: (i) => sets[i]! };
    }
  }
};

/** What is known of a failing set beside the search. */
type Beside = {
  readonly pools: readonly StoppedPool[];
  readonly extra: ExtraHosts;
  readonly world: () => World;
};

/** The set that fails, as people read it. */
const failingSet = (
  shelf: Shelf,
  trial: Trial,
  set: readonly number[],
  verdict: Verdict,
  { pools, extra, world }: Beside,
): FailingSet => {
  const homeless = verdict.says === 'fits' ? [] : verdict.homeless;
  const vms = homeless.map((v) => {
    const { id, name, ramMiB } = shelf.vms[v]!;
    return { id, name, ramMiB: ramMiB ?? 0 };
  });
  const hosts = set.map((h) => shelf.hosts[h]!);
  return {
    hosts,
    vms,
    extraHosts: verdict.says === 'fits' ? 0 : extra.neededFor(hosts),
    ramMiB: vms.reduce((sum, vm) => sum + vm.ramMiB, 0),
    relaxation: smallestChange(shelf, trial, world, set, homeless),
    pools,
    decided: verdict.says !== 'undecided' || pools.length > 0,
  };
};

const verdictOn = (failingCount: number, undecided: number): boolean | null =>
  failingCount > 0 ? false : undecided > 0 ? null : true;

/** The part of the result that is the same whatever range is checked. */
const aboutAll = (
  shelf: Shelf,
  state: ClusterState,
): Pick<SweepResult, 'unknownHosts' | 'numaVms' | 'notEvacuable'> => {
  const evacuable = shelf.tenants.reduce((sum, list) => sum + list.length, 0);
  const homed = shelf.home.reduce((sum, h) => sum + (h >= 0 ? 1 : 0), 0);
  const unknown = state.hosts.filter((h) => h.vcpus === null || h.ramMiB === null).map((h) => h.name);
  const looks = releaseOf(state).filters.includes('NUMATopologyFilter');
  const isCelled = (vm: number): boolean => looks && demandOf(shelf.vms[vm]!).numa !== null;
  const numaVms = shelf.tenants.reduce((sum, list) => sum + list.filter(isCelled).length, 0);
  return { unknownHosts: unknown.sort(), numaVms, notEvacuable: homed - evacuable };
};

/** Where a sweep's sets are cut for a caller: everything, a range of indices, or one share of many. */
export type SweepPart = { readonly from: number; readonly to: number } | Share | null;

const rangeOf = (part: SweepPart, total: number): { readonly from: number; readonly to: number } => {
  if (part === null) return { from: 0, to: total };
  if ('from' in part) return { from: part.from, to: Math.min(part.to, total) };
  const cut = (i: number): number => Math.floor((total * i) / part.of);
  return { from: cut(part.index), to: cut(part.index + 1) };
};

/** Checks a part of a sweep, set by set; yields how many are done and of how many, so that a caller can stop. */
export function* sweepRange(
  state: ClusterState,
  kind: SweepKind,
  part: SweepPart = null,
  budget: number = SEARCH_STEPS,
): Generator<{ readonly done: number; readonly of: number }, SweepResult, undefined> {
  const shelf = shelfOf(state);
  const plan = sweepPlan(shelf, state, kind);
  const trial = new Trial(shelf);
  const { from, to } = rangeOf(part, plan.total);
  const failing: FailingSet[] = [];
  let failingCount = 0;
  let undecided = 0;
  const watch = poolWatch(state);
  const extra = extraHosts(state);
  let seen: World | null = null;
  const world = (): World => (seen ??= worldOf(state));
  for (let i = from; i < to; i++) {
    const set = plan.set(i);
    const verdict = placeAll(shelf, trial, set, { details: failing.length < LISTED, budget });
    const pools = watch(set.map((h) => shelf.hosts[h]!));
    if (verdict.says === 'does not fit' || pools.length > 0) failingCount++;
    else if (verdict.says === 'undecided') undecided++;
    if ((verdict.says !== 'fits' || pools.length > 0) && failing.length < LISTED) {
      failing.push(failingSet(shelf, trial, set, verdict, { pools, extra, world }));
    }
    yield { done: i + 1 - from, of: to - from };
  }
  const safe = verdictOn(failingCount, undecided);
  const about = aboutAll(shelf, state);
  return {
    kind,
    safe,
    checked: to - from,
    total: plan.total,
    undecided,
    failing,
    failingCount,
    ...about,
    extraLike: extra.like,
    budget,
  };
}

/** A whole sweep at once. */
export const sweep = (state: ClusterState, kind: SweepKind): SweepResult => {
  const run = sweepRange(state, kind);
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
};

/** Results of neighbouring ranges, in order, as one: the same bytes whatever the number of workers. */
export const mergeSweeps = (parts: readonly SweepResult[]): SweepResult => {
  const first = parts[0]!;
  const failing = parts.flatMap((p) => p.failing).slice(0, LISTED);
  const failingCount = parts.reduce((sum, p) => sum + p.failingCount, 0);
  const undecided = parts.reduce((sum, p) => sum + p.undecided, 0);
  return {
    kind: first.kind,
    safe: verdictOn(failingCount, undecided),
    checked: parts.reduce((sum, p) => sum + p.checked, 0),
    total: first.total,
    undecided,
    failing,
    failingCount,
    unknownHosts: first.unknownHosts,
    numaVms: first.numaVms,
    notEvacuable: first.notEvacuable,
    extraLike: first.extraLike,
    budget: first.budget,
  };
};
