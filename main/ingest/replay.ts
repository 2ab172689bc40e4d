// Does the writes of another log again in this one: the way back from `export`.
import { isDeepStrictEqual } from 'node:util';
import { seq } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Appended, JournalEntry, Log, LogError } from '../log/types.ts';

/** Where the other log's timelines are here, by their ids there. Those that this import made follow its renames, too. */
export type Mapped = Map<number, { readonly timeline: Timeline; readonly made: boolean }>;

type Counts = Pick<Appended, 'events' | 'duplicates'>;
const NOTHING: Counts = { events: 0, duplicates: 0 };
/** Id of `main` in every log. */
const MAIN = 1;

/** The other log's `main` is the timeline that was asked for. */
export const mapped = (main: Timeline): Mapped => new Map([[MAIN, { timeline: main, made: false }]]);

const unknown = (id: number): LogError => ({
  code: 'no_such_timeline',
  sentence: `The file speaks of a timeline ${id} that it has not introduced.`,
});

type Branch = Extract<JournalEntry, { kind: 'branch' }>;

/**
 * The branch an earlier import of the same file made, at the same cut: surely where name and number agree, else the living
 * one of that name, else the one of that number (renamed since), else one that was dropped.
 */
const foundHere = (log: Log, parent: Timeline, { name, timeline, forkedAt }: Branch): Timeline | null => {
  const twins = log
    .timelines()
    .filter((t) => t.parent === parent.id && t.forkedAt?.at === forkedAt.at && t.forkedAt.seq === forkedAt.seq);
  return (
    twins.find((t) => t.id === timeline && t.name === name) ??
    twins.find((t) => t.name === name && !t.dropped) ??
    twins.find((t) => t.id === timeline) ??
    twins.find((t) => t.name === name) ??
    null
  );
};

/** Makes the branch, under another name where its own is taken. */
const made = (log: Log, parent: Timeline, { name, forkedAt }: Branch): Result<Timeline, LogError> => {
  let free = name;
  for (let n = 2; log.timeline(free).ok; n++) free = `${name} (${n})`;
  return log.branch(free, parent, forkedAt);
};

type Written = Extract<JournalEntry, { kind: 'batch' }>;

/**
 * True where an import that was cut short already brought this batch. The log knows by the lines of a source; a run has
 * none, so its first event is looked for where it has to be if all before it came the same way.
 */
const isHere = (log: Log, timeline: Timeline, { head, batch }: Written): boolean => {
  const [first] = batch.events;
  const known = log.progress(timeline, batch.source.id);
  if (known === null || known.done || batch.throughLine > 0 || first === undefined) return false;
  const here = log.event(timeline, seq(head - batch.events.length + 1));
  const isSame = here?.at === first.at && here.entity === first.entity && here.source === batch.source.id;
  return isSame && isDeepStrictEqual(here.data, first.data);
};

/** Does one write again. What is there already adds nothing. */
export const replayEntry = (log: Log, timelines: Mapped, entry: JournalEntry): Result<Counts, LogError> => {
  const target = timelines.get(entry.kind === 'branch' ? entry.parent : entry.timeline);
  if (target === undefined) return err(unknown(entry.timeline));
  const { timeline } = target;
  if (entry.kind === 'branch') {
    const here = foundHere(log, timeline, entry);
    const branch = here === null ? made(log, timeline, entry) : ok(here);
    if (!branch.ok) return branch;
    timelines.set(entry.timeline, { timeline: branch.value, made: here === null });
    return ok(NOTHING);
  }
  if (entry.kind === 'batch') {
    // Dropped here since the export: then its events stay out.
    if (timeline.dropped) return ok({ events: 0, duplicates: entry.batch.events.length });
    if (isHere(log, timeline, entry)) return ok({ events: 0, duplicates: entry.batch.events.length });
    return log.append(timeline, log.head(timeline), entry.batch);
  }
  if (!target.made) return ok(NOTHING);
  const changed = entry.kind === 'dropped' ? log.drop(timeline) : log.rename(timeline, entry.name);
  if (!changed.ok) return changed;
  timelines.set(entry.timeline, { timeline: changed.value, made: true });
  return ok(NOTHING);
};
