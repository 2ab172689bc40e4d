// What a search for a goal comes back with: where every VM should stand, and why no more was to be had.
import type { Conflict } from './plan.ts';
import type { Standing } from './standing.ts';

export type Sought = {
  /** Where VMs stand once the goal is reached, or as near to it as was found. */
  readonly standing: Standing;
  readonly reached: boolean;
  /** Why the VMs that move go where they go. */
  readonly because: string;
  readonly notes: readonly string[];
  readonly conflict: Conflict | null;
};
