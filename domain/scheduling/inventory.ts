// Inventories and allocations as Placement counts them.

export const RESOURCES = ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const;
export type Resource = (typeof RESOURCES)[number];

/** A resource provider's inventory of one resource class (Placement API, `inventories`). */
export type Inventory = {
  readonly total: number;
  readonly reserved: number;
  readonly allocationRatio: number;
  readonly minUnit: number;
  /** libvirt sets it to `total`: one VM can never exceed the physical host, whatever the ratio. */
  readonly maxUnit: number;
  readonly stepSize: number;
};

export type Amounts = Readonly<Record<Resource, number>>;

/** A host's inventories; null where the log does not know one (then it cannot refuse, and cannot promise). */
export type Inventories = Readonly<Record<Resource, Inventory | null>>;

/** (total − reserved) × allocation_ratio: what may be allocated in all. */
export const capacity = (i: Inventory): number => (i.total - i.reserved) * i.allocationRatio;

/** Why one request cannot be allocated, with the numbers that decided. */
export type Shortage = {
  readonly resource: Resource;
  readonly rule: 'capacity' | 'max_unit' | 'min_unit' | 'step_size';
  readonly asked: number;
  readonly used: number;
  readonly limit: number;
};

/**
 * Placement's acceptance rule for one resource class: used + asked <= capacity, min_unit <= asked <= max_unit and
 * asked mod step_size = 0. A request of 0 is no request.
 */
export const shortage = (resource: Resource, i: Inventory, used: number, asked: number): Shortage | null => {
  if (asked === 0) return null;
  if (asked > i.maxUnit) return { resource, rule: 'max_unit', asked, used, limit: i.maxUnit };
  if (asked < i.minUnit) return { resource, rule: 'min_unit', asked, used, limit: i.minUnit };
  if (asked % i.stepSize !== 0) return { resource, rule: 'step_size', asked, used, limit: i.stepSize };
  const limit = capacity(i);
  return used + asked > limit ? { resource, rule: 'capacity', asked, used, limit } : null;
};

/** The defaults of `[DEFAULT] *_allocation_ratio` and `reserved_host_memory_mb`, which changed over Nova's releases. */
export type ReleaseProfile = {
  readonly name: string;
  readonly vcpuRatio: number;
  readonly ramRatio: number;
  readonly diskRatio: number;
  readonly reservedRamMiB: number;
};

/** Source: nova tags, `git grep` of initial_*_allocation_ratio (27.0.0 changed 16/1.5/1.0 to 4/1/1). */
export const RELEASES = [
  { name: 'grizzly', vcpuRatio: 16, ramRatio: 1.5, diskRatio: 1, reservedRamMiB: 512 },
  { name: 'rocky', vcpuRatio: 16, ramRatio: 1.5, diskRatio: 1, reservedRamMiB: 512 },
  { name: 'train', vcpuRatio: 16, ramRatio: 1.5, diskRatio: 1, reservedRamMiB: 512 },
  { name: 'zed', vcpuRatio: 16, ramRatio: 1.5, diskRatio: 1, reservedRamMiB: 512 },
  { name: 'antelope', vcpuRatio: 4, ramRatio: 1, diskRatio: 1, reservedRamMiB: 512 },
  { name: '2026.1', vcpuRatio: 4, ramRatio: 1, diskRatio: 1, reservedRamMiB: 512 },
] as const satisfies readonly ReleaseProfile[];

export const LATEST_RELEASE: ReleaseProfile = RELEASES[RELEASES.length - 1]!;

/** A libvirt host's inventory of one class: minimum 1, step 1, maximum the physical total. */
export const libvirtInventory = (total: number, reserved: number, allocationRatio: number): Inventory => ({
  total,
  reserved,
  allocationRatio,
  minUnit: 1,
  maxUnit: total,
  stepSize: 1,
});
