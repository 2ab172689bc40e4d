// Every algorithm of Neat, by question and name: what `understudy consolidate --list` lists and configurations refer to.
import { assert } from '../base/result.ts';
import { MHOD_START, mhod } from './mhod/mhod.ts';
import * as overload from './overload.ts';
import { neatPlacement } from './neat-placement.ts';
import type {
  Memory,
  OverloadStrategy,
  Parameters,
  ParameterSpec,
  ParameterValue,
  PlacementStrategy,
  SelectionStrategy,
  StrategyContext,
  UnderloadStrategy,
} from './strategy.ts';
import * as underload from './underload.ts';
import * as selection from './vm-selection.ts';

const NOTHING: Memory = {};

const option = (name: string, value: ParameterValue, meaning: string): ParameterSpec => ({
  name,
  default: value,
  meaning,
});

const number = (parameters: Parameters, name: string): number => {
  const value = parameters[name];
  assert(typeof value === 'number', `${name} is a configured number`);
  return value;
};

const list = (parameters: Parameters, name: string): readonly number[] => {
  const value = parameters[name];
  assert(value !== undefined && typeof value !== 'number', `${name} is a configured list`);
  return value;
};

const stepsOf = (context: StrategyContext): number => context.migrationTimeS / context.timeStepS;

const averageOptions = [
  option('threshold', 0.5, 'utilization compared with'),
  option('n', 2, 'newest values averaged'),
];

export const UNDERLOAD: readonly UnderloadStrategy[] = [
  {
    question: 'underload',
    name: 'always_underloaded',
    summary: 'Every host is a candidate for emptying.',
    parameters: [],
    create: () => () => [true, NOTHING],
  },
  {
    question: 'underload',
    name: 'threshold',
    summary: 'Newest utilization at most a threshold.',
    parameters: [option('threshold', 0.5, 'utilization compared with')],
    create: (_, p) => (u) => [underload.threshold(number(p, 'threshold'), u), NOTHING],
  },
  {
    question: 'underload',
    name: 'last_n_average_threshold',
    summary: 'Mean of the newest n values at most a threshold.',
    parameters: averageOptions,
    create: (_, p) => (u) => [underload.lastNAverageThreshold(number(p, 'threshold'), number(p, 'n'), u), NOTHING],
  },
];

const spreadOptions = [
  option('threshold', 2.5, 'multiplier of the spread: the limit is 1 - threshold * spread'),
  option('limit', 10, 'shorter histories are not judged'),
];

const loessOptions = [
  option('threshold', 1, 'predicted utilization compared with'),
  option('param', 1.2, 'safety: multiplies the prediction'),
  option('length', 30, 'newest values fitted; shorter histories are not judged'),
];

const loessParams = (context: StrategyContext, p: Parameters): overload.LoessParams => ({
  threshold: number(p, 'threshold'),
  param: number(p, 'param'),
  length: number(p, 'length'),
  migrationTimeSteps: stepsOf(context),
});

