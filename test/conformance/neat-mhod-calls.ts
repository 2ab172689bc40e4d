// How Neat's MHOD functions are called in our engine: arguments decoded, results encoded as Neat's.
import * as estimation from '../../domain/consolidation/mhod/estimation.ts';
import {
  advance,
  estimateFrom,
  judge,
  MHOD_START,
  mhod,
  type MhodParams,
  type MhodState,
  type MhodVerdict,
  stateOf,
} from '../../domain/consolidation/mhod/mhod.ts';
import { bestOnGrid, expectedStays, longestStay, overloadFraction } from '../../domain/consolidation/mhod/policy.ts';
import * as code from './neat-encoding.ts';
import type { Call, Vector } from './neat-vector.ts';

const encodeState = (s: MhodState): Record<string, number> => ({
  previous_state: s.previousState,
  time_in_states: s.timeInStates,
  time_in_state_n: s.timeInStateN,
});

type NeatState = { previous_state: number; time_in_states: number; time_in_state_n: number };

const decodeState = (s: NeatState): MhodState => ({
  previousState: s.previous_state,
  timeInStates: s.time_in_states,
  timeInStateN: s.time_in_state_n,
});

const encodePolicy = (v: MhodVerdict): Record<string, unknown> =>
  v.policy === undefined ? {} : { policy: v.policy ?? [] };

const encodeVerdict = (v: MhodVerdict): Record<string, unknown> => ({
  ...encodeState(v.state),
  selected_windows: v.selectedWindows,
  p: v.transitions,
  ...encodePolicy(v),
});

const mhodParams = (args: readonly unknown[]): MhodParams => {
  const [stateConfig, otf, windowSizes, bruteforceStep, learningSteps, timeStep, migrationTime] = args as [
    number[],
    number,
    number[],
    number,
    number,
    number,
    number,
  ];
  return { stateConfig, otf, windowSizes, bruteforceStep, learningSteps, migrationTimeSteps: migrationTime / timeStep };
};

/** Neat carries this list along without reading it. */
const UNTOUCHED = { previous_utilization: [] };

/** Neat's own tests of mhod replace the estimates and the current state; ours are replaced at the same two seams. */
const mhodStubbed = (v: Vector): unknown => {
  const p = mhodParams(v.args);
  const [utilization, before] = v.args.slice(7) as unknown as [number[], NeatState];
  const estimated = estimateFrom(p, utilization);
  const selected = estimation.selectWindows(estimated.variances, estimated.acceptable);
  const transitions = v.stubs!['select_best_estimates'] as unknown as number[][];
  const state = advance(decodeState(before), v.stubs!['get_current_state']!, p.stateConfig.length);
  const policy = judge(p, transitions, utilization.length, state);
  const selectedWindows = selected.map((row) => row.map((k) => p.windowSizes[k]!));
  const verdict = { overloaded: policy === null, state, selectedWindows, transitions, policy };
  return [verdict.overloaded, { ...UNTOUCHED, ...encodeVerdict(verdict), ...code.encodeEstimation(estimated) }];
};

const runMhod = (v: Vector): unknown => {
  const [timeStep, migrationTime, o] = v.factory_args as unknown as [number, number, Record<string, never>];
  const p = mhodParams([
    o['state_config'],
    o['otf'],
    o['window_sizes'],
    o['bruteforce_step'],
    o['learning_steps'],
    timeStep,
    migrationTime,
  ]);
  const { data_length: length, series } = v.args as unknown as { data_length: number; series: number[] };
  const decisions: boolean[] = [];
  const policies: unknown[] = [];
  let state = MHOD_START;
  let last: MhodVerdict | null = null;
  for (let k = 1; k <= series.length; k++) {
    last = mhod(p, series.slice(Math.max(0, k - length), k), state);
    state = last.state;
    decisions.push(last.overloaded);
    policies.push(last.policy === undefined ? null : (last.policy ?? []));
  }
  return { decisions, policies, final: last === null ? {} : encodeVerdict(last) };
};

