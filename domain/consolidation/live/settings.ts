// How a plan for a live cluster is asked for: the four questions' algorithms by Neat's names, and what no log tells.
import { err, ok, type Result } from '../../base/result.ts';
import { PROFILE_NAMES, type ProfileName } from '../../datapath/profiles.ts';
import { rng } from '../../base/rng.ts';
import { powerTableOf, SPEC_POWER } from '../power.ts';
import { PLAN_WEIGHTS, type PlanWeights } from './weights.ts';
import { OVERLOAD, UNDERLOAD, VM_SELECTION } from '../registry.ts';
import type { History } from '../overload.ts';
import { configure, type Parameters, type SelectionInput, type Step } from '../strategy.ts';

/** An algorithm by name; parameters not given take Neat's default. */
export type Choice = { readonly name: string; readonly parameters: Parameters };

export type LiveSettings = {
  readonly underload: Choice;
  readonly overload: Choice;
  readonly selection: Choice;
  /** Shares of a host's CPU and RAM that may be filled: Neat's best_fit_decreasing (0.8, 0.95). */
  readonly cpuThreshold: number;
  readonly ramThreshold: number;
  /** Newest samples averaged for what a VM is expected to use (Neat's last_n_vm_cpu: 2). */
  readonly lastNVmCpu: number;
  /** Newest samples looked at (Neat's data_collector_data_length: 100). */
  readonly dataLength: number;
  /** Assumed: what one migration gets of the network, in MB/s. Neat's network_migration_bandwidth, which defaults to 10. */
  readonly migrationMBPerS: number;
  /** Assumed: every host draws what this server drew in SPECpower_ssj2008. */
  readonly powerModel: string;
  /** Assumed: what forwards the recorded traffic on every host; its CPU is part of the host's load. */
  readonly datapath: ProfileName;
  /** What targets are compared by. */
  readonly weights: PlanWeights;
  /** True: no host is emptied whose sleep leaves more single host failures that strand VMs than there are now. */
  readonly keepN1: boolean;
  readonly seed: string;
};

export const LIVE_DEFAULTS: LiveSettings = {
  underload: { name: 'last_n_average_threshold', parameters: {} },
  overload: { name: 'loess_robust', parameters: {} },
  selection: { name: 'minimum_migration_time_max_cpu', parameters: {} },
  cpuThreshold: 0.8,
  ramThreshold: 0.95,
  lastNVmCpu: 2,
  dataLength: 100,
  migrationMBPerS: 1000,
  powerModel: 'ibm-x3550-xeon-x5675',
  datapath: 'kernel-ovs',
  weights: PLAN_WEIGHTS,
  keepN1: true,
  seed: 'plan',
};

/** The algorithms, ready to be asked. */
export type Policies = {
  readonly underload: Step<History, boolean>;
  readonly overload: Step<History, boolean>;
  readonly selection: Step<SelectionInput, string | null>;
};

const chosen = <S extends { readonly name: string }>(
  list: readonly S[],
  question: string,
  name: string,
): Result<S, string> => {
  const found = list.find((s) => s.name === name);
  return found === undefined
    ? err(`There is no ${question} algorithm "${name}"; one of ${list.map((s) => s.name).join(', ')}.`)
    : ok(found);
};

type Figure = 'cpuThreshold' | 'ramThreshold' | 'lastNVmCpu' | 'dataLength' | 'migrationMBPerS';
const BOUNDS: readonly (readonly [Figure, number, number])[] = [
  ['cpuThreshold', 0, 1],
  ['ramThreshold', 0, 1],
  ['lastNVmCpu', 1, 1000],
  ['dataLength', 1, 10_000],
  ['migrationMBPerS', 0.001, 1_000_000],
];

/** The first field that is out of bounds, as a sentence; null when all is well. */
const fieldFault = (settings: LiveSettings): string | null => {
  for (const [field, least, most] of BOUNDS) {
    const value = settings[field];
    if (!(value >= least && value <= most)) return `${field} must be between ${least} and ${most}, not ${value}.`;
  }
  if (!PROFILE_NAMES.includes(settings.datapath))
    return `There is no datapath "${settings.datapath}"; one of ${PROFILE_NAMES.join(', ')}.`;
  for (const [name, value] of Object.entries(settings.weights)) {
    if (!(value >= 0 && value <= 1e6)) return `weights.${name} must be between 0 and 1000000, not ${value}.`;
  }
  if (powerTableOf(settings.powerModel) !== null) return null;
  const known = Object.keys(SPEC_POWER).join(', ');
  return `There is no power model "${settings.powerModel}", and the log tells none of its hosts; one of ${known}, or linear:IDLE:MAX in watts, IDLE not above MAX.`;
};

/** Checks names, parameters and bounds before anything is planned. */
export const policiesOf = (
  settings: LiveSettings,
  time: { readonly timeStepS: number; readonly migrationTimeS: number },
): Result<Policies, string> => {
  const fault = fieldFault(settings);
  if (fault !== null) return err(fault);
  const context = { ...time, rng: rng(settings.seed).child('vm-selection') };
  const underload = chosen(UNDERLOAD, 'underload', settings.underload.name);
  if (!underload.ok) return underload;
  const overload = chosen(OVERLOAD, 'overload', settings.overload.name);
  if (!overload.ok) return overload;
  const selection = chosen(VM_SELECTION, 'VM selection', settings.selection.name);
  if (!selection.ok) return selection;
  const under = configure(underload.value, context, settings.underload.parameters);
  if (!under.ok) return err(`${under.error}.`);
  const over = configure(overload.value, context, settings.overload.parameters);
  if (!over.ok) return err(`${over.error}.`);
  const select = configure(selection.value, context, settings.selection.parameters);
  if (!select.ok) return err(`${select.error}.`);
  return ok({ underload: under.value, overload: over.value, selection: select.value });
};

/** Parameters with the defaults filled in, for telling which numbers decided. */
export const parametersOf = (choice: Choice): Parameters => {
  const strategy = [...UNDERLOAD, ...OVERLOAD].find((s) => s.name === choice.name);
  const defaults = (strategy?.parameters ?? []).map((p) => [p.name, p.default]);
  return { ...(Object.fromEntries(defaults) as Parameters), ...choice.parameters };
};
