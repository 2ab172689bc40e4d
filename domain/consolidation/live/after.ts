// The cluster as it is once moves are done and emptied hosts sleep, and how safe it is then.
import { sweep } from '../../drill/sweep/sweep.ts';
import { asked } from '../../drill/world.ts';
import { alteredState } from '../../readout/altered-state.ts';
import type { ClusterState } from '../../readout/state.ts';
import type { Safety } from './report.ts';

/** A state with VMs on other hosts; `asleep` hosts are down, as far as anyone who needs room is concerned. */
export const movedState = (
  state: ClusterState,
  at: ReadonlyMap<string, string>,
  asleep: ReadonlySet<string>,
): ClusterState => {
  const change = new Map<string, { vcpus: number; pcpus: number; ramMiB: number; diskGiB: number }>();
  const tenants = new Map<string, string[]>(state.hosts.map((h) => [h.name, []]));
  const charge = (host: string, vm: ClusterState['vms'][number], sign: 1 | -1): void => {
    const sum = change.get(host) ?? { vcpus: 0, pcpus: 0, ramMiB: 0, diskGiB: 0 };
    const wants = asked(vm);
    sum.vcpus += sign * wants.VCPU;
    sum.pcpus += sign * wants.PCPU;
    sum.ramMiB += sign * wants.MEMORY_MB;
    sum.diskGiB += sign * wants.DISK_GB;
    change.set(host, sum);
  };
  const vms = state.vms.map((vm) => {
    const host = at.get(vm.id) ?? vm.host;
    if (host !== null) tenants.get(host)?.push(vm.id);
    if (host === null || host === vm.host) return vm;
    if (vm.host !== null) charge(vm.host, vm, -1);
    charge(host, vm, 1);
    return { ...vm, host };
  });
  const hosts = state.hosts.map((host) => {
    const sum = change.get(host.name);
    const up = asleep.has(host.name) ? { up: false } : {};
    if (sum === undefined) return { ...host, ...up };
    return {
      ...host,
      ...up,
      vcpusUsed: host.vcpusUsed + sum.vcpus,
      pcpusUsed: host.pcpusUsed + sum.pcpus,
      ramMiBUsed: host.ramMiBUsed + sum.ramMiB,
      diskGiBUsed: host.diskGiBUsed + sum.diskGiB,
      vms: tenants.get(host.name) ?? [],
    };
  });
  return alteredState(state, { hosts, vms });
};

const WORST = 5;

/** Every single host failure, one after another. */
export const safetyOf = (state: ClusterState): Safety => {
  const { safe, failing, failingCount, total } = sweep(state, '1');
  const worst = failing
    .toSorted((a, b) => b.ramMiB - a.ramMiB)
    .slice(0, WORST)
    .map((set) => ({ host: set.hosts.join(', '), vms: set.vms.length, ramMiB: set.ramMiB }));
  return { safe, failures: failingCount, of: total, worst };
};
