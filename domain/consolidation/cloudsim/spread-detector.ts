// MAD and IQR: the more a host's history is spread, the earlier it counts as overloaded.
import { iqrOfSorted, madOfSorted, sortFew } from '../statistics.ts';
import { type Detector, FALLBACK_THRESHOLD, TOO_CLOSE } from './detector.ts';
import { demandTest, keptSums, NO_VM } from './kept-sums.ts';
import { HISTORY, HOST_TYPES } from './machines.ts';
import type { World } from './world.ts';

/** They need this many values. */
const LENGTH_MIN = 12;

/** A measure of spread, and what share of the range of the values it may be at most. */
type Spread = { readonly ofSorted: (ascending: Float64Array) => number; readonly ofRangeAtMost: number };

/** At least half of the values are as far from the median as the MAD, on both sides of it. */
export const MAD: Spread = { ofSorted: madOfSorted, ofRangeAtMost: 0.5 + TOO_CLOSE };
export const IQR: Spread = { ofSorted: iqrOfSorted, ofRangeAtMost: 1 };

/**
 * What each VM would add to a host of each kind: [kind][vm * HISTORY + tick % HISTORY], a ring of the newest ticks. A tick
 * stays in its place while it is remembered, so that the order of a host's values changes little from tick to tick.
 */
const sharesByKind = (w: World) => {
  const shares = HOST_TYPES.map(() => new Float64Array(w.vms * HISTORY));
  let filledTo = 0;
  return {
    shares,
    fillTo: (tick: number): void => {
      for (let t = Math.max(filledTo + 1, tick - HISTORY + 1); t <= tick; t++) {
        for (const [kind, { totalMips }] of HOST_TYPES.entries()) {
          const into = shares[kind]!;
          for (let vm = 0; vm < w.vms; vm++)
            into[vm * HISTORY + (t % HISTORY)] = (w.history[vm * w.steps + t]! * w.vmMips[vm]!) / totalMips;
        }
      }
      filledTo = Math.max(filledTo, tick);
    },
  };
};

/** Sorts values into another array, beginning in the order that sorted a host's values last: mostly they are in order then. */
const sorter = (hosts: number) => {
  const order = Uint8Array.from({ length: hosts * HISTORY }, (_, i) => i % HISTORY);
  return (host: number, values: Float64Array, ascending: Float64Array): Float64Array => {
    const base = host * HISTORY;
    for (let i = 0; i < HISTORY; i++) {
      const place = order[base + i]!;
      const value = values[place]!;
      let at = i;
      for (; at > 0 && ascending[at - 1]! > value; at--) {
        ascending[at] = ascending[at - 1]!;
        order[base + at] = order[base + at - 1]!;
      }
      ascending[at] = value;
      order[base + at] = place;
    }
    return ascending;
  };
};

/** 1 + index of the last non-zero value; 1 if there is none. */
const usedLength = (newestFirst: Float64Array): number => {
  let i = newestFirst.length - 1;
  while (i > 0 && newestFirst[i] === 0) i--;
  return i + 1;
};

/** Demand above 1 - s x spread of the host's history, that its present VMs brought along. */
export const spreadDetector = (w: World, safety: number, spread: Spread): Detector => {
  let tick = 0;
  const demand = demandTest(w);
  const { shares, fillTo } = sharesByKind(w);
  const sums = new Float64Array(w.lists.length * HISTORY);
  const kept = keptSums(w.lists.length, (host, list, from) => {
    const base = host * HISTORY;
    const ofKind = shares[w.hostKind[host]!]!;
    if (from === 0) sums.fill(0, base, base + HISTORY);
    for (let i = from; i < list.length; i++) {
      const of = list[i]! * HISTORY;
      for (let place = 0; place < HISTORY; place++) sums[base + place]! += ofKind[of + place]!;
    }
  });
  const sort = sorter(w.lists.length);
  const values = new Float64Array(HISTORY);
  const ascending = new Float64Array(HISTORY);
  const newestFirst = new Float64Array(HISTORY);

  /** Zeros at the old end do not count; what is left may be too little for a spread. */
  const cut = (): Float64Array => {
    for (let j = 0; j < HISTORY; j++) newestFirst[j] = values[(tick + HISTORY - j) % HISTORY]!;
    return newestFirst.subarray(0, usedLength(newestFirst));
  };
  const judge = (host: number, vm: number): boolean => {
    const share = demand.share(host, vm);
    if (share > 1) return true; // no spread is negative
    kept.need(host);
    const base = host * HISTORY;
    const ofKind = shares[w.hostKind[host]!]!;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let place = 0; place < HISTORY; place++) {
      const value = vm === NO_VM ? sums[base + place]! : sums[base + place]! + ofKind[vm * HISTORY + place]!;
      values[place] = value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (least > 0) {
      if (!(share > 1 - safety * (most - least) * spread.ofRangeAtMost)) return false;
      return share > 1 - safety * spread.ofSorted(sort(host, values, ascending));
    }
    const some = cut();
    return share > (some.length < LENGTH_MIN ? FALLBACK_THRESHOLD : 1 - safety * spread.ofSorted(sortFew(some)));
  };
  return {
    begin: (draft, at) => {
      tick = at;
      demand.begin(draft);
      kept.begin(draft);
      fillTo(at);
    },
    overloaded: (host) => judge(host, NO_VM),
    overloadedWith: judge,
  };
};
