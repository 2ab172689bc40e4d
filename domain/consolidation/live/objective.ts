// What it costs to put a VM on a host that has room, in one currency: watts, room, SLA risk and the network, each weighed.
import { assert } from '../../base/result.ts';
import { type Forwarding, forwardingChange } from '../../datapath/forwarding.ts';
import { powerAt, powerTableOf } from '../power.ts';
import type { PlanWeights, Price } from './weights.ts';

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

/** @param left the smaller of the shares of CPU and RAM that would stay free; @param vcpus of the host */
export const priceOf = (
  loads: Loads,
  { weights, powerModel }: Terms,
  vm: string,
  { host, vcpus, left }: { readonly host: string; readonly vcpus: number; readonly left: number },
): Price => {
  const change = forwardingChange(loads.forwarding, vm, host);
  const load = loads.load.get(host) ?? 0;
  const table = powerTableOf(powerModel);
  assert(table !== null, 'the settings were checked');
  const draws = (cores: number): number => powerAt(table, Math.min(1, Math.max(0, cores / vcpus)));
  const drawn = (loads.tenants.get(host) ?? 0) === 0 ? 0 : draws(load);
  const peaks = (loads.peakLoad.get(host) ?? 0) + (loads.peaks.get(vm) ?? 0);
  const amounts = {
    watts: draws(load + (loads.cores.get(vm) ?? 0) + change.dest) - drawn,
    freeHost: left,
    lackingCore: Math.max(0, peaks - vcpus),
    forwardingCore: change.source + change.dest,
    crossGbps: change.crossBitsPerS / 1e9,
  };
  const names = Object.keys(amounts) as readonly (keyof PlanWeights)[];
  return { ...amounts, total: names.reduce((sum, name) => sum + weights[name] * amounts[name], 0) };
};

const signed = (x: number, digits: number): string => `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(digits)}`;

/** What the network has to say about a target; empty where the VM talks to nobody. */
export const networkWords = (p: Price): string =>
  p.forwardingCore === 0 && p.crossGbps === 0
    ? ''
    : `, ${signed(p.forwardingCore, 2)} cores of forwarding, ${signed(p.crossGbps, 2)} Gbit/s between hosts`;
