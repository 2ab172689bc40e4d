// The hosts a VM may go to, as columns: what each has left and what more would cost there, in blocks that cost alike.
import { powerOf } from '../power.ts';
import { HOST_POWER, HOST_TYPES } from './machines.ts';
import { mipsToTenth, slopeBeyond, slopeWithin, stretchRank, wayToTenth } from './slopes.ts';
import type { World } from './world.ts';

/**
 * Hosts by rank: first those in use, in blocks whose hosts cost alike; then those at rest, by id. A closed host has no free
 * MIPS.
 */
export type Targets = {
  readonly hosts: Int32Array;
  readonly rankOf: Int32Array;
  readonly kind: Uint8Array;
  /** MIPS allocated and free by now. */
  readonly given: Float64Array;
  readonly free: Float64Array;
  readonly ramMB: Float64Array;
  /** Watts that a host's new watts are compared with: those of the start of the tick, whatever was planned onto it since. */
  readonly reference: Float64Array;
  /** The watts it draws beyond its reference already: of what was planned onto it since the start of the tick. */
  readonly pendingWatts: Float64Array;
  /** MIPS up to the next tenth of load, the watts each of them costs, and the least that those beyond can cost on average. */
  readonly tenth: Float64Array;
  readonly slopeWithin: Float64Array;
  readonly slopeBeyond: Float64Array;
  readonly inUse: number;
  readonly blocks: readonly Block[];
  /** By rank, its block while nothing was planned onto it and it is not closed; null for all others. */
  readonly blockOf: (Block | null)[];
  /** Ranks of those in use that were planned onto, the least pending watts first. */
  readonly touched: number[];
  /** Ranks of hosts that were at rest and got a VM. */
  readonly woken: number[];
  /** By kind, the first rank still at rest; hosts at rest of a kind all cost the same. */
  readonly nextAtRest: Int32Array;
};

/** Ranks from `from` up to `to` on one stretch of one power curve, and the least of what their columns say. */
export type Block = {
  readonly from: number;
  readonly to: number;
  readonly slopeWithin: number;
  readonly slopeBeyond: number;
  readonly leastTenth: number;
  readonly mostTenth: number;
  readonly leastPending: number;
  /** Hosts neither planned onto nor closed. */
  open: number;
};

/** Hosts a block holds at most: few enough to be alike, enough to spare looking at each. */
const BLOCK_MAX = 32;

export const NO_RANK = -1;

/** By kind of host. */
const TOTAL_MIPS = Float64Array.from(HOST_TYPES, (type) => type.totalMips);

const isAtRest = (w: World, host: number): boolean => w.lists[host]!.length === 0 && w.utilization[host] === 0;

/** A stretch of a power curve and the way to its end in millionths of the host, so that they sort together with an id as one number. */
const IDS = 2 ** 20;
const WAYS = 10 ** 6;

/** Hosts in order of rank, and how many of them are in use. */
const ranked = (w: World): { readonly order: Float64Array; readonly inUse: number } => {
  const order = new Float64Array(w.lists.length);
  let inUse = 0;
  for (let host = 0; host < order.length; host++) {
    if (isAtRest(w, host)) continue;
    const used = w.utilization[host]!;
    const way = Math.floor(wayToTenth(used) * WAYS);
    order[inUse++] = (stretchRank(w.hostKind[host]!, used) * WAYS + way) * IDS + host;
  }
  order.subarray(0, inUse).sort();
  for (let rank = 0; rank < inUse; rank++) order[rank]! %= IDS;
  let at = inUse;
  for (let host = 0; host < order.length; host++) if (isAtRest(w, host)) order[at++] = host;
  return { order, inUse };
};

const nextOfKind = (t: Targets, kind: number, from: number): number => {
  for (let rank = from; rank < t.kind.length; rank++) if (t.kind[rank] === kind) return rank;
  return NO_RANK;
};

/** What a host in use costs from where it is now: its pending watts and the slopes from there on. */
const bound = (t: Targets, rank: number): void => {
  const kind = t.kind[rank]!;
  const used = Math.min(1, t.given[rank]! / TOTAL_MIPS[kind]!);
  t.pendingWatts[rank] = powerOf(HOST_POWER, kind, used) - t.reference[rank]!;
  t.tenth[rank] = mipsToTenth(kind, used);
  t.slopeWithin[rank] = slopeWithin(kind, used);
  t.slopeBeyond[rank] = slopeBeyond(kind, used);
};

