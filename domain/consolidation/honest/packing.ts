// Our placement: fill RAM tightly with VMs that balance each other's CPU, then give each load the cheapest kind of host.
import { powerAt, type PowerTable } from '../power.ts';

/** What is known of a VM before it is placed. */
export type Tenant = {
  readonly ramMB: number;
  /** Nominal MIPS of its one core. */
  readonly mips: number;
  /** Expected demand and its spread, in MIPS. */
  readonly mean: number;
  readonly sigma: number;
};

/**
 * The most that a demand of this mean and spread can be expected to exceed a capacity, whatever its distribution:
 * E[max(0, X - c)] <= (sqrt(sigma^2 + (c - mean)^2) - (c - mean)) / 2 (Scarf 1958), and, as X never exceeds `most`,
 * <= (most - c) P(X > c) <= (most - c) sigma^2 / (sigma^2 + (c - mean)^2) for c > mean (Cantelli). CPU demand has long
 * tails; a normal distribution would promise a hundred times less.
 */
export const excessAtMost = (mean: number, sigma: number, most: number, capacity: number): number => {
  if (most <= capacity) return 0;
  const room = capacity - mean;
  const scarf = (Math.hypot(sigma, room) - room) / 2;
  if (room <= 0) return Math.min(scarf, most - capacity);
  return Math.min(scarf, ((most - capacity) * sigma ** 2) / (sigma ** 2 + room ** 2));
};

/**
 * By RAM descending. Among equals the fastest `paired` of them go fast after fast, the rest fastest and slowest in turn:
 * neighbours in this order end up on one host.
 */
const inOrder = (tenants: readonly Tenant[], paired: number): readonly number[] => {
  const byRam = Map.groupBy(tenants.keys(), (at) => tenants[at]!.ramMB);
  return [...byRam.keys()]
    .sort((a, b) => b - a)
    .flatMap((ramMB) => {
      const group = byRam.get(ramMB)!.sort((a, b) => tenants[b]!.mips - tenants[a]!.mips);
      const fast = 2 * Math.round((paired * group.length) / 4);
      const rest = group.slice(fast, group.length);
      const mixed = rest.map((_, i) => (i % 2 === 0 ? rest[i / 2]! : rest[rest.length - (i + 1) / 2]!));
      return [...group.slice(0, fast), ...mixed];
    });
};

/**
 * Best fit by RAM; of equally tight loads the one with the least CPU. Returns tenant indices per load.
 *
 * @param capacityMips no load of several VMs is expected to use more
 * @param paired share of the faster half of VMs of equal RAM that are put together, 0..1
 */
export const packByRam = (
  tenants: readonly Tenant[],
  capacityMB: number,
  capacityMips: number,
  paired: number,
): readonly (readonly number[])[] => {
  const loads: { freeMB: number; mips: number; mean: number; members: number[] }[] = [];
  for (const at of inOrder(tenants, paired)) {
    const tenant = tenants[at]!;
    let best: (typeof loads)[number] | null = null;
    for (const load of loads) {
      if (load.freeMB < tenant.ramMB || load.mean + tenant.mean > capacityMips) continue;
      const tighter = best === null || load.freeMB < best.freeMB;
      if (tighter || (load.freeMB === best!.freeMB && load.mips < best!.mips)) best = load;
    }
    if (best === null) {
      best = { freeMB: capacityMB, mips: 0, mean: 0, members: [] };
      loads.push(best);
    }
    best.freeMB -= tenant.ramMB;
    best.mips += tenant.mips;
    best.mean += tenant.mean;
    best.members.push(at);
  }
  return loads.map((load) => load.members);
};

export type Kind = { readonly peMips: number; readonly totalMips: number; readonly power: PowerTable };

export type Expected = {
  readonly watts: number;
  /** MIPS that may be expected to lack at times, on the host and on single cores. */
  readonly lackingMips: number;
  /** MIPS that lack all the time, even if every VM asked for no more than its mean. */
  readonly certainlyLacking: number;
};

/** What a load is expected to cost on a kind of host. */
export const expectedOn = (kind: Kind, members: readonly Tenant[]): Expected => {
  let mean = 0;
  let variance = 0;
  let lackingMips = 0;
  let certainlyLacking = 0;
  for (const m of members) {
    mean += m.mean;
    certainlyLacking += Math.max(0, m.mean - kind.peMips);
    variance += m.sigma ** 2;
    lackingMips += excessAtMost(m.mean, m.sigma, m.mips, kind.peMips);
  }
  const nominal = members.reduce((sum, m) => sum + m.mips, 0);
  lackingMips += excessAtMost(mean, Math.sqrt(variance), nominal, kind.totalMips);
  certainlyLacking += Math.max(0, mean - kind.totalMips);
  return { watts: powerAt(kind.power, Math.min(1, mean / kind.totalMips)), lackingMips, certainlyLacking };
};
