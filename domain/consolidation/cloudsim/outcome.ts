// The figures CloudSim reports of a run, each with its formula.
import {
  aggregateOverloadTimeFraction,
  energySlaViolation,
  kwhOf,
  mean,
  meanOverloadTimeFraction,
  overallShortfall,
  overloadTimeFraction,
  performanceDegradation,
  slaViolation,
  stdev,
} from '../metrics.ts';
import { closeLedger, hostTimes } from './sla-ledger.ts';
import { INTERVAL_S } from './machines.ts';
import type { World } from './world.ts';

export type CloudSimOutcome = {
  readonly policy: string;
  readonly hosts: number;
  readonly vms: number;
  readonly simulatedS: number;
  /** Sum over hosts and intervals of (P(before) + P(after)) / 2 x dt; an interval that begins with an empty host costs nothing. */
  readonly energyKwh: number;
  readonly migrations: number;
  /** Gigabytes of memory sent. */
  readonly movedGB: number;
  /** SLAV = SLATAH x PDM, a fraction. */
  readonly slav: number;
  /** PDM = sum of (asked - given) dt while migrating / sum of asked dt, over all VMs. */
  readonly pdm: number;
  /** SLATAH = seconds hosts gave less than asked / seconds hosts were active, over all hosts. */
  readonly slatah: number;
  /** OTF: the mean over hosts of seconds used above 80 % / seconds active. AOTF: both sums over all hosts first. */
  readonly otf: number;
  readonly aotf: number;
  /** (sum of asked dt - sum of given dt) / sum of asked dt. */
  readonly overallSlaViolation: number;
  /** Mean over intervals with a shortage of (asked - given) / asked, whatever their length. */
  readonly averageSlaViolation: number;
  /** ESV = energy in kWh x SLAV. */
  readonly esv: number;
  /** Changes from active to empty; every host empty at the first tick counts as one. */
  readonly hostShutdowns: number;
  /** Seconds from switch-on to shutdown; NaN without any. Standard deviation with n - 1. */
  readonly meanBeforeShutdownS: number;
  readonly stdevBeforeShutdownS: number;
  /** What CloudSim calls the time before a migration is the duration of one. NaN without any. */
  readonly meanMigrationS: number;
  readonly stdevMigrationS: number;
  readonly vmsDropped: number;
  readonly plannedTwice: number;
};

const MB_PER_GB = 1000;

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const v of values) total += v;
  return total;
};

/** Closes the ledger of a finished run and computes its figures. */
export const measure = (w: World, joules: number, policy: string): CloudSimOutcome => {
  const l = w.sla;
  closeLedger(l);
  const asked = sum(l.vmAskedTotal);
  const pdm = performanceDegradation(sum(l.vmShortWhileMoving), asked);
  const slatah = overloadTimeFraction(l.violatedS, l.activeS);
  const slav = slaViolation(slatah, pdm);
  const energyKwh = kwhOf(joules);
  return {
    policy,
    hosts: w.lists.length,
    vms: w.vms,
    simulatedS: w.steps * INTERVAL_S,
    energyKwh,
    migrations: w.migrations,
    movedGB: w.movedMB / MB_PER_GB,
    slav,
    pdm,
    slatah,
    otf: meanOverloadTimeFraction(hostTimes(l)),
    aotf: aggregateOverloadTimeFraction(hostTimes(l)),
    overallSlaViolation: overallShortfall(asked, sum(l.vmGivenTotal)),
    averageSlaViolation: l.shortfalls === 0 ? 0 : l.shortfallSum / l.shortfalls,
    esv: energySlaViolation(energyKwh, slav),
    hostShutdowns: l.beforeShutdownS.length,
    meanBeforeShutdownS: mean(l.beforeShutdownS),
    stdevBeforeShutdownS: stdev(l.beforeShutdownS),
    meanMigrationS: mean(l.migrationS),
    stdevMigrationS: stdev(l.migrationS),
    vmsDropped: w.vmsDropped,
    plannedTwice: w.plannedTwice,
  };
};
