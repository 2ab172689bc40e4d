// Nova's arithmetic around a live migration: how much data it thinks there is, when it allows more downtime, when it gives up.
import type { NovaOptions } from './nova-options.ts';

const MIB_PER_GIB = 1024;
/** RAM and each disk count as at least this. */
const LEAST_GB = 2;
/** The monitor looks at a running job this often. */
const POLL_S = 0.5;

/** max(2, RAM) plus, for block migration, max(2, size) of every local disk; GiB, not rounded (nova/virt/libvirt/driver.py). */
export const dataGb = (flavorRamMiB: number, blockDiskGiB: readonly number[]): number =>
  Math.max(LEAST_GB, flavorRamMiB / MIB_PER_GIB) + blockDiskGiB.reduce((sum, gib) => sum + Math.max(LEAST_GB, gib), 0);

export type DowntimeStep = { readonly atS: number; readonly downtimeMs: number };

/** Python's int(): towards zero. */
const int = Math.trunc;

/** The steps + 1 allowances of nova.virt.libvirt.migration.downtime_steps: from a tenth (1/steps) of the maximum up to it. */
export const downtimeSchedule = (gb: number, o: NovaOptions): readonly DowntimeStep[] => {
  const delayS = int(o.downtimeDelayS * gb);
  const base = o.downtimeMs / o.downtimeSteps;
  const offset = (o.downtimeMs - base) / o.downtimeSteps;
  return Array.from({ length: o.downtimeSteps + 1 }, (_, i) => ({
    atS: delayS * i,
    downtimeMs: int(base + offset * i),
  }));
};

/** Seconds after which Nova acts on a migration that has not completed; null never. */
export const completionTimeoutS = (gb: number, o: NovaOptions): number | null =>
  o.completionTimeoutS === 0 ? null : int(o.completionTimeoutS * gb);

/** Nova compares `elapsed > t` at polls every half second: the first poll after `t`. */
export const firstPollAfterS = (t: number): number => (Math.floor(t / POLL_S) + 1) * POLL_S;
