// The capacity a cluster used over its own history, sampled from the log's states, and how long it lasts on that trend.
import { instant } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { allocatedIn } from '../../domain/capacity/allocated.ts';
import { onTopOf, readCommitment, readGrowth } from '../../domain/capacity/growth.ts';
import { type Ahead, type Outlook, outlookFrom, type Sample, sampleInstants } from '../../domain/capacity/outlook.ts';
import { assuming } from '../../domain/capacity/what-if.ts';
import type { RunwayQuestion } from '../../domain/contract/contract.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import type { Answer, Watcher } from './watcher.ts';

export type RunwayOrder = RunwayQuestion;

/** States read out; each costs up to 0.2 s on 20,000 VMs, and a trend gains nothing from more. */
const MOST_SAMPLES = 60;

/** The first of several results that is an error, or all their values. */
const all = <T>(results: readonly Result<T, string>[]): Result<readonly T[], string> => {
  const bad = results.find((r) => !r.ok);
  return bad !== undefined && !bad.ok ? bad : ok(results.flatMap((r) => (r.ok ? [r.value] : [])));
};

/** What is assumed of the time ahead, from the last state on. */
const aheadOf = (state: ClusterState, asked: RunwayOrder): Result<Ahead, string> => {
  const then = asked.assume === null ? ok(state) : assuming(state, asked.assume);
  if (!then.ok) return then;
  const commitments = all(asked.commitments.map((text) => readCommitment(state, text)));
  if (!commitments.ok) return commitments;
  const growths = all(asked.growths.map((text) => readGrowth(state, text)));
  if (!growths.ok) return growths;
  return ok({
    allocated: allocatedIn(then.value, asked.zone),
    onTop: (resource) => onTopOf(state, resource, commitments.value, growths.value),
  });
};

/** Samples [first event, `at`] evenly; the trend's end is the asked instant. */
export const runRunwayJob = (log: Log, asked: RunwayOrder, watcher: Watcher): Answer<Outlook> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  const from = log.span(timeline.value)?.from ?? null;
  if (from === null || from > cut.value.at) {
    return err({ code: 'no_history', sentence: 'The log holds nothing up to this instant.' });
  }
  const histories = historiesOf(log);
  const now = histories.stateAt(timeline.value, cut.value);
  if (asked.zone !== null && !now.hosts.some((h) => h.az === asked.zone)) {
    const zones = [...new Set(now.hosts.flatMap((h) => (h.az === null ? [] : [h.az])))].sort();
    const sentence = `There is no zone ${asked.zone}. Known zones: ${zones.join(', ') || 'none'}.`;
    return err({ code: 'bad_input', sentence });
  }
  const ahead = aheadOf(now, asked);
  if (!ahead.ok) return err({ code: 'bad_input', sentence: ahead.error });
  const instants = sampleInstants(instant(from), cut.value.at, MOST_SAMPLES);
  const samples: Sample[] = [];
  for (const at of instants) {
    const state = at === cut.value.at ? now : histories.stateAt(timeline.value, { at, seq: null });
    samples.push({ at, allocated: allocatedIn(state, asked.zone) });
    watcher.progress({ done: samples.length, total: instants.length, says: 'reading the history of use' });
  }
  return ok(outlookFrom(samples, ahead.value));
};
