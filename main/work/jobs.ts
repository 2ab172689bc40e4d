// The long computations by name: what each takes and answers, and how it runs on a log of its own.
import { assert, err } from '../../domain/base/result.ts';
import type { Outlook } from '../../domain/capacity/outlook.ts';
import type { DrillReport } from '../../domain/contract/contract.ts';
import type { SweepResult } from '../../domain/drill/sweep/sweep.ts';
import type { PlanReport } from '../../domain/consolidation/live/report.ts';
import type { TrialOutcome } from '../../domain/consolidation/experiment.ts';
import type { GeneratorOptions } from '../../domain/generator/options.ts';
import type { ImportReport } from '../ingest/import-settings.ts';
import { readingFailure } from './failure.ts';
import type { Log } from '../log/types.ts';
import type { ConsolidateOrder } from './consolidate-job.ts';
import type { Generated } from './generate-job.ts';
import type { ImportOrder } from './import-job.ts';
import { openForUse } from './open-log.ts';
import type { PlanOrder, PlanRecord } from './plan-job.ts';
import type { RunwayOrder } from './runway-job.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { SweepOrder } from './sweep-job.ts';
import type { TimelineIndex } from './timeline-index.ts';
import type { TrialOrder } from './trial-job.ts';
import type { Answer, Watcher } from './watcher.ts';

/** Each job's input stands beside the path of the log it works on; only a trial needs none. */
type Jobs = {
  readonly import: { readonly input: ImportOrder; readonly output: ImportReport };
  readonly runway: { readonly input: RunwayOrder; readonly output: Outlook };
  readonly sweep: { readonly input: SweepOrder; readonly output: SweepResult };
  readonly drill: { readonly input: Rehearsal; readonly output: DrillReport };
  readonly generate: {
    readonly input: { readonly timeline: string; readonly options: GeneratorOptions };
    readonly output: Generated;
  };
  readonly index: { readonly input: { readonly timeline: string }; readonly output: TimelineIndex };
  readonly consolidate: { readonly input: ConsolidateOrder; readonly output: PlanReport };
  readonly plan: { readonly input: PlanOrder; readonly output: PlanRecord };
  readonly trial: { readonly input: TrialOrder; readonly output: TrialOutcome };
};

export type JobName = keyof Jobs;
export type JobOutput<N extends JobName> = Jobs[N]['output'];
export type JobInput<N extends JobName> = {
  /** Null for a trial, which reads none. */
  readonly logPath: string | null;
  readonly order: Jobs[N]['input'];
};

type OnLog<N extends JobName> = (
  log: Log,
  order: Jobs[N]['input'],
  watcher: Watcher,
) => Answer<JobOutput<N>> | Promise<Answer<JobOutput<N>>>;

type Job<N extends JobName> = (input: JobInput<N>, watcher: Watcher) => Promise<Answer<JobOutput<N>>>;

/** Hands the job its own handle on the log. A file that fails beneath it is a failure, not a throw. */
const onLog =
  <N extends JobName>(job: OnLog<N>): Job<N> =>
  async ({ logPath, order }, watcher) => {
    assert(logPath !== null, 'a job that reads a log is told which');
    const opened = openForUse(logPath, { create: false });
    if (!opened.ok) return opened;
    try {
      return await job(opened.value, order, watcher);
    } catch (thrown) {
      const failure = readingFailure(thrown);
      if (failure === null) throw thrown;
      return err(failure);
    } finally {
      opened.value.close();
    }
  };

/** A job's own modules are read when it is first asked for: a thread that runs trials needs none of the others'. */
const jobs: { readonly [N in JobName]: Job<N> } = {
  import: onLog<'import'>(async (...asked) => (await import('./import-job.ts')).runImportJob(...asked)),
  drill: onLog<'drill'>(async (...asked) => (await import('./drill-job.ts')).runDrillJob(...asked)),
  sweep: onLog<'sweep'>(async (...asked) => (await import('./sweep-job.ts')).runSweepJob(...asked)),
  runway: onLog<'runway'>(async (...asked) => (await import('./runway-job.ts')).runRunwayJob(...asked)),
  generate: onLog<'generate'>(async (log, { timeline, options }, watcher) =>
    (await import('./generate-job.ts')).runGenerateJob(log, timeline, options, watcher),
  ),
  index: onLog<'index'>(async (log, order, watcher) => {
    const timeline = log.timeline(order.timeline);
    return timeline.ok ? (await import('./timeline-index.ts')).indexTimeline(log, timeline.value, watcher) : timeline;
  }),
  consolidate: onLog<'consolidate'>(async (...asked) =>
    (await import('./consolidate-job.ts')).runConsolidateJob(...asked),
  ),
  plan: onLog<'plan'>(async (...asked) => (await import('./plan-job.ts')).runPlanJob(...asked)),
  trial: async ({ order }) => (await import('./trial-job.ts')).runTrialJob(order),
};

/** Runs the job on this thread. */
export const runHere = <N extends JobName>(
  name: N,
  input: JobInput<N>,
  watcher: Watcher,
): Promise<Answer<JobOutput<N>>> => jobs[name](input, watcher);
