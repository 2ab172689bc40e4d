// What a plan is for, as a value: it is written into the plan, so that a checker can ask whether the plan gets there.
import type { Metadata } from '../cluster/records.ts';

/** What one VM of a flavor asks of a host; `diskGiB` 0 where it boots from a volume. */
export type FlavorAsk = {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMiB: number;
  readonly diskGiB: number;
  /** Own CPUs, NUMA cells, aggregates; nothing said is none. */
  readonly extraSpecs?: Metadata;
  /** Whose VMs they would be, where aggregates are kept for some projects. */
  readonly project?: string;
};

export type Goal =
  /** The hosts run nothing. */
  | { readonly kind: 'drain'; readonly hosts: readonly string[] }
  /** The flavor fits so many times, on these hosts or (null) anywhere. */
  | {
      readonly kind: 'make-room';
      readonly flavor: FlavorAsk;
      readonly count: number;
      readonly hosts: readonly string[] | null;
    }
  /** Every rule, server group and capacity holds. */
  | { readonly kind: 'repair' }
  /** Load is spread more evenly, by moves that are each worth `margin` of the unevenness there is. */
  | { readonly kind: 'rebalance'; readonly margin: number; readonly mostMoves: number }
  /** VMs go where somebody has said. */
  | { readonly kind: 'move' };

/** A goal that a plan is sought for; moves somebody has said need no search. */
export type SoughtGoal = Exclude<Goal, { readonly kind: 'move' }>;

const list = (names: readonly string[]): string => names.join(', ');

/** The goal as a heading. */
export const goalWords = (goal: Goal): string => {
  switch (goal.kind) {
    case 'drain':
      return `Drain of ${list(goal.hosts)}`;
    case 'make-room':
      return `Room for ${goal.count} × ${goal.flavor.name}${goal.hosts === null ? '' : ` on ${list(goal.hosts)}`}`;
    case 'repair':
      return 'Repair of violated rules';
    case 'rebalance':
      return 'Rebalancing';
    case 'move':
      return 'Moves';
  }
};

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Chained goals as one heading. */
export const goalsWords = (goals: readonly Goal[]): string =>
  goals.map((goal, i) => (i === 0 ? goalWords(goal) : lowered(goalWords(goal)))).join(', then ');
