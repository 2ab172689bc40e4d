// Why some VMs cannot be placed: the smallest set that fails together, what it fails on, and the least that would help.
import { placeAll, Trial } from '../drill/sweep/search.ts';
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import { UNIT } from '../scheduling/filters.ts';
import { RESOURCES } from '../scheduling/inventory.ts';
import type { ClusterState } from '../readout/state.ts';
import { explain } from './constraints.ts';
import { place, type PlaceInput } from './destinations.ts';
import type { Job } from './jobs.ts';
import type { Conflict } from './plan.ts';

const UNITS = RESOURCES.map((r) => UNIT[r]);
/** Above this many VMs the set is not made minimal one by one. */
const MOST_FILTERED = 400;

/** Placements tried for each question of the filter. */
const ROUNDS = 4;

const isPlaced = (input: PlaceInput, jobs: readonly Job[]): boolean =>
  place({ ...input, jobs }, ROUNDS).homeless.length === 0;

/** No host has room for it even alone: room only shrinks while others are placed, so no set with it can be placed. */
const isHopeless = ({ shelf, accepts, staticRefusal }: PlaceInput, { row, vm }: Job): boolean => {
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

/** Deletion filter: whoever can be left out while the rest still fails is left out. What remains fails, any less does not. */
const minimal = (input: PlaceInput): readonly Job[] => {
  let set = [...input.jobs];
  if (set.length > MOST_FILTERED) return place(input).homeless.map((h) => h.job);
  const hopeless = new Set(set.filter((job) => isHopeless(input, job)));
  for (const job of input.jobs) {
    const less = set.filter((j) => j !== job);
    if (less.some((j) => hopeless.has(j)) || (less.length > 0 && !isPlaced(input, less))) set = less;
  }
  return set;
};

/** With the rest of the set placed: the host that misses least of one resource alone, for one VM of the set. */
const leastRoom = (
  input: PlaceInput,
  set: readonly Job[],
  state: ClusterState,
): { by: number; words: string } | null => {
  const { shelf, accepts } = input;
  const homeless = place({ ...input, jobs: set }).homeless.map((h) => h.job);
  let best: { by: number; words: string } | null = null;
  for (const job of homeless) {
    for (let host = 0; host < shelf.hosts.length; host++) {
      if (accepts[host] !== 1) continue;
      const short: { r: number; by: number }[] = [];
      for (let r = 0; r < R; r++) {
        const by = shelf.ask[job.row * R + r]! - shelf.free[host * R + r]!;
        if (by > 0) short.push({ r, by });
      }
      const [only] = short;
      if (short.length !== 1 || only === undefined || (best !== null && only.by >= best.by)) continue;
      const grown = shelf.free.slice();
      grown[host * R + only.r]! += only.by;
      if (!isPlaced({ ...input, shelf: { ...shelf, free: grown } }, set)) continue;
      best = {
        by: only.by,
        words: `${Math.ceil(only.by)} ${UNITS[only.r]} more on ${shelf.hosts[host]} would do for ${job.vm.name}`,
      };
    }
  }
  if (best !== null) return best;
  const shut = state.hosts.filter((h) => h.enabled === false && h.up !== false && !h.forcedDown);
  for (const host of shut) {
    const row = shelf.hosts.indexOf(host.name);
    const opened = accepts.slice();
    opened[row] = 1;
    if (isPlaced({ ...input, accepts: opened }, set)) return { by: 0, words: `enabling ${host.name} would do` };
  }
  return null;
};

/** One rule dropped that lets the set be placed; null when none alone does. */
const droppedRule = (input: PlaceInput, set: readonly Job[]): string | null => {
  const { constraints } = input.options;
  for (const rule of constraints) {
    const without = { ...input.options, constraints: constraints.filter((c) => c !== rule) };
    if (isPlaced({ ...input, options: without }, set)) return `without the rule "${explain(rule)}" all would fit`;
  }
  const groupless: Shelf = { ...input.shelf, group: new Int32Array(input.shelf.vms.length).fill(-1) };
  return isPlaced({ ...input, shelf: groupless }, set) ? 'without their server groups all would fit' : null;
};

/** Explains a placement that failed. Costs a placement for each VM that has to leave. */
export const conflictOf = (input: PlaceInput, state: ClusterState): Conflict => {
  const set = minimal(input);
  const counted: Record<string, number> = {};
  for (const { refused } of place({ ...input, jobs: set }).homeless) {
    for (const [code, n] of Object.entries(refused)) counted[code] = (counted[code] ?? 0) + n;
  }
  const trial = new Trial(input.shelf);
  const failed = [...new Set(set.map((j) => j.source))];
  const exact = placeAll(input.shelf, trial, failed);
  const proof =
    exact.says === 'does not fit'
      ? `no placement of all VMs of the hosts exists while all others stay (${exact.proof})`
      : exact.says === 'undecided'
        ? 'the exact search ended undecided'
        : 'room and server groups alone would allow a placement: other rules refuse it, or none was found in the time allowed';
  return {
    vms: set.map((j) => j.vm.name),
    because: [
      set.length === 1
        ? 'it cannot be placed'
        : `these ${set.length} cannot be placed together, though any fewer of them can`,
      ...Object.entries(counted)
        .sort(([, a], [, b]) => b - a)
        .map(([code, n]) => `${code} on ${n} ${n === 1 ? 'host' : 'hosts'}`),
    ],
    relaxation: droppedRule(input, set) ?? leastRoom(input, set, state)?.words ?? null,
    proof,
  };
};
