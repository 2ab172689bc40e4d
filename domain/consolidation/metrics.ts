// The measures consolidation is judged by, each with its formula; all fractions are between 0 and 1.

/** Hours and watts to the unit energy is reported in. */
const JOULES_PER_KWH = 3_600_000;

export const kwhOf = (joules: number): number => joules / JOULES_PER_KWH;

/** Neat's host_cpu_overload_threshold: a host that uses more of its CPU counts as overloaded. */
export const OVERLOADED_ABOVE = 0.8;

/** Seconds of one host. */
export type HostTime = { readonly overloadedS: number; readonly onS: number };

/**
 * Overload time fraction of one host: seconds overloaded / seconds on (Beloglazov and Buyya, TPDS 2013). 0 for a host that
 * was never on.
 */
export const overloadTimeFraction = (overloadedS: number, onS: number): number => (onS === 0 ? 0 : overloadedS / onS);

/**
 * Aggregate overload time fraction: the same with both sums taken over all hosts first, so long-running hosts weigh
 * more. SLATAH, the SLA time per active host as CloudSim computes it, is this figure with "overloaded" meaning that the
 * host gives less CPU than its VMs ask for.
 */
export const aggregateOverloadTimeFraction = (hosts: readonly HostTime[]): number =>
  overloadTimeFraction(
    hosts.reduce((sum, h) => sum + h.overloadedS, 0),
    hosts.reduce((sum, h) => sum + h.onS, 0),
  );

/** The mean of the hosts' own overload time fractions, over those that were on at all; 0 if none was. */
export const meanOverloadTimeFraction = (hosts: readonly HostTime[]): number => {
  const on = hosts.filter(({ onS }) => onS > 0);
  return on.length === 0 ? 0 : mean(on.map(({ overloadedS, onS }) => overloadTimeFraction(overloadedS, onS)));
};

/**
 * PDM, performance degradation due to migration: CPU that VMs lacked while migrating / CPU they asked for all the time,
 * both in MIPS x seconds over all VMs (Beloglazov and Buyya 2012, section 3.4).
 */
export const performanceDegradation = (lackedMigrating: number, asked: number): number =>
  asked === 0 ? 0 : lackedMigrating / asked;

/** SLAV = SLATAH x PDM. */
export const slaViolation = (slatah: number, pdm: number): number => slatah * pdm;

/** ESV = energy in kWh x SLAV: the figure the 2012 paper ranks policies by. */
export const energySlaViolation = (energyKwh: number, slav: number): number => energyKwh * slav;

/** Overall SLA violation: (CPU asked - CPU given) / CPU asked, whatever the cause. */
export const overallShortfall = (asked: number, given: number): number => (asked === 0 ? 0 : (asked - given) / asked);

/** Arithmetic mean; NaN of nothing, which CloudSim prints as such. */
export const mean = (values: readonly number[]): number => {
  let sum = 0;
  for (const v of values) sum += v;
  return values.length === 0 ? Number.NaN : sum / values.length;
};

/** Standard deviation with n - 1; 0 of a single value, NaN of nothing. */
export const stdev = (values: readonly number[]): number => {
  if (values.length < 2) return values.length === 0 ? Number.NaN : 0;
  const centre = mean(values);
  let squares = 0;
  for (const v of values) squares += (v - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
};
