// What every group of calls works with: the log, the histories replayed from it, and a way to run long jobs.
import { ok } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from '../work/cut.ts';
import type { Histories } from '../work/histories.ts';
import type { RunJob } from '../work/thread.ts';
import type { Answer } from '../work/watcher.ts';
import type { Indexes } from './indexes.ts';

export type Engine = {
  readonly log: Log;
  /** True where the log is the demonstration. */
  readonly demonstration: boolean;
  readonly histories: Histories;
  readonly indexes: Indexes;
  readonly runJob: RunJob;
  /** Says that a job, which has its own handle on the log, may have changed it. */
  readonly changedByJob: () => void;
};

/** The timeline and cut that a call names, or the log's sentence. */
export const placeOf = (
  { log }: Engine,
  asked: { readonly timeline: string; readonly at: At | null },
): Answer<{ readonly timeline: Timeline; readonly cut: Cut }> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  return cut.ok ? ok({ timeline: timeline.value, cut: cut.value }) : cut;
};
