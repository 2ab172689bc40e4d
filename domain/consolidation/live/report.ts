// What a plan says: every host's answer with the numbers behind it, every option considered, and what the moves change.
import type { Price } from './weights.ts';
import type { Evidence } from './evidence.ts';
import type { LiveSettings } from './settings.ts';

/** What becomes of a host. */
export type Fate = 'relieved' | 'emptied' | 'kept' | 'empty' | 'not judged';

export type HostAnswer = {
  readonly host: string;
  readonly vms: number;
  /** CPU utilization 0..1 by step, newest last: VMs' vCPUs in use, and what forwards their traffic, over the host's. */
  readonly history: readonly number[];
  /** Of the host's cores: what its datapath takes to forward the traffic of its VMs, in the history as well. */
  readonly forwardingCores: number;
  readonly underload: Evidence | null;
  readonly overload: Evidence | null;
  readonly fate: Fate;
  /** One sentence: why this fate. */
  readonly why: string;
};

/** What refuses a target; words that can follow a count of hosts. */
export type Rule =
  | 'without VMs'
  | 'overloaded'
  | 'being emptied'
  | 'of unknown size'
  | 'down or disabled'
  | 'in other zones'
  | 'short of capacity'
  | 'against its server group'
  | 'kept for others'
  | 'above the CPU threshold'
  | 'above the RAM threshold'
  | 'not worth the move';

/** A target that was looked at for one VM. */
export type Option = {
  readonly host: string;
  readonly verdict: 'chosen' | 'possible' | 'refused';
  readonly rule: Rule | null;
  readonly why: string;
  /** What it was compared by; null where it was refused. */
  readonly price: Price | null;
};

export type Move = {
  /** From 1 on, in the order to carry out. */
  readonly order: number;
  readonly vm: string;
  readonly name: string;
  readonly source: string;
  readonly dest: string;
  /** Nova's migration type: a stopped VM moves cold. */
  readonly type: 'live-migration' | 'migration';
  readonly kind: 'block' | 'shared' | 'volume' | null;
  /** What made it move: its host's overload or underload, or whom it talks to. */
  readonly question: 'overload' | 'underload' | 'traffic';
  readonly ramMiB: number;
  /** Expected use of CPU, in cores. */
  readonly cores: number;
  /** From the start of the plan. */
  readonly startS: number;
  /** Predicted by the planner; where it made no schedule, bytes over `migrationMBPerS`. */
  readonly seconds: number;
  readonly why: string;
  readonly options: readonly Option[];
};

/** How the moves follow each other. */
export type Ordering = {
  readonly by: 'planner' | 'one at a time';
  /** Which order was chosen, or why the planner's was not taken. */
  readonly why: string;
  readonly makespanS: number;
  /** No schedule of these moves is shorter; null where the planner made none. */
  readonly lowerBoundS: number | null;
  readonly assumptions: readonly string[];
};

/** A VM or host that was considered and stays. */
export type Refusal = {
  readonly entity: string;
  readonly name: string;
  readonly host: string;
  readonly why: string;
  readonly options: readonly Option[];
};

/** What a checker that does not know how the plan was made found: empty when every state on the way holds. */
export type Violation = { readonly order: number; readonly rule: string; readonly detail: string };

/** Single host failures that would strand VMs. */
export type Safety = {
  readonly safe: boolean | null;
  readonly failures: number;
  readonly of: number;
  /** The first few, with what is stranded. */
  readonly worst: readonly { readonly host: string; readonly vms: number; readonly ramMiB: number }[];
};

export type Before = {
  readonly hostsOn: number;
  readonly watts: number;
  /** Cores that all datapaths take for the recorded traffic, and what crosses between hosts; 0 where none is recorded. */
  readonly forwardingCores: number;
  readonly crossBitsPerS: number;
  readonly n1: Safety;
};

export type PlanReport = {
  readonly at: string;
  readonly timeline: string;
  readonly settings: LiveSettings;
  /** Time of a step and of a migration that detectors reckon with, seconds. */
  readonly timeStepS: number;
  readonly migrationTimeS: number;
  readonly hosts: readonly HostAnswer[];
  readonly moves: readonly Move[];
  readonly ordering: Ordering;
  readonly refused: readonly Refusal[];
  /** Hosts without VMs when all is done; they may sleep. */
  readonly asleep: readonly string[];
  readonly before: Before;
  /** With the emptied hosts asleep: they take nobody in. */
  readonly after: Before;
  /** With the emptied hosts awake again before anything fails. */
  readonly awakeN1: Safety;
  readonly states: number;
  readonly violations: readonly Violation[];
  /** What is taken for granted because no log tells it. */
  readonly assumptions: readonly string[];
  readonly verdict: string;
  /** The branch the moves were written on; null when nothing was written. */
  readonly branch: string | null;
};
