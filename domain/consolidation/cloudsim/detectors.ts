// CloudSim's overload detectors: a static threshold, and four that look at the host's history first.
import { iqrOfSorted, madOfSorted, sortFew, tricubeWeights, weightedLine } from '../statistics.ts';
import type { Draft } from './draft.ts';
import { HISTORY } from './machines.ts';
import type { World } from './world.ts';

export type DetectorName = 'thr' | 'mad' | 'iqr' | 'lr' | 'lrr';

export type Detector = {
  /** Begins planning at a tick. */
  readonly begin: (draft: Draft, tick: number) => void;
  /** Is the host overloaded as the draft has it? */
  readonly overloaded: (host: number) => boolean;
  /** Would it be with this VM added at the end of its list? */
  readonly overloadedWith: (host: number, vm: number) => boolean;
};

/** Too little history: every adaptive detector falls back to this threshold. */
const FALLBACK_THRESHOLD = 0.7;
/** MAD and IQR need this many values, the regression that many. */
const SPREAD_LENGTH_MIN = 12;
const REGRESSION_LENGTH = 10;
/** The regression predicts the end of the longest migration: always one interval ahead, since RAM / 62.5 < 300 s. */
const PREDICTED_X = REGRESSION_LENGTH + 1;
/** Closer to the limit than this the fast sum of forecasts is not trusted and CloudSim's own arithmetic decides. */
const TOO_CLOSE = 1e-9;

const NO_VM = -1;

/** Sums over the VM list of a host, kept until the list changes. */
const keptPerHost = (hosts: number, compute: (host: number) => void) => {
  const seen = new Int32Array(hosts).fill(-1);
  return {
    forget: (): void => void seen.fill(-1),
    need: (draft: Draft, host: number): void => {
      if (seen[host] === draft.version[host]) return;
      seen[host] = draft.version[host]!;
      compute(host);
    },
  };
};

/** Demand of a host's VMs over its MIPS, uncapped; and the plain threshold on it. */
const demandTest = (w: World) => {
  let draft: Draft;
  const sum = new Float64Array(w.lists.length);
  const kept = keptPerHost(w.lists.length, (host) => {
    let demand = 0;
    for (const vm of draft.lists[host]!) demand += w.demand[vm]!;
    sum[host] = demand;
  });
  return {
    begin: (next: Draft): void => {
      draft = next;
      kept.forget();
    },
    exceeds: (host: number, vm: number, threshold: number): boolean => {
      kept.need(draft, host);
      const demand = vm === NO_VM ? sum[host]! : sum[host]! + w.demand[vm]!;
      return demand / w.hostType[host]!.totalMips > threshold;
    },
  };
};

/** THR: demand above a fixed share of the host's MIPS. */
const thresholdDetector = (w: World, threshold: number): Detector => {
  const demand = demandTest(w);
  return {
    begin: (draft) => demand.begin(draft),
    overloaded: (host) => demand.exceeds(host, NO_VM, threshold),
    overloadedWith: (host, vm) => demand.exceeds(host, vm, threshold),
  };
};

/** 1 + index of the last non-zero value; 1 if there is none. */
const usedLength = (h: Float64Array): number => {
  let i = h.length - 1;
  while (i > 0 && h[i] === 0) i--;
  return i + 1;
};

/** A measure of spread, and what share of the range of the values it may be at most. */
type Spread = { readonly ofSorted: (ascending: Float64Array) => number; readonly ofRangeAtMost: number };

/** At least half of the values are as far from the median as the MAD, on both sides of it. */
const MAD: Spread = { ofSorted: madOfSorted, ofRangeAtMost: 0.5 + TOO_CLOSE };
const IQR: Spread = { ofSorted: iqrOfSorted, ofRangeAtMost: 1 };

/** MAD and IQR: demand above 1 - s x spread of the host's history, newest first, that its present VMs brought along. */
const spreadDetector = (w: World, safety: number, spread: Spread): Detector => {
  let draft: Draft;
  let tick = 0;
  const demand = demandTest(w);
  const sums = new Float64Array(w.lists.length * HISTORY);
  const add = (into: Float64Array, from: number, host: number, vm: number): void => {
    const mips = w.vmMips[vm]!;
    const total = w.hostType[host]!.totalMips;
    const newest = vm * w.steps + tick;
    const length = Math.min(HISTORY, tick);
    for (let j = 0; j < length; j++) into[from + j]! += (w.history[newest - j]! * mips) / total;
  };
  const kept = keptPerHost(w.lists.length, (host) => {
    sums.fill(0, host * HISTORY, (host + 1) * HISTORY);
    for (const vm of draft.lists[host]!) add(sums, host * HISTORY, host, vm);
  });
  const trial = new Float64Array(HISTORY);
  const newestOf = Array.from({ length: HISTORY + 1 }, (_, length) => trial.subarray(0, length));
  const range = (length: number): number => {
    let least = trial[0]!;
    let most = least;
    for (let j = 1; j < length; j++) {
      if (trial[j]! < least) least = trial[j]!;
      if (trial[j]! > most) most = trial[j]!;
    }
    return most - least;
  };
  const judge = (host: number, vm: number): boolean => {
    if (demand.exceeds(host, vm, 1)) return true; // no spread is negative
    kept.need(draft, host);
    for (let j = 0; j < HISTORY; j++) trial[j] = sums[host * HISTORY + j]!;
    if (vm !== NO_VM) add(trial, 0, host, vm);
    const length = usedLength(trial);
    if (length < SPREAD_LENGTH_MIN) return demand.exceeds(host, vm, FALLBACK_THRESHOLD);
    if (!demand.exceeds(host, vm, 1 - safety * range(length) * spread.ofRangeAtMost)) return false;
    return demand.exceeds(host, vm, 1 - safety * spread.ofSorted(sortFew(newestOf[length]!)));
  };
  return {
    begin: (next, at) => {
      draft = next;
      tick = at;
      demand.begin(next);
      kept.forget();
    },
    overloaded: (host) => judge(host, NO_VM),
    overloadedWith: judge,
  };
};

