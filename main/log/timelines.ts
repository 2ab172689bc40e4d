// The tree of timelines: made, renamed and dropped by adding rows, never by changing one.
import type Database from 'better-sqlite3';
import type { Instant, Seq } from '../../domain/base/brand.ts';
import { assert, err, ok, type Result } from '../../domain/base/result.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import { birthLink, changeLink, type Change } from './chain.ts';
import { fault } from './fault.ts';
import { eventId, type Lineages } from './lineage.ts';
import { MAIN_ID } from './schema.ts';
import type { LogError } from './types.ts';

/** Names appear on command lines and in files; these limits keep them printable. */
const NAME_LENGTH_MAX = 200;

export type TimelineRow = {
  readonly id: number;
  readonly parent: number | null;
  readonly cut_at: number | null;
  readonly cut_seq: number | null;
  readonly forked_head: number;
  readonly hash: string;
};

export type ChangeRow = Change & { readonly hash: string };

/** A timeline as it was born, still without a name; the changes come on top. */
export const born = (row: TimelineRow): Timeline => ({
  id: row.id,
  name: '',
  parent: row.parent,
  forkedAt: row.cut_at === null ? null : { at: row.cut_at as Instant, seq: row.cut_seq as Seq | null },
  forkedHead: row.forked_head as Seq,
  dropped: false,
});

const changed = (timeline: Timeline, change: Change): Timeline =>
  change.kind === 'dropped' ? { ...timeline, dropped: true } : { ...timeline, name: change.name ?? timeline.name };

export type Timelines = {
  readonly all: () => readonly Timeline[];
  /** By id, dropped or not; asks the file, because another process may have renamed it. */
  readonly byId: (id: number) => Timeline;
  readonly named: (name: string) => Result<Timeline, LogError>;
  /** The timeline as it is now, if events may still be added to it. */
  readonly living: (timeline: Timeline) => Result<Timeline, LogError>;
  /** The last link of a timeline's own chain: of its last event with seq <= `seq`, or of its birth. */
  readonly link: (id: number, seq: number) => string;
};

export const timelineTable = (db: Database.Database): Timelines => {
  const rows = db.prepare<[], TimelineRow>('SELECT * FROM timeline ORDER BY id');
  const row = db.prepare<[number], TimelineRow>('SELECT * FROM timeline WHERE id = ?');
  const changes = db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id');
  const changesOf = db.prepare<[number], ChangeRow>('SELECT * FROM timeline_change WHERE timeline = ? ORDER BY id');
  const lastLink = db
    .prepare<[number, number], string>('SELECT hash FROM event WHERE id > ? AND id <= ? ORDER BY id DESC LIMIT 1')
    .pluck();

  const all = (): readonly Timeline[] => {
    const byId = new Map(rows.all().map((r) => [r.id, born(r)]));
    for (const change of changes.all()) {
      const timeline = byId.get(change.timeline);
      if (timeline !== undefined) byId.set(timeline.id, changed(timeline, change));
    }
    return [...byId.values()];
  };
  const find = (id: number): Timeline | null => {
    const found = row.get(id);
    return found === undefined ? null : changesOf.all(id).reduce(changed, born(found));
  };
  const byId = (id: number): Timeline => {
    const found = find(id);
    assert(found !== null, `timeline ${id} has a row`);
    return found;
  };
  const named = (name: string): Result<Timeline, LogError> => {
    const found = all().find((t) => t.name === name && !t.dropped);
    if (found !== undefined) return ok(found);
    const names = all()
      .filter((t) => !t.dropped)
      .map((t) => t.name);
    return err(fault('no_such_timeline', `There is no timeline ${name}; there are: ${names.join(', ')}.`));
  };
  const living = (timeline: Timeline): Result<Timeline, LogError> => {
    const found = find(timeline.id);
    if (found === null) return err(fault('no_such_timeline', `There is no timeline ${timeline.name} in this log.`));
    return found.dropped ? err(fault('no_such_timeline', `The timeline ${found.name} was dropped.`)) : ok(found);
  };
  const link = (id: number, seq: number): string => lastLink.get(eventId(id, 0), eventId(id, seq)) ?? row.get(id)!.hash;

  return { all, byId, named, living, link };
};

