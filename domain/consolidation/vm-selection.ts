// Which VM leaves an overloaded host: Neat's policies. One VM a request; ties go to the first in the map's order.
import { pick, type Rng } from '../base/rng.ts';
import { mostExplained } from './regression.ts';

/** CPU use of each VM in MHz, newest last; and its RAM in MB. */
export type VmCpu = ReadonlyMap<string, readonly number[]>;
export type VmRam = ReadonlyMap<string, number>;

const leastOf = <T>(entries: Iterable<readonly [string, T]>, value: (of: T) => number): string | null => {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [vm, of] of entries) {
    if (value(of) < least) {
      best = vm;
      least = value(of);
    }
  }
  return best;
};

/** Least RAM, hence the shortest migration. Null of no VMs. */
export const minimumMigrationTime = (vmsRam: VmRam): string | null => leastOf(vmsRam, (ram) => ram);

/** Least CPU in the newest interval. Null of no VMs. */
export const minimumUtilization = (vmsCpu: VmCpu): string | null => leastOf(vmsCpu, (cpu) => cpu.at(-1) ?? 0);

/** Uniformly at random. Null of no VMs. */
export const random = (rng: Rng, vmsCpu: VmCpu): string | null =>
  vmsCpu.size === 0 ? null : pick(rng, [...vmsCpu.keys()]);

/**
 * Among the VMs with the least RAM, the one with the largest mean of its newest n CPU values: of equally short
 * migrations the one that relieves most. Null when all those means are zero, as in Neat.
 */
export const minimumMigrationTimeMaxCpu = (lastN: number, vmsCpu: VmCpu, vmsRam: VmRam): string | null => {
  let least = Number.POSITIVE_INFINITY;
  for (const ram of vmsRam.values()) least = Math.min(least, ram);
  let best: string | null = null;
  let most = 0;
  for (const [vm, cpu] of vmsCpu) {
    if (vmsRam.get(vm) !== least) continue;
    const newest = cpu.slice(-lastN);
    let sum = 0;
    for (const mhz of newest) sum += mhz;
    if (newest.length > 0 && sum / newest.length > most) {
      most = sum / newest.length;
      best = vm;
    }
  }
  return best;
};

/**
 * The VM whose CPU history the histories of the others explain best (largest R^2), over the values all have; least RAM
 * when those are too few for the regression. Beloglazov and Buyya 2012, section 6.3; CloudSim has it, Neat has not.
 */
export const maximumCorrelation = (vmsCpu: VmCpu, vmsRam: VmRam): string | null => {
  const names = [...vmsCpu.keys()];
  const length = Math.min(...names.map((vm) => vmsCpu.get(vm)!.length));
  const rows = names.map((vm) => Float64Array.from(length === 0 ? [] : vmsCpu.get(vm)!.slice(-length)));
  const at = mostExplained(rows);
  return at === null ? minimumMigrationTime(vmsRam) : names[at]!;
};
