// One recorded call of a function of Neat's.
import type { Parameters } from '../../domain/consolidation/strategy.ts';

export type Vector = {
  readonly id: number;
  readonly module: string;
  readonly function: string;
  readonly args: readonly never[] & Readonly<Record<string, never>>;
  readonly factory_args?: readonly [number, number, Parameters];
  readonly stubs?: Readonly<Record<string, never>>;
  readonly expected: unknown;
  /** Full precision where the test's expectation is rounded. */
  readonly computed?: unknown;
};

/** Runs a vector's call in our engine; the result is compared with `expected`. */
export type Call = (v: Vector) => unknown;
