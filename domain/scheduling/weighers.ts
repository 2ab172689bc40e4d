// Nova's default weighers: free RAM, free vCPU, free disk, soft (anti-)affinity, each normalised over the hosts that passed.
import type { Candidate, SchedulingRequest } from './candidate.ts';
import { capacity, type Resource } from './inventory.ts';

export type Multipliers = {
  readonly ram: number;
  readonly cpu: number;
  readonly disk: number;
  readonly softAffinity: number;
  readonly softAntiAffinity: number;
};

/** `[filter_scheduler] *_weight_multiplier` defaults. Negative RAM or CPU stacks instead of spreading. */
export const DEFAULT_MULTIPLIERS: Multipliers = { ram: 1, cpu: 1, disk: 1, softAffinity: 1, softAntiAffinity: 1 };

const free =
  (resource: Resource) =>
  (host: Candidate): number => {
    const inventory = host.inventories[resource];
    return inventory ? capacity(inventory) - host.used[resource] : 0;
  };

/** nova/weights.py normalize: (w − min) / (max − min); all equal gives 0 for everyone. */
export const normalise = (raw: readonly number[]): number[] => {
  let min = Infinity;
  let max = -Infinity;
  for (const w of raw) {
    if (w < min) min = w;
    if (w > max) max = w;
  }
  const width = max - min;
  return raw.map((w) => (width === 0 ? 0 : (w - min) / width));
};

/** Σ multiplier × normalised weight, one figure a host, in the order of `hosts`. */
export const weigh = (hosts: readonly Candidate[], request: SchedulingRequest, m: Multipliers): number[] => {
  const members = (host: Candidate): number => (request.group ? (host.groups[request.group.id] ?? 0) : 0);
  const soft = (policy: string, sign: number) => (host: Candidate) =>
    request.group?.policy === policy ? sign * members(host) : 0;
  const weighers: readonly (readonly [number, (host: Candidate) => number])[] = [
    [m.ram, free('MEMORY_MB')],
    [m.cpu, free('VCPU')],
    [m.disk, free('DISK_GB')],
    // Without such a group every host weighs 0 here, which normalises to 0.
    ...(request.group?.policy.startsWith('soft') === true
      ? ([
          [m.softAffinity, soft('soft-affinity', 1)],
          [m.softAntiAffinity, soft('soft-anti-affinity', -1)],
        ] as const)
      : []),
  ];
  const total = new Array<number>(hosts.length).fill(0);
  for (const [multiplier, weight] of weighers) {
    if (multiplier === 0) continue;
    const share = normalise(hosts.map(weight));
    for (let i = 0; i < total.length; i++) total[i]! += multiplier * share[i]!;
  }
  return total;
};
