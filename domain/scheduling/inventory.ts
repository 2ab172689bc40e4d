// Inventories and allocations as Placement counts them.

/** PCPU: CPUs that are one VM's own (Train and later, hosts with cpu_dedicated_set). */
export const RESOURCES = ['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCPU'] as const;
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
export const capacity = (i: Inventory): number =>
  i.allocationRatio === Infinity ? Infinity : (i.total - i.reserved) * i.allocationRatio;

export const NOTHING: Amounts = { VCPU: 0, MEMORY_MB: 0, DISK_GB: 0, PCPU: 0 };

/** a + sign × b, class by class. */
export const added = (a: Amounts, b: Amounts, sign: 1 | -1 = 1): Amounts => ({
  VCPU: a.VCPU + sign * b.VCPU,
  MEMORY_MB: a.MEMORY_MB + sign * b.MEMORY_MB,
  DISK_GB: a.DISK_GB + sign * b.DISK_GB,
  PCPU: a.PCPU + sign * b.PCPU,
});

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

/** A class that a release's scheduler does not look at: it stops nothing. */
export const unchecked = (total: number): Inventory => ({
  total,
  reserved: 0,
  allocationRatio: Infinity,
  minUnit: 1,
  maxUnit: Infinity,
  stepSize: 1,
});

/** A libvirt host's inventory of one class: minimum 1, step 1, maximum the physical total. */
export const libvirtInventory = (total: number, reserved: number, allocationRatio: number): Inventory => ({
  total,
  reserved,
  allocationRatio,
  minUnit: 1,
  maxUnit: total,
  stepSize: 1,
});
