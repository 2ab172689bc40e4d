// What the log promises its users: one file, append-only, read in record order or in event-time order.
import type { Instant, Seq } from '../../domain/base/brand.ts';
import type { Result } from '../../domain/base/result.ts';
import type { Candidate, LogEvent } from '../../domain/events/dictionary.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';

/** Why the log refused, as a sentence for people and a code for programs. */
export type LogError = {
  readonly code:
    | 'stale_position'
    | 'not_a_log'
    | 'newer_log'
    | 'read_only'
    | 'disk_full'
    | 'busy'
    | 'no_such_timeline'
    | 'name_taken'
    | 'bad_cut'
    | 'damaged'
    | 'io';
  readonly sentence: string;
};

/** A file, paste or run that events came from; identified by its content, so importing it twice changes nothing. */
export type SourceInfo = {
  /** sha256 of the content in hex, or `run:<purpose>:<seed>` for events that a drill or generator made. */
  readonly id: string;
  readonly name: string;
  readonly format: string;
};

export type Refusal = { readonly line: number; readonly why: string; readonly text: string };

/** One transaction: events, what was refused, and how far into the source it reaches. */
export type Batch = {
  readonly source: SourceInfo;
  /** Last line (or record) of the source this batch accounts for; an import resumes after it. */
  readonly throughLine: number;
  /** True with the source's last batch. */
  readonly done: boolean;
  readonly events: readonly Candidate[];
  readonly refused: readonly Refusal[];
};

export type Appended = { readonly head: Seq; readonly events: number; readonly duplicates: number };

/** How far a source has been imported on a timeline. */
export type SourceProgress = { readonly throughLine: number; readonly done: boolean };

export type ReadOptions = {
  /** Only events after this cut (exclusive). */
  readonly after?: Cut;
  /** Only events up to this cut (inclusive). */
  readonly upTo?: Cut;
  readonly limit?: number;
};

export type Verification = {
  readonly ok: boolean;
  readonly events: number;
  /** Chain hash at each timeline's head, hex. */
  readonly heads: Readonly<Record<string, string>>;
  readonly firstBad: { readonly timeline: string; readonly seq: Seq; readonly why: string } | null;
};

/** Where a keyframe stands: its number in a chain, which is gone when its epoch has passed. */
export type KeyframePlace = { readonly chain: number; readonly epoch: number; readonly number: number };

export type KeyframeFound = KeyframePlace & {
  readonly cut: { readonly at: Instant; readonly seq: Seq };
  readonly ordinal: number;
  /** Number of the newest one of the chain. */
  readonly newest: number;
  /** The chains it was looked for in, with their epochs. */
  readonly view: string;
};

/** A cached state, valid for one fold version only: opaque bytes, and the rows that changed since the one before. */
export type KeyframeToKeep = {
  readonly number: number;
  readonly cut: { readonly at: Instant; readonly seq: Seq };
  readonly ordinal: number;
  /** The timeline's head when the fold that made it began reading: what was appended since is not in it. */
  readonly head: Seq;
  readonly bytes: Uint8Array;
  /** `entity` below 2^53. */
  readonly rows: readonly { readonly entity: number; readonly text: string }[];
};

/** A row as it is from one keyframe (-1 for the beginning) up to before the next one that changes it; null text: never written. */
export type KeptVersion = { readonly number: number; readonly next: number | null; readonly text: string | null };

/** Cached states. Nothing is lost with them. */
export type Keyframes = {
  /** Where the last keyframe at or before a cut stands. */
  readonly nearest: (timeline: Timeline, cut: Cut) => KeyframeFound | null;
  /** Bytes of a keyframe on the way to a place; null when there is none, or they are not what was written. */
  readonly bytes: (place: KeyframePlace, number: number) => Uint8Array | null;
  /** What is kept of entities as they were at a place; null when the place is gone, or one is not what was written. */
  readonly versions: (place: KeyframePlace, entities: readonly number[]) => ReadonlyMap<number, KeptVersion> | null;
  /**
   * Keeps what follows a keyframe (null: the beginning) in one transaction; null, with nothing kept, when late events have outrun
   * one of them, or somebody else went on from there.
   */
  readonly put: (
    timeline: Timeline,
    after: KeyframePlace | null,
    frames: readonly KeyframeToKeep[],
  ) => readonly KeyframePlace[] | null;
};

/** One write to a log, as `journal` tells it. `timeline` and `parent` are ids of the log that tells; 1 is `main`. */
export type JournalEntry =
  | { readonly kind: 'batch'; readonly timeline: number; readonly head: Seq; readonly batch: Batch }
  | {
      readonly kind: 'branch';
      readonly timeline: number;
      readonly name: string;
      readonly parent: number;
      readonly forkedAt: Cut;
    }
  | { readonly kind: 'renamed'; readonly timeline: number; readonly name: string }
  | { readonly kind: 'dropped'; readonly timeline: number };

export interface Log {
  readonly path: string;
  readonly readOnly: boolean;
  readonly timelines: () => readonly Timeline[];
  readonly timeline: (name: string) => Result<Timeline, LogError>;
  readonly branch: (name: string, parent: Timeline, cut: Cut) => Result<Timeline, LogError>;
  readonly rename: (timeline: Timeline, name: string) => Result<Timeline, LogError>;
  readonly drop: (timeline: Timeline) => Result<Timeline, LogError>;
  /** Last seq of the timeline's own events, or of its fork point where it has none yet. */
  readonly head: (timeline: Timeline) => Seq;
  readonly progress: (timeline: Timeline, sourceId: string) => SourceProgress | null;
  /** Appends in one transaction, or changes nothing. */
  readonly append: (timeline: Timeline, expected: Seq, batch: Batch) => Result<Appended, LogError>;
  /** Lineage (parent below the fork, then own events) in event-time order. */
  readonly inEventTime: (timeline: Timeline, options?: ReadOptions) => Iterable<LogEvent>;
  /** Lineage in record order, by seq range (inclusive). */
  readonly inRecordOrder: (timeline: Timeline, from: Seq, to: Seq) => Iterable<LogEvent>;
  /** One event of the lineage by its seq. */
  readonly event: (timeline: Timeline, seq: Seq) => LogEvent | null;
  /** First and last instant and the number of events of the lineage; null when it is empty. */
  readonly span: (
    timeline: Timeline,
  ) => { readonly from: Instant; readonly to: Instant; readonly events: number } | null;
  /** Every write in an order in which it can be done again; done again in an empty log, heads and chains are the same. */
  readonly journal: () => Iterable<JournalEntry>;
  readonly refusals: (sourceId: string) => readonly Refusal[];
  readonly verify: () => Verification;
  /** Calls back after every append or branch change; returns the way to stop. */
  readonly onChange: (listener: (timeline: number) => void) => () => void;
  readonly keyframes: Keyframes;
  readonly close: () => void;
}
