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
  readonly ioOps: ReadonlyMap<string, number>;
  /** The VMs themselves, by host, only where NUMA cells want to know them. */
  readonly celled: ReadonlyMap<string, readonly VmState[]>;
};

/** Hosts are looked up only for the few VMs that matter: a large cluster has twenty thousand, and most are none of these. */
const tenancyOf = ({ hosts, vms }: ClusterState): Tenancy => {
  const ioOps = new Map<string, number>();
  const celled = new Map<string, VmState[]>();
  for (const h of hosts) if (h.numaCells !== null && h.numaCells.length > 0) celled.set(h.name, []);
  for (const vm of vms) {
    if (vm.host === null) continue;
    if (isIoBound(vm)) ioOps.set(vm.host, (ioOps.get(vm.host) ?? 0) + 1);
    if (celled.size > 0) celled.get(vm.host)?.push(vm);
  }
  return { ioOps, celled };
};

/** One candidate a host, in the order of the state's hosts. O(hosts + VMs). */
export const candidatesOf = (state: ClusterState, release: ReleaseProfile): readonly Candidate[] => {
  const apart = state.hosts.some((h) => h.pcpus !== null);
  const metadata = new Map<string, AggregateState>(state.aggregates.map((a) => [a.name, a]));
  const { ioOps, celled } = tenancyOf(state);
  return state.hosts.map((host) => ({
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
    aggregates: host.aggregates.map((name) => metadata.get(name) ?? { name, metadata: {} }),
    numa: numaOf(host, celled.get(host.name) ?? [], release),
    instances: host.vms.length,
    ioOps: ioOps.get(host.name) ?? 0,
    hypervisorVersion: host.hypervisorVersion === null ? null : versionNumber(host.hypervisorVersion),
  }));
};
