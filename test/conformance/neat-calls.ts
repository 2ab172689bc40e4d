// How each function of Neat's vectors is called in our engine: arguments decoded, results encoded as Neat's.
import type { Rng } from '../../domain/base/rng.ts';
import { availableByHost, placeVms } from '../../domain/consolidation/neat-placement.ts';
import * as overload from '../../domain/consolidation/overload.ts';
import { STRATEGIES } from '../../domain/consolidation/registry.ts';
import { cpuMhz, floatRange, migrationTimeS } from '../../domain/consolidation/sampling.ts';
import {
  iqr,
  loessLine,
  mad,
  robustLoessLine,
  tricubeBisquareWeights,
  tricubeWeights,
} from '../../domain/consolidation/statistics.ts';
import { configure } from '../../domain/consolidation/strategy.ts';
import * as underload from '../../domain/consolidation/underload.ts';
import * as selection from '../../domain/consolidation/vm-selection.ts';
import { MHOD_CALLS } from './neat-mhod-calls.ts';
import type { Call, Vector } from './neat-vector.ts';

const mapOf = <T>(record: Readonly<Record<string, T>>): ReadonlyMap<string, T> => new Map(Object.entries(record));

/** A generator that makes `pick` choose what the vector's stub of random.choice chose. */
const choosing = (names: readonly string[], chosen: string): Rng => {
  const rng: Rng = { next: () => (names.indexOf(chosen) + 0.5) / names.length, child: () => rng };
  return rng;
};

const stubbed = (v: Vector, name: string, otherwise: (values: readonly number[]) => number) =>
  v.stubs !== undefined && name in v.stubs ? () => v.stubs![name] as unknown as number : otherwise;

const loessParams = ([limit, param, length, migrationTimeSteps]: readonly number[]): overload.LoessParams => ({
  threshold: limit!,
  param: param!,
  length: length!,
  migrationTimeSteps: migrationTimeSteps!,
});

/** Neat's factories are our strategies, configured by the same names. */
const configured = (v: Vector, rng: Rng) => {
  const [timeStepS, migrationTimeS, parameters] = v.factory_args!;
  const question = v.module.includes('underload')
    ? 'underload'
    : v.module.includes('overload')
      ? 'overload'
      : v.module.includes('selection')
        ? 'vm_selection'
        : 'vm_placement';
  const name = v.function.replace(/_factory$/, '');
  const strategy = STRATEGIES.find((s) => s.question === question && s.name === name);
  if (strategy === undefined) throw new Error(`no ${question} strategy ${name}`);
  const step = configure(strategy as never, { timeStepS, migrationTimeS, rng }, parameters);
  if (!step.ok) throw new Error(step.error);
  return step.value as (input: unknown, memory: unknown) => readonly [unknown, unknown];
};

const NO_RNG: Rng = { next: () => 0, child: () => NO_RNG };

const detectorFactory: Call = (v) => configured(v, NO_RNG)(v.args[0], v.args[1] ?? null);

const spreadFactory =
  (name: string, of: (u: readonly number[]) => number): Call =>
  (v) => {
    if (v.stubs === undefined) return detectorFactory(v);
    const { threshold, limit } = v.factory_args![2] as { threshold: number; limit: number };
    return [overload.adaptiveThreshold((u) => 1 - threshold * stubbed(v, name, of)(u), limit, v.args[0]!), {}];
  };

const selectionFactory: Call = (v) => {
  const [cpu, ram] = v.args.map(mapOf);
  const rng = v.stubs === undefined ? NO_RNG : choosing([...cpu!.keys()], v.stubs['choice']!);
  const [vm, memory] = configured(v, rng)({ cpu, ram: ram ?? new Map() }, null);
  return [[vm], memory];
};

const PLACEMENT_ARGS = [
  'hostsCpuUsed',
  'hostsCpuTotal',
  'hostsRamUsed',
  'hostsRamTotal',
  'inactiveCpu',
  'inactiveRam',
  'vmsCpu',
  'vmsRam',
];

const placementFactory: Call = (v) => {
  const input = Object.fromEntries(PLACEMENT_ARGS.map((name, i) => [name, mapOf(v.args[i]!)]));
  const [placed, memory] = configured(v, NO_RNG)(input, null);
  return [Object.fromEntries(placed as ReadonlyMap<string, string>), memory];
};

