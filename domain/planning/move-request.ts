// What a move asks of the scheduler: the VM's own allocation, its server group as Nova sees it, its source ruled out.
import { demandOf, type World } from '../drill/world.ts';
import type { ServerGroupState, VmState } from '../readout/state.ts';
import { type SchedulingRequest, tallied } from '../scheduling/candidate.ts';

/** Each VM's server group: listed by the group, or named by the VM. O(VMs + members). */
export const groupsByVm = (world: World): ReadonlyMap<string, ServerGroupState> => {
  const byId = new Map(world.state.serverGroups.map((g) => [g.id, g]));
  const found = new Map<string, ServerGroupState>();
  for (const vm of world.vms.values()) {
    const group = vm.serverGroup === null ? undefined : byId.get(vm.serverGroup);
    if (group) found.set(vm.id, group);
  }
  for (const group of byId.values()) for (const member of group.members) found.set(member, group);
  return found;
};

/**
 * The request of a live or cold migration. Unlike an evacuation's, the members left on the source count for affinity: they
 * hold the group there. Its zone binds only where the request was pinned to it.
 */
export const moveRequest = (world: World, vm: VmState, group: ServerGroupState | undefined): SchedulingRequest => {
  const hosts = (group?.members ?? []).flatMap((id) => (id === vm.id ? [] : (world.vms.get(id)?.host ?? [])));
  return {
    ...demandOf(vm),
    zone: vm.requestedZone,
    group: group
      ? {
          id: group.id,
          policy: group.policy,
          maxServerPerHost: group.maxServerPerHost,
          members: tallied(hosts.sort()),
        }
      : null,
    ignore: vm.host === null ? [] : [vm.host],
  };
};
