// Names of CloudSim's policies, such as lrr-mmt: what detects overload, and what chooses the VM.
import { err, ok, type Result } from '../../base/result.ts';
import type { DetectorName } from './detectors.ts';
import type { SelectionName } from './selection.ts';

export type Policy =
  | { readonly kind: 'npa' }
  | { readonly kind: 'dvfs' }
  | {
      readonly kind: 'migrating';
      readonly detector: DetectorName;
      readonly selection: SelectionName;
      /** THR: threshold; the others: safety parameter. */
      readonly param: number;
    };

/** The parameters of CloudSim's own examples. */
const DEFAULT_PARAM: Readonly<Record<DetectorName, number>> = { thr: 0.8, iqr: 1.5, mad: 2.5, lr: 1.2, lrr: 1.2 };

const DETECTORS = Object.keys(DEFAULT_PARAM) as readonly DetectorName[];
const SELECTIONS: readonly SelectionName[] = ['mmt', 'rs', 'mu', 'mc'];

export const POLICY_NAMES: readonly string[] = [
  'npa',
  'dvfs',
  ...DETECTORS.flatMap((detector) => SELECTIONS.map((selection) => `${detector}-${selection}`)),
];

export const policyName = (policy: Policy): string =>
  policy.kind === 'migrating' ? `${policy.detector}-${policy.selection}` : policy.kind;

/** Reads a name such as `lrr-mmt`; `param` null takes the parameter of CloudSim's example. */
export const parsePolicy = (name: string, param: number | null): Result<Policy, string> => {
  if (name === 'npa' || name === 'dvfs') {
    return param === null ? ok({ kind: name }) : err(`policy ${name} takes no parameter`);
  }
  const [first, second] = name.split('-');
  const detector = DETECTORS.find((d) => d === first);
  const selection = SELECTIONS.find((s) => s === second);
  if (detector === undefined || selection === undefined || name !== `${detector}-${selection}`) {
    return err(`unknown policy "${name}"; one of ${POLICY_NAMES.join(', ')}`);
  }
  const value = param ?? DEFAULT_PARAM[detector];
  if (!Number.isFinite(value) || value <= 0) return err(`the parameter of ${name} must be a positive number`);
  return ok({ kind: 'migrating', detector, selection, param: value });
};
