// What a job found out, written onto a branch of its own: all of it, or nothing and no branch.
import { ok } from '../../domain/base/result.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { Log, SourceInfo } from '../log/types.ts';
import type { Answer } from './watcher.ts';

export const keepOnBranch = (
  log: Log,
  place: { readonly parent: Timeline; readonly cut: Cut; readonly branch: string },
  source: SourceInfo,
  events: readonly Candidate[],
): Answer<null> => {
  const made = log.branch(place.branch, place.parent, place.cut);
  if (!made.ok) return made;
  const batch = { source, throughLine: events.length, done: true, events, refused: [] };
  const appended = log.append(made.value, log.head(made.value), batch);
  if (appended.ok) return ok(null);
  log.drop(made.value); // a branch without its facts would look like an answer
  return appended;
};
