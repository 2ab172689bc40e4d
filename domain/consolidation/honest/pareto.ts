// Strategies side by side over one day: energy, SLA violation, shortage and migrations, and which of them no other beats.
import { parsePolicy } from '../cloudsim/policy.ts';
import { assert } from '../../base/result.ts';
import type { Workload } from '../workload.ts';
import type { HonestOutcome } from './outcome.ts';
import { type HonestSettings, type HonestStrategy, runHonest } from './run.ts';
import { steady, STEADY_DEFAULTS } from './steady.ts';
import { textbook } from './textbook.ts';

export type ParetoRow = HonestOutcome & {
  /** Energy over the lower bound, as a fraction: 0.05 is five percent above. */
  readonly overBound: number;
  /** No other row is at least as good in energy, SLAV, shortfall and migrations and better in one of them. */
  readonly onFront: boolean;
};

const AXES = ['energyKwh', 'slav', 'shortfall', 'migrations'] as const satisfies readonly (keyof HonestOutcome)[];

const dominates = (a: HonestOutcome, b: HonestOutcome): boolean =>
  AXES.every((axis) => a[axis] <= b[axis]) && AXES.some((axis) => a[axis] < b[axis]);

export const paretoRows = (outcomes: readonly HonestOutcome[]): readonly ParetoRow[] =>
  outcomes.map((o) => ({
    ...o,
    overBound: o.energyKwh / o.boundKwh - 1,
    onFront: !outcomes.some((other) => dominates(other, o)),
  }));

const textbookNamed = (name: string): HonestStrategy => {
  const policy = parsePolicy(name, null);
  assert(policy.ok, `${name} is a policy`);
  return textbook(policy.value);
};

/** The textbook's strategies with CloudSim's parameters, and ours without and with its safety premium. */
export const COMPARED: readonly HonestStrategy[] = [
  ...['dvfs', 'thr-mmt', 'mad-mmt', 'iqr-mmt', 'lr-mmt', 'lrr-mmt'].map(textbookNamed),
  { ...steady({ ...STEADY_DEFAULTS, safetyPremium: 0 }), name: 'steady-cheapest' },
  steady(),
];

/** One row per strategy. */
export const compareDay = (
  workload: Workload,
  settings: HonestSettings,
  strategies: readonly HonestStrategy[] = COMPARED,
): readonly ParetoRow[] => paretoRows(strategies.map((strategy) => runHonest(workload, strategy, settings)));
