// Why some VMs cannot be placed: the smallest set that fails together, what it fails on, and the least that would help.
import { placeAll, SEARCH_STEPS, Trial } from '../drill/sweep/search.ts';
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import { UNIT } from '../scheduling/filters.ts';
import { RESOURCES } from '../scheduling/inventory.ts';
import type { ClusterState } from '../readout/state.ts';
import { explain } from './constraints.ts';
import { isHopeless, place, type PlaceInput } from './destinations.ts';
import type { Job } from './jobs.ts';
import type { Conflict } from './plan.ts';
import { looksWords, Work } from './work.ts';

const UNITS = RESOURCES.map((r) => UNIT[r]);

/** Up to so many VMs are left out one by one; more of them by halves first, or a thousand would ask for a thousand placements. */
const ONE_BY_ONE = 64;

/** Placements tried for each question of the filter. */
const ROUNDS = 4;

/**
 * Looks of a VM at a host that each question may cost: which set is the smallest, and what would help. Two or three seconds
 * of work each; counted, not timed, so that the answer is the same everywhere. 64 VMs left out one by one among 1,000 hosts
 * cost about as much.
 */
const MOST_LOOKS = 20_000_000;

/** Asks whether VMs can be placed until its budget of looks is spent; from then on the answer is null. */
class Asker {
  readonly #work: Work;

  constructor(looks: number) {
    this.#work = new Work(looks);
  }

  get isSpent(): boolean {
    return this.#work.isSpent;
  }

  /** Null when nobody can tell any more. */
  isPlaced(input: PlaceInput, jobs: readonly Job[]): boolean | null {
    if (this.isSpent) return null;
    this.#work.spend(jobs.length);
    if (jobs.some((job) => isHopeless(input, job))) return false;
    const { homeless, looks } = place({ ...input, jobs }, ROUNDS);
    this.#work.spend(looks);
    return homeless.length === 0;
  }
}

/**
 * Deletion filter: whoever can be left out while the rest still fails is left out. What remains fails, any less does not,
 * unless the asker's budget ended first.
 */
const minimal = (input: PlaceInput, asker: Asker): readonly Job[] => {
  let set = input.jobs;
  const hopeless = new Set(set.filter((job) => isHopeless(input, job)));
  const fails = (jobs: readonly Job[]): boolean =>
    jobs.some((j) => hopeless.has(j)) || (jobs.length > 0 && asker.isPlaced(input, jobs) === false);
  const leaveOut = (jobs: readonly Job[]): void => {
    if (asker.isSpent) return;
    const out = new Set(jobs);
    const less = set.filter((j) => !out.has(j));
    if (fails(less)) {
      set = less;
    } else if (jobs.length > 1) {
      const half = Math.ceil(jobs.length / 2);
      leaveOut(jobs.slice(0, half));
      leaveOut(jobs.slice(half));
    }
  };
  if (set.length > ONE_BY_ONE) leaveOut(set);
  else for (const job of set) leaveOut([job]);
  return set;
};

/** With the rest of the set placed: the host that misses least of one resource alone, for one VM of the set. */
const leastRoom = (input: PlaceInput, set: readonly Job[], state: ClusterState, asker: Asker): string | null => {
  const { shelf, accepts } = input;
  const short: { job: Job; host: number; r: number; by: number }[] = [];
  for (const { job } of place({ ...input, jobs: set }).homeless) {
    for (let host = 0; host < shelf.hosts.length; host++) {
      if (accepts[host] !== 1) continue;
      const lacking = Array.from({ length: R }, (_, r) => ({
        r,
        by: shelf.ask[job.row * R + r]! - shelf.free[host * R + r]!,
      })).filter(({ by }) => by > 0);
      const [only] = lacking;
      if (lacking.length === 1 && only !== undefined) short.push({ job, host, ...only });
    }
  }
  short.sort((a, b) => a.by - b.by);
  for (const { job, host, r, by } of short) {
    if (asker.isSpent) return null;
    const free = shelf.free.slice();
    free[host * R + r]! += by;
    if (asker.isPlaced({ ...input, shelf: { ...shelf, free } }, set) !== true) continue;
    return `${Math.ceil(by)} ${UNITS[r]} more on ${shelf.hosts[host]} would do for ${job.vm.name}`;
  }
  const shut = state.hosts.filter((h) => h.enabled === false && h.up !== false && !h.forcedDown);
  for (const host of shut) {
    const opened = accepts.slice();
    opened[shelf.hosts.indexOf(host.name)] = 1;
    if (asker.isPlaced({ ...input, accepts: opened }, set) === true) return `enabling ${host.name} would do`;
  }
  return null;
};

/** One rule dropped that lets the set be placed; null when none alone does. */
const droppedRule = (input: PlaceInput, set: readonly Job[], asker: Asker): string | null => {
  const { constraints } = input.options;
  for (const rule of constraints) {
    const without = { ...input.options, constraints: constraints.filter((c) => c !== rule) };
    if (asker.isPlaced({ ...input, options: without }, set) === true)
      return `without the rule "${explain(rule)}" all would fit`;
  }
  const groupless: Shelf = { ...input.shelf, group: new Int32Array(input.shelf.vms.length).fill(-1) };
  return asker.isPlaced({ ...input, shelf: groupless }, set) === true
    ? 'without their server groups all would fit'
    : null;
};

const together = (vms: number, isProven: boolean): string => {
  if (vms === 1) return 'it cannot be placed';
  return isProven
    ? `these ${vms} cannot be placed together, though any fewer of them can`
    : `these ${vms} were not placed together; fewer of them may fail too`;
};

/** Explains a placement that failed. Costs placements up to `looks` of a VM at a host for each of its two questions. */
export const conflictOf = (input: PlaceInput, state: ClusterState, looks = MOST_LOOKS): Conflict => {
  const filter = new Asker(looks);
  const set = minimal(input, filter);
  const counted: Record<string, number> = {};
  for (const { refused } of place({ ...input, jobs: set }).homeless) {
    for (const [code, n] of Object.entries(refused)) counted[code] = (counted[code] ?? 0) + n;
  }
  const trial = new Trial(input.shelf);
  const failed = [...new Set(set.map((j) => j.source))];
  // Each step of the exact search looks at every host.
  const budget = Math.min(SEARCH_STEPS, Math.ceil(looks / input.shelf.hosts.length));
  const exact = placeAll(input.shelf, trial, failed, { budget });
  const proof =
    exact.says === 'does not fit'
      ? `no placement of all VMs of the hosts exists while all others stay (${exact.proof})`
      : exact.says === 'undecided'
        ? `the exact search ended undecided after ${exact.steps} steps`
        : 'room and server groups alone would allow a placement: other rules refuse it, or none was found in the time allowed';
  const helper = new Asker(looks);
  const relaxation = droppedRule(input, set, helper) ?? leastRoom(input, set, state, helper);
  const ended = `ended after ${looksWords(looks)}`;
  return {
    vms: set.map((j) => j.vm.name),
    because: [
      together(set.length, !filter.isSpent),
      ...Object.entries(counted)
        .sort(([, a], [, b]) => b - a)
        .map(([code, n]) => `${code} on ${n} ${n === 1 ? 'host' : 'hosts'}`),
      ...(filter.isSpent ? [`the search for a smaller set ${ended}`] : []),
      ...(helper.isSpent && relaxation === null ? [`the search for what would help ${ended}`] : []),
    ],
    relaxation,
    proof,
  };
};