/** Cuts the hosts in use into blocks, in order of rank. */
const cutIntoBlocks = (t: Targets): void => {
  const { slopeWithin, slopeBeyond, tenth, pendingWatts, inUse } = t;
  const blocks = t.blocks as Block[];
  for (let from = 0; from < inUse;) {
    let to = from;
    let leastTenth = Number.POSITIVE_INFINITY;
    let mostTenth = 0;
    let leastPending = Number.POSITIVE_INFINITY;
    for (; to < inUse && to - from < BLOCK_MAX; to++) {
      if (slopeWithin[to] !== slopeWithin[from] || slopeBeyond[to] !== slopeBeyond[from]) break;
      leastTenth = Math.min(leastTenth, tenth[to]!);
      mostTenth = Math.max(mostTenth, tenth[to]!);
      leastPending = Math.min(leastPending, pendingWatts[to]!);
    }
    const block = {
      from,
      to,
      slopeWithin: slopeWithin[from]!,
      slopeBeyond: slopeBeyond[from]!,
      leastTenth,
      mostTenth,
      leastPending,
      open: to - from,
    };
    blocks.push(block);
    for (let rank = from; rank < to; rank++) t.blockOf[rank] = block;
    from = to;
  }
};

export const targetsOf = (w: World): Targets => {
  const n = w.lists.length;
  const { order, inUse } = ranked(w);
  const column = (): Float64Array => new Float64Array(n);
  const t: Targets = {
    hosts: Int32Array.from(order),
    rankOf: new Int32Array(n),
    kind: new Uint8Array(n),
    given: column(),
    free: column(),
    ramMB: column(),
    reference: column(),
    pendingWatts: column(),
    tenth: column(),
    slopeWithin: column(),
    slopeBeyond: column(),
    inUse,
    blocks: [],
    blockOf: Array.from({ length: n }, () => null),
    touched: [],
    woken: [],
    nextAtRest: new Int32Array(HOST_TYPES.length),
  };
  for (let rank = 0; rank < n; rank++) {
    const host = t.hosts[rank]!;
    t.rankOf[host] = rank;
    t.kind[rank] = w.hostKind[host]!;
    t.free[rank] = w.free[host]!;
    t.reference[rank] = rank >= inUse && !w.quirks.idlePowerFree ? 0 : w.watts[host]!;
    for (const vm of w.lists[host]!) {
      t.given[rank]! += w.allocated[vm]!;
      t.ramMB[rank]! += w.vmRamMB[vm]!;
    }
    if (rank < inUse) bound(t, rank);
  }
  cutIntoBlocks(t);
  for (let kind = 0; kind < HOST_TYPES.length; kind++) t.nextAtRest[kind] = nextOfKind(t, kind, inUse);
  return t;
};

/** A host that is planned onto or closed is no longer one of its block. */
const leaveBlock = (t: Targets, rank: number): Block | null => {
  const block = t.blockOf[rank]!;
  if (block === null) return null;
  block.open--;
  t.blockOf[rank] = null;
  return block;
};

/** No VM may go there any more in this tick. Hosts at rest are closed all together: one stands for all of its kind. */
export const close = (t: Targets, host: number): void => {
  const rank = t.rankOf[host]!;
  leaveBlock(t, rank);
  t.free[rank] = Number.NEGATIVE_INFINITY;
};

/** Puts a rank among the touched, in order of its pending watts. */
const addTouched = ({ touched, pendingWatts }: Targets, rank: number): void => {
  let low = 0;
  let high = touched.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pendingWatts[touched[middle]!]! < pendingWatts[rank]!) low = middle + 1;
    else high = middle;
  }
  touched.splice(low, 0, rank);
};

const removeTouched = ({ touched }: Targets, rank: number): void => void touched.splice(touched.indexOf(rank), 1);

/** A host's columns before a VM was planned onto it. */
export type Loaded = {
  readonly given: number;
  readonly free: number;
  readonly ramMB: number;
  /** The block it left by that. */
  readonly left: Block | null;
};

/** A VM is planned onto a host; tells what `unload` needs to take it back. */
export const load = (t: Targets, w: World, host: number, vm: number): Loaded => {
  const rank = t.rankOf[host]!;
  const kind = t.kind[rank]!;
  const demand = w.demand[vm]!;
  const before = {
    given: t.given[rank]!,
    free: t.free[rank]!,
    ramMB: t.ramMB[rank]!,
    left: leaveBlock(t, rank),
  };
  if (rank === t.nextAtRest[kind]) {
    t.woken.push(rank);
    t.reference[rank] = w.watts[host]!;
    t.nextAtRest[kind] = nextOfKind(t, kind, rank + 1);
  }
  t.given[rank] = before.given + demand;
  t.free[rank] = before.free - demand;
  t.ramMB[rank] = before.ramMB + w.vmRamMB[vm]!;
  if (rank >= t.inUse) return before;
  if (before.left === null) removeTouched(t, rank);
  bound(t, rank);
  addTouched(t, rank);
  return before;
};

/** Takes the VM planned last onto a host in use back. Hosts at rest are woken while no plan is taken back. */
export const unload = (t: Targets, host: number, before: Loaded): void => {
  const rank = t.rankOf[host]!;
  t.given[rank] = before.given;
  t.free[rank] = before.free;
  t.ramMB[rank] = before.ramMB;
  removeTouched(t, rank);
  bound(t, rank);
  if (before.left === null) return addTouched(t, rank);
  before.left.open++;
  t.blockOf[rank] = before.left;
};