export const OVERLOAD: readonly OverloadStrategy[] = [
  {
    question: 'overload',
    name: 'never_overloaded',
    summary: 'No host is ever relieved.',
    parameters: [],
    create: () => () => [false, NOTHING],
  },
  {
    question: 'overload',
    name: 'threshold',
    summary: 'Newest utilization above a threshold.',
    parameters: [option('threshold', 0.8, 'utilization compared with')],
    create: (_, p) => (u) => [overload.threshold(number(p, 'threshold'), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'last_n_average_threshold',
    summary: 'Mean of the newest n values above a threshold.',
    parameters: averageOptions,
    create: (_, p) => (u) => [overload.lastNAverageThreshold(number(p, 'threshold'), number(p, 'n'), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'mad_threshold',
    summary: 'Newest utilization at least 1 - threshold * median absolute deviation.',
    parameters: spreadOptions,
    create: (_, p) => (u) => [overload.madThreshold(number(p, 'threshold'), number(p, 'limit'), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'iqr_threshold',
    summary: 'Newest utilization at least 1 - threshold * interquartile range.',
    parameters: spreadOptions,
    create: (_, p) => (u) => [overload.iqrThreshold(number(p, 'threshold'), number(p, 'limit'), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'loess',
    summary: 'Local regression predicts overload by the end of a migration.',
    parameters: loessOptions,
    create: (context, p) => (u) => [overload.loess(loessParams(context, p), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'loess_robust',
    summary: 'Local regression with outliers weighed down.',
    parameters: loessOptions,
    create: (context, p) => (u) => [overload.loessRobust(loessParams(context, p), u), NOTHING],
  },
  {
    question: 'overload',
    name: 'otf',
    summary: 'Overloaded now, and the fraction of overloaded time would reach the accepted one.',
    parameters: [
      option('otf', 0.1, 'accepted overload time fraction'),
      option('threshold', 0.8, 'utilization that counts as overload'),
      option('limit', 30, 'shorter histories are not judged'),
    ],
    create: (context, p) => (u, memory) => {
      const params = {
        otf: number(p, 'otf'),
        threshold: number(p, 'threshold'),
        limit: number(p, 'limit'),
        migrationTimeSteps: stepsOf(context),
      };
      const before = { overload: memory?.['overload'] ?? 0, total: memory?.['total'] ?? 0 };
      return overload.otf(params, u, before);
    },
  },
  {
    question: 'overload',
    name: 'mhod',
    summary: 'Markov host overload detection: no policy would keep the accepted overload time fraction.',
    parameters: [
      option('state_config', [0.8], 'utilization limits between the states; from the last on a host is overloaded'),
      option('otf', 0.1, 'accepted overload time fraction'),
      option('history_size', 500, 'accepted for compatibility; Neat does not use it'),
      option('window_sizes', [30, 40, 50, 60, 70, 80, 90, 100], 'estimation windows, ascending'),
      option('bruteforce_step', 0.5, 'grid step of the policy search'),
      option('learning_steps', 10, 'shorter histories are not judged'),
    ],
    create: (context, p) => (u, memory) => {
      const params = {
        stateConfig: list(p, 'state_config'),
        otf: number(p, 'otf'),
        windowSizes: list(p, 'window_sizes'),
        bruteforceStep: number(p, 'bruteforce_step'),
        learningSteps: number(p, 'learning_steps'),
        migrationTimeSteps: stepsOf(context),
      };
      const before = memory === null ? MHOD_START : { ...MHOD_START, ...memory };
      const verdict = mhod(params, u, before);
      return [verdict.overloaded, verdict.state];
    },
  },
];

export const VM_SELECTION: readonly SelectionStrategy[] = [
  {
    question: 'vm_selection',
    name: 'random',
    summary: 'Any VM.',
    parameters: [],
    create: (context) => (of) => [selection.random(context.rng, of.cpu), NOTHING],
  },
  {
    question: 'vm_selection',
    name: 'minimum_utilization',
    summary: 'The VM that uses least CPU.',
    parameters: [],
    create: () => (of) => [selection.minimumUtilization(of.cpu), NOTHING],
  },
  {
    question: 'vm_selection',
    name: 'minimum_migration_time',
    summary: 'The VM with least RAM.',
    parameters: [],
    create: () => (of) => [selection.minimumMigrationTime(of.ram), NOTHING],
  },
  {
    question: 'vm_selection',
    name: 'minimum_migration_time_max_cpu',
    summary: 'Of the VMs with least RAM the one that uses most CPU.',
    parameters: [option('last_n', 2, 'newest CPU values averaged')],
    create: (_, p) => (of) => [selection.minimumMigrationTimeMaxCpu(number(p, 'last_n'), of.cpu, of.ram), NOTHING],
  },
  {
    question: 'vm_selection',
    name: 'maximum_correlation',
    summary: 'The VM whose history the others explain best; least RAM when there is too little history. Not in Neat.',
    parameters: [],
    create: () => (of) => [selection.maximumCorrelation(of.cpu, of.ram), NOTHING],
  },
];

export const VM_PLACEMENT: readonly PlacementStrategy[] = [
  {
    question: 'vm_placement',
    name: 'best_fit_decreasing',
    summary: 'VMs by size, each to the fullest host with room; sleeping hosts are woken smallest first.',
    parameters: [
      option('cpu_threshold', 0.8, "share of a host's CPU that may be filled"),
      option('ram_threshold', 0.95, "share of a host's RAM that may be filled"),
      option('last_n_vm_cpu', 2, 'newest CPU values averaged per VM'),
    ],
    create: (_, p) => (input) => [
      neatPlacement(number(p, 'cpu_threshold'), number(p, 'ram_threshold'), number(p, 'last_n_vm_cpu'), input),
      NOTHING,
    ],
  },
];

/** All of them, question by question. */
export const STRATEGIES = [...UNDERLOAD, ...OVERLOAD, ...VM_SELECTION, ...VM_PLACEMENT] as const;
