// The two orders of the log and the cut that names an instant in it.
import type { Instant, Seq } from '../base/brand.ts';

/**
 * A point in event-time order. Without `seq`: after every event with `at` <= the instant. With `seq`: after exactly that
 * event and everything before it in event-time order.
 */
export type Cut = { readonly at: Instant; readonly seq: Seq | null };

/** The place of the last event a state contains. */
export type Position = { readonly at: Instant; readonly seq: Seq };

/** True when everything up to the position belongs before the cut. Two events of one instant are not compared: then no. */
export const isBefore = (position: Position, cut: Cut): boolean =>
  position.at < cut.at || (position.at === cut.at && (cut.seq === null || cut.seq === position.seq));

/** What event-time order looks at. `seq` comes last because it depends on the order of import and the rest does not. */
export type Placed = { readonly at: Instant; readonly source: string; readonly line: number; readonly seq: Seq };

/** Event-time order: by the source's clock, then source, then line, then record order. Negative when a comes first. */
export const byEventTime = (a: Placed, b: Placed): number => {
  if (a.at !== b.at) return a.at - b.at;
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.line - b.line || a.seq - b.seq;
};

/** A line of history: the main record, or a branch of it. */
export type Timeline = {
  readonly id: number;
  readonly name: string;
  /** Null for `main`. */
  readonly parent: number | null;
  /** Where it leaves its parent: parent events after this cut do not belong to it. Null for `main`. */
  readonly forkedAt: Cut | null;
  /** The parent's head when it was made: what the parent learns later does not reach the branch. */
  readonly forkedHead: Seq;
  readonly dropped: boolean;
};
