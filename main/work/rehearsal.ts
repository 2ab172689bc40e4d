// What a drill is asked: of which state, what fails, on which clocks, and where the answer is kept.
import type { At } from '../../domain/contract/contract.ts';
import type { Racks } from '../../domain/drill/faults/failure-domains.ts';
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
  /** Racks in place of the log's; null where its own count. */
  readonly racks: Racks | null;
  /** Release of Nova under whose defaults it is asked; null, or nothing said, for the cluster as it is. */
  readonly release?: string | null;
  /** A new folder that keeps the drill as a scenario; null for none. */
  readonly save: string | null;
};
