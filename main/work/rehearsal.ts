// What a drill is asked: of which state, what fails, on which clocks, and where the answer is kept.
import type { Assumptions } from '../../domain/capacity/what-if.ts';
import type { At } from '../../domain/contract/contract.ts';
import type { DrillSettings } from '../../domain/drill/outcome.ts';

export type Rehearsal = {
  readonly timeline: string;
  readonly at: At | null;
  readonly fail: readonly string[];
  /** What else happens, as people write it (see `domain/drill/faults/script.ts`); null for nothing. */
  readonly script: string | null;
  /** Null: the outcome is told and nothing is written. */
  readonly branch: string | null;
  readonly settings: DrillSettings;
  /** What the cluster is taken to be at that instant; null for the cluster as it is. */
  readonly assume: Assumptions | null;
  /** A new folder that keeps the drill as a scenario; null for none. */
  readonly save: string | null;
};
