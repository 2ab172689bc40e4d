// The capacity a cluster used over its own history, sampled from the log's states, and how long it lasts on that trend.
import { instant } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import { allocatedIn } from '../../domain/capacity/allocated.ts';
import { type Outlook, outlookFrom, type Sample, sampleInstants } from '../../domain/capacity/outlook.ts';
import type { At } from '../../domain/contract/contract.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import type { Answer, Watcher } from './watcher.ts';

export type RunwayOrder = { readonly timeline: string; readonly at: At | null };

/** States read out; each costs up to 0.2 s on 20,000 VMs, and a trend gains nothing from more. */
const MOST_SAMPLES = 60;

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
  const instants = sampleInstants(instant(from), cut.value.at, MOST_SAMPLES);
  const samples: Sample[] = [];
  for (const at of instants) {
    const last = at === cut.value.at;
    const state = histories.stateAt(timeline.value, last ? cut.value : { at, seq: null });
    samples.push({ at, allocated: allocatedIn(state) });
    watcher.progress({ done: samples.length, total: instants.length, says: 'reading the history of use' });
  }
  return ok(outlookFrom(samples));
};
