// MHOD: relieve a host only when staying longer would break the accepted overload time fraction.
import type { History } from '../overload.ts';
import { bestEstimates, emptyEstimation, type Estimation, observe, selectWindows } from './estimation.ts';
import { longestStay, type MigrationPolicy, type Transitions } from './policy.ts';

export type MhodParams = {
  /** Ascending utilization limits; at or above the last the host is overloaded. */
  readonly stateConfig: readonly number[];
  readonly otf: number;
  readonly windowSizes: readonly number[];
  readonly bruteforceStep: number;
  /** Shorter histories are not judged. */
  readonly learningSteps: number;
  readonly migrationTimeSteps: number;
};

/** What survives between calls: everything else is estimated anew from the history. */
export type MhodState = {
  readonly previousState: number;
  readonly timeInStates: number;
  readonly timeInStateN: number;
};

export const MHOD_START: MhodState = { previousState: 0, timeInStates: 0, timeInStateN: 0 };

/** Every interval in full: the numbers that decided. */
export type MhodVerdict = {
  readonly overloaded: boolean;
  readonly state: MhodState;
  readonly selectedWindows: readonly (readonly number[])[];
  readonly transitions: Transitions;
  /** The policy found; null when none keeps the budget; undefined when none was asked for. */
  readonly policy: MigrationPolicy | null | undefined;
};

/**
 * Below limits[0] is state 0, below limits[1] state 1, else the last.
 *
 * With more limits Neat compares with the number of the state before instead of its limit, so state k >= 2 is only
 * reached by a utilization of at least k - 1; what falls through counts as the last state. Kept: the results are Neat's.
 */
export const stateOf = (limits: readonly number[], utilization: number): number => {
  const at = limits.findIndex((limit, state) => utilization < limit && utilization >= state - 1);
  return at === -1 ? limits.length : at;
};

/** Replays a history through empty windows. The first value is taken as following state 0. */
export const estimateFrom = (
  params: Pick<MhodParams, 'stateConfig' | 'windowSizes'>,
  utilization: History,
): Estimation => {
  const estimation = emptyEstimation(params.windowSizes, params.stateConfig.length + 1);
  let previous = 0;
  for (const u of utilization) {
    const state = stateOf(params.stateConfig, u);
    observe(estimation, previous, state);
    previous = state;
  }
  return estimation;
};

/** One interval later in a state. */
export const advance = (before: MhodState, current: number, last: number): MhodState => ({
  previousState: current,
  timeInStates: before.timeInStates + 1,
  timeInStateN: before.timeInStateN + (current === last ? 1 : 0),
});

/** Overloaded if and only if a policy was asked for and none keeps the budget. */
export const judge = (
  p: MhodParams,
  transitions: Transitions,
  historyLength: number,
  state: MhodState,
): MigrationPolicy | null | undefined => {
  const last = p.stateConfig.length;
  const asked = historyLength >= p.learningSteps && state.previousState === last && transitions[last]![last]! > 0;
  if (!asked) return undefined;
  const initial = Array.from({ length: last + 1 }, (_, i) => (i === state.previousState ? 1 : 0));
  return longestStay(p.bruteforceStep, 1, { ...p, ...state }, transitions, initial);
};

/** One call of the detector: the whole remembered history, newest last, and the state of the last call. */
export const mhod = (p: MhodParams, utilization: History, before: MhodState): MhodVerdict => {
  const estimation = estimateFrom(p, utilization);
  const selected = selectWindows(estimation.variances, estimation.acceptable);
  const transitions = bestEstimates(estimation.estimates, selected);
  const current = utilization.length === 0 ? 0 : stateOf(p.stateConfig, utilization.at(-1)!);
  const state = advance(before, current, p.stateConfig.length);
  const policy = judge(p, transitions, utilization.length, state);
  return {
    overloaded: policy === null,
    state,
    selectedWindows: selected.map((row) => row.map((k) => p.windowSizes[k]!)),
    transitions,
    policy,
  };
};
