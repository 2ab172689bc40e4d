// The scheduler's rules once more, written to be checked by eye and sharing no code with domain/scheduling: who may take a
// request, who is preferred, and by how much a host misses it.
import type { Candidate, SchedulingRequest } from '../../../domain/scheduling/candidate.ts';

const CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCPU'] as const;

const allocatable = (h: Candidate, q: SchedulingRequest): boolean => {
  for (const c of CLASSES) {
    const i = h.inventories[c];
    const ask = q.asked[c];
    if (i === null || ask === 0) continue;
    if (h.used[c] + ask > (i.total - i.reserved) * i.allocationRatio) return false;
    if (ask < i.minUnit || ask > i.maxUnit || ask % i.stepSize !== 0) return false;
  }
  return true;
};

const aggregatesAllow = (h: Candidate, q: SchedulingRequest): boolean => {
  const tenants: string[] = [];
  for (const a of h.aggregates) if (a.metadata['filter_tenant_id']) tenants.push(a.metadata['filter_tenant_id']);
  if (tenants.length > 0 && !(q.project !== null && tenants.includes(q.project))) return false;
  const ssd = q.extraSpecs['aggregate_instance_extra_specs:ssd'];
  return ssd === undefined || h.aggregates.some((a) => a.metadata['ssd'] === ssd);
};

/** Every way to put the guest's nodes on different cells, each cell holding its node's pinned CPUs and pages. */
const cellsHold = (h: Candidate, q: SchedulingRequest): boolean => {
  const { numa } = h;
  const demand = q.numa;
  if (numa === null || demand === null) return true;
  const free = numa.cells.map((cell, i) => ({
    pcpus: cell.pcpus - numa.used[i]!.pcpus,
    pages: (cell.hugePages[0]?.count ?? 0) - (numa.used[i]!.pages[2048] ?? 0),
  }));
  const n = demand.nodes.length;
  const total = free.length ** n;
  for (let code = 0; code < total; code++) {
    const choice = demand.nodes.map((_, k) => Math.floor(code / free.length ** k) % free.length);
    if (new Set(choice).size !== n) continue;
    const holds = choice.every((cell, k) => {
      const node = demand.nodes[k]!;
      return free[cell]!.pcpus >= node.pcpus && free[cell]!.pages * 2 >= node.ramMiB;
    });
    if (holds) return true;
  }
  return false;
};

/** May this host take this request? */
export const mayTake = (h: Candidate, q: SchedulingRequest): boolean => {
  if (q.ignore.includes(h.name) || h.up === false || h.enabled === false) return false;
  if (q.zone !== null && q.zone !== h.zone) return false;
  if (!allocatable(h, q) || !aggregatesAllow(h, q) || !cellsHold(h, q)) return false;
  const here = q.group?.members.get(h.name) ?? 0;
  if (q.group?.policy === 'anti-affinity' && here >= q.group.maxServerPerHost) return false;
  return !(q.group?.policy === 'affinity' && q.group.members.size > 0 && here === 0);
};

/** The heaviest of several, by the sums of Nova's documentation worked out one by one. */
export const heaviest = (able: readonly Candidate[], q: SchedulingRequest): readonly string[] => {
  const free = (c: 'MEMORY_MB' | 'DISK_GB') => (h: Candidate) => {
    const i = h.inventories[c];
    return i === null ? 0 : Math.max(0, i.total - i.reserved - h.used[c]);
  };
  const cpus = (h: Candidate): number => {
    const { VCPU: i, PCPU: own } = h.inventories;
    if (i === null) return 0;
    return Math.max(
      0,
      (i.total + (own === null ? 0 : own.total)) * i.allocationRatio - i.reserved - h.used.VCPU - h.used.PCPU,
    );
  };
  const most = (f: (h: Candidate) => number): number => Math.max(...able.map(f));
  const share = (f: (h: Candidate) => number, h: Candidate): number => (most(f) === 0 ? 0 : f(h) / most(f));
  const spread = (f: (h: Candidate) => number, h: Candidate): number => {
    const least = Math.min(...able.map(f));
    return most(f) === least ? 0 : (f(h) - least) / (most(f) - least);
  };
  const inGroup = (h: Candidate): number => q.group?.members.get(h.name) ?? 0;
  const score = (h: Candidate): number => {
    const ramTimes = h.aggregates
      .map((a) => Number(a.metadata['ram_weight_multiplier'] ?? 'x'))
      .filter((x) => !Number.isNaN(x));
    let sum = (ramTimes.length === 0 ? 1 : Math.min(...ramTimes)) * share(free('MEMORY_MB'), h);
    sum += share(cpus, h) + share(free('DISK_GB'), h) - share((x) => x.ioOps, h);
    if (q.group?.policy === 'soft-affinity') sum += spread(inGroup, h);
    if (q.group?.policy === 'soft-anti-affinity') sum += spread((x) => -inGroup(x), h);
    if (able.every((x) => x.hypervisorVersion !== null)) sum += spread((x) => x.hypervisorVersion!, h);
    return sum;
  };
  const best = most(score);
  return able.filter((h) => Math.abs(score(h) - best) < 1e-9).map((h) => h.name);
};