/** The line through ten points is linear in them: the prediction is a fixed weighted sum, oldest value first. */
const forecastWeights = (weighted: boolean): readonly number[] => {
  const weights = weighted ? tricubeWeights(REGRESSION_LENGTH) : Array.from({ length: REGRESSION_LENGTH }, () => 1);
  return weights.map((_, at) => {
    const unit = weights.map((__, i) => (i === at ? 1 : 0));
    const [intercept, slope] = weightedLine(unit, weights);
    return intercept + slope * PREDICTED_X;
  });
};

/** Ordinary least squares in the order of operations of commons-math's SimpleRegression; predicts x = 11. */
const commonsMathForecast = (y: readonly number[]): number => {
  let xBar = 1;
  let yBar = y[0]!;
  let sumX = 1;
  let sumY = y[0]!;
  let sumXX = 0;
  let sumXY = 0;
  for (let n = 1; n < y.length; n++) {
    const dx = n + 1 - xBar;
    const dy = y[n]! - yBar;
    const share = n / (1 + n);
    sumXX += dx * dx * share;
    sumXY += dx * dy * share;
    xBar += dx / (1 + n);
    yBar += dy / (1 + n);
    sumX += n + 1;
    sumY += y[n]!;
  }
  const slope = sumXY / sumXX;
  return (sumY - slope * sumX) / y.length + slope * PREDICTED_X;
};

/** LR, and LRR, which in 3.0.3 computes the same: overloaded if s x predicted utilization reaches 1. */
const regressionDetector = (w: World, safety: number): Detector => {
  let draft: Draft;
  let tick = 0;
  const demand = demandTest(w);
  const weights = forecastWeights(!w.quirks.regressionUnweighted);
  /** Per VM: its share of a host's forecast in MIPS, and whether it used anything nine or more ticks ago. */
  const forecast = new Float64Array(w.vms);
  const hasPast = new Uint8Array(w.vms);
  const lastUse = new Int32Array(w.vms);
  const sum = new Float64Array(w.lists.length);
  const anyPast = new Uint8Array(w.lists.length);
  const kept = keptPerHost(w.lists.length, (host) => {
    let mips = 0;
    let past = 0;
    for (const vm of draft.lists[host]!) {
      mips += forecast[vm]!;
      past |= hasPast[vm]!;
    }
    sum[host] = mips;
    anyPast[host] = past;
  });
  /** The tick at which a value becomes old enough to give the regression its tenth point. */
  const remember = (): void => {
    const past = tick - (REGRESSION_LENGTH - 1);
    const oldest = tick - (HISTORY - 1);
    for (let vm = 0; vm < w.vms; vm++) {
      const newest = vm * w.steps + tick;
      if (past >= 1 && w.history[vm * w.steps + past] !== 0) lastUse[vm] = past;
      hasPast[vm] = lastUse[vm]! > 0 && lastUse[vm]! >= oldest ? 1 : 0;
      let mips = 0;
      if (past >= 1) for (let i = 0; i < REGRESSION_LENGTH; i++) mips += weights[i]! * w.history[newest - 9 + i]!;
      forecast[vm] = mips * w.vmMips[vm]!;
    }
  };
  const exactly = (host: number, vm: number): boolean => {
    const total = w.hostType[host]!.totalMips;
    const list = vm === NO_VM ? draft.lists[host]! : [...draft.lists[host]!, vm];
    const y = Array.from({ length: REGRESSION_LENGTH }, (_, i) => {
      let share = 0;
      for (const v of list) share += (w.history[v * w.steps + tick - 9 + i]! * w.vmMips[v]!) / total;
      return share;
    });
    return commonsMathForecast(y) * safety >= 1;
  };
  const judge = (host: number, vm: number): boolean => {
    kept.need(draft, host);
    if (anyPast[host] === 0 && (vm === NO_VM || hasPast[vm] === 0)) return demand.exceeds(host, vm, FALLBACK_THRESHOLD);
    const mips = vm === NO_VM ? sum[host]! : sum[host]! + forecast[vm]!;
    const predicted = (mips / w.hostType[host]!.totalMips) * safety;
    if (Math.abs(predicted - 1) < TOO_CLOSE && w.quirks.regressionUnweighted) return exactly(host, vm);
    return predicted >= 1;
  };
  return {
    begin: (next, at) => {
      draft = next;
      tick = at;
      demand.begin(next);
      kept.forget();
      remember();
    },
    overloaded: (host) => judge(host, NO_VM),
    overloadedWith: judge,
  };
};

/** @param safety the threshold of THR, the multiplier of the others */
export const detectorOf = (name: DetectorName, w: World, safety: number): Detector => {
  switch (name) {
    case 'thr':
      return thresholdDetector(w, safety);
    case 'mad':
      return spreadDetector(w, safety, MAD);
    case 'iqr':
      return spreadDetector(w, safety, IQR);
    case 'lr':
    case 'lrr':
      return regressionDetector(w, safety);
  }
};
