// How much of each resource is allocated, and how much may be on the hosts that can take VMs.
import type { ClusterState } from '../readout/state.ts';
import { worldOf } from '../drill/world.ts';
import { capacity, type Resource, RESOURCES } from '../scheduling/inventory.ts';

export type Allocated = {
  readonly resource: Resource;
  readonly used: number;
  /** Over hosts whose inventory is known, at their ratios. */
  readonly capacity: number;
  /** The same without the host that has most of it: what may be used while any one host can fail, at best. */
  readonly capacityKeepingOne: number;
};

/** One row a resource. Hosts that are down or disabled are no capacity, but what is charged to them wants a home still. */
export const allocatedIn = (state: ClusterState): readonly Allocated[] => {
  const hosts = [...worldOf(state).hosts.values()];
  // PCPU is a class only where some host keeps CPUs apart.
  const classes = RESOURCES.filter((r) => r !== 'PCPU' || hosts.some((h) => h.inventories.PCPU !== null));
  return classes.map((resource) => {
    let [used, total, largest] = [0, 0, 0];
    for (const host of hosts) {
      const inventory = host.inventories[resource];
      if (!inventory) continue;
      used += host.used[resource];
      if (host.up === false || host.enabled === false) continue;
      total += capacity(inventory);
      largest = Math.max(largest, capacity(inventory));
    }
    return { resource, used, capacity: total, capacityKeepingOne: total - largest };
  });
};
