// What no plan can undercut where VMs change places on full hosts: somebody has to stand aside, and the others follow one by one.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import { type Job, nicBytesPerS } from './jobs.ts';
import type { PlanOptions } from './options.ts';

/** No plan takes less, with the reason in words. */
export type Bound = { readonly ms: number; readonly argument: string };

/** VMs that each go to the host the next one leaves, round to the first; every host is full until its one VM has left. */
export type Cycle = readonly Job[];

type Ask = (r: number) => number;

export type CycleInput = {
  readonly shelf: Shelf;
  readonly jobs: readonly Job[];
  /** A row of a host for the row of each VM. */
  readonly dests: ReadonlyMap<number, number>;
  readonly options: PlanOptions;
  /** 1 where a VM may be sent. */
  readonly accepts: Uint8Array;
};

const askOf =
  (shelf: Shelf, job: Job): Ask =>
  (r) =>
    shelf.ask[job.row * R + r]!;

/** Whether some resource of `has` is too little for all of `asks` together. */
const tooLittle = (has: Ask, ...asks: readonly Ask[]): boolean => {
  for (let r = 0; r < R; r++) {
    const want = asks.reduce((sum, ask) => sum + ask(r), 0);
    if (want > 0 && want > has(r)) return true;
  }
  return false;
};

export const cyclesOf = ({ shelf, jobs, dests }: CycleInput): readonly Cycle[] => {
  const leaving = Map.groupBy(jobs, (j) => j.source);
  const free =
    (host: number): Ask =>
    (r) =>
      shelf.free[host * R + r]!;
  const done = new Set<Job>();
  const found: Cycle[] = [];
  for (const first of jobs) {
    const cycle: Job[] = [];
    let job: Job | undefined = first;
    while (job !== undefined && !done.has(job)) {
      const host: number = dests.get(job.row)!;
      const next: readonly Job[] = leaving.get(host) ?? [];
      if (next.length !== 1 || !tooLittle(free(host), askOf(shelf, job))) break;
      done.add(job);
      cycle.push(job);
      job = next[0];
    }
    // Of a way that runs into a cycle only the cycle counts.
    const from = job === undefined ? -1 : cycle.indexOf(job);
    if (from >= 0 && cycle.length - from > 1) found.push(cycle.slice(from));
  }
  return found;
};

/** Hosts, by name, on which a VM of a cycle may stand aside without keeping another one out of its place. */
const asideHosts = ({ shelf, jobs, dests, accepts }: CycleInput, cycles: readonly Cycle[]): readonly string[] => {
  const asks = cycles.flat().map((j) => askOf(shelf, j));
  const incoming = new Map(cycles.flat().map((j) => [dests.get(j.row)!, askOf(shelf, j)]));
  const leaving = Map.groupBy(jobs, (j) => j.source);
  const hosts: string[] = [];
  for (let h = 0; h < shelf.hosts.length; h++) {
    if (accepts[h] !== 1) continue;
    const left = (leaving.get(h) ?? []).map((j) => askOf(shelf, j));
    const now: Ask = (r) => shelf.free[h * R + r]!;
    const later: Ask = (r) => left.reduce((sum, ask) => sum + ask(r), now(r));
    const own = incoming.get(h);
    const takes = (ask: Ask): boolean =>
      own === undefined ? !tooLittle(later, ask) : !tooLittle(now, ask) || !tooLittle(later, own, ask);
    if (asks.some(takes)) hosts.push(shelf.hosts[h]!);
  }
  return hosts;
};

/**
 * Bounds on plans that make as few moves as they can, one more for each cycle than it has VMs (moves count before time).
 *
 * One after another: the VM aside, then each into the place the one before has left, then the first from where it stood.
 *
 * Aside: in each cycle the first to move goes to a host that can hold it beside whom it expects, and the bytes of all of these
 * pass the adapters of such hosts; after the last of them the rest of its cycle still follows. The only other way is a host of
 * another cycle in the place of a VM that has left it: then four moves follow one another there, out, in, out, in.
 *
 * Home: those that stood aside leave these hosts again, as many at once as a host may send, and none before it has come
 * there and the next of its cycle has moved.
 */
