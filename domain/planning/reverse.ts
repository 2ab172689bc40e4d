// The way back: the state a plan leaves, and the plan that takes every VM home again.
import type { Result } from '../base/result.ts';
import { asked } from '../drill/world.ts';
import { alteredState } from '../readout/altered-state.ts';
import type { ClusterState, HostState, VmState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import type { PlanOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { planSwaps } from './rearrange.ts';

/** The cluster as the plan leaves it when all goes as predicted; drained hosts stay enabled, so that VMs can come back. */
export const afterPlan = (state: ClusterState, plan: Plan): ClusterState => {
  const dest = new Map(plan.moves.filter((m) => m.kind !== 'stop').map((m) => [m.vm, m.dest]));
  const stopped = new Set(plan.moves.filter((m) => m.kind === 'stop').map((m) => m.vm));
  const vms = state.vms.map((vm): VmState => {
    const moved = { ...vm, host: dest.get(vm.id) ?? vm.host };
    return stopped.has(vm.id) ? { ...moved, vmState: 'stopped', powerState: 'SHUTDOWN', status: 'SHUTOFF' } : moved;
  });
  const change = new Map<string, { vcpus: number; pcpus: number; ramMiB: number; diskGiB: number }>();
  const charge = (host: string | null, vm: VmState, sign: 1 | -1): void => {
    if (host === null) return;
    const sum = change.get(host) ?? { vcpus: 0, pcpus: 0, ramMiB: 0, diskGiB: 0 };
    const want = asked(vm);
    sum.vcpus += sign * want.VCPU;
    sum.pcpus += sign * want.PCPU;
    sum.ramMiB += sign * want.MEMORY_MB;
    sum.diskGiB += sign * want.DISK_GB;
    change.set(host, sum);
  };
  for (const [i, vm] of state.vms.entries()) {
    const now = vms[i]?.host ?? null;
    if (now === vm.host) continue;
    charge(vm.host, vm, -1);
    charge(now, vm, 1);
  }
  const byHost = Map.groupBy(vms, (vm) => vm.host);
  const hosts = state.hosts.map((h): HostState => {
    const sum = change.get(h.name) ?? { vcpus: 0, pcpus: 0, ramMiB: 0, diskGiB: 0 };
    return {
      ...h,
      vcpusUsed: h.vcpusUsed + sum.vcpus,
      pcpusUsed: h.pcpusUsed + sum.pcpus,
      ramMiBUsed: h.ramMiBUsed + sum.ramMiB,
      diskGiBUsed: h.diskGiBUsed + sum.diskGiB,
      vms: (byHost.get(h.name) ?? []).map((vm) => vm.id).sort(),
    };
  });
  return alteredState(state, { hosts, vms });
};

export type Reversed = {
  /** The state the way back starts from. */
  readonly state: ClusterState;
  readonly plan: Plan;
};

/** Takes everything the plan moved home again. VMs it stopped stay stopped: whoever starts them decides when. */
export const reversePlan = (
  state: ClusterState,
  around: Surroundings,
  plan: Plan,
  options: PlanOptions,
): Result<Reversed, string> => {
  const home = new Map(state.vms.map((vm) => [vm.id, vm.host]));
  const wanted = new Map<string, string>();
  for (const move of plan.moves) {
    const host = home.get(move.vm);
    if (move.kind !== 'stop' && host) wanted.set(move.vm, host);
  }
  const after = afterPlan(state, plan);
  const back = planSwaps({ state: after, around, wanted, options });
  return back.ok ? { ok: true, value: { state: after, plan: back.value } } : back;
};
