// One shape for every algorithm that answers one of Neat's four questions, configured by the names Neat gives its options.
import type { Rng } from '../base/rng.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { History } from './overload.ts';
import type { VmCpu, VmRam } from './vm-selection.ts';

/** Is a host underloaded, is it overloaded, which VM leaves it, where do VMs go. */
export type Question = 'underload' | 'overload' | 'vm_selection' | 'vm_placement';

export type ParameterValue = number | readonly number[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

export type ParameterSpec = { readonly name: string; readonly meaning: string; readonly default: ParameterValue };

/** What the surroundings fix, as opposed to the person. */
export type StrategyContext = {
  /** Seconds between two values of a history. */
  readonly timeStepS: number;
  /** Seconds a migration is expected to take. */
  readonly migrationTimeS: number;
  readonly rng: Rng;
};

/** What an algorithm remembers between calls: counters by name; empty for most. */
export type Memory = Readonly<Record<string, number>>;

/** One call: input and memory in, answer and memory out. Memory is null at the first call. */
export type Step<In, Out> = (input: In, memory: Memory | null) => readonly [Out, Memory];

/** An algorithm before it is configured. */
export interface Strategy<Q extends Question, In, Out> {
  readonly question: Q;
  /** Neat's name where Neat has the algorithm. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly ParameterSpec[];
  /** Parameters are complete and of the right kind: `configure` sees to that. */
  readonly create: (context: StrategyContext, parameters: Parameters) => Step<In, Out>;
}

export type SelectionInput = { readonly cpu: VmCpu; readonly ram: VmRam };

/** CPU in MHz and RAM in MB, by host or VM name. */
export type PlacementInput = {
  readonly hostsCpuUsed: ReadonlyMap<string, number>;
  readonly hostsCpuTotal: ReadonlyMap<string, number>;
  readonly hostsRamUsed: ReadonlyMap<string, number>;
  readonly hostsRamTotal: ReadonlyMap<string, number>;
  readonly inactiveCpu: ReadonlyMap<string, number>;
  readonly inactiveRam: ReadonlyMap<string, number>;
  readonly vmsCpu: VmCpu;
  readonly vmsRam: VmRam;
};

export type UnderloadStrategy = Strategy<'underload', History, boolean>;
export type OverloadStrategy = Strategy<'overload', History, boolean>;
/** Answers with the VM to move, or null when there is none to choose. */
export type SelectionStrategy = Strategy<'vm_selection', SelectionInput, string | null>;
/** Answers with host by VM; empty when not all VMs find a place. */
export type PlacementStrategy = Strategy<'vm_placement', PlacementInput, ReadonlyMap<string, string>>;

const kindOf = (value: ParameterValue): string => (typeof value === 'number' ? 'a number' : 'a list of numbers');

/** Binds parameters to a strategy; names that are missing take their default, unknown names and wrong kinds are refused. */
export const configure = <Q extends Question, In, Out>(
  strategy: Strategy<Q, In, Out>,
  context: StrategyContext,
  given: Parameters,
): Result<Step<In, Out>, string> => {
  for (const [name, value] of Object.entries(given)) {
    const spec = strategy.parameters.find((p) => p.name === name);
    if (spec === undefined) {
      const known = strategy.parameters.map((p) => p.name).join(', ') || 'none';
      return err(`${strategy.name} has no parameter "${name}"; its parameters: ${known}`);
    }
    if (kindOf(value) !== kindOf(spec.default))
      return err(`${strategy.name}: "${name}" must be ${kindOf(spec.default)}`);
  }
  const defaults = Object.fromEntries(strategy.parameters.map((p) => [p.name, p.default]));
  return ok(strategy.create(context, { ...defaults, ...given }));
};
