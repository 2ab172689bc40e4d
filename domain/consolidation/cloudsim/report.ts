// The experiment as a command asks for it: policy and quirks by name, figures unrounded and as CloudSim prints them.
import { err, ok, type Result } from '../../base/result.ts';
import type { Workload } from '../workload.ts';
import type { CloudSimOutcome } from './outcome.ts';
import { parsePolicy } from './policy.ts';
import { printedFigures } from './print.ts';
import { QUIRK_NAMES, type QuirkName, withoutQuirks } from './quirks.ts';
import { runCloudSim } from './run.ts';

export type CloudSimRequest = {
  readonly workload: Workload;
  /** Such as `lrr-mmt`; POLICY_NAMES lists them. */
  readonly policy: string;
  /** Threshold or safety parameter; null for that of CloudSim's example. */
  readonly param: number | null;
  /** Peculiarities to correct, by name; empty for CloudSim as it is. */
  readonly quirksOff?: readonly string[];
  /** For random selection only. */
  readonly seed?: string;
};

export type CloudSimReport = CloudSimOutcome & {
  /** (CPU asked - CPU given) / CPU asked: CloudSim's "Overall SLA violation", a fraction. Its "SLA" is `slav`. */
  readonly slaviolation: number;
  /** CloudSim's print-out, by label, digit for digit. */
  readonly printed: Readonly<Record<string, string>>;
};

const isQuirk = (name: string): name is QuirkName => QUIRK_NAMES.some((quirk) => quirk === name);

/** Runs the experiment; an unknown policy, parameter or quirk is refused with a sentence before anything runs. */
export const reportCloudSim = (request: CloudSimRequest): Result<CloudSimReport, string> => {
  const policy = parsePolicy(request.policy, request.param);
  if (!policy.ok) return policy;
  const off: QuirkName[] = [];
  for (const name of request.quirksOff ?? []) {
    if (!isQuirk(name)) return err(`unknown quirk "${name}"; one of ${QUIRK_NAMES.join(', ')}`);
    off.push(name);
  }
  const outcome = runCloudSim({
    workload: request.workload,
    policy: policy.value,
    quirks: withoutQuirks(...off),
    seed: request.seed ?? 'cloudsim',
  });
  return ok({ ...outcome, slaviolation: outcome.overallSlaViolation, printed: printedFigures(outcome) });
};
