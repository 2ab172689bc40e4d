// How many more VMs of a flavor fit, what limits them, and how much room stays stranded where no such VM can use it.
import { worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Candidate, SchedulingRequest } from '../scheduling/candidate.ts';
import { type FilterName, refusal } from '../scheduling/filters.ts';
import { added, type Amounts, NOTHING, type Resource, RESOURCES } from '../scheduling/inventory.ts';
import { claimCells } from '../scheduling/numa.ts';
import { relaxationSentence, smallestRelaxation } from '../scheduling/relaxation.ts';
import type { ReleaseProfile } from '../scheduling/release.ts';
import { type FitOptions, type FlavorSize, requestFor } from './flavors.ts';
import { freeOf, type Limit, type Slots, slotsOn } from './slots.ts';

export type Fit = {
  readonly name: string;
  /** Exact: hosts are independent for equal VMs without server groups, so the order of placement does not matter. */
  readonly count: number;
  /** What the room would allow if VMs could be cut into pieces: never less than `count`. */
  readonly bound: number;
  /** What stops most hosts; null when no host can be asked. */
  readonly limitedBy: Limit | null;
  readonly byZone: Readonly<Record<string, number>>;
  /** A host in several aggregates counts in each. */
  readonly byAggregate: Readonly<Record<string, number>>;
  /** What stays free on the hosts once `count` of them are placed: room that this flavor cannot use as it lies. */
  readonly stranded: Amounts;
  /** Hosts whose inventory the log does not know: they may take more, and are not counted. */
  readonly unknownHosts: readonly string[];
  /** Hosts that are down or disabled, and what they would take if they were not. Not in `count`. */
  readonly offline: { readonly hosts: number; readonly count: number };
  /** Once `count` are placed: how many hosts each filter refuses to the next one, and the smallest change that would help. */
  readonly next: {
    readonly byFilter: Readonly<Partial<Record<FilterName, number>>>;
    readonly smallestChange: string | null;
  };
};

/** Free amounts that count as room for the request: nothing where the class is not looked at. */
const finiteFree = (host: Candidate, resource: Resource): number => {
  const free = freeOf(host, resource);
  return Number.isFinite(free) ? free : 0;
};

const inScope = (host: Candidate, { aggregate }: FitOptions): boolean =>
  aggregate === null || host.aggregates.some((a) => a.name === aggregate);

/** The host with `count` of the request on it. */
const filled = (host: Candidate, request: SchedulingRequest, count: number): Candidate => {
  let { used, numa } = host;
  for (let i = 0; i < count; i++) {
    used = added(used, request.asked);
    if (numa !== null && request.numa !== null) numa = claimCells(numa, request.numa) ?? numa;
  }
  return { ...host, used, numa };
};

const nextRefused = (
  hosts: readonly Candidate[],
  request: SchedulingRequest,
  { filters }: ReleaseProfile,
): Fit['next'] => {
  const byFilter: Partial<Record<FilterName, number>> = {};
  for (const host of hosts) {
    const no = refusal(host, request, filters);
    if (no !== null) byFilter[no.filter] = (byFilter[no.filter] ?? 0) + 1;
  }
  const relaxation = smallestRelaxation(hosts, request, filters);
  return { byFilter, smallestChange: relaxation && relaxationSentence(relaxation) };
};

/** A flavor's request, and the hosts asked about with what each takes. */
export const hostSlots = (
  state: ClusterState,
  flavor: FlavorSize,
  options: FitOptions,
): {
  readonly request: SchedulingRequest;
  readonly release: ReleaseProfile;
  readonly rows: readonly { readonly host: Candidate; readonly slots: Slots }[];
} => {
  const { hosts, release } = worldOf(state);
  const request = requestFor(state, flavor, options);
  const rows = [...hosts.values()]
    .filter((host) => inScope(host, options))
    .map((host) => ({ host, slots: slotsOn(host, request, release.filters) }));
  return { request, release, rows };
};

const add = (counts: Record<string, number>, name: string, n: number): void => {
  counts[name] = (counts[name] ?? 0) + n;
};

/** How many more VMs of one flavor fit now, at this state's allocations and ratios. */
export const fitOf = (state: ClusterState, flavor: FlavorSize, options: FitOptions): Fit => {
  const { request, release, rows } = hostSlots(state, flavor, options);
  const [unknownHosts, full]: [string[], Candidate[]] = [[], []];
  const [byZone, byAggregate, stopped] = [{}, {}, {}] as [
    Record<string, number>,
    Record<string, number>,
    Record<string, number>,
  ];
  let [count, total, open] = [0, NOTHING, 0];
  const offline = { hosts: 0, count: 0 };
  for (const { host, slots } of rows) {
    if (slots.says === 'unknown') unknownHosts.push(host.name);
    if (slots.says === 'closed' && slots.by === 'ComputeFilter') {
      const back = slotsOn({ ...host, up: true, enabled: true }, request, release.filters);
      offline.hosts++;
      offline.count += back.says === 'takes' ? back.count : 0;
    }
    if (slots.says !== 'takes') {
      if (slots.says === 'closed') full.push(host);
      continue;
    }
    open++;
    count += slots.count;
    add(stopped, slots.limit, 1);
    add(byZone, host.zone ?? 'no zone', slots.count);
    for (const { name } of host.aggregates) add(byAggregate, name, slots.count);
    for (const resource of RESOURCES) total = added(total, { ...NOTHING, [resource]: finiteFree(host, resource) });
    full.push(filled(host, request, slots.count));
  }
  const counted = RESOURCES.filter((r) => request.asked[r] > 0 && release.checked.includes(r));
  const [most] = Object.entries(stopped).sort((a, b) => b[1] - a[1]);
  return {
    name: flavor.name,
    count,
    bound: open === 0 ? 0 : Math.min(...counted.map((r) => Math.floor(total[r] / request.asked[r]))),
    limitedBy: most === undefined ? null : (most[0] as Limit),
    byZone: byZone,
    byAggregate: byAggregate,
    stranded: strandedOf(total, request.asked, count),
    unknownHosts,
    offline,
    next: nextRefused(full, request, release),
  };
};

const strandedOf = (total: Amounts, asked: Amounts, count: number): Amounts => ({
  VCPU: Math.max(0, total.VCPU - count * asked.VCPU),
  MEMORY_MB: Math.max(0, total.MEMORY_MB - count * asked.MEMORY_MB),
  DISK_GB: Math.max(0, total.DISK_GB - count * asked.DISK_GB),
  PCPU: Math.max(0, total.PCPU - count * asked.PCPU),
});
