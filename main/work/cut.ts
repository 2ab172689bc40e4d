// From the contract's instants to cuts of a timeline, and back.
import { instant, seq } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import type { Answer } from './watcher.ts';

/**
 * The cut that an instant means on a timeline; null means the end. A seq must be an event of the lineage, and its own
 * instant counts, whatever `at` says.
 */
export const cutAt = (log: Log, timeline: Timeline, at: At | null): Answer<Cut> => {
  if (at === null) return ok({ at: log.span(timeline)?.to ?? instant(0), seq: null });
  if (at.seq === null) return ok({ at: instant(at.at), seq: null });
  const event = log.event(timeline, seq(at.seq));
  if (event === null) {
    return err({ code: 'no_such_event', sentence: `There is no event #${at.seq} on ${timeline.name}.` });
  }
  return ok({ at: event.at, seq: event.seq });
};

export const atOf = (cut: Cut): At => ({ at: cut.at, seq: cut.seq });