export const cycleBounds = (input: CycleInput): readonly Bound[] => {
  const { options: o } = input;
  const cycles = cyclesOf(input);
  if (cycles.length === 0) return [];
  const ms = (j: Job): number => j.soloMs + o.prepareMs;
  const least = (jobs: Cycle, of: (j: Job) => number): number => Math.min(...jobs.map(of));
  const tails = cycles.map((cycle) => ({
    cycle,
    tailMs: cycle.reduce((sum, j) => sum + ms(j), 0),
    bytes: least(cycle, (j) => j.bytes),
    beforeHomeMs: cycle
      .map(ms)
      .sort((a, b) => a - b)
      .slice(0, 2)
      .reduce((a, b) => a + b, 0),
  }));
  tails.sort((a, b) => b.tailMs - a.tailMs);
  const found = tails.map(({ cycle, tailMs }) => ({
    ms: tailMs + least(cycle, ms),
    argument: `${cycle.map((j) => j.vm.name).join(' and ')} change places on full hosts: ${cycle.length + 1} moves one after another`,
  }));
  const aside = asideHosts(input, cycles);
  const hosts = aside.length;
  const perMs = aside.reduce((sum, name) => sum + nicBytesPerS(o, name), 0) / 1000;
  const through = 4 * least(cycles.flat(), ms);
  const sent = hosts * Math.min(o.perHost, o.perLink ?? Infinity);
  let bytes = 0;
  let [beforeHomeMs, moveMs] = [Infinity, Infinity];
  for (const [i, { cycle, tailMs, bytes: more, beforeHomeMs: before }] of tails.entries()) {
    bytes += more;
    beforeHomeMs = Math.min(beforeHomeMs, before);
    moveMs = Math.min(moveMs, least(cycle, ms));
    const homeMs = hosts === 0 ? Infinity : beforeHomeMs + Math.ceil((i + 1) / sent) * moveMs;
    const standMs = hosts === 0 ? Infinity : o.prepareMs + bytes / perMs + tailMs;
    found.push({
      ms: Math.min(standMs, through),
      argument: `${i === 0 ? 'a VM has' : `${i + 1} VMs have`} to stand aside, ${hosts} ${hosts === 1 ? 'host has' : 'hosts have'} room for that, and the rest of each cycle follows`,
    });
    found.push({
      ms: Math.min(homeMs, through),
      argument: `${i === 0 ? 'a VM stands' : `${i + 1} VMs stand`} aside on ${hosts} ${hosts === 1 ? 'host' : 'hosts'} and ${i === 0 ? 'leaves' : 'leave'} again, ${sent} at a time`,
    });
  }
  return found;
};

/**
 * Every move holds room on both ends: over time, what moves hold at their destinations is at most what hosts have free.
 * A cycle's extra move counts with its least.
 */
export const roomBound = (input: CycleInput): Bound => {
  const { shelf, jobs, options: o, accepts } = input;
  const cycles = cyclesOf(input);
  let best: Bound = { ms: 0, argument: 'room' };
  for (let r = 0; r < R; r++) {
    let free = 0;
    for (let h = 0; h < shelf.hosts.length; h++) if (accepts[h] === 1) free += Math.max(0, shelf.free[h * R + r]!);
    if (!Number.isFinite(free) || free <= 0) continue;
    const held = (j: Job): number => askOf(shelf, j)(r) * (j.soloMs + o.prepareMs);
    const all = jobs.reduce((sum, j) => sum + held(j), 0);
    const extra = cycles.reduce((sum, cycle) => sum + Math.min(...cycle.map(held)), 0);
    const ms = (all + extra) / free;
    if (ms <= best.ms) continue;
    best = {
      ms,
      argument: `${jobs.length + cycles.length} moves hold room on both ends while they last, and little is free`,
    };
  }
  return best;
};
