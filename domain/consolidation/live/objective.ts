// What it costs to put a VM on a host, or a plan all in all: watts, room, SLA risk, migration and the network, each weighed.
import { assert } from '../../base/result.ts';
import { crossBitsPerS, type Forwarding, forwardingChange, forwardingCores } from '../../datapath/forwarding.ts';
import type { HostState, VmState } from '../../readout/state.ts';
import { powerAt, powerTableOf } from '../power.ts';
import { type Amounts, type Price, priced, type PlanWeights } from './weights.ts';

/** Who is where and uses what, in the plan so far; cores by VM and by host. */
export type Loads = {
  /** Expected use of each VM, and on each host their sum with what forwards their traffic. */
  readonly cores: ReadonlyMap<string, number>;
  readonly load: Map<string, number>;
  /** The most each VM used in its history, and their sum on each host. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly peakLoad: Map<string, number>;
  /** What forwarding adds to `load`; null where no traffic is recorded. */
  readonly forwarding: Forwarding | null;
  /** VMs on each host. */
  readonly tenants: Map<string, number>;
};

export type Terms = { readonly weights: PlanWeights; readonly powerModel: string };

/** Memory, unless the VM is stopped, and local disk: what a move of it sends once, in GiB. */
export const gibToSend = (vm: VmState): number => {
  const disk = vm.storage === 'local' || vm.storage === null ? (vm.diskGiB ?? 0) : 0;
  return (vm.vmState === 'stopped' ? 0 : (vm.ramMiB ?? 0) / 1024) + disk;
};

/** Watts of a host at a load in cores. */
const wattsAt = (powerModel: string): ((cores: number, vcpus: number) => number) => {
  const table = powerTableOf(powerModel);
  assert(table !== null, 'the settings were checked');
  return (cores, vcpus) => powerAt(table, Math.min(1, Math.max(0, cores / vcpus)));
};

const lacking = (peaks: number, vcpus: number): number => Math.max(0, peaks - vcpus);

type Target = { readonly host: string; readonly vcpus: number };

/** A VM that has to go somewhere. @param left the smaller of the shares of CPU and RAM that would stay free */
export const priceOf = (
  loads: Loads,
  { weights, powerModel }: Terms,
  vm: VmState,
  { host, vcpus, left }: Target & { readonly left: number },
): Price => {
  const change = forwardingChange(loads.forwarding, vm.id, host);
  const load = loads.load.get(host) ?? 0;
  const draws = wattsAt(powerModel);
  const drawn = (loads.tenants.get(host) ?? 0) === 0 ? 0 : draws(load, vcpus);
  const peaks = (loads.peakLoad.get(host) ?? 0) + (loads.peaks.get(vm.id) ?? 0);
  const amounts = {
    watts: draws(load + (loads.cores.get(vm.id) ?? 0) + change.dest, vcpus) - drawn,
    freeHost: left,
    lackingCore: lacking(peaks, vcpus),
    movedGiB: gibToSend(vm),
    forwardingCore: change.source + change.dest,
    crossGbps: change.crossBitsPerS / 1e9,
  };
  return priced(amounts, weights);
};

/** A VM that might as well stay: what going changes on both hosts. Below zero it pays. */
export const priceOfChange = (
  loads: Loads,
  { weights, powerModel }: Terms,
  vm: VmState,
  source: Target,
  dest: Target,
): Price => {
  const change = forwardingChange(loads.forwarding, vm.id, dest.host);
  const draws = wattsAt(powerModel);
  const cores = loads.cores.get(vm.id) ?? 0;
  const peak = loads.peaks.get(vm.id) ?? 0;
  const more = ({ host, vcpus }: Target, moreCores: number, morePeak: number) => {
    const load = loads.load.get(host) ?? 0;
    const peaks = loads.peakLoad.get(host) ?? 0;
    return {
      watts: draws(load + moreCores, vcpus) - draws(load, vcpus),
      lackingCore: lacking(peaks + morePeak, vcpus) - lacking(peaks, vcpus),
    };
  };
  const left = more(source, change.source - cores, -peak);
  const entered = more(dest, change.dest + cores, peak);
  const amounts = {
    watts: left.watts + entered.watts,
    freeHost: 0,
    lackingCore: left.lackingCore + entered.lackingCore,
    movedGiB: gibToSend(vm),
    forwardingCore: change.source + change.dest,
    crossGbps: change.crossBitsPerS / 1e9,
  };
  return priced(amounts, weights);
};

/** What all hosts with VMs amount to in the plan so far; a host without is taken to sleep. No moves are in it. */
export const standingOf = (loads: Loads, hosts: Iterable<HostState>, powerModel: string): Amounts => {
  const draws = wattsAt(powerModel);
  let watts = 0;
  let lackingCore = 0;
  let cores = 0;
  for (const { name, vcpus } of hosts) {
    if ((loads.tenants.get(name) ?? 0) === 0 || vcpus === null || vcpus === 0) continue;
    watts += draws(loads.load.get(name) ?? 0, vcpus);
    lackingCore += lacking(loads.peakLoad.get(name) ?? 0, vcpus);
    cores += forwardingCores(loads.forwarding, name);
  }
  const crossGbps = crossBitsPerS(loads.forwarding) / 1e9;
  return { watts, freeHost: 0, lackingCore, movedGiB: 0, forwardingCore: cores, crossGbps };
};

/** What moving these VMs changed from one standing to another. */
export const priceBetween = (
  before: Amounts,
  after: Amounts,
  moved: Iterable<VmState>,
  weights: PlanWeights,
): Price => {
  let movedGiB = 0;
  for (const vm of moved) movedGiB += gibToSend(vm);
  const amounts = {
    watts: after.watts - before.watts,
    freeHost: 0,
    lackingCore: after.lackingCore - before.lackingCore,
    movedGiB,
    forwardingCore: after.forwardingCore - before.forwardingCore,
    crossGbps: after.crossGbps - before.crossGbps,
  };
  return priced(amounts, weights);
};
