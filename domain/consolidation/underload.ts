// Is a host underloaded? Neat's detectors; newest value last.
import type { History } from './overload.ts';

/** The newest value is at most the threshold. */
export const threshold = (limit: number, utilization: History): boolean =>
  utilization.length > 0 && utilization.at(-1)! <= limit;

/** The mean of the newest n values is at most the threshold. */
export const lastNAverageThreshold = (limit: number, n: number, utilization: History): boolean => {
  const newest = utilization.slice(-n);
  if (newest.length === 0) return false;
  let sum = 0;
  for (const u of newest) sum += u;
  return sum / newest.length <= limit;
};