export type TimelineWriter = {
  readonly branch: (name: string, parent: Timeline, cut: Cut) => Result<Timeline, LogError>;
  readonly rename: (timeline: Timeline, name: string) => Result<Timeline, LogError>;
  readonly drop: (timeline: Timeline) => Result<Timeline, LogError>;
};

/** The changes a person may make to the tree. Each is one transaction. */
export const timelineWriter = (db: Database.Database, timelines: Timelines, lineages: Lineages): TimelineWriter => {
  const insert = db.prepare(
    'INSERT INTO timeline (id, parent, cut_at, cut_seq, forked_head, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertChange = db.prepare(
    'INSERT INTO timeline_change (id, timeline, kind, name, hash) VALUES (?, ?, ?, ?, ?)',
  );
  const lastChange = db.prepare<[], ChangeRow>('SELECT * FROM timeline_change ORDER BY id DESC LIMIT 1');
  const lastId = db.prepare<[], number>('SELECT max(id) FROM timeline').pluck();

  const free = (name: string): LogError | null => {
    if (name.trim() !== name || name.length === 0 || name.length > NAME_LENGTH_MAX || !name.isWellFormed()) {
      return fault(
        'name_taken',
        `A timeline's name has 1 to ${NAME_LENGTH_MAX} characters and no space at either end.`,
      );
    }
    return timelines.named(name).ok
      ? fault('name_taken', `There is a timeline ${name} already; choose another name.`)
      : null;
  };
  const record = (timeline: number, kind: Change['kind'], name: string | null): Timeline => {
    const before = lastChange.get();
    const change: Change = { id: (before?.id ?? 0) + 1, timeline, kind, name };
    insertChange.run(change.id, change.timeline, kind, name, changeLink(before?.hash ?? '', change));
    return timelines.byId(timeline);
  };

  const branch = db.transaction((name: string, of: Timeline, cut: Cut): Result<Timeline, LogError> => {
    const parent = timelines.living(of);
    if (!parent.ok) return parent;
    const taken = free(name);
    if (taken !== null) return err(taken);
    if (Number.isNaN(cut.at) || lineages.limit(parent.value, cut) === null) {
      return err(fault('bad_cut', `${parent.value.name} has no event ${cut.seq} at that instant to branch from.`));
    }
    const forkedHead = lineages.head(parent.value);
    const birth = { id: (lastId.get() ?? 0) + 1, parent: parent.value.id, forkedAt: cut, forkedHead };
    const hash = birthLink(timelines.link(birth.parent, forkedHead), birth);
    insert.run(birth.id, birth.parent, cut.at, cut.seq, forkedHead, hash);
    return ok(record(birth.id, 'named', name));
  });

  const rename = db.transaction((timeline: Timeline, name: string): Result<Timeline, LogError> => {
    const found = timelines.living(timeline);
    if (!found.ok || found.value.name === name) return found;
    if (timeline.id === MAIN_ID) return err(fault('read_only', 'main is the record itself; it keeps its name.'));
    const taken = free(name);
    return taken === null ? ok(record(timeline.id, 'named', name)) : err(taken);
  });

  const drop = db.transaction((timeline: Timeline): Result<Timeline, LogError> => {
    const found = timelines.living(timeline);
    if (!found.ok) return found;
    if (timeline.id === MAIN_ID) return err(fault('read_only', 'main is the record itself; it cannot be dropped.'));
    return ok(record(timeline.id, 'dropped', null));
  });

  return {
    branch: (name, parent, cut) => branch.immediate(name, parent, cut),
    rename: (timeline, name) => rename.immediate(timeline, name),
    drop: (timeline) => drop.immediate(timeline),
  };
};
