// A moment of a document: a command with what it printed, or a table or note on its own; and the facts it holds.
import type { Evidence, Fact } from '../../../domain/events/dictionary.ts';

/** A fact that has no place in time yet. `evidence` is what it is worth before its instant is considered. */
export type Draft = Fact & {
  readonly entity: string;
  readonly line: number;
  readonly evidence: Evidence;
  /** Milliseconds since 1970, where the row itself says when: then the moment's instant does not matter. */
  readonly at?: number;
};

export type Moment = {
  readonly line: number;
  /** The VM it is about, as an entity address; null when it is about several or none. */
  readonly vm: string | null;
  /** Nova's `updated` of that VM as printed here, milliseconds since 1970. */
  readonly updated: number | null;
  readonly facts: readonly Draft[];
};
