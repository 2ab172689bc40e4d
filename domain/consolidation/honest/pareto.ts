// Policies side by side over one day: energy, SLA violation, shortage and migrations, and which of them no other beats.
import type { HonestOutcome } from './outcome.ts';

/** What a policy costs in every way that counts. */
export type Costs = {
  readonly energyKwh: number;
  readonly slav: number;
  readonly shortfall: number;
  readonly migrations: number;
};

const AXES = ['energyKwh', 'slav', 'shortfall', 'migrations'] as const satisfies readonly (keyof Costs)[];

const dominates = (a: Costs, b: Costs): boolean =>
  AXES.every((axis) => a[axis] <= b[axis]) && AXES.some((axis) => a[axis] < b[axis]);

/** No other row is at least as good in energy, SLAV, shortfall and migrations and better in one of them. */
export const isOnFront = (row: Costs, rows: readonly Costs[]): boolean => !rows.some((other) => dominates(other, row));

export type ParetoRow = HonestOutcome & {
  /** Energy over the lower bound, as a fraction: 0.05 is five percent above. */
  readonly overBound: number;
  readonly onFront: boolean;
};

export const paretoRows = (outcomes: readonly HonestOutcome[]): readonly ParetoRow[] =>
  outcomes.map((o) => ({ ...o, overBound: o.energyKwh / o.boundKwh - 1, onFront: isOnFront(o, outcomes) }));
