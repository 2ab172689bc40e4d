// Nova's default filters, each a small function that says why a host is refused.
import type { Candidate, SchedulingRequest } from './candidate.ts';
import { RESOURCES, shortage, type Shortage } from './inventory.ts';

export const FILTERS = [
  'ignore_hosts',
  'ComputeFilter',
  'AvailabilityZone',
  'Placement',
  'ServerGroupAntiAffinityFilter',
  'ServerGroupAffinityFilter',
] as const;
export type FilterName = (typeof FILTERS)[number];

export type Refusal = {
  readonly host: string;
  readonly filter: FilterName;
  readonly detail: string;
  /** The numbers, where Placement refused. */
  readonly shortage: Shortage | null;
};

/** A filter: null when the host passes, otherwise the reason in words and numbers. */
type Filter = (host: Candidate, request: SchedulingRequest) => string | null;

const UNIT = { VCPU: 'vCPU', MEMORY_MB: 'MiB RAM', DISK_GB: 'GiB disk' } as const;

const round = (x: number): number => Math.round(x * 10) / 10;

/** A shortage in words: what was asked, what is used, what the limit is. */
export const shortageSentence = (s: Shortage): string => {
  const unit = UNIT[s.resource];
  switch (s.rule) {
    case 'capacity':
      return `has ${round(s.limit - s.used)} of ${round(s.limit)} ${unit} free, ${s.asked} asked`;
    case 'max_unit':
      return `has ${s.limit} ${unit} in all, ${s.asked} asked`;
    case 'min_unit':
      return `gives no less than ${s.limit} ${unit}, ${s.asked} asked`;
    case 'step_size':
      return `gives ${unit} in steps of ${s.limit}, ${s.asked} asked`;
  }
};

/** The first resource class that Placement cannot allocate; unknown inventories neither refuse nor promise. */
const placementShortage = (host: Candidate, request: SchedulingRequest): Shortage | null => {
  for (const resource of RESOURCES) {
    const inventory = host.inventories[resource];
    const short = inventory && shortage(resource, inventory, host.used[resource], request.asked[resource]);
    if (short) return short;
  }
  return null;
};

const filters: Readonly<Record<FilterName, Filter>> = {
  ignore_hosts: (host, request) =>
    request.ignore.includes(host.name) ? 'is the host it must leave, or was tried before' : null,
  // nova/scheduler/filters/compute_filter.py: enabled and up. A host the log never described counts as up.
  ComputeFilter: (host) => {
    if (host.up === false) return 'is down';
    return host.enabled === false ? 'is disabled' : null;
  },
  AvailabilityZone: (host, request) =>
    request.zone !== null && host.zone !== request.zone
      ? `is in zone ${host.zone ?? 'unknown'}, the VM is pinned to ${request.zone}`
      : null,
  Placement: (host, request) => {
    const short = placementShortage(host, request);
    return short && shortageSentence(short);
  },
  // affinity_filter.py: members on the host must stay below max_server_per_host.
  ServerGroupAntiAffinityFilter: (host, { group }) =>
    group?.policy === 'anti-affinity' && (host.groups[group.id] ?? 0) >= group.maxServerPerHost
      ? `already runs ${host.groups[group.id]} of server group ${group.id} (anti-affinity, at most ${group.maxServerPerHost})`
      : null,
  ServerGroupAffinityFilter: (host, { group }) =>
    group?.policy === 'affinity' && group.hosts.length > 0 && !group.hosts.includes(host.name)
      ? `does not run server group ${group.id} (affinity)`
      : null,
};

/** The first filter, in Nova's order, that refuses the host; null when it passes all of them. */
export const refusal = (host: Candidate, request: SchedulingRequest): Refusal | null => {
  for (const filter of FILTERS) {
    const detail = filters[filter](host, request);
    if (detail === null) continue;
    return {
      host: host.name,
      filter,
      detail,
      shortage: filter === 'Placement' ? placementShortage(host, request) : null,
    };
  }
  return null;
};
