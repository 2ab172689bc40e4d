// One consolidation policy on one day, as a job for a thread.
import { err } from '../../domain/base/result.ts';
import { runTrial, type Trial, type TrialOutcome } from '../../domain/consolidation/experiment.ts';
import type { Workload } from '../../domain/consolidation/workload.ts';
import type { Answer } from './watcher.ts';

export type TrialOrder = { readonly workload: Workload; readonly trial: Trial };

/** One policy on one day, wherever this runs; it needs no log. */
export const runTrialJob = ({ workload, trial }: TrialOrder): Answer<TrialOutcome> => {
  const outcome = runTrial(workload, trial);
  return outcome.ok ? outcome : err({ code: 'bad_input', sentence: `${outcome.error}.` });
};