const emptyStructure = (v: Vector): estimation.Estimation => estimation.emptyEstimation(v.args[0]!, v.args[1]!);

/** Decodes what one update function of the estimation is given; the parts it does not read are empty. */
const estimationWith = (sizes: readonly number[], part: Partial<estimation.Estimation>): estimation.Estimation => ({
  ...estimation.emptyEstimation(sizes, 1),
  ...part,
});

const firstCell = (rows: readonly (readonly Readonly<Record<string, unknown>>[])[]): readonly number[] =>
  code.sizesOf(rows[0]![0]!);

const updateVariances =
  (update: (e: estimation.Estimation, previous: number) => void, field: 'variances' | 'acceptable'): Call =>
  (v) => {
    const [before, windows, previous] = v.args as unknown as [never, never, number];
    const sizes = firstCell(before);
    const e = estimationWith(sizes, { [field]: code.bySizeToLists(before), estimates: code.dequesToLists(windows) });
    update(e, previous);
    return code.listsToBySize(e[field], sizes);
  };

const sizesSelected = (sizes: readonly number[], indices: readonly (readonly number[])[]): number[][] =>
  indices.map((row) => row.map((k) => sizes[k]!));

const constraint = (
  v: Vector,
  stays: readonly [number, number],
): { left_side: number; operator: string; right_side: number } => {
  const a = v.args as unknown as {
    otf: number;
    migration_time: number;
    time_in_states: number;
    time_in_state_n: number;
  };
  const budget = {
    otf: a.otf,
    migrationTimeSteps: a.migration_time,
    timeInStates: a.time_in_states,
    timeInStateN: a.time_in_state_n,
  };
  return { left_side: overloadFraction(budget, stays), operator: '<=', right_side: a.otf };
};

type StayArgs = {
  state_vector: number[];
  p: number[][];
  m: readonly [number, number];
  l_values: readonly [number, number];
};
const stayArgs = (v: Vector): StayArgs => v.args as unknown as StayArgs;
const staysOf = (v: Vector): readonly [number, number] => {
  const { state_vector, p, m } = stayArgs(v);
  return expectedStays(state_vector, p, m);
};

