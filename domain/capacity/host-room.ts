// Every host's books for one flavor: what it has, what is taken, what the flavor can still use of it, what lies stranded.
import type { ClusterState } from '../readout/state.ts';
import { type Amounts, capacity, NOTHING, type Resource, RESOURCES } from '../scheduling/inventory.ts';
import { hostSlots } from './fit.ts';
import type { FitOptions, FlavorSize } from './flavors.ts';
import { freeOf, type Slots } from './slots.ts';

export type HostRoom = {
  readonly host: string;
  readonly zone: string | null;
  readonly aggregates: readonly string[];
  readonly slots: Slots;
  /** After reservation and ratio; null where the log does not know it or the release does not look. */
  readonly capacity: Readonly<Record<Resource, number | null>>;
  readonly used: Amounts;
  readonly free: Amounts;
  /** What of `free` is left once the host is full of the flavor. */
  readonly stranded: Amounts;
};

const finite = (n: number): number => (Number.isFinite(n) ? n : 0);

/** One row a host in the order of names, which are its stable ids. */
export const hostRooms = (state: ClusterState, flavor: FlavorSize, options: FitOptions): readonly HostRoom[] => {
  const { request, rows } = hostSlots(state, flavor, options);
  return rows.map(({ host, slots }) => {
    const count = slots.says === 'takes' ? slots.count : 0;
    const limits: Record<Resource, number | null> = { VCPU: null, MEMORY_MB: null, DISK_GB: null, PCPU: null };
    const [free, stranded]: [Record<Resource, number>, Record<Resource, number>] = [{ ...NOTHING }, { ...NOTHING }];
    for (const resource of RESOURCES) {
      const inventory = host.inventories[resource];
      const limit = inventory === null ? Infinity : capacity(inventory);
      limits[resource] = Number.isFinite(limit) ? limit : null;
      free[resource] = finite(freeOf(host, resource));
      stranded[resource] = Math.max(0, free[resource] - count * request.asked[resource]);
    }
    const aggregates = host.aggregates.map((a) => a.name);
    return { host: host.name, zone: host.zone, aggregates, slots, capacity: limits, used: host.used, free, stranded };
  });
};
