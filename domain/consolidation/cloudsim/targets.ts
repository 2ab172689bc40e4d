// Power-aware best fit: which host's watts grow least by a VM. Hosts are columns in an order that ends the search early.
import { powerAt, powerOf } from '../power.ts';
import { HOST_POWER, HOST_TYPES, type HostType } from './machines.ts';
import type { World } from './world.ts';

/**
 * Hosts by rank: first those in use, the gentlest slope first and the lowest id first among equals; then those at rest, by
 * id. A closed host has no free MIPS.
 */
export type Targets = {
  readonly hosts: Int32Array;
  readonly rankOf: Int32Array;
  readonly kind: Uint8Array;
  /** The least watts any further MIPS can cost on average. */
  readonly slope: Float64Array;
  /** The least watts that what was planned onto the host since the start of the tick costs. */
  readonly pendingWatts: Float64Array;
  /** MIPS allocated and free by now. */
  readonly given: Float64Array;
  readonly free: Float64Array;
  readonly ramMB: Float64Array;
  /** Watts that a host's new watts are compared with: those of the start of the tick, whatever was planned onto it since. */
  readonly reference: Float64Array;
  readonly inUse: number;
  /** Ranks of hosts that were at rest and got a VM. */
  readonly woken: number[];
  /** By kind, the first rank still at rest; hosts at rest of a kind all cost the same. */
  readonly nextAtRest: Int32Array;
};

const NO_RANK = -1;
export const NO_HOST = -1;

/** By kind of host. */
const PE_MIPS = Float64Array.from(HOST_TYPES, (type) => type.peMips);
const TOTAL_MIPS = Float64Array.from(HOST_TYPES, (type) => type.totalMips);

/** Watts by which a bound must exceed the best, so that rounding never hides a host that ties with it. */
const SLACK_W = 1e-6;

