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

/** What is charged to a host by its VMs, besides what the state adds up. */
type Tenancy = {
  instances: number;
  ioOps: number;
  /** Members of each server group. */
  readonly groups: Map<string, number>;
  /** The VMs themselves, only where NUMA cells want to know them. */
  readonly celled: VmState[];
};

const tenanciesOf = (
  { hosts, serverGroups }: ClusterState,
  vms: ReadonlyMap<string, VmState>,
): ReadonlyMap<string, Tenancy> => {
  const of = new Map(
    hosts.map(({ name }): [string, Tenancy] => [name, { instances: 0, ioOps: 0, groups: new Map(), celled: [] }]),
  );
  const celled = new Set(hosts.flatMap((h) => (h.numaCells === null || h.numaCells.length === 0 ? [] : [h.name])));
  for (const vm of vms.values()) {
    const here = vm.host === null ? undefined : of.get(vm.host);
    if (here === undefined) continue;
    here.instances++;
    if (isIoBound(vm)) here.ioOps++;
    if (celled.size > 0 && celled.has(vm.host!)) here.celled.push(vm);
  }
  for (const group of serverGroups) {
    for (const member of group.members) {
      const groups = of.get(vms.get(member)?.host ?? '')?.groups;
      groups?.set(group.id, (groups.get(group.id) ?? 0) + 1);
    }
  }
  return of;
};

/** One candidate a host, in the order of the state's hosts; `vms` are the state's, by id. O(hosts + VMs). */
export const candidatesOf = (
  state: ClusterState,
  vms: ReadonlyMap<string, VmState>,
  release: ReleaseProfile,
): readonly Candidate[] => {
  const apart = state.hosts.some((h) => h.pcpus !== null);
  const metadata = new Map<string, AggregateState>(state.aggregates.map((a) => [a.name, a]));
  const tenancies = tenanciesOf(state, vms);
  return state.hosts.map((host) => {
    const { instances, ioOps, groups, celled } = tenancies.get(host.name)!;
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
      groups,
      aggregates: host.aggregates.map((name) => metadata.get(name) ?? { name, metadata: {} }),
      numa: numaOf(host, celled, release),
      instances,
      ioOps,
      hypervisorVersion: host.hypervisorVersion === null ? null : versionNumber(host.hypervisorVersion),
    };
  });
};
