// Small clusters whose VMs are particular about where they go: zone pins, aggregates, odd units, NUMA cells, server groups.
import { below, pick, type Rng } from '../../../domain/base/rng.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const MIB = 1024;
export const AGGREGATES = [
  { name: 'plain', metadata: {} },
  { name: 'tenants', metadata: { filter_tenant_id: 'p1' } },
  { name: 'ssd', metadata: { ssd: 'true' } },
  { name: 'both', metadata: { filter_tenant_id: 'p2,p1', ssd: 'false' } },
];
export const cell = (cpus: number) => ({ cpus, pcpus: 0, ramMiB: 4 * MIB, hugePages: [{ sizeKiB: 2048, count: 512 }] });

const specsFor = (r: Rng, numa: boolean): VmState['extraSpecs'] => ({
  ...(r.next() < 0.3 ? { 'aggregate_instance_extra_specs:ssd': pick(r, ['true', '<or> true <or> false']) } : {}),
  ...(numa && r.next() < 0.5 ? { 'hw:numa_nodes': String(1 + below(r, 2)) } : {}),
  ...(numa && r.next() < 0.2 ? { 'hw:mem_page_size': pick(r, ['2048', 'large', 'any']) } : {}),
});

/** Three or four hosts of 8 vCPU and some RAM with few VMs, some of them particular about where they go. */
export const particular = (r: Rng, numa: boolean): ClusterState => {
  const vms: VmState[] = [];
  const hosts: HostState[] = [];
  const count = 3 + below(r, 2);
  for (let h = 0; h < count; h++) {
    const name = `h${h}`;
    const mine = Array.from({ length: below(r, 3) }, (_, i) =>
      vmState(`v${h}${i}`, name, {
        ramMiB: (1 + below(r, 3)) * MIB,
        vcpus: 1 + below(r, 4),
        diskGiB: 0,
        project: pick(r, ['p1', 'p2', null]),
        requestedZone: r.next() < 0.3 ? pick(r, ['z1', 'z2']) : null,
        extraSpecs: specsFor(r, numa),
      }),
    );
    vms.push(...mine);
    hosts.push(
      hostState(name, {
        vcpus: 8,
        vcpuRatio: pick(r, [1, 2]),
        ramMiB: (5 + below(r, 5)) * MIB,
        reservedRamMiB: 0,
        az: pick(r, ['z1', 'z1', 'z2']),
        aggregates: AGGREGATES.filter(() => r.next() < 0.25).map((a) => a.name),
        units: r.next() < 0.2 ? [{ resource: 'VCPU', minUnit: 2, maxUnit: 8, stepSize: 2 }] : [],
        numaCells: numa && r.next() < 0.8 ? [cell(4), cell(pick(r, [2, 4]))] : null,
        ramMiBUsed: mine.reduce((a, vm) => a + vm.ramMiB!, 0),
        vcpusUsed: mine.reduce((a, vm) => a + vm.vcpus!, 0),
      }),
    );
  }
  const members = vms.slice(0, 3).map((vm) => vm.id);
  const policy = pick(r, ['anti-affinity', 'affinity'] as const);
  const serverGroups =
    members.length === 3 && r.next() < 0.3 ? [{ id: 'g', name: 'g', policy, maxServerPerHost: 1, members }] : [];
  return clusterOf(hosts, vms, { serverGroups, aggregates: AGGREGATES });
};
