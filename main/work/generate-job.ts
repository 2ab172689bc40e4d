// Writes a generated cluster into an empty timeline, some thousand events a transaction.
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import { err, ok } from '../../domain/base/result.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { generate } from '../../domain/generator/generate.ts';
import type { GeneratorOptions } from '../../domain/generator/options.ts';
import type { Log } from '../log/types.ts';
import { keepHeapSmall } from './heap.ts';
import type { Answer, Watcher } from './watcher.ts';

/** They make a record so long that memory matters more than a tenth of the time. */
const MANY_VMS = 5_000;
const EVENTS_A_BATCH = 5_000; // long enough to be quick, short enough to report and to be interrupted between

export type Generated = { readonly events: number; readonly from: string | null; readonly to: string | null };

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : isoInstant(instant(ms)));

/** Generates into `timelineName`, which must be empty; `options` were checked by `generatorOptions`. */
export const runGenerateJob = (
  log: Log,
  timelineName: string,
  options: GeneratorOptions,
  watcher: Watcher,
): Answer<Generated> => {
  const timeline = log.timeline(timelineName);
  if (!timeline.ok) return timeline;
  if (log.span(timeline.value) !== null) {
    const sentence = `${timelineName} of ${log.path} holds events already. Generate into a new file.`;
    return err({ code: 'not_empty', sentence });
  }
  if (options.vms >= MANY_VMS) keepHeapSmall();
  const name = `${options.hosts} hosts, ${options.vms} VMs, ${options.days} days, seed ${options.seed}`;
  const source = { id: `run:generate:${JSON.stringify(options)}`, name, format: 'generator' };
  let written = 0;
  const write = (events: readonly Candidate[], done: boolean): Answer<unknown> => {
    written += events.length;
    watcher.progress({ done: written, total: null, says: `${written} events` });
    const batch = { source, throughLine: written, done, events, refused: [] };
    return log.append(timeline.value, log.head(timeline.value), batch);
  };

  let batch: Candidate[] = [];
  for (const event of generate(options)) {
    batch.push(event);
    if (batch.length < EVENTS_A_BATCH) continue;
    const appended = write(batch, false);
    if (!appended.ok) return appended;
    batch = [];
  }
  const appended = write(batch, true);
  if (!appended.ok) return appended;
  const span = log.span(timeline.value);
  return ok({ events: written, from: iso(span?.from), to: iso(span?.to) });
};
