// Best-fit decreasing with Neat's inputs: totals and use by name, thresholds on active hosts, full totals on sleeping ones.
import { type Amounts, availableUnder, bestFitDecreasing, recentCpu } from './placement.ts';
import type { PlacementInput } from './strategy.ts';
import type { VmCpu, VmRam } from './vm-selection.ts';

const amounts = (names: readonly string[], cpu: (name: string) => number, ram: (name: string) => number): Amounts => ({
  names,
  cpu: Float64Array.from(names, cpu),
  ram: Float64Array.from(names, ram),
});

/** VMs with CPU values; one without has never run and is left out, as in Neat. */
const vmAmounts = (lastN: number, cpu: VmCpu, ram: VmRam): Amounts => {
  const recent = new Map<string, number>();
  for (const [vm, values] of cpu) {
    const mhz = recentCpu(lastN, values);
    if (mhz !== null) recent.set(vm, mhz);
  }
  return amounts(
    [...recent.keys()],
    (vm) => recent.get(vm)!,
    (vm) => ram.get(vm) ?? 0,
  );
};

/** What hosts have left, in MHz and MB, and what sleeping ones would bring. */
export type HostRoom = {
  readonly hostsCpu: ReadonlyMap<string, number>;
  readonly hostsRam: ReadonlyMap<string, number>;
  readonly inactiveCpu: ReadonlyMap<string, number>;
  readonly inactiveRam: ReadonlyMap<string, number>;
};

/** Host by VM; empty unless all VMs find a place. */
export const placeVms = (lastN: number, room: HostRoom, cpu: VmCpu, ram: VmRam): ReadonlyMap<string, string> => {
  const hosts = amounts(
    [...room.hostsCpu.keys()],
    (h) => room.hostsCpu.get(h)!,
    (h) => room.hostsRam.get(h) ?? 0,
  );
  const inactive = amounts(
    [...room.inactiveCpu.keys()],
    (h) => room.inactiveCpu.get(h)!,
    (h) => room.inactiveRam.get(h) ?? 0,
  );
  const vms = vmAmounts(lastN, cpu, ram);
  const target = bestFitDecreasing({ hosts, inactive, vms });
  if (target === null) return new Map();
  const names = [...hosts.names, ...inactive.names];
  return new Map(vms.names.map((vm, i) => [vm, names[target[i]!]!]));
};

/** What each host has left under a threshold, by name. */
export const availableByHost = (
  limit: number,
  used: ReadonlyMap<string, number>,
  total: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map([...used].map(([host, amount]) => [host, availableUnder(limit, amount, total.get(host) ?? 0)]));

/** Neat's placement: active hosts under both thresholds, sleeping ones in full. */
export const neatPlacement = (
  cpuThreshold: number,
  ramThreshold: number,
  lastN: number,
  input: PlacementInput,
): ReadonlyMap<string, string> =>
  placeVms(
    lastN,
    {
      hostsCpu: availableByHost(cpuThreshold, input.hostsCpuUsed, input.hostsCpuTotal),
      hostsRam: availableByHost(ramThreshold, input.hostsRamUsed, input.hostsRamTotal),
      inactiveCpu: input.inactiveCpu,
      inactiveRam: input.inactiveRam,
    },
    input.vmsCpu,
    input.vmsRam,
  );
