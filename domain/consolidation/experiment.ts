// One policy on one day under one experiment's rules: the piece of work that many threads can share out among them.
import { err, ok, type Result } from '../base/result.ts';
import { parsePolicy, POLICY_NAMES } from './cloudsim/policy.ts';
import { printedFigures } from './cloudsim/print.ts';
import { runCloudSim } from './cloudsim/run.ts';
import { type Course, courseRecorder } from './course.ts';
import type { HonestOutcome } from './honest/outcome.ts';
import { type ParetoRow, paretoRows } from './honest/pareto.ts';
import { type HonestSettings, type HonestStrategy, runHonest } from './honest/run.ts';
import { steady, STEADY_DEFAULTS } from './honest/steady.ts';
import { textbook } from './honest/textbook.ts';
import type { CloudSimReport } from './cloudsim/report.ts';
import type { Workload } from './workload.ts';

export const EXPERIMENTS = ['cloudsim', 'honest'] as const;
export type ExperimentName = (typeof EXPERIMENTS)[number];

/** A policy of an experiment; `param` null takes that of CloudSim's example. */
export type Trial = {
  readonly experiment: ExperimentName;
  readonly policy: string;
  readonly param: number | null;
  /** Only random selection draws from it. */
  readonly seed: string;
};

export type TrialOutcome =
  | { readonly experiment: 'cloudsim'; readonly figures: CloudSimReport; readonly course: Course }
  | { readonly experiment: 'honest'; readonly figures: HonestOutcome; readonly course: Course };

/** Ours, beside the textbook's, in the honest experiment only: CloudSim's rules leave it nothing to do. */
const OURS: Readonly<Record<string, HonestStrategy>> = {
  steady: steady(),
  'steady-cheapest': { ...steady({ ...STEADY_DEFAULTS, safetyPremium: 0 }), name: 'steady-cheapest' },
};

/** What is compared when no policy is named: those that never move a VM, each detector with Neat's selection, and ours. */
export const COMPARED: Readonly<Record<ExperimentName, readonly string[]>> = {
  cloudsim: ['npa', 'dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt'],
  honest: ['dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt', 'steady-cheapest', 'steady'],
};

/** CloudSim's migration speed (half of a 1 Gbit/s link), so that strategies differ and not networks; two minutes to wake. */
export const HONEST_SETTINGS: HonestSettings = { wakeS: 120, migrationS: (ramMB) => ramMB / 62.5 };

const honestStrategy = ({ policy, param, seed }: Trial): Result<HonestStrategy, string> => {
  const own = Object.hasOwn(OURS, policy) ? OURS[policy] : undefined;
  if (own !== undefined) return param === null ? ok(own) : err(`policy ${policy} takes no parameter`);
  if (policy === 'npa') return err('policy npa has no place here: the honest experiment has no host at full power');
  if (!POLICY_NAMES.includes(policy)) {
    const known = [...POLICY_NAMES.filter((name) => name !== 'npa'), ...Object.keys(OURS)];
    return err(`unknown policy "${policy}"; one of ${known.join(', ')}`);
  }
  const parsed = parsePolicy(policy, param);
  return parsed.ok ? ok(textbook(parsed.value, seed)) : parsed;
};

/** Why a trial cannot be run, before anything is; null when it can. */
export const trialFault = (trial: Trial): string | null => {
  const checked = trial.experiment === 'honest' ? honestStrategy(trial) : parsePolicy(trial.policy, trial.param);
  return checked.ok ? null : checked.error;
};

/** Runs it; a trial with a fault is refused. */
export const runTrial = (workload: Workload, trial: Trial): Result<TrialOutcome, string> => {
  const { watch, course } = courseRecorder();
  if (trial.experiment === 'honest') {
    const strategy = honestStrategy(trial);
    if (!strategy.ok) return strategy;
    return ok({ experiment: 'honest', figures: runHonest(workload, strategy.value, HONEST_SETTINGS, watch), course });
  }
  const policy = parsePolicy(trial.policy, trial.param);
  if (!policy.ok) return policy;
  const outcome = runCloudSim({ workload, policy: policy.value, seed: trial.seed, watch });
  const figures = { ...outcome, slaviolation: outcome.overallSlaViolation, printed: printedFigures(outcome) };
  return ok({ experiment: 'cloudsim', figures, course });
};

/** The honest outcomes of one day against each other. */
export const honestRows = (outcomes: readonly TrialOutcome[]): readonly ParetoRow[] =>
  paretoRows(outcomes.flatMap((o) => (o.experiment === 'honest' ? [o.figures] : [])));
