// LR and LRR: a host is overloaded if the line through its last ten utilizations reaches its limit one interval ahead.
import { tricubeWeights, weightedLine } from '../statistics.ts';
import { type Detector, FALLBACK_THRESHOLD, TOO_CLOSE } from './detector.ts';
import type { Draft } from './draft.ts';
import { demandTest, keptSums, NO_VM } from './kept-sums.ts';
import { HISTORY } from './machines.ts';
import type { World } from './world.ts';

const REGRESSION_LENGTH = 10;
/** The regression predicts the end of the longest migration: always one interval ahead, since RAM / 62.5 < 300 s. */
const PREDICTED_X = REGRESSION_LENGTH + 1;

/** The line through ten points is linear in them: the prediction is a fixed weighted sum, oldest value first. */
const forecastWeights = (weighted: boolean): Float64Array => {
  const weights = weighted ? tricubeWeights(REGRESSION_LENGTH) : Array.from({ length: REGRESSION_LENGTH }, () => 1);
  return Float64Array.from(weights, (_, at) => {
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
export const regressionDetector = (w: World, safety: number): Detector => {
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
  const kept = keptSums(w.lists.length, (host, list, from) => {
    let mips = from === 0 ? 0 : sum[host]!;
    let past = from === 0 ? 0 : anyPast[host]!;
    for (let i = from; i < list.length; i++) {
      mips += forecast[list[i]!]!;
      past |= hasPast[list[i]!]!;
    }
    sum[host] = mips;
    anyPast[host] = past;
  });
  /** The tick at which a value becomes old enough to give the regression its tenth point. */
  const remember = (): void => {
    const { vms, steps, history, registered, vmMips } = w;
    const past = tick - (REGRESSION_LENGTH - 1);
    const oldest = tick - (HISTORY - 1);
    if (past < 1) return; // nobody has ten values yet
    for (let vm = 0; vm < vms; vm++) {
      if (registered[vm]! < 0) continue;
      const from = vm * steps + past;
      if (history[from] !== 0) lastUse[vm] = past;
      hasPast[vm] = lastUse[vm]! > 0 && lastUse[vm]! >= oldest ? 1 : 0;
      let mips = 0;
      for (let i = 0; i < REGRESSION_LENGTH; i++) mips += weights[i]! * history[from + i]!;
      forecast[vm] = mips * vmMips[vm]!;
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
    kept.need(host);
    if (anyPast[host] === 0 && (vm === NO_VM || hasPast[vm] === 0)) return demand.share(host, vm) > FALLBACK_THRESHOLD;
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
      kept.begin(next);
      remember();
    },
    overloaded: (host) => judge(host, NO_VM),
    overloadedWith: judge,
  };
};
