// How much of each resource is allocated, and how much may be on the hosts that can take VMs.
import { asked, worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import { capacity, type Resource, RESOURCES } from '../scheduling/inventory.ts';

export type Allocated = {
  readonly resource: Resource;
  readonly used: number;
  /** Over hosts whose inventory is known, at their ratios. */
  readonly capacity: number;
  /** The same without the host that has most of it: what may be used while any one host can fail, at best. */
  readonly capacityKeepingOne: number;
  /** On hosts that are down or disabled: no capacity now, but it may come back. */
  readonly offline: number;
  /** Of `used`: what VMs hold that are shut off. */
  readonly shutOff: number;
  /** VCPU: cores that were busy by the newest samples of hosts; null where no host has one, and for the others. */
  readonly busy: number | null;
};

const busyCores = (state: ClusterState, zone: string | null): number | null => {
  let busy: number | null = null;
  for (const { cpu, vcpus, az } of state.hosts) {
    if (cpu !== null && vcpus !== null && (zone === null || az === zone)) busy = (busy ?? 0) + cpu * vcpus;
  }
  return busy;
};

/** One row a resource. Hosts that are down or disabled are no capacity, but what is charged to them wants a home still. */
export const allocatedIn = (state: ClusterState, zone: string | null = null): readonly Allocated[] => {
  const hosts = [...worldOf(state).hosts.values()].filter((h) => zone === null || h.zone === zone);
  const names = new Set(hosts.map((h) => h.name));
  const idle = state.vms.filter((vm) => vm.vmState === 'stopped' && vm.host !== null && names.has(vm.host));
  // PCPU is a class only where some host keeps CPUs apart.
  const classes = RESOURCES.filter((r) => r !== 'PCPU' || hosts.some((h) => h.inventories.PCPU !== null));
  return classes.map((resource) => {
    let [used, total, largest, offline] = [0, 0, 0, 0];
    for (const host of hosts) {
      const inventory = host.inventories[resource];
      if (!inventory) continue;
      used += host.used[resource];
      const gives = capacity(inventory);
      if (host.up === false || host.enabled === false) {
        offline += gives;
        continue;
      }
      total += gives;
      largest = Math.max(largest, gives);
    }
    return {
      resource,
      used,
      capacity: total,
      capacityKeepingOne: Number.isFinite(largest) ? total - largest : total,
      offline,
      shutOff: idle.reduce((sum, vm) => sum + asked(vm)[resource], 0),
      busy: resource === 'VCPU' ? busyCores(state, zone) : null,
    };
  });
};
