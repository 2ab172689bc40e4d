// How fast any plan could be at best: no plan moves these VMs in less, with the argument in words.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { Paths } from '../migration/network-path.ts';
import { nicBytesPerS, type Job } from './jobs.ts';
import type { PlanOptions } from './options.ts';

export type Bound = { readonly ms: number; readonly argument: string };

type Load = { bytes: number; soloMs: number; count: number };

const sumBy = (jobs: readonly Job[], key: (job: Job) => number | null): Map<number, Load> => {
  const sums = new Map<number, Load>();
  for (const job of jobs) {
    const at = key(job);
    if (at === null) continue;
    const load = sums.get(at) ?? { bytes: 0, soloMs: 0, count: 0 };
    sums.set(at, { bytes: load.bytes + job.bytes, soloMs: load.soloMs + job.soloMs, count: load.count + 1 });
  }
  return sums;
};

const isFull = (shelf: Shelf, job: Job, host: number): boolean => {
  for (let r = 0; r < R; r++) if (shelf.ask[job.row * R + r]! > shelf.free[host * R + r]!) return true;
  return false;
};

/** Hosts that each lose one VM to the next and are each full until they have: one VM moves twice, with another between. */
const cycleBounds = (
  shelf: Shelf,
  jobs: readonly Job[],
  dests: ReadonlyMap<number, number>,
  o: PlanOptions,
): Bound[] => {
  const leaving = new Map<number, Job[]>();
  for (const job of jobs) leaving.set(job.source, [...(leaving.get(job.source) ?? []), job]);
  const found: Bound[] = [];
  for (const first of jobs) {
    const cycle: Job[] = [];
    let job: Job | undefined = first;
    while (job !== undefined && !cycle.includes(job)) {
      const dest: number = dests.get(job.row)!;
      const next: readonly Job[] = leaving.get(dest) ?? [];
      if (next.length !== 1 || !isFull(shelf, job, dest)) break;
      cycle.push(job);
      job = next[0];
    }
    if (cycle.length < 2 || job !== first) continue;
    const least = Math.min(...cycle.map((j) => j.soloMs));
    found.push({
      ms: 3 * (least + o.prepareMs),
      argument: `${cycle.map((j) => j.vm.name).join(' and ')} change places on full hosts: one moves twice, another between`,
    });
  }
  return found;
};

/**
 * The best of four arguments, each true of every plan: the longest single move; what must leave a host through its adapter;
 * what a host may run at once; what must enter the hosts that accept any. With `dests` (a row for each job) what must
 * enter each destination counts too, and what must cross each uplink. A move never sends less than alone at full rate.
 */
export const lowerBound = (
  shelf: Shelf,
  paths: Paths,
  jobs: readonly Job[],
  o: PlanOptions,
  accepts: Uint8Array,
  dests: ReadonlyMap<number, number> | null = null,
): Bound => {
  if (jobs.length === 0) return { ms: 0, argument: 'nothing has to move' };
  const nic = nicBytesPerS(o);
  const found: Bound[] = [];
  const longest = jobs.reduce((a, b) => (b.soloMs > a.soloMs ? b : a));
  found.push({
    ms: longest.soloMs + o.prepareMs,
    argument: `the longest single move, ${longest.vm.name}, alone on its links`,
  });
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  const leaving = sumBy(jobs, (j) => j.source);
  for (const [host, load] of leaving) {
    const name = shelf.hosts[host] ?? '?';
    found.push(
      {
        ms: (load.bytes / nic) * 1000 + o.prepareMs,
        argument: `${megabytes(load.bytes)} MB have to leave ${name} through its adapter`,
      },
      {
        ms: (load.soloMs + load.count * o.prepareMs) / o.perHost,
        argument: `${load.count} moves leave ${name}, ${o.perHost} at a time, each at best as long as alone`,
      },
    );
  }
  const open = accepts.reduce((n, a) => n + a, 0);
  const total = jobs.reduce((sum, j) => sum + j.bytes, 0);
  if (open > 0) {
    found.push({
      ms: (total / (open * nic)) * 1000 + o.prepareMs,
      argument: `${megabytes(total)} MB have to enter ${open} hosts through their adapters`,
    });
  }
  if (dests !== null) {
    const crossing = new Map<number, number>();
    for (const job of jobs) {
      const dest = dests.get(job.row);
      if (dest === undefined) continue;
      for (const l of paths.path(shelf.hosts[job.source]!, shelf.hosts[dest]!) ?? []) {
        crossing.set(l, (crossing.get(l) ?? 0) + job.bytes);
      }
    }
    found.push(...cycleBounds(shelf, jobs, dests, o));
    for (const [l, bytes] of crossing) {
      found.push({
        ms: (bytes / paths.capacities[l]!) * 1000 + o.prepareMs,
        argument: `${megabytes(bytes)} MB have to cross ${paths.names[l]}`,
      });
    }
  }
  return found.reduce((a, b) => (b.ms > a.ms ? b : a));
};