/** By module (last word) and function. */
export const CALLS: Readonly<Record<string, Call>> = {
  ...MHOD_CALLS,
  'common.calculate_migration_time': (v) => migrationTimeS(Object.values(v.args[0]!), v.args[1]!),
  'common.frange': (v) => floatRange(...(v.args as unknown as [number, number, number])),
  'collector.calculate_cpu_mhz': (v) => cpuMhz(...(v.args as unknown as [number, number, number, number, number])),
  'bin_packing.best_fit_decreasing': (v) => {
    const [hostsCpu, hostsRam, inactiveCpu, inactiveRam, cpu, ram] = v.args.slice(1).map(mapOf) as never[];
    const room = { hostsCpu: hostsCpu!, hostsRam: hostsRam!, inactiveCpu: inactiveCpu!, inactiveRam: inactiveRam! };
    return Object.fromEntries(placeVms(v.args[0]!, room, cpu!, ram!));
  },
  'bin_packing.best_fit_decreasing_factory': placementFactory,
  'bin_packing.get_available_resources': (v) =>
    Object.fromEntries(availableByHost(v.args[0]!, mapOf(v.args[1]!), mapOf(v.args[2]!))),
  'otf.otf': (v) => {
    const [otf, threshold, limit, migrationTimeSteps, utilization, state] = v.args as unknown as [
      number,
      number,
      number,
      number,
      number[],
      overload.OtfState,
    ];
    return overload.otf({ otf, threshold, limit, migrationTimeSteps }, utilization, state);
  },
  'otf.otf_factory': detectorFactory,
  'statistics.mad': (v) => mad(v.args[0]!),
  'statistics.iqr': (v) => iqr(v.args[0]!),
  'statistics.tricube_weights': (v) => tricubeWeights(v.args[0]!),
  'statistics.tricube_bisquare_weights': (v) => tricubeBisquareWeights(v.args[0]!),
  'statistics.loess_parameter_estimates': (v) => loessLine(v.args[0]!),
  'statistics.loess_robust_parameter_estimates': (v) => robustLoessLine(v.args[0]!),
  'statistics.loess': (v) => overload.loess(loessParams(v.args), v.args[4]!),
  'statistics.loess_robust': (v) => overload.loessRobust(loessParams(v.args), v.args[4]!),
  'statistics.loess_factory': detectorFactory,
  'statistics.loess_robust_factory': detectorFactory,
  'statistics.utilization_threshold_abstract': (v) => {
    const limit = (v.args[0]! as { $constant_function: number }).$constant_function;
    return overload.adaptiveThreshold(() => limit, v.args[1]!, v.args[2]!);
  },
  'statistics.mad_threshold': (v) =>
    overload.adaptiveThreshold((u) => 1 - v.args[0]! * stubbed(v, 'mad', mad)(u), v.args[1]!, v.args[2]!),
  'statistics.iqr_threshold': (v) =>
    overload.adaptiveThreshold((u) => 1 - v.args[0]! * stubbed(v, 'iqr', iqr)(u), v.args[1]!, v.args[2]!),
  'statistics.mad_threshold_factory': spreadFactory('mad', mad),
  'statistics.iqr_threshold_factory': spreadFactory('iqr', iqr),
  'overload.trivial.threshold': (v) => overload.threshold(v.args[0]!, v.args[1]!),
  'overload.trivial.last_n_average_threshold': (v) =>
    overload.lastNAverageThreshold(v.args[0]!, v.args[1]!, v.args[2]!),
  'overload.trivial.threshold_factory': detectorFactory,
  'overload.trivial.last_n_average_threshold_factory': detectorFactory,
  'overload.trivial.never_overloaded_factory': detectorFactory,
  'underload.trivial.threshold': (v) => underload.threshold(v.args[0]!, v.args[1]!),
  'underload.trivial.last_n_average_threshold': (v) =>
    underload.lastNAverageThreshold(v.args[0]!, v.args[1]!, v.args[2]!),
  'underload.trivial.threshold_factory': detectorFactory,
  'underload.trivial.last_n_average_threshold_factory': detectorFactory,
  'underload.trivial.always_underloaded_factory': detectorFactory,
  'algorithms.random': (v) =>
    selection.random(choosing(Object.keys(v.args[0]!), v.stubs!['choice']!), mapOf(v.args[0]!)),
  'algorithms.minimum_utilization': (v) => selection.minimumUtilization(mapOf(v.args[0]!)),
  'algorithms.minimum_migration_time': (v) => selection.minimumMigrationTime(mapOf(v.args[0]!)),
  'algorithms.minimum_migration_time_max_cpu': (v) =>
    selection.minimumMigrationTimeMaxCpu(v.args[0]!, mapOf(v.args[1]!), mapOf(v.args[2]!)),
  'algorithms.random_factory': selectionFactory,
  'algorithms.minimum_utilization_factory': selectionFactory,
  'algorithms.minimum_migration_time_factory': selectionFactory,
  'algorithms.minimum_migration_time_max_cpu_factory': selectionFactory,
};

/** Functions that move Python values about and compute nothing. */
export const PLUMBING: Readonly<Record<string, string>> = {
  'core.get_current_state': 'looks up the 1 in a one-hot list; our engine keeps the state as a number',
  'core.issue_command_deterministic': 'tells an empty list from a full one; our engine keeps "no policy" as null',
  'multisize_estimation.init_selected_window_sizes':
    'fills a list of lists with the smallest window; ours needs no start',
};
