// Reads the PlanetLab days of a conformance data directory.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  parseWorkload,
  reorderWorkload,
  type Workload,
  workloadFaultText,
} from '../../domain/consolidation/workload.ts';

const fileOf = (dataDir: string, day: string): string => join(dataDir, 'planetlab', `planetlab-${day}.csv.gz`);

/** The days a directory holds, in order. */
export const planetlabDays = (dataDir: string): readonly string[] =>
  readdirSync(join(dataDir, 'planetlab'))
    .map((name) => /^planetlab-(\d{8})\.csv\.gz$/.exec(name)?.[1])
    .filter((day) => day !== undefined)
    .sort();

export const hasPlanetlabDay = (dataDir: string, day: string): boolean => existsSync(fileOf(dataDir, day));

/** One day, VMs in the file's order (sorted by name). */
export const planetlabDay = (dataDir: string, day: string): Workload => {
  const workload = parseWorkload(gunzipSync(readFileSync(fileOf(dataDir, day))).toString('utf8'));
  if (!workload.ok) throw new Error(`${day}: ${workloadFaultText(workload.error)}`);
  return workload.value;
};

/** The same day in the order in which a JVM listed the directory, or null when that order was not recorded. */
export const planetlabDayUnsorted = (dataDir: string, day: string): Workload | null => {
  const order = join(dataDir, 'planetlab', `planetlab-${day}-native-order.txt`);
  if (!existsSync(order)) return null;
  const names = readFileSync(order, 'utf8').trim().split(/\r?\n/);
  const workload = reorderWorkload(planetlabDay(dataDir, day), names);
  if (!workload.ok) throw new Error(`${day}: ${workload.error}`);
  return workload.value;
};
