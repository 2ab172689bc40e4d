// A plan as a value: moves with their order, what stays behind and why, and what was considered on the way.
import type { Finding } from '../scheduling/finding.ts';
import type { Goal } from './goal.ts';

export const MOVE_KINDS = ['live', 'cold', 'stop'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

export type PlannedMove = {
  readonly vm: string;
  readonly name: string;
  readonly source: string;
  /** The source itself for a VM that is only stopped. */
  readonly dest: string;
  readonly kind: MoveKind;
  readonly storage: 'block' | 'shared' | 'volume';
  /** From the start of the plan. */
  readonly startMs: number;
  readonly endMs: number;
  /** The guest does not run for so long: all of the move for a cold one, nothing for one that was stopped already. */
  readonly downtimeMs: number;
  /** On the wire. */
  readonly bytes: number;
  /** Moves, as indices into `moves`, that have to have ended before this one starts. */
  readonly after: readonly number[];
  /** Why this destination. */
  readonly because: string;
};

export type BlockedVm = { readonly vm: string; readonly name: string; readonly reasons: readonly Finding[] };

/** Why there is no plan for some VMs: a set that cannot be placed together though any smaller one can, and what would help. */
export type Conflict = {
  readonly vms: readonly string[];
  /** Rules and shortages in play, in words. */
  readonly because: readonly string[];
  /** The smallest single change that was found to help; null when none did. */
  readonly relaxation: string | null;
  /** How sure it is that no placement exists. */
  readonly proof: string;
};

export type SpareReport = {
  /** Could any one host fail before, and after the plan? Null where it was not decided. */
  readonly before: boolean | null;
  readonly after: boolean | null;
  /** Starts and ends of moves, and how many of them were looked at before the budget of looks ended: the last one first. */
  readonly instants: number;
  readonly looked: number;
  /** Those at which a failure could not be absorbed that could before. */
  readonly lost: readonly { readonly atMs: number; readonly host: string; readonly why: string }[];
  readonly note: string;
};

export type PlanReport = {
  readonly considered: { readonly vms: number; readonly destinations: number; readonly plans: readonly string[] };
  readonly chosen: string;
  /** Destinations refused, counted by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly lowerBound: string;
  readonly spare: SpareReport | null;
  readonly conflict: Conflict | null;
  readonly assumptions: readonly string[];
  readonly notes: readonly string[];
};

export type Plan = {
  /** True when every VM leaves the hosts, or is dealt with as the policy allows. */
  readonly feasible: boolean;
  readonly drained: readonly string[];
  /** What the plan is for, in order. */
  readonly goals: readonly Goal[];
  /** By start, then name. */
  readonly moves: readonly PlannedMove[];
  readonly makespanMs: number;
  readonly lowerBoundMs: number;
  readonly blocked: readonly BlockedVm[];
  readonly report: PlanReport;
};
