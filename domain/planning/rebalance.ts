// Rebalancing: few moves, each worth its price, until no move makes the load of hosts more even by the margin asked.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { Goal } from './goal.ts';
import type { PlanOptions } from './options.ts';
import type { Sought } from './sought.ts';
import { Standing } from './standing.ts';
import type { Ways } from './ways.ts';

/** vCPU and RAM: what VMs compete for. */
const COUNTED = [0, 1] as const;

/** What a host has of each resource in all, as allocated and free; 0 where the log does not know. */
const capacities = (shelf: Shelf): Float64Array => {
  const all = new Float64Array(shelf.hosts.length * R);
  for (let h = 0; h < shelf.hosts.length; h++)
    for (const r of COUNTED) {
      const free = shelf.free[h * R + r]!;
      if (Number.isFinite(free)) all[h * R + r] = free;
    }
  for (const [v, h] of shelf.home.entries())
    if (h >= 0) for (const r of COUNTED) all[h * R + r]! += shelf.ask[v * R + r]!;
  return all;
};

/** Mean of the shares of vCPU and RAM that are allocated; null where neither capacity is known. */
const loadOf = (at: Standing, all: Float64Array, host: number): number | null => {
  let sum = 0;
  let known = 0;
  for (const r of COUNTED) {
    const capacity = all[host * R + r]!;
    if (capacity <= 0) continue;
    sum += 1 - at.free(host, r) / capacity;
    known++;
  }
  return known === 0 ? null : sum / known;
};

/** By how much of a host's load one VM is. */
const weightOn = (shelf: Shelf, all: Float64Array, vm: number, host: number): number => {
  let sum = 0;
  let known = 0;
  for (const r of COUNTED) {
    const capacity = all[host * R + r]!;
    if (capacity <= 0) continue;
    sum += shelf.ask[vm * R + r]! / capacity;
    known++;
  }
  return known === 0 ? 0 : sum / known;
};

/** Standard deviation of the loads: 0 when every host is loaded alike. */
export const unevenness = (loads: readonly number[]): number => {
  if (loads.length === 0) return 0;
  const mean = loads.reduce((a, b) => a + b, 0) / loads.length;
  return Math.sqrt(loads.reduce((sum, l) => sum + (l - mean) ** 2, 0) / loads.length);
};

/** The hosts a move is sought between: the most and the least loaded. */
const FROM = 12;
const TO = 32;

type Candidate = { readonly vm: number; readonly host: number; readonly gain: number; readonly bytes: number };

/** Of moves that win nearly as much as the best, the one with the fewest bytes is made. */
const NEARLY = 0.8;

/** Seeks moves that even out the load of the hosts that are up and enabled. */
export const seekBalance = (
  goal: Extract<Goal, { kind: 'rebalance' }>,
  shelf: Shelf,
  ways: Ways,
  o: PlanOptions,
): Sought => {
  const at = new Standing(shelf, ways, o);
  const all = capacities(shelf);
  const hosts = [...shelf.hosts.keys()].filter((h) => at.isOpen(h) && loadOf(at, all, h) !== null);
  const load = new Float64Array(shelf.hosts.length);
  for (const h of hosts) load[h] = loadOf(at, all, h)!;
  const now = (): number => unevenness(hosts.map((h) => load[h]!));
  const before = now();
  const n = hosts.length;
  let moves = 0;
  let stopped = 'no other move is worth the margin';
  for (;;) {
    if (moves >= goal.mostMoves) {
      stopped = `${goal.mostMoves} moves are all that was allowed`;
      break;
    }
    const uneven = now();
    const sum = hosts.reduce((s, h) => s + load[h]!, 0);
    const squares = hosts.reduce((s, h) => s + load[h]! ** 2, 0);
    const sorted = [...hosts].sort((a, b) => load[b]! - load[a]! || a - b);
    const found: Candidate[] = [];
    for (const from of sorted.slice(0, FROM)) {
      for (const vm of at.tenants(from)) {
        const job = at.job(vm);
        if (job === null) continue;
        const off = weightOn(shelf, all, vm, from);
        for (const to of sorted.slice(-TO)) {
          const on = weightOn(shelf, all, vm, to);
          if (to === from || load[to]! + on >= load[from]!) continue;
          const [a, b] = [load[from]! - off, load[to]! + on];
          const s = sum - off + on;
          const q = squares - load[from]! ** 2 - load[to]! ** 2 + a * a + b * b;
          const gain = uneven - Math.sqrt(Math.max(0, q / n - (s / n) ** 2));
          if (gain >= goal.margin * before && gain > 0) found.push({ vm, host: to, gain, bytes: job.bytes });
        }
      }
    }
    found.sort((a, b) => b.gain - a.gain || a.bytes - b.bytes);
    const most = found.find(({ vm, host }) => at.refuses(vm, host) === null);
    if (most === undefined) break;
    const cheap = found
      .filter((c) => c.gain >= most.gain * NEARLY && c.bytes < most.bytes)
      .sort((a, b) => a.bytes - b.bytes || b.gain - a.gain);
    const best = cheap.find(({ vm, host }) => at.refuses(vm, host) === null) ?? most;
    const from = at.host[best.vm]!;
    at.move(best.vm, best.host);
    load[from] = loadOf(at, all, from)!;
    load[best.host] = loadOf(at, all, best.host)!;
    moves++;
  }
  const percent = (x: number): string => `${(x * 100).toFixed(1)} %`;
  return {
    standing: at,
    reached: true,
    because: 'from a fuller to an emptier host',
    notes: [
      `load of hosts (mean of vCPU and RAM allocated) differs by ${percent(before)} now and ${percent(now())} after (standard deviation over ${n} hosts); ${stopped}`,
    ],
    conflict: null,
  };
};
