// A run's figures as CloudSim prints them, digit for digit.
import type { CloudSimOutcome } from './outcome.ts';

/** Java's %.Nf: rounds the shortest decimal form of the double half up, where toFixed rounds the binary value. */
export const javaFixed = (value: number, decimals: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const shortest = String(Math.abs(value));
  if (shortest.includes('e')) return value.toFixed(decimals);
  const [whole, fraction = ''] = shortest.split('.') as [string, string?];
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const rounded = (fraction[decimals] ?? '0') >= '5' ? kept + 1n : kept;
  const digits = rounded.toString().padStart(decimals + 1, '0');
  const sign = value < 0 ? '-' : '';
  return `${sign}${digits.slice(0, digits.length - decimals)}.${digits.slice(digits.length - decimals)}`;
};

const seconds = (s: number): string => `${javaFixed(s, 2)} sec`;
const percent = (fraction: number, decimals = 2): string => `${javaFixed(fraction * 100, decimals)}%`;

/** The lines after "Experiment name", by label, in CloudSim's order. */
export const printedFigures = (o: CloudSimOutcome): Readonly<Record<string, string>> => ({
  'Number of hosts': String(o.hosts),
  'Number of VMs': String(o.vms),
  'Total simulation time': seconds(o.simulatedS),
  'Energy consumption': `${javaFixed(o.energyKwh, 2)} kWh`,
  'Number of VM migrations': String(o.migrations),
  SLA: percent(o.slav, 5),
  'SLA perf degradation due to migration': percent(o.pdm),
  'SLA time per active host': percent(o.slatah),
  'Overall SLA violation': percent(o.overallSlaViolation),
  'Average SLA violation': percent(o.averageSlaViolation),
  'Number of host shutdowns': String(o.hostShutdowns),
  'Mean time before a host shutdown': seconds(o.meanBeforeShutdownS),
  'StDev time before a host shutdown': seconds(o.stdevBeforeShutdownS),
  'Mean time before a VM migration': seconds(o.meanMigrationS),
  'StDev time before a VM migration': seconds(o.stdevMigrationS),
});
