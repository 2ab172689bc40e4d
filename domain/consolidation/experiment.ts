// One policy on one day under one experiment's rules: the piece of work that many threads can share out among them.
import { err, ok, type Result } from '../base/result.ts';
import { placeInitially } from './cloudsim/initial-placement.ts';
import { HOSTS } from './cloudsim/machines.ts';
import type { CloudSimOutcome } from './cloudsim/outcome.ts';
import { parsePolicy, type Policy, POLICY_NAMES } from './cloudsim/policy.ts';
import { printedFigures } from './cloudsim/print.ts';
import { CLOUDSIM_QUIRKS, isQuirk, QUIRK_NAMES, type Quirks, withoutQuirks } from './cloudsim/quirks.ts';
import { initialPlacementOf, runCloudSim } from './cloudsim/run.ts';
import { createWorld, type World } from './cloudsim/world.ts';
import { type Course, courseRecorder } from './course.ts';
import type { HonestOutcome } from './honest/outcome.ts';
import { modelledMigration } from './honest/migration-cost.ts';
import { type ParetoRow, paretoRows } from './honest/pareto.ts';
import { type HonestSettings, type HonestStrategy, runHonest } from './honest/run.ts';
import { steady, STEADY_DEFAULTS } from './honest/steady.ts';
import { textbook } from './honest/textbook.ts';
import { mean } from './metrics.ts';
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
  /** CloudSim's peculiarities to correct, by name; none for CloudSim as it is. */
  readonly quirksOff?: readonly string[];
};

/** Beside the figures of either: cores that datapaths took, on average over the day, for assumed traffic and for migrations. */
type Common = { readonly course: Course; readonly networkCores: number };

export type TrialOutcome =
  | ({ readonly experiment: 'cloudsim'; readonly figures: CloudSimFigures } & Common)
  | ({ readonly experiment: 'honest'; readonly figures: HonestOutcome } & Common);

export type CloudSimFigures = CloudSimOutcome & {
  /** (CPU asked - CPU given) / CPU asked: CloudSim's "Overall SLA violation", a fraction. Its "SLA" is `slav`. */
  readonly slaviolation: number;
  /** CloudSim's print-out, by label, digit for digit. */
  readonly printed: Readonly<Record<string, string>>;
};

/** Ours, beside the textbook's, in the honest experiment only: CloudSim's rules leave it nothing to do. */
const OURS: Readonly<Record<string, HonestStrategy>> = {
  steady: steady(),
  'steady-near': { ...steady({ ...STEADY_DEFAULTS, near: true }), name: 'steady-near' },
  'steady-cheapest': { ...steady({ ...STEADY_DEFAULTS, safetyPremium: 0 }), name: 'steady-cheapest' },
};

export const OUR_NAMES = Object.keys(OURS);

/** What is compared when no policy is named: those that never move a VM, each detector with Neat's selection, and ours. */
export const COMPARED: Readonly<Record<ExperimentName, readonly string[]>> = {
  cloudsim: ['npa', 'dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt'],
  honest: ['dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt', 'steady-cheapest', 'steady-near', 'steady'],
};

/** Migrations as the model has them on CloudSim's links; two minutes to wake a host. */
export const honestSettings = (): HonestSettings => ({ wakeS: 120, migration: modelledMigration() });

const honestStrategy = ({ policy, param, seed, quirksOff = [] }: Trial): Result<HonestStrategy, string> => {
  if (quirksOff.length > 0) return err('the honest experiment has none of the quirks left to switch off');
  const own = Object.hasOwn(OURS, policy) ? OURS[policy] : undefined;
  if (own !== undefined) return param === null ? ok(own) : err(`policy ${policy} takes no parameter`);
  if (policy === 'npa') return err('policy npa has no place here: the honest experiment has no host at full power');
  if (!POLICY_NAMES.includes(policy)) {
    const known = [...POLICY_NAMES.filter((name) => name !== 'npa'), ...OUR_NAMES];
    return err(`unknown policy "${policy}"; one of ${known.join(', ')}`);
  }
  const parsed = parsePolicy(policy, param);
  return parsed.ok ? ok(textbook(parsed.value, seed)) : parsed;
};

type CloudSimSetup = { readonly policy: Policy; readonly quirks: Quirks };

const cloudSimSetup = ({ policy, param, quirksOff = [] }: Trial): Result<CloudSimSetup, string> => {
  const parsed = parsePolicy(policy, param);
  if (!parsed.ok) return parsed;
  const unknown = quirksOff.find((name) => !isQuirk(name));
  if (unknown !== undefined) return err(`unknown quirk "${unknown}"; one of ${QUIRK_NAMES.join(', ')}`);
  return ok({ policy: parsed.value, quirks: withoutQuirks(...quirksOff.filter(isQuirk)) });
};

/** Why a trial cannot be run, before anything is; null when it can. */
export const trialFault = (trial: Trial): string | null => {
  const checked = trial.experiment === 'honest' ? honestStrategy(trial) : cloudSimSetup(trial);
  return checked.ok ? null : checked.error;
};

/** Up to here the hosts have room whatever the policy: two VMs a host. */
const ALWAYS_ROOM = 2 * HOSTS;

const noRoom = (workload: Workload, place: (w: World) => boolean): string | null => {
  if (workload.vms.length <= ALWAYS_ROOM || place(createWorld(workload, CLOUDSIM_QUIRKS))) return null;
  return `the experiment's ${HOSTS} hosts have no room for ${workload.vms.length} VMs`;
};

/** Runs it; a trial with a fault is refused, and so is a workload that the experiment's hosts have no room for. */
export const runTrial = (workload: Workload, trial: Trial): Result<TrialOutcome, string> => {
  const { watch, course } = courseRecorder(workload.vms.length);
  const networkCores = (): number => mean(course.networkCores);
  if (trial.experiment === 'honest') {
    const strategy = honestStrategy(trial);
    if (!strategy.ok) return strategy;
    const full = noRoom(workload, strategy.value.place);
    if (full !== null) return err(full);
    const figures = runHonest(workload, strategy.value, honestSettings(), watch);
    return ok({ experiment: 'honest', figures, course, networkCores: networkCores() });
  }
  const setup = cloudSimSetup(trial);
  if (!setup.ok) return setup;
  const { policy, quirks } = setup.value;
  const full = noRoom(workload, (w) => placeInitially(w, initialPlacementOf(policy)));
  if (full !== null) return err(full);
  const outcome = runCloudSim({ workload, policy, quirks, seed: trial.seed, watch });
  const figures = { ...outcome, slaviolation: outcome.overallSlaViolation, printed: printedFigures(outcome) };
  return ok({ experiment: 'cloudsim', figures, course, networkCores: networkCores() });
};

/** The honest outcomes of one day against each other. */
export const honestRows = (outcomes: readonly TrialOutcome[]): readonly ParetoRow[] =>
  paretoRows(outcomes.flatMap((o) => (o.experiment === 'honest' ? [o.figures] : [])));
