// The cluster a drill plays in: hosts as the scheduler sees them, allocations that grow while VMs are re-homed.
import type { ClusterState, HostState, ServerGroupState, VmState } from '../readout/state.ts';
import type { Candidate, SchedulingRequest } from '../scheduling/candidate.ts';
import {
  type Amounts,
  type Inventory,
  LATEST_RELEASE,
  libvirtInventory,
  type ReleaseProfile,
} from '../scheduling/inventory.ts';

/** A host that can be charged; everything else about it is fixed for the length of the drill, but `up`. */
export type World = {
  readonly state: ClusterState;
  readonly hosts: Map<string, Candidate>;
  readonly vms: ReadonlyMap<string, VmState>;
  /** The server group of each VM that is in one. */
  readonly groupOf: ReadonlyMap<string, ServerGroupState>;
};

const inventory = (total: number | null, reserved: number, ratio: number): Inventory | null =>
  total === null ? null : libvirtInventory(total, reserved, ratio);

const candidate = (host: HostState, groups: Readonly<Record<string, number>>, release: ReleaseProfile): Candidate => ({
  name: host.name,
  up: host.forcedDown ? false : host.up,
  enabled: host.enabled,
  zone: host.az,
  inventories: {
    VCPU: inventory(host.vcpus, host.reservedVcpus ?? 0, host.vcpuRatio ?? release.vcpuRatio),
    MEMORY_MB: inventory(host.ramMiB, host.reservedRamMiB ?? release.reservedRamMiB, host.ramRatio ?? release.ramRatio),
    DISK_GB: inventory(host.diskGiB, host.reservedDiskGiB ?? 0, host.diskRatio ?? release.diskRatio),
  },
  used: { VCPU: host.vcpusUsed, MEMORY_MB: host.ramMiBUsed, DISK_GB: host.diskGiBUsed },
  groups,
});

/** The drill's world at the instant of the faults. */
export const worldOf = (state: ClusterState, release: ReleaseProfile = LATEST_RELEASE): World => {
  const vms = new Map(state.vms.map((vm) => [vm.id, vm]));
  const members = new Map<string, Record<string, number>>();
  const groupOf = new Map<string, ServerGroupState>();
  for (const group of state.serverGroups) {
    for (const member of group.members) {
      groupOf.set(member, group);
      const host = vms.get(member)?.host;
      if (host === null || host === undefined) continue;
      const counts = members.get(host) ?? {};
      counts[group.id] = (counts[group.id] ?? 0) + 1;
      members.set(host, counts);
    }
  }
  const hosts = new Map(state.hosts.map((h) => [h.name, candidate(h, members.get(h.name) ?? {}, release)]));
  return { state, hosts, vms, groupOf };
};

/**
 * What a VM asks of Placement. A root disk on a volume asks nothing of the host (watcher bug: "boot-from-volume counted
 * as local"); one on shared storage does, because every host that mounts the pool reports it as its own.
 */
export const asked = (vm: VmState): Amounts => ({
  VCPU: vm.vcpus ?? 0,
  MEMORY_MB: vm.ramMiB ?? 0,
  DISK_GB: vm.storage === 'volume' ? 0 : (vm.diskGiB ?? 0),
});

/** The scheduling request of an evacuation: same group, source ignored, no zone pin (Nova lets an unpinned VM leave its AZ). */
export const evacuationRequest = (world: World, vm: VmState, ignore: readonly string[]): SchedulingRequest => {
  const group = world.groupOf.get(vm.id);
  return {
    asked: asked(vm),
    zone: null,
    group: group
      ? {
          id: group.id,
          policy: group.policy,
          maxServerPerHost: group.maxServerPerHost,
          hosts: [...world.hosts.values()]
            .filter((h) => !ignore.includes(h.name) && (h.groups[group.id] ?? 0) > 0)
            .map((h) => h.name),
        }
      : null,
    ignore,
  };
};

/** Charges a VM to a host, or (sign −1) takes it off again. */
export const charge = (world: World, name: string, request: SchedulingRequest, sign: 1 | -1 = 1): void => {
  const host = world.hosts.get(name);
  if (!host) return;
  const used: Amounts = {
    VCPU: host.used.VCPU + sign * request.asked.VCPU,
    MEMORY_MB: host.used.MEMORY_MB + sign * request.asked.MEMORY_MB,
    DISK_GB: host.used.DISK_GB + sign * request.asked.DISK_GB,
  };
  const groups = request.group
    ? { ...host.groups, [request.group.id]: (host.groups[request.group.id] ?? 0) + sign }
    : host.groups;
  world.hosts.set(name, { ...host, used, groups });
};

/** Marks a host as up or down, as the scheduler sees it. */
export const setUp = (world: World, name: string, up: boolean): void => {
  const host = world.hosts.get(name);
  if (host) world.hosts.set(name, { ...host, up });
};

/** Opens a reserved host for VMs; `zone` where it joins the failed host's aggregates. */
export const openHost = (world: World, name: string, zone: string | null): void => {
  const host = world.hosts.get(name);
  if (host) world.hosts.set(name, { ...host, enabled: true, zone: zone ?? host.zone });
};
