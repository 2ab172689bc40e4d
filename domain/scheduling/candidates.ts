// The hosts of a state as the scheduler sees them: inventories under a release's defaults, what is charged, who is there.
import type { AggregateState, ClusterState, HostState, VmState } from '../readout/state.ts';
import type { Candidate } from './candidate.ts';
import { type Inventories, type Inventory, libvirtInventory, type Resource, unchecked } from './inventory.ts';
import { claimCells, numaDemand, type NumaRoom, UNUSED } from './numa.ts';
import type { ReleaseProfile } from './release.ts';
import { versionNumber } from './version.ts';

const inventoriesOf = (host: HostState, apart: boolean, release: ReleaseProfile): Inventories => {
  const inventory = (resource: Resource, total: number | null, reserved: number, ratio: number): Inventory | null => {
    if (total === null) return null;
    if (!release.checked.includes(resource)) return unchecked(total);
    const units = host.units.find((u) => u.resource === resource);
    const plain = libvirtInventory(total, reserved, ratio);
    if (units === undefined) return plain;
    const { minUnit, maxUnit, stepSize } = units;
    return { ...plain, minUnit, maxUnit, stepSize: Math.max(1, stepSize) };
  };
  const { vcpus, ramMiB, diskGiB, pcpus } = host;
  return {
    VCPU: inventory('VCPU', vcpus, host.reservedVcpus ?? 0, host.vcpuRatio ?? release.vcpuRatio),
    MEMORY_MB: inventory(
      'MEMORY_MB',
      ramMiB,
      host.reservedRamMiB ?? release.reservedRamMiB,
      host.ramRatio ?? release.ramRatio,
    ),
    DISK_GB: inventory('DISK_GB', diskGiB, host.reservedDiskGiB ?? 0, host.diskRatio ?? release.diskRatio),
    // Where some host keeps CPUs apart, one that tells of none has none.
    PCPU: apart ? inventory('PCPU', pcpus ?? 0, host.reservedPcpus ?? 0, 1) : null,
  };
};

/** The cells with the VMs on them that ask for cells, put there in order of their ids: which cells Nova gave them no log tells. */
const numaOf = (host: HostState, tenants: readonly VmState[], release: ReleaseProfile): NumaRoom | null => {
  if (host.numaCells === null || host.numaCells.length === 0) return null;
  let room: NumaRoom = {
    cells: host.numaCells,
    used: host.numaCells.map(() => UNUSED),
    vcpuRatio: host.vcpuRatio ?? release.vcpuRatio,
    ramRatio: host.ramRatio ?? release.ramRatio,
  };
  for (const vm of tenants) {
    const demand = numaDemand(vm.extraSpecs, vm.vcpus ?? 0, vm.ramMiB ?? 0);
    if (demand !== null) room = claimCells(room, demand) ?? room;
  }
  return room;
};

/** Nova's io_workload (nova/compute/stats.py): VMs being built, and those with one of these tasks. */
const IO_TASKS: ReadonlySet<string> = new Set([
  'resize_migrating',
  'rebuilding',
  'resize_prep',
  'image_snapshot',
  'image_backup',
  'rescuing',
  'unshelving',
  'shelving',
]);
const isIoBound = ({ vmState, taskState }: VmState): boolean =>
  vmState === 'building' || (taskState !== null && IO_TASKS.has(taskState));

const NONE: readonly VmState[] = [];

/** One candidate a host, in the order of the state's hosts. O(hosts + VMs). */
export const candidatesOf = (state: ClusterState, release: ReleaseProfile): readonly Candidate[] => {
  const apart = state.hosts.some((h) => h.pcpus !== null);
  const metadata = new Map<string, AggregateState>(state.aggregates.map((a) => [a.name, a]));
  const tenants = new Map<string, VmState[]>();
  const homes = new Map<string, string>();
  for (const vm of state.vms) {
    if (vm.host === null) continue;
    homes.set(vm.id, vm.host);
    const list = tenants.get(vm.host);
    if (list) list.push(vm);
    else tenants.set(vm.host, [vm]);
  }
  const members = new Map<string, Record<string, number>>();
  for (const group of state.serverGroups) {
    for (const member of group.members) {
      const host = homes.get(member);
      if (host === undefined) continue;
      const counts = members.get(host) ?? {};
      counts[group.id] = (counts[group.id] ?? 0) + 1;
      members.set(host, counts);
    }
  }
  return state.hosts.map((host) => {
    const here = tenants.get(host.name) ?? NONE;
    return {
      name: host.name,
      up: host.forcedDown ? false : host.up,
      enabled: host.enabled,
      zone: host.az,
      inventories: inventoriesOf(host, apart, release),
      used: {
        VCPU: host.vcpusUsed,
        MEMORY_MB: host.ramMiBUsed,
        DISK_GB: host.diskGiBUsed,
        PCPU: host.pcpusUsed,
      },
      groups: members.get(host.name) ?? {},
      aggregates: host.aggregates.map((name) => metadata.get(name) ?? { name, metadata: {} }),
      numa: numaOf(host, here, release),
      instances: here.length,
      ioOps: here.reduce((n, vm) => n + (isIoBound(vm) ? 1 : 0), 0),
      hypervisorVersion: host.hypervisorVersion === null ? null : versionNumber(host.hypervisorVersion),
    };
  });
};
