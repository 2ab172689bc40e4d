// The decision behind MHOD: how long a host may stay before a migration, as a small constrained optimisation.
// Beloglazov and Buyya, TPDS 2013, section 4; the shipped L functions exist for two states.
import { floatRange } from '../sampling.ts';

/** Transition probabilities, row = from; only states 0 (not overloaded) and 1 (overloaded) are used. */
export type Transitions = readonly (readonly number[])[];

/** Probability of migrating in state 0 and in state 1. */
export type MigrationPolicy = readonly [number, number];

/**
 * Expected intervals spent in states 0 and 1 before the migration, from an initial distribution s over them.
 *
 * With q = 1 - m and D = (1 - p00 q0)(1 - p11 q1) - p01 p10 q0 q1: L0 = (s0 (1 - p11 q1) + s1 p10 q1) / D and
 * L1 = (s1 (1 - p00 q0) + s0 p01 q0) / D. Where rows sum to 1 and nothing migrates D is 0, and rounding decides what a
 * grid search sees there, so -D and the numerators are expanded and added up in Neat's order (neat l_2_states).
 */
export const expectedStays = (
  initial: readonly number[],
  p: Transitions,
  [m0, m1]: MigrationPolicy,
): readonly [l0: number, l1: number] => {
  const [s0, s1] = initial as readonly [number, number];
  const [p00, p01] = p[0] as readonly [number, number];
  const [p10, p11] = p[1] as readonly [number, number];
  const stayed = p00 * (m1 * (p11 - m0 * p11) - p11 + m0 * (p11 - 1) + 1);
  const crossed = (m1 * (m0 * p01 - p01) - m0 * p01 + p01) * p10;
  const minusD = stayed - m1 * p11 + p11 + crossed - 1;
  return [
    (s0 * (-m1 * p11 + p11 - 1) + (m1 * s1 - s1) * p10) / minusD,
    -(p00 * (m0 * s1 - s1) + s1 + s0 * (p01 - m0 * p01)) / minusD,
  ];
};

/** How the host has fared so far, and what it may not exceed. All times in intervals. */
export type OverloadBudget = {
  /** Accepted overload time fraction. */
  readonly otf: number;
  readonly migrationTimeSteps: number;
  readonly timeInStates: number;
  readonly timeInStateN: number;
};

/** The overload time fraction a policy leads to, the migration itself counting as overloaded. */
export const overloadFraction = (b: OverloadBudget, [l0, l1]: readonly [number, number]): number =>
  (b.migrationTimeSteps + b.timeInStateN + l1) / (b.migrationTimeSteps + b.timeInStates + (l0 + l1));

/**
 * Best point (x, y) of a grid from 0 to `limit` in both directions, x first, the first of equals; null if no allowed point
 * has a positive finite objective.
 */
export const bestOnGrid = (
  objective: (x: number, y: number) => number,
  allowed: (x: number, y: number) => boolean,
  step: number,
  limit: number,
): readonly [number, number] | null => {
  let best: readonly [number, number] | null = null;
  let most = 0;
  const grid = floatRange(0, limit, step);
  for (const x of grid) {
    for (const y of grid) {
      const value = objective(x, y);
      if (Number.isFinite(value) && value > most && allowed(x, y)) {
        best = [x, y];
        most = value;
      }
    }
  }
  return best;
};

/** The longest expected stay within the budget, or null: then the host must be relieved now. */
export const longestStay = (
  step: number,
  limit: number,
  budget: OverloadBudget,
  p: Transitions,
  initial: readonly number[],
): MigrationPolicy | null => {
  const stays = (x: number, y: number): readonly [number, number] => expectedStays(initial, p, [x, y]);
  return bestOnGrid(
    (x, y) => stays(x, y)[0] + stays(x, y)[1],
    (x, y) => overloadFraction(budget, stays(x, y)) <= budget.otf,
    step,
    limit,
  );
};
