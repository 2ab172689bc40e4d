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

/** A cached state: opaque bytes, valid for one fold version only. */
export type KeyframeRow = {
  readonly cut: { readonly at: Instant; readonly seq: Seq };
  readonly ordinal: number;
  /** The timeline's head when the fold that made it began reading: what was appended since is not in it. */
  readonly head: Seq;
  readonly bytes: Uint8Array;
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
  readonly keyframes: {
    /** Where the last keyframe at or before a cut stands. */
    readonly nearest: (timeline: Timeline, cut: Cut) => Omit<KeyframeRow, 'bytes'> | null;
    /** Bytes of the keyframe at exactly this place; null when there is none, or they are not what was written. */
    readonly bytes: (timeline: Timeline, at: KeyframeRow['cut']) => Uint8Array | null;
    /** Keeps them in one transaction; those that late events have outrun are left out. */
    readonly put: (timeline: Timeline, rows: readonly KeyframeRow[]) => void;
  };
  readonly close: () => void;
}
