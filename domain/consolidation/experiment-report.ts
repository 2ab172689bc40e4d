// Policies side by side as a view wants them: one row of figures and one course each, with nothing that is not a number.
import { HOSTS } from './cloudsim/machines.ts';
import type { Course } from './course.ts';
import { type ExperimentName, honestRows, type TrialOutcome } from './experiment.ts';
import { isOnFront } from './honest/pareto.ts';

/** Whose CPU traces: the log's own telemetry of a day, or a file with its contents. */
export type WorkloadChoice =
  | {
      readonly kind: 'recorded';
      readonly timeline: string;
      /** The instant whose day is meant, milliseconds since 1970. */
      readonly at: number;
    }
  | { readonly kind: 'file'; readonly name: string; readonly base64: string };

export type PolicyRow = {
  readonly policy: string;
  readonly energyKwh: number;
  readonly migrations: number;
  readonly slav: number;
  readonly pdm: number;
  readonly slatah: number;
  readonly aotf: number;
  readonly esv: number;
  readonly shutdowns: number;
  /** From a migration's start to its end; null without any. */
  readonly meanMigrationS: number | null;
  readonly meanHostsOn: number;
  /** Gigabytes that migrations sent. */
  readonly movedGB: number;
  /** Cores that all datapaths took, on average over the day. */
  readonly networkCores: number;
  /** CPU asked and not given, whatever the cause / CPU asked. */
  readonly shortfall: number;
  /** Energy over the lower bound; null under CloudSim's rules, where a host with idle VMs costs nothing and no bound holds. */
  readonly overBound: number | null;
  /** No other policy is at least as good in every figure and better in one. */
  readonly onFront: boolean;
  readonly course: Course;
};

export type ConsolidationReport = {
  readonly experiment: ExperimentName;
  readonly workload: {
    readonly name: string;
    readonly vms: number;
    readonly steps: number;
    /** Milliseconds since 1970 of the first sample; null where the traces do not say. */
    readonly fromMs: number | null;
  };
  /** Hosts the experiment has: CloudSim's. */
  readonly hosts: number;
  readonly boundKwh: number | null;
  readonly rows: readonly PolicyRow[];
};

type Figures = Omit<PolicyRow, 'onFront'>;

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

const figuresOf = (outcome: TrialOutcome): Figures => {
  const { course, networkCores } = outcome;
  const { energyKwh, migrations, movedGB, slav, pdm, slatah, aotf, esv, hostShutdowns: shutdowns } = outcome.figures;
  const meanMigrationS = migrations === 0 ? null : outcome.figures.meanMigrationS;
  const sla = { slav, pdm, slatah, aotf, esv };
  const common = { energyKwh, migrations, movedGB, meanMigrationS, ...sla, shutdowns, course, networkCores };
  if (outcome.experiment === 'honest') {
    const { strategy, meanHostsOn, shortfall, boundKwh } = outcome.figures;
    return { ...common, policy: strategy, meanHostsOn, shortfall, overBound: energyKwh / boundKwh - 1 };
  }
  const { policy, overallSlaViolation } = outcome.figures;
  return { ...common, policy, meanHostsOn: meanOf(course.hostsOn), shortfall: overallSlaViolation, overBound: null };
};

export const reportOf = (
  experiment: ExperimentName,
  workload: ConsolidationReport['workload'],
  outcomes: readonly TrialOutcome[],
): ConsolidationReport => {
  const figures = outcomes.map(figuresOf);
  const rows = figures.map((f) => ({ ...f, onFront: isOnFront(f, figures) }));
  return { experiment, workload, hosts: HOSTS, boundKwh: honestRows(outcomes)[0]?.boundKwh ?? null, rows };
};
