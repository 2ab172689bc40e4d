// The machines of CloudSim's PlanetLab experiment: 800 hosts of two types, four VM types, one link speed.
import { powerCurves, SPEC_POWER, type PowerTable } from '../power.ts';

export type HostType = {
  readonly name: string;
  /** Speed of one of the two cores. */
  readonly peMips: number;
  /** Both cores. */
  readonly totalMips: number;
  readonly ramMB: number;
  readonly bandwidth: number;
  readonly power: PowerTable;
};

export type VmType = { readonly mips: number; readonly ramMB: number; readonly bandwidth: number };

export const HOSTS = 800;

const g4: HostType = {
  name: 'hp-ml110-g4-xeon-3040',
  peMips: 1860,
  totalMips: 3720,
  ramMB: 4096,
  bandwidth: 1_000_000,
  power: SPEC_POWER['hp-ml110-g4-xeon-3040'],
};

const g5: HostType = {
  name: 'hp-ml110-g5-xeon-3075',
  peMips: 2660,
  totalMips: 5320,
  ramMB: 4096,
  bandwidth: 1_000_000,
  power: SPEC_POWER['hp-ml110-g5-xeon-3075'],
};

/** Hosts alternate: an even id is a G4, an odd one a G5. */
export const HOST_TYPES: readonly HostType[] = [g4, g5];

/** By kind of host: index among HOST_TYPES. */
export const HOST_POWER = powerCurves(HOST_TYPES.map((type) => type.power));

export const hostTypeOf = (host: number): HostType => HOST_TYPES[host % HOST_TYPES.length]!;

export const VM_TYPES: readonly VmType[] = [
  { mips: 2500, ramMB: 870, bandwidth: 100_000 },
  { mips: 2000, ramMB: 1740, bandwidth: 100_000 },
  { mips: 1000, ramMB: 1740, bandwidth: 100_000 },
  { mips: 500, ramMB: 613, bandwidth: 100_000 },
];

/** The first quarter of the workload's VMs are of type 0, the next of type 1, and so on. */
export const vmTypeOf = (vm: number, vms: number): VmType =>
  VM_TYPES[Math.floor(vm / Math.ceil(vms / VM_TYPES.length))]!;

/** Half of a 1,000,000 kbit/s link, in MB/s: what a migration may use. */
export const MIGRATION_MB_PER_S = 1_000_000 / (2 * 8000);

/** Seconds between two samples of a trace and between two control ticks. */
export const INTERVAL_S = 300;

/** Workloads are attached this long after the VMs exist; every tick inherits the offset. */
export const TICK_OFFSET_S = 0.1;

/** Newest values a VM remembers of its own utilization. */
export const HISTORY = 30;
