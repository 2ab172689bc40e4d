// Seeded clusters to plan on: sizes, storage and groups vary with the seed.
import { below, pick, rng } from '../../../domain/base/rng.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const SIZES = [
  [1, 2048, 20],
  [2, 4096, 40],
  [4, 8192, 80],
  [4, 16_384, 80],
] as const;

export type Shape = { readonly hosts: number; readonly vms: number; readonly groups: number; readonly racks: number };

const charged = (hosts: readonly HostState[], vms: readonly VmState[]): readonly HostState[] =>
  hosts.map((h) => {
    const mine = vms.filter((vm) => vm.host === h.name);
    const sum = (of: (vm: VmState) => number): number => mine.reduce((n, vm) => n + of(vm), 0);
    return {
      ...h,
      vms: mine.map((vm) => vm.id),
      vcpusUsed: sum((vm) => vm.vcpus ?? 0),
      ramMiBUsed: sum((vm) => vm.ramMiB ?? 0),
      diskGiBUsed: sum((vm) => (vm.storage === 'local' ? (vm.diskGiB ?? 0) : 0)),
    };
  });

/** A state whose hosts are charged for the VMs given. */
export const chargedState = (
  hosts: readonly HostState[],
  vms: readonly VmState[],
  change: Partial<ClusterState> = {},
): ClusterState => clusterOf(charged(hosts, vms), vms, change);

/** VMs land on hosts at random as long as RAM holds; groups are anti-affinity over VMs of different hosts. */
export const seededCluster = (seed: string, shape: Shape): ClusterState => {
  const r = rng(seed);
  const hosts = Array.from({ length: shape.hosts }, (_, i) =>
    hostState(`h${String(i).padStart(3, '0')}`, { rack: `r${i % shape.racks}`, diskGiB: 2000 }),
  );
  const room = new Map(hosts.map((h) => [h.name, (h.ramMiB ?? 0) - 512]));
  const vms: VmState[] = [];
  for (let i = 0; i < shape.vms; i++) {
    const [vcpus, ramMiB, diskGiB] = pick(r, SIZES);
    const host = pick(r, hosts).name;
    if ((room.get(host) ?? 0) < ramMiB) continue;
    room.set(host, (room.get(host) ?? 0) - ramMiB);
    const stopped = below(r, 20) === 0;
    vms.push(
      vmState(`vm-${String(i).padStart(4, '0')}`, host, {
        vcpus,
        ramMiB,
        diskGiB,
        storage: pick(r, ['shared', 'shared', 'volume', 'local'] as const),
        ...(stopped ? { vmState: 'stopped', powerState: 'SHUTDOWN', status: 'SHUTOFF' } : {}),
      }),
    );
  }
  const serverGroups = Array.from({ length: shape.groups }, (_, g) => {
    const members: VmState[] = [];
    for (let i = 0; i < 3; i++) {
      const vm = vms[(g * 3 + i) % vms.length];
      if (vm && !members.some((m) => m.host === vm.host)) members.push(vm);
    }
    const ids = members.map((m) => m.id);
    return { id: `g${g}`, name: `g${g}`, policy: 'anti-affinity' as const, maxServerPerHost: 1, members: ids };
  });
  return chargedState(hosts, vms, { serverGroups });
};
