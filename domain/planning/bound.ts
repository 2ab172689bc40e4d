// How fast any plan could be at best: no plan moves these VMs in less, with the argument in words.
import type { Shelf } from '../drill/sweep/shelf.ts';
import type { Paths } from '../migration/network-path.ts';
import { type Bound, cycleBounds, roomBound } from './cycle-bound.ts';
import { nicBytesPerS, type Job } from './jobs.ts';
import type { PlanOptions } from './options.ts';

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

/** Links between a host and every host that might take its VMs, with the bytes that so have to cross them: uplinks of racks. */
const wayOut = (shelf: Shelf, paths: Paths, jobs: readonly Job[], accepts: Uint8Array): ReadonlyMap<number, number> => {
  const crossing = new Map<number, number>();
  const open = [...accepts.keys()].filter((h) => accepts[h] === 1);
  for (const [source, its] of Map.groupBy(jobs, (j) => j.source)) {
    let common: readonly number[] | null = null;
    for (const host of open) {
      if (host === source) continue;
      const path = paths.path(shelf.hosts[source]!, shelf.hosts[host]!) ?? [];
      common = common === null ? path : common.filter((l) => path.includes(l));
      if (common.length === 0) break;
    }
    const bytes = its.reduce((sum, j) => sum + j.bytes, 0);
    for (const l of common ?? []) crossing.set(l, (crossing.get(l) ?? 0) + bytes);
  }
  return crossing;
};

/**
 * The best of several arguments, each true of every plan that makes no more moves than it must (they count before time): the
 * longest single move; what must leave a host through its adapter, and a rack through its uplink; what a host may run at once; what must enter the hosts
 * that accept any. With `dests` (a row for each job) also what must cross each link, and the room and the order that VMs need
 * who change places (`cycle-bound.ts`). A move never sends less than alone at full rate.
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
    const most = Math.min(o.perHost, o.perLink ?? Infinity);
    found.push(
      {
        ms: (load.bytes / nicBytesPerS(o, name)) * 1000 + o.prepareMs,
        argument: `${megabytes(load.bytes)} MB have to leave ${name} through its adapter`,
      },
      {
        ms: (load.soloMs + load.count * o.prepareMs) / most,
        argument: `${load.count} moves leave ${name}, ${most} at a time, each at best as long as alone`,
      },
    );
  }
  for (const [l, bytes] of wayOut(shelf, paths, jobs, accepts)) {
    found.push({
      ms: (bytes / paths.capacities[l]!) * 1000 + o.prepareMs,
      argument: `${megabytes(bytes)} MB have to cross ${paths.names[l]}, whatever their destinations`,
    });
  }
  const open = accepts.reduce((n, a) => n + a, 0);
  const entering = shelf.hosts.reduce((sum, name, h) => sum + (accepts[h] === 1 ? nicBytesPerS(o, name) : 0), 0);
  const total = jobs.reduce((sum, j) => sum + j.bytes, 0);
  if (open > 0) {
    found.push({
      ms: (total / entering) * 1000 + o.prepareMs,
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
    const chosen = { shelf, jobs, dests, options: o, accepts };
    found.push(...cycleBounds(chosen), roomBound(chosen));
    for (const [l, bytes] of crossing) {
      found.push({
        ms: (bytes / paths.capacities[l]!) * 1000 + o.prepareMs,
        argument: `${megabytes(bytes)} MB have to cross ${paths.names[l]}`,
      });
    }
  }
  const best = found.reduce((a, b) => (b.ms > a.ms ? b : a));
  return o.sharesNetwork ? { ...best, argument: `${best.argument}, were the links free of the traffic of VMs` } : best;
};
