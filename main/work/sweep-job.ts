// One share of a sweep of all failures of a kind, as a job.
import { err, ok } from '../../domain/base/result.ts';
import { type Assumptions, assuming } from '../../domain/capacity/what-if.ts';
import type { At } from '../../domain/contract/contract.ts';
import { type Share, type SweepKind, sweepRange, type SweepResult } from '../../domain/drill/sweep/sweep.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import type { Answer, Watcher } from './watcher.ts';

export type SweepOrder = {
  readonly timeline: string;
  readonly at: At | null;
  readonly kind: SweepKind;
  /** What the cluster is taken to be; null for the cluster as it is. */
  readonly assume: Assumptions | null;
  /** Search steps a set may take before it stays undecided; null for the usual number. */
  readonly budget: number | null;
  readonly share: Share;
};

/** Sets between two reports; a set takes from 5 microseconds to a second. */
const REPORT_EVERY = 500;
const NAMELESS = { rack: 'rack', az: 'availability zone' } as const;

/** Checks one share of a sweep. */
export const runSweepJob = (log: Log, asked: SweepOrder, watcher: Watcher): Answer<SweepResult> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  const assumed = assuming(historiesOf(log).stateAt(timeline.value, cut.value), asked.assume);
  if (!assumed.ok) return err({ code: 'bad_sweep', sentence: assumed.error });
  const [state, { kind }] = [assumed.value, asked];
  if (state.hosts.length === 0)
    return err({ code: 'bad_sweep', sentence: 'No hosts are recorded up to this instant.' });
  if ((kind === 'rack' || kind === 'az') && state.hosts.every((h) => h[kind] === null)) {
    const sentence = `The log names no ${NAMELESS[kind]} for any host, so there is nothing to fail. A \`host.reported\` fact can name it${kind === 'rack' ? ', or a list with --racks' : ''}.`;
    return err({ code: 'bad_sweep', sentence });
  }
  const run = sweepRange(state, kind, asked.share, asked.budget ?? undefined);
  for (let step = run.next(); ; step = run.next()) {
    if (step.done === true) return ok(step.value);
    const { done, of } = step.value;
    if (done % REPORT_EVERY === 0 || done === of)
      watcher.progress({ done, total: of, says: `checking ${of} failures` });
  }
};