/** By module (last word) and function. */
export const MHOD_CALLS: Readonly<Record<string, Call>> = {
  'bruteforce.solve2': (v) => {
    const [objective, [left, , right], step, limit] = v.args as unknown as [
      { $expr: string },
      [{ $expr: string }, string, number],
      number,
      number,
    ];
    const of = code.expression(objective.$expr);
    const bounded = code.expression(left.$expr);
    return bestOnGrid(of, (x, y) => bounded(x, y) <= right, step, limit) ?? [];
  },
  'bruteforce.optimize': (v) => {
    const [step, limit, otf, migrationTimeSteps, , p, initial, timeInStates, timeInStateN] = v.args as unknown as [
      number,
      number,
      number,
      number,
      unknown,
      number[][],
      number[],
      number,
      number,
    ];
    return longestStay(step, limit, { otf, migrationTimeSteps, timeInStates, timeInStateN }, p, initial) ?? [];
  },
  'core.build_state_vector': (v) => {
    const [limits, utilization] = v.args as unknown as [number[], number[]];
    const state = stateOf(limits, utilization.at(-1)!);
    return Array.from({ length: limits.length + 1 }, (_, i) => (i === state ? 1 : 0));
  },
  'core.init_state': (v) => {
    const [, sizes, states] = v.args as unknown as [number, number[], number];
    const empty = code.encodeEstimation(estimation.emptyEstimation(sizes, states));
    return { previous_utilization: [], ...encodeState(MHOD_START), ...empty };
  },
  'core.mhod': (v) => {
    if (v.stubs !== undefined) return mhodStubbed(v);
    const [utilization, before] = v.args.slice(7) as unknown as [number[], NeatState];
    const p = mhodParams(v.args);
    const verdict = mhod(p, utilization, decodeState(before));
    const asksForWindows = 'request_windows' in (v.expected as [boolean, object])[1];
    const windows = asksForWindows ? { ...UNTOUCHED, ...code.encodeEstimation(estimateFrom(p, utilization)) } : {};
    return [verdict.overloaded, { ...encodeVerdict(verdict), ...windows }];
  },
  'core.mhod_factory(run)': runMhod,
  'core.utilization_to_state': (v) => stateOf(v.args[0]!, v.args[1]!),
  'core.utilization_to_states': (v) => (v.args[1]! as number[]).map((u) => stateOf(v.args[0]!, u)),
  'l_2_states.l0': (v) => expectedStays(v.args[0]!, v.args[1]!, v.args[2]!)[0],
  'l_2_states.l1': (v) => expectedStays(v.args[0]!, v.args[1]!, v.args[2]!)[1],
  'nlp.build_objective': (v) => stayArgs(v).l_values[0] + stayArgs(v).l_values[1],
  'nlp.build_constraint': (v) => constraint(v, stayArgs(v).l_values),
  'nlp.objective_value': (v) => staysOf(v)[0] + staysOf(v)[1],
  'nlp.constraint_value': (v) => {
    const built = constraint(v, staysOf(v));
    return { ...built, satisfied: built.left_side <= built.right_side };
  },
  'multisize_estimation.acceptable_variance': (v) => estimation.acceptableVariance(v.args[0]!, v.args[1]!),
  'multisize_estimation.estimate_probability': (v) =>
    estimation.estimateProbability(v.args[0]!, v.args[1]!, v.args[2]!),
  'multisize_estimation.init_deque_structure': (v) => code.listsToDeques(emptyStructure(v).estimates, v.args[0]!),
  'multisize_estimation.init_request_windows': (v) =>
    code.encodeEstimation(estimation.emptyEstimation([v.args[1]!], v.args[0]!))['request_windows'],
  'multisize_estimation.init_variances': (v) => code.listsToBySize(emptyStructure(v).variances, v.args[0]!),
  'multisize_estimation.mean': (v) => estimation.windowMean(v.args[0]!, v.args[1]!),
  'multisize_estimation.variance': (v) => estimation.windowVariance(v.args[0]!, v.args[1]!),
  'multisize_estimation.select_best_estimates': (v) => {
    const [windows, selected] = v.args as unknown as [never, number[][]];
    const sizes = firstCell(windows);
    return estimation.bestEstimates(
      code.dequesToLists(windows),
      selected.map((row) => row.map((size) => sizes.indexOf(size))),
    );
  },
  'multisize_estimation.select_window': (v) => {
    const [variances, acceptable, sizes] = v.args as unknown as [never, never, number[]];
    return sizesSelected(
      sizes,
      estimation.selectWindows(code.bySizeToLists(variances), code.bySizeToLists(acceptable)),
    );
  },
  'multisize_estimation.update_acceptable_variances': updateVariances(estimation.updateAcceptable, 'acceptable'),
  'multisize_estimation.update_variances': updateVariances(estimation.updateVariances, 'variances'),
  'multisize_estimation.update_estimate_windows': (v) => {
    const [windows, requests, previous] = v.args as unknown as [never, code.Deque[], number];
    const sizes = firstCell(windows);
    const e = estimationWith(sizes, {
      requests: requests.map((r) => [...r.deque]),
      estimates: code.dequesToLists(windows),
    });
    estimation.updateEstimates(e, previous);
    return code.listsToDeques(e.estimates, sizes);
  },
  'multisize_estimation.update_request_windows': (v) => {
    const [windows, previous, state] = v.args as unknown as [code.Deque[], number, number];
    const requests = windows.map((w) => [...w.deque]);
    estimation.noteRequest(requests, previous, state, windows[previous]!.maxlen);
    return requests.map((deque, i) => ({ deque, maxlen: windows[i]!.maxlen }));
  },
};
