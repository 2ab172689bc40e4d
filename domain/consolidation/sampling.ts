// The small arithmetic of Neat's collector and managers: CPU time to MHz, RAM to seconds, a range of floats.

/**
 * Mean MHz over an interval, truncated: int(core MHz * CPU seconds used / seconds passed).
 *
 * @param previousCpuNs @param currentCpuNs CPU time of the VM in nanoseconds, as libvirt counts it
 */
export const cpuMhz = (
  coreMhz: number,
  previousS: number,
  currentS: number,
  previousCpuNs: number,
  currentCpuNs: number,
): number => Math.trunc((coreMhz * (currentCpuNs - previousCpuNs)) / ((currentS - previousS) * 1e9));

/** Neat's estimate for a host: mean RAM of its VMs in MB over the migration bandwidth in MB/s; seconds. */
export const migrationTimeS = (ramMB: readonly number[], bandwidthMBPerS: number): number => {
  let sum = 0;
  for (const ram of ramMB) sum += ram;
  return sum / ramMB.length / bandwidthMBPerS;
};

/** start, start + step, ... up to and including end, by repeated addition: rounding can drop the last point. */
export const floatRange = (start: number, end: number, step: number): readonly number[] => {
  const points: number[] = [];
  for (let x = start; x <= end; x += step) points.push(x);
  return points;
};
