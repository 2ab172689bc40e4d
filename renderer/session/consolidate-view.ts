// What the Consolidate place has on show: whose traces, which rules, the policies' figures, and how the plan is asked for.
import { signal } from '@preact/signals';
import type { ConsolidationReport } from '../../domain/consolidation/experiment-report.ts';
import type { ExperimentName } from '../../domain/consolidation/experiment.ts';
import type { PlanReport } from '../../domain/consolidation/live/report.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';

export type TraceFile = { readonly name: string; readonly base64: string };
export type CourseMeasure = 'hostsOn' | 'energyKwh' | 'slatah' | 'migrations' | 'networkCores';
export type ConsolidateTab = 'policies' | 'plan';
export type Running = { readonly progress: Progress | null; readonly stop: AbortController };

export class ConsolidateView {
  readonly tab = signal<ConsolidateTab>('policies');
  readonly experiment = signal<ExperimentName>('honest');
  /** Null: the traces are the log's own telemetry of the day. */
  readonly file = signal<TraceFile | null>(null);
  readonly measure = signal<CourseMeasure>('hostsOn');
  /** The policy whose figures are told beside the table; null for the cheapest on the front. */
  readonly policy = signal<string | null>(null);
  readonly running = signal<Running | null>(null);
  readonly failure = signal<Failure | null>(null);
  /** What was run, and what came out; a run is not done twice for the same question. */
  readonly ran = signal<{ readonly question: string; readonly report: ConsolidationReport } | null>(null);
  readonly keepN1 = signal(true);
  /** Plans that were written onto branches, by branch: there they stay on show. */
  readonly applied = signal<ReadonlyMap<string, PlanReport>>(new Map());
  readonly applying = signal<Running | null>(null);
  readonly applyFailure = signal<Failure | null>(null);
}
