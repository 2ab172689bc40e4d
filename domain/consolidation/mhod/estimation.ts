// Multisize sliding windows: how likely a host goes from one utilization state to another, by the window that fits best.
// Beloglazov and Buyya, "Managing Overloaded Hosts for Dynamic Consolidation", TPDS 2013, section 5 (Luiz et al.'s method).

/** One number per (from state, to state, window size). */
type PerWindow = readonly (readonly number[][])[];

export type Estimation = {
  /** Ascending; the largest also bounds the request windows. */
  readonly windowSizes: readonly number[];
  /** Per state, the states that followed it, newest last, at most the largest window. */
  readonly requests: readonly number[][];
  /** Newest estimates of each transition's probability per window size, newest last, at most the window size. */
  readonly estimates: readonly (readonly number[][][])[];
  readonly variances: PerWindow;
  readonly acceptable: PerWindow;
};

/** Unknown variances count as 1: the largest a probability's could be. */
const UNKNOWN_VARIANCE = 1;

const perTransition = <T>(states: number, sizes: readonly number[], of: () => T): T[][][] =>
  Array.from({ length: states }, () => Array.from({ length: states }, () => sizes.map(of)));

export const emptyEstimation = (windowSizes: readonly number[], states: number): Estimation => ({
  windowSizes,
  requests: Array.from({ length: states }, () => []),
  estimates: perTransition<number[]>(states, windowSizes, () => []),
  variances: perTransition(states, windowSizes, () => UNKNOWN_VARIANCE),
  acceptable: perTransition(states, windowSizes, () => UNKNOWN_VARIANCE),
});

const pushBounded = (ring: number[], value: number, capacity: number): void => {
  ring.push(value);
  if (ring.length > capacity) ring.shift();
};

/** How many of the requests went to a state, over the window size: fewer requests still count as a full window. */
export const estimateProbability = (requests: readonly number[], window: number, state: number): number => {
  let hits = 0;
  for (const request of requests) if (request === state) hits++;
  return hits / window;
};

/** Mean over a window, missing values counting as zero. */
export const windowMean = (values: readonly number[], window: number): number => {
  let sum = 0;
  for (const v of values) sum += v;
  return sum / window;
};

/** Unbiased variance around that mean; 0 for a window of one. */
export const windowVariance = (values: readonly number[], window: number): number => {
  if (window < 2) return 0;
  const mean = windowMean(values, window);
  let sum = 0;
  for (const v of values) sum += (v - mean) ** 2;
  return sum / (window - 1);
};

/** The variance an estimate of probability p over a window would have if the process were stationary: p (1 - p) / w. */
export const acceptableVariance = (probability: number, window: number): number =>
  (probability * (1 - probability)) / window;

/** Notes that `state` followed `previous`. */
export const noteRequest = (requests: readonly number[][], previous: number, state: number, capacity: number): void =>
  pushBounded(requests[previous]!, state, capacity);

/** Appends a new estimate of every transition out of `previous`. */
export const updateEstimates = (e: Estimation, previous: number): void => {
  for (const [state, windows] of e.estimates[previous]!.entries()) {
    for (const [k, size] of e.windowSizes.entries()) {
      pushBounded(windows[k]!, estimateProbability(e.requests[previous]!.slice(-size), size, state), size);
    }
  }
};

/** Variances of the transitions out of `previous`; unknown while a window is not full. */
export const updateVariances = (e: Estimation, previous: number): void => {
  for (const [state, windows] of e.estimates[previous]!.entries()) {
    for (const [k, size] of e.windowSizes.entries()) {
      const full = windows[k]!.length >= size;
      e.variances[previous]![state]![k] = full ? windowVariance(windows[k]!, size) : UNKNOWN_VARIANCE;
    }
  }
};

/** Acceptable variances of the newest estimates out of `previous`. */
export const updateAcceptable = (e: Estimation, previous: number): void => {
  for (const [state, windows] of e.estimates[previous]!.entries()) {
    for (const [k, size] of e.windowSizes.entries()) {
      e.acceptable[previous]![state]![k] = acceptableVariance(windows[k]!.at(-1) ?? 0, size);
    }
  }
};

/** One observed transition. Mutates the estimation: it lives for one replay of one history. */
export const observe = (e: Estimation, previous: number, state: number): void => {
  noteRequest(e.requests, previous, state, Math.max(...e.windowSizes));
  updateEstimates(e, previous);
  updateVariances(e, previous);
  updateAcceptable(e, previous);
};

/**
 * Index of the window to trust per transition: walking up the sizes, the last before the variance first exceeds the
 * acceptable one; the smallest if already that one does.
 */
export const selectWindows = (variances: PerWindow, acceptable: PerWindow): readonly (readonly number[])[] =>
  variances.map((row, from) =>
    row.map((sizes, to) => {
      const firstBad = sizes.findIndex((variance, k) => variance > acceptable[from]![to]![k]!);
      return firstBad === -1 ? sizes.length - 1 : Math.max(0, firstBad - 1);
    }),
  );

/** Newest estimate in the selected window of each transition, 0 if there is none. Rows need not sum to 1. */
export const bestEstimates = (
  estimates: Estimation['estimates'],
  selected: readonly (readonly number[])[],
): readonly (readonly number[])[] =>
  estimates.map((row, from) => row.map((windows, to) => windows[selected[from]![to]!]!.at(-1) ?? 0));
