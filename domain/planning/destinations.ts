// Where each VM goes: the planner's own objective (links finish early, then room stays even), or Nova's weighers.
import { R, type Shelf, weightOf } from '../drill/sweep/shelf.ts';
import type { Paths } from '../migration/network-path.ts';
import type { VmState } from '../readout/state.ts';
import { Books } from './books.ts';
import { endsWell, isOfSeveral } from './constraint-guards.ts';
import type { Job } from './jobs.ts';
import type { PlanOptions } from './options.ts';
import type { SpareGuard } from './spare.ts';

export type Placed = { readonly job: Job; readonly dest: number; readonly because: string };

export type Placing = {
  readonly placed: readonly Placed[];
  /** No host takes them as things are; with the reasons counted. */
  readonly homeless: readonly { readonly job: Job; readonly refused: Readonly<Record<string, number>> }[];
  readonly refused: Readonly<Record<string, number>>;
};

/** A placement with what it cost to find, looks of a VM at a host over all rounds, and whether these ended the search. */
export type Found = Placing & { readonly looks: number; readonly isCut: boolean };

export type PlaceInput = {
  readonly shelf: Shelf;
  readonly jobs: readonly Job[];
  readonly paths: Paths;
  readonly options: PlanOptions;
  /** 1 where a VM may be sent. */
  readonly accepts: Uint8Array;
  /** Refusals that do not change while a plan is made: hardware, mounts, left-over bindings; null when none. */
  readonly staticRefusal: (vm: VmState, host: number) => string | null;
  /** Hosts on which N+1 would be lost come last; without it nobody asks. */
  readonly spare?: (() => SpareGuard | null) | undefined;
};

type Manner = {
  /** Rows of VMs that choose before all others. */
  readonly first: readonly number[];
  /** True packs hosts full, so that large VMs find room; false keeps room even. */
  readonly tight: boolean;
};

const PLAIN: Manner = { first: [], tight: false };

const scarcest = (books: Books, shelf: Shelf, vm: number, host: number): number => {
  let least = Infinity;
  for (let r = 0; r < R; r++) {
    const capacity = shelf.maxUnit[host * R + r]!;
    if (shelf.ask[vm * R + r]! > 0 && Number.isFinite(capacity)) {
      least = Math.min(least, (books.free(host, r) - shelf.ask[vm * R + r]!) / capacity);
    }
  }
  return least === Infinity ? 0 : least;
};

/** Nova's and Masakari's word for a VM that matters more than others. */
const HA_TAG = 'HA_Enabled';

/** HA-tagged VMs choose before all others; then the largest, members of groups first: who has the fewest choices. */
const inOrder = (shelf: Shelf, jobs: readonly Job[], first: readonly number[]): Job[] => {
  const typical = Float64Array.from({ length: R }, (_, r) => {
    let most = 1;
    for (let h = 0; h < shelf.hosts.length; h++) {
      const unit = shelf.maxUnit[h * R + r]!;
      if (Number.isFinite(unit)) most = Math.max(most, unit);
    }
    return most;
  });
  const weight = new Map(jobs.map((j) => [j.row, weightOf(shelf, typical, j.row)]));
  const size = (j: Job): number => weight.get(j.row) ?? 0;
  const grouped = (j: Job): number => (shelf.group[j.row]! >= 0 ? 1 : 0);
  const rank = new Map(first.map((row, i) => [row, i]));
  const urgent = (j: Job): number => (j.vm.tags.includes(HA_TAG) ? 0 : 1);
  const early = (j: Job): number => rank.get(j.row) ?? Infinity;
  const sooner = (a: Job, b: Job): number => (early(a) === early(b) ? 0 : early(a) - early(b));
  return [...jobs].sort(
    (a, b) =>
      urgent(a) - urgent(b) ||
      sooner(a, b) ||
      size(b) - size(a) ||
      grouped(b) - grouped(a) ||
      b.bytes - a.bytes ||
      a.row - b.row,
  );
};

type Candidate = { readonly host: number; readonly finish: number; readonly room: number };

/** Earlier links first, then more room. */
const compare = (a: Candidate, b: Candidate): number =>
  Math.abs(a.finish - b.finish) < 1e-9 ? b.room - a.room : a.finish - b.finish;

/** Of the best candidates so many are asked whether N+1 stays; when none keeps it the best is taken. */
const MOST_GUARDED = 8;

/**
 * Chooses a destination for each job, both ends charged. O(jobs × hosts). The planner's objective: the earliest time at
 * which the busiest link on the way could be done with what it has been given, then the most even room. Nova's: the sum of
 * normalised free RAM, vCPU and disk, which for one VM after another is the most room left.
 */
