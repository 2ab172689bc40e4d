// A seeded cluster whose VMs talk mostly within small groups: the case network-aware placement is for.
import { below, pick, type Rng } from '../../base/rng.ts';
import { assert } from '../../base/result.ts';
import { pricesOf } from '../../datapath/price.ts';
import { bestFitDecreasing } from '../placement.ts';
import { SPEC_POWER } from '../power.ts';
import type { Flow, NetHost, NetProblem, NetVm, Placement } from './objective.ts';
import { mipsPerGbps, TALK_PRICES } from './talk.ts';

/** Two sockets of six 2.93 GHz cores and 48 GiB: the newest server of which we hold a power table. */
const HOST: NetHost = {
  peMips: 2930,
  totalMips: 12 * 2930,
  ramMB: 49_152,
  power: SPEC_POWER['ibm-x3550-xeon-x5670'],
};

/** Flavors by cores and RAM, as OpenStack ships them. */
const FLAVORS: readonly NetVm[] = [
  { mips: 2930, ramMB: 2048 },
  { mips: 2 * 2930, ramMB: 4096 },
  { mips: 4 * 2930, ramMB: 8192 },
];

/** VMs of one application. */
const GROUP_MIN = 3;
const GROUP_MAX = 8;
/** Traffic within a group, and between strangers, in Gbit/s per talking pair. */
const WITHIN_GBPS = 0.06;
const BETWEEN_GBPS = 0.003;
/** Utilization of the VMs, drawn uniformly up to this. */
const USED_MAX = 0.5;

/**
 * VMs in random order, so that no packing keeps a group together by luck.
 *
 * @param times all rates are multiplied by this
 */
export const chattyGroups = (rng: Rng, vms: number, times = 1): NetProblem => {
  const shape = rng.child('shape');
  const traffic = rng.child('traffic');
  const specs = Array.from({ length: vms }, () => {
    const flavor = pick(shape, FLAVORS);
    return { mips: flavor.mips * shape.next() * USED_MAX, ramMB: flavor.ramMB };
  });
  const shuffled = Array.from({ length: vms }, (_, i) => i);
  for (let i = vms - 1; i > 0; i--) {
    const j = below(shape, i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  const flows: Flow[] = [];
  for (let from = 0; from < vms;) {
    const size = Math.min(vms - from, GROUP_MIN + below(shape, GROUP_MAX - GROUP_MIN + 1));
    for (let i = from; i < from + size; i++) {
      for (let j = i + 1; j < from + size; j++) {
        flows.push({ a: shuffled[i]!, b: shuffled[j]!, gbps: times * WITHIN_GBPS * traffic.next() });
      }
    }
    from += size;
  }
  for (let i = 0; i < vms; i++)
    flows.push({ a: i, b: below(traffic, vms), gbps: times * BETWEEN_GBPS * traffic.next() });
  return {
    hosts: Array.from({ length: vms }, () => HOST),
    vms: specs,
    flows,
    mipsPerGbps: mipsPerGbps(pricesOf(TALK_PRICES)),
  };
};

/** Best-fit decreasing by CPU and RAM, which knows nothing of traffic. */
export const blindPlacement = (p: NetProblem, cpuThreshold: number): Placement => {
  const named = <T>(list: readonly T[], cpu: (of: T) => number, ram: (of: T) => number) => ({
    names: list.map((_, i) => String(i).padStart(6, '0')),
    cpu: Float64Array.from(list, cpu),
    ram: Float64Array.from(list, ram),
  });
  const target = bestFitDecreasing({
    hosts: named(
      [],
      () => 0,
      () => 0,
    ),
    inactive: named(
      p.hosts,
      (h) => h.totalMips * cpuThreshold,
      (h) => h.ramMB,
    ),
    vms: named(
      p.vms,
      (v) => v.mips,
      (v) => v.ramMB,
    ),
  });
  assert(target !== null, 'there is a host for every VM');
  return target;
};