/** The gentlest way up the power curve from a utilization: the least mean slope to any tenth above it, in watts per MIPS. */
const gentlestSlope = (type: HostType, utilization: number): number => {
  const here = powerAt(type.power, utilization);
  let least = Number.POSITIVE_INFINITY;
  for (let tenth = Math.floor(utilization * 10) + 1; tenth <= 10; tenth++) {
    const rise = tenth / 10 - utilization;
    if (rise > 0) least = Math.min(least, (type.power[tenth]! - here) / (rise * type.totalMips));
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
};

/** A slope in whole steps of 2^-31 W/MIPS, rounded down: still a bound, and it sorts together with an id as one number. */
const SLOPE_STEPS = 2 ** 31;
const IDS = 2 ** 20;

const isAtRest = (w: World, host: number): boolean => w.lists[host]!.length === 0 && w.utilization[host] === 0;

/** Hosts in order of rank, and how many of them are in use. */
const ranked = (w: World): { readonly keys: Float64Array; readonly inUse: number } => {
  const keys = new Float64Array(w.lists.length);
  let inUse = 0;
  for (let host = 0; host < keys.length; host++) {
    if (isAtRest(w, host)) continue;
    const slope = gentlestSlope(w.hostType[host]!, w.utilization[host]!);
    keys[inUse++] = Math.floor(slope * SLOPE_STEPS) * IDS + host;
  }
  keys.subarray(0, inUse).sort();
  let at = inUse;
  for (let host = 0; host < keys.length; host++) if (isAtRest(w, host)) keys[at++] = host;
  return { keys, inUse };
};

export const targetsOf = (w: World): Targets => {
  const n = w.lists.length;
  const { keys, inUse } = ranked(w);
  const column = (): Float64Array => new Float64Array(n);
  const t: Targets = {
    hosts: new Int32Array(n),
    rankOf: new Int32Array(n),
    kind: new Uint8Array(n),
    slope: column(),
    pendingWatts: column(),
    given: column(),
    free: column(),
    ramMB: column(),
    reference: column(),
    inUse,
    woken: [],
    nextAtRest: new Int32Array(HOST_TYPES.length),
  };
  for (let rank = 0; rank < n; rank++) {
    const key = keys[rank]!;
    const host = key % IDS;
    const atRest = rank >= inUse;
    t.hosts[rank] = host;
    t.rankOf[host] = rank;
    t.kind[rank] = w.hostKind[host]!;
    t.slope[rank] = (key - host) / IDS / SLOPE_STEPS; // 0 at rest: any bound will do
    t.free[rank] = w.free[host]!;
    t.reference[rank] = atRest && !w.quirks.idlePowerFree ? 0 : w.watts[host]!;
    for (const vm of w.lists[host]!) {
      t.given[rank]! += w.allocated[vm]!;
      t.ramMB[rank]! += w.vmRamMB[vm]!;
    }
  }
  for (let kind = 0; kind < HOST_TYPES.length; kind++) t.nextAtRest[kind] = nextOfKind(t, kind, inUse);
  return t;
};

const nextOfKind = (t: Targets, kind: number, from: number): number => {
  for (let rank = from; rank < t.kind.length; rank++) if (t.kind[rank] === kind) return rank;
  return NO_RANK;
};

/** No VM may go there any more in this tick. */
export const close = (t: Targets, host: number): void => void (t.free[t.rankOf[host]!] = Number.NEGATIVE_INFINITY);

/** A host's columns before a VM was planned onto it. */
export type Loaded = {
  readonly pendingWatts: number;
  readonly given: number;
  readonly free: number;
  readonly ramMB: number;
};

/** A VM is planned onto a host; tells what `unload` needs to take it back. */
export const load = (t: Targets, w: World, host: number, vm: number): Loaded => {
  const rank = t.rankOf[host]!;
  const kind = t.kind[rank]!;
  const demand = w.demand[vm]!;
  const before = {
    pendingWatts: t.pendingWatts[rank]!,
    given: t.given[rank]!,
    free: t.free[rank]!,
    ramMB: t.ramMB[rank]!,
  };
  if (rank === t.nextAtRest[kind]) {
    t.woken.push(rank);
    t.reference[rank] = w.watts[host]!;
    t.nextAtRest[kind] = nextOfKind(t, kind, rank + 1);
  }
  t.pendingWatts[rank] = before.pendingWatts + t.slope[rank]! * demand;
  t.given[rank] = before.given + demand;
  t.free[rank] = before.free - demand;
  t.ramMB[rank] = before.ramMB + w.vmRamMB[vm]!;
  return before;
};

/** Takes the VM planned last onto a host in use back. Hosts at rest are woken while no plan is taken back. */
export const unload = (t: Targets, host: number, before: Loaded): void => {
  const rank = t.rankOf[host]!;
  t.pendingWatts[rank] = before.pendingWatts;
  t.given[rank] = before.given;
  t.free[rank] = before.free;
  t.ramMB[rank] = before.ramMB;
};

/** Watts a host draws more with a VM; infinite where it is not suitable. */
const extraWatts = (t: Targets, w: World, rank: number, demand: number, ramMB: number): number => {
  const kind = t.kind[rank]!;
  if (t.free[rank]! < demand || PE_MIPS[kind]! < demand) return Number.POSITIVE_INFINITY;
  if (!w.quirks.ramIgnored && t.ramMB[rank]! + ramMB > w.hostType[t.hosts[rank]!]!.ramMB)
    return Number.POSITIVE_INFINITY;
  const utilization = Math.min(1, (t.given[rank]! + demand) / TOTAL_MIPS[kind]!);
  return powerOf(HOST_POWER, kind, utilization) - t.reference[rank]!;
};

/** Hosts at rest that come into question besides those in use: all that were woken, and the next of each kind. */
const othersOf = (t: Targets): readonly number[] => [...t.woken, ...t.nextAtRest].filter((rank) => rank !== NO_RANK);

/**
 * The suitable host whose watts grow least and that the VM would not overload, the lowest id among equals; NO_HOST if there
 * is none. Two shortcuts change no result: of the hosts of a kind at rest only the first is looked at; and once a slope
 * alone makes the VM dearer than on the best host so far, all hosts in use that follow are left out.
 *
 * @param overloadedWith asked of hosts that give MIPS to VMs only
 */
export const cheapestHost = (
  t: Targets,
  w: World,
  vm: number,
  overloadedWith: (host: number, vm: number) => boolean,
): number => {
  const { slope, pendingWatts, given, hosts, inUse } = t;
  const demand = w.demand[vm]!;
  const ramMB = w.vmRamMB[vm]!;
  let best = NO_HOST;
  let bestWatts = Number.MAX_VALUE;
  let limit = Number.MAX_VALUE;
  for (let rank = 0; rank < inUse; rank++) {
    const least = slope[rank]! * demand;
    if (least > limit) break;
    if (least + pendingWatts[rank]! > limit) continue;
    const watts = extraWatts(t, w, rank, demand, ramMB);
    if (watts > bestWatts) continue;
    const host = hosts[rank]!;
    if (watts === bestWatts && host > best) continue;
    if (given[rank] !== 0 && overloadedWith(host, vm)) continue;
    best = host;
    bestWatts = watts;
    limit = watts + SLACK_W;
  }
  for (const rank of othersOf(t)) {
    const watts = extraWatts(t, w, rank, demand, ramMB);
    const host = hosts[rank]!;
    if (watts > bestWatts || (watts === bestWatts && host > best)) continue;
    if (given[rank] !== 0 && overloadedWith(host, vm)) continue;
    best = host;
    bestWatts = watts;
  }
  return best;
};