const placeOnce = (input: PlaceInput, manner: Manner): Placing => {
  const { shelf, paths, options, accepts } = input;
  const books = new Books(shelf, options.constraints);
  const doneS = new Float64Array(paths.capacities.length);
  const placed: Placed[] = [];
  const homeless: { job: Job; refused: Record<string, number> }[] = [];
  const refused: Record<string, number> = {};
  const hosts = [...accepts.keys()].filter((h) => accepts[h] === 1);
  const guard = input.spare?.() ?? null;
  for (const job of inOrder(shelf, input.jobs, manner.first)) {
    const no: Record<string, number> = {};
    const candidates: Candidate[] = [];
    let best: Candidate | null = null;
    let open = 0;
    for (const host of hosts) {
      const reason = books.refuses(job.row, host) ?? input.staticRefusal(job.vm, host);
      if (reason !== null) {
        no[reason] = (no[reason] ?? 0) + 1;
        continue;
      }
      open++;
      let finish = 0;
      if (options.placement === 'planner' && !manner.tight) {
        for (const l of paths.path(shelf.hosts[job.source]!, shelf.hosts[host]!) ?? []) {
          finish = Math.max(finish, doneS[l]! + (job.bytes / paths.capacities[l]! + options.prepareMs / 1000));
        }
      }
      const left = scarcest(books, shelf, job.row, host);
      const room = manner.tight ? -left : left;
      const candidate = { host, finish, room };
      if (guard !== null) candidates.push(candidate);
      if (best === null || compare(candidate, best) < 0) best = candidate;
    }
    for (const [code, n] of Object.entries(no)) refused[code] = (refused[code] ?? 0) + n;
    if (best === null) {
      homeless.push({ job, refused: no });
      continue;
    }
    if (guard !== null) {
      const free = books.freeNow();
      const closest = candidates.sort(compare).slice(0, MOST_GUARDED);
      best = closest.find(({ host }) => guard.allows(free, job.row, host)) ?? best;
      guard.put(job.row, best.host);
    }
    books.put(job.row, best.host);
    for (const l of paths.path(shelf.hosts[job.source]!, shelf.hosts[best.host]!) ?? []) {
      doneS[l]! += job.bytes / paths.capacities[l]! + options.prepareMs / 1000;
    }
    const percent = Math.round(Math.abs(best.room) * 100);
    const why = manner.tight
      ? `of ${open} open hosts it fills this one best, with ${percent} % of its scarcest resource left: room is short`
      : options.placement === 'planner'
        ? `of ${open} open hosts its links are done first, with ${percent} % of its scarcest resource left`
        : `of ${open} open hosts the most room stays (${percent} % of the scarcest resource)`;
    placed.push({ job, dest: best.host, because: why });
  }
  return withdrawn({ placed, homeless, refused }, input);
};

/** Why a VM stays that could go: a rule about several, of which others cannot. */
export const WITH_OTHERS = 'stays-with-others';

/**
 * A placement without the VMs that would break a rule about where several end, because others of them stay: these stay too.
 * Whoever stays only leaves room to the rest.
 */
const withdrawn = (placing: Placing, { shelf, options }: PlaceInput): Placing => {
  const rules = options.constraints.filter(isOfSeveral);
  const home = new Map(rules.length === 0 ? [] : shelf.vms.map((vm) => [vm.id, vm.host]));
  let { placed, homeless } = placing;
  for (;;) {
    const dest = new Map(placed.map((p) => [p.job.vm.id, shelf.hosts[p.dest]!]));
    const broken = rules.find(
      (rule) =>
        rule.vms.some((vm) => dest.has(vm)) &&
        !endsWell(
          rule,
          rule.vms.flatMap((vm) => dest.get(vm) ?? home.get(vm) ?? []),
        ),
    );
    if (broken === undefined) return { ...placing, placed, homeless };
    const stay = placed.filter((p) => broken.vms.includes(p.job.vm.id));
    placed = placed.filter((p) => !stay.includes(p));
    homeless = [...homeless, ...stay.map(({ job }) => ({ job, refused: { [WITH_OTHERS]: 1 } }))];
  }
};

/** No host has room for it even alone: room only shrinks while others are placed, so no placement takes it. */
export const isHopeless = ({ shelf, accepts, staticRefusal }: PlaceInput, { row, vm }: Job): boolean => {
  for (let host = 0; host < accepts.length; host++) {
    if (accepts[host] !== 1) continue;
    let fits = true;
    for (let r = 0; r < R && fits; r++) {
      const want = shelf.ask[row * R + r]!;
      fits = want <= 0 || (want <= shelf.free[host * R + r]! && want <= shelf.maxUnit[host * R + r]!);
    }
    if (fits && staticRefusal(vm, host) === null) return false;
  }
  return true;
};

/** How often a placement that leaves VMs over is tried again with those VMs first. */
const ROUNDS = 12;
/** Looks of a VM at a host that all rounds together may cost; the first is always gone. */
export const MOST_LOOKS = 20_000_000;

/**
 * The plain placement; where it leaves VMs over, they choose first next time, with room kept even and packed tight in
 * turn, and the placement that leaves fewest counts; no round is tried once only VMs are left over that fit nowhere even
 * alone. Not exact: `conflict.ts` says whether a placement is proven impossible.
 */
export const place = (input: PlaceInput, rounds = ROUNDS): Found => {
  // Each round opens the books of all VMs anew, then shows its hosts to every VM that moves.
  const hosts = input.accepts.reduce((n, a) => n + a, 0);
  const looksOfOne = input.shelf.vms.length + input.jobs.length * hosts;
  const affordable = Math.min(rounds, Math.floor(MOST_LOOKS / Math.max(1, looksOfOne)));
  let best = placeOnce(input, PLAIN);
  const least = best.homeless.filter(({ job }) => isHopeless(input, job)).length;
  let first: readonly number[] = [];
  let last = best;
  let round = 0;
  for (; round < affordable && best.homeless.length > least; round++) {
    const failed = last.homeless.map(({ job }) => job.row);
    first = [...failed, ...first.filter((row) => !failed.includes(row))];
    last = placeOnce(input, { first: round === 0 ? [] : first, tight: round % 2 === 0 });
    if (last.homeless.length < best.homeless.length) best = last;
  }
  const isCut = affordable < rounds && round === affordable && best.homeless.length > least;
  return { ...best, looks: (round + 1) * looksOfOne, isCut };
};
