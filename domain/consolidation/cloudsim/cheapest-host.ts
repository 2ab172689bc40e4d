// Power-aware best fit: the host whose watts grow least by a VM.
import { powerOf } from '../power.ts';
import { HOST_POWER, HOST_TYPES } from './machines.ts';
import { GENTLEST } from './slopes.ts';
import { type Block, NO_RANK, type Targets } from './targets.ts';
import type { World } from './world.ts';

export const NO_HOST = -1;

/** By kind of host. */
const PE_MIPS = Float64Array.from(HOST_TYPES, (type) => type.peMips);
const TOTAL_MIPS = Float64Array.from(HOST_TYPES, (type) => type.totalMips);

/** Watts by which a bound must exceed the best, so that rounding never hides a host that ties with it. */
const SLACK_W = 1e-6;

/** Watts a host draws more with a VM; infinite where it is not suitable. */
const extraWatts = (t: Targets, w: World, rank: number, demand: number, ramMB: number): number => {
  const kind = t.kind[rank]!;
  if (t.free[rank]! < demand || PE_MIPS[kind]! < demand) return Number.POSITIVE_INFINITY;
  if (!w.quirks.ramIgnored && t.ramMB[rank]! + ramMB > w.hostType[t.hosts[rank]!]!.ramMB)
    return Number.POSITIVE_INFINITY;
  const utilization = Math.min(1, (t.given[rank]! + demand) / TOTAL_MIPS[kind]!);
  return powerOf(HOST_POWER, kind, utilization) - t.reference[rank]!;
};

/** The least watts a host in use can draw more with so much more demand. */
const leastWatts = (t: Targets, rank: number, demand: number): number => {
  const beyond = demand - t.tenth[rank]!;
  const watts = t.pendingWatts[rank]! + t.slopeWithin[rank]! * demand;
  return beyond <= 0 ? watts : watts + (t.slopeBeyond[rank]! - t.slopeWithin[rank]!) * beyond;
};

/** A VM that looks for a host, and the best found so far. */
type Search = {
  readonly vm: number;
  readonly demand: number;
  readonly ramMB: number;
  readonly overloadedWith: (host: number, vm: number) => boolean;
  best: number;
  bestWatts: number;
};

/** Takes a host for the best so far if its watts are less, or the same with a lower id, and the VM would not overload it. */
const consider = (t: Targets, w: World, rank: number, s: Search): void => {
  const watts = extraWatts(t, w, rank, s.demand, s.ramMB);
  if (watts > s.bestWatts) return;
  const host = t.hosts[rank]!;
  if (watts === s.bestWatts && host > s.best) return;
  if (t.given[rank] !== 0 && s.overloadedWith(host, s.vm)) return;
  s.best = host;
  s.bestWatts = watts;
};

// Each walk is a function of its own: in one function the compiler would come to know the later ones too late.

/** The least watts any host of a block can draw more: linear in the way to the next tenth, so least at one of its ends. */
const leastOfBlock = (b: Block, demand: number): number => {
  const { slopeWithin: within, slopeBeyond: beyond } = b;
  const nearest = Math.min(b.leastTenth, demand);
  const farthest = Math.min(b.mostTenth, demand);
  return b.leastPending + beyond * demand + (within - beyond) * (within < beyond ? farthest : nearest);
};

/** Hosts in use that nothing was planned onto. */
const walkBlocks = (t: Targets, w: World, s: Search): void => {
  const { blocks, blockOf, free } = t;
  const { demand } = s;
  for (const block of blocks) {
    if (block.open === 0 || leastOfBlock(block, demand) > s.bestWatts + SLACK_W) continue;
    for (let rank = block.from; rank < block.to; rank++) {
      if (blockOf[rank] === null || free[rank]! < demand) continue;
      if (leastWatts(t, rank, demand) <= s.bestWatts + SLACK_W) consider(t, w, rank, s);
    }
  }
};

/** Hosts in use that were planned onto; the rest is left out once what is pending and the gentlest slope are too dear. */
const walkTouched = (t: Targets, w: World, s: Search): void => {
  const { touched, free, pendingWatts } = t;
  const { demand } = s;
  const least = GENTLEST * demand;
  for (let i = 0; i < touched.length; i++) {
    const rank = touched[i]!;
    const limit = s.bestWatts + SLACK_W;
    if (pendingWatts[rank]! + least > limit) return;
    if (free[rank]! >= demand && leastWatts(t, rank, demand) <= limit) consider(t, w, rank, s);
  }
};

/** Hosts at rest: those that were woken, and the first of each kind that still is. */
const walkAtRest = (t: Targets, w: World, s: Search): void => {
  for (const rank of t.woken) consider(t, w, rank, s);
  for (const rank of t.nextAtRest) if (rank !== NO_RANK) consider(t, w, rank, s);
};

/**
 * The suitable host whose watts grow least and that the VM would not overload, the lowest id among equals; NO_HOST if there
 * is none. What the walks leave out could not have been the best.
 *
 * @param overloadedWith asked of hosts that give MIPS to VMs only
 */
export const cheapestHost = (t: Targets, w: World, vm: number, overloadedWith: Search['overloadedWith']): number => {
  const s: Search = {
    vm,
    demand: w.demand[vm]!,
    ramMB: w.vmRamMB[vm]!,
    overloadedWith,
    best: NO_HOST,
    bestWatts: Number.MAX_VALUE,
  };
  walkBlocks(t, w, s);
  walkTouched(t, w, s);
  walkAtRest(t, w, s);
  return s.best;
};
