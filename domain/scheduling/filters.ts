// Nova's filters, each a small function that says why a host is refused: a code, and words with numbers.
import { type Candidate, membersOn, type SchedulingRequest } from './candidate.ts';
import { RESOURCES, type Resource, shortage, type Shortage } from './inventory.ts';
import { claimCells, numaShortage } from './numa.ts';
import { meets } from './spec-match.ts';

export const FILTERS = [
  'ignore_hosts',
  'ComputeFilter',
  'AvailabilityZone',
  'Placement',
  'ServerGroupAntiAffinityFilter',
  'ServerGroupAffinityFilter',
  'AggregateMultiTenancyIsolation',
  'AggregateInstanceExtraSpecsFilter',
  'NUMATopologyFilter',
] as const;
export type FilterName = (typeof FILTERS)[number];

/** Filters whose answer does not depend on who else is on a host or how it fares. */
export const STANDING: ReadonlySet<FilterName> = new Set([
  'AvailabilityZone',
  'AggregateMultiTenancyIsolation',
  'AggregateInstanceExtraSpecsFilter',
]);

export type Refusal = {
  readonly host: string;
  readonly filter: FilterName;
  /** One word for the reason, the same in every command: `ram-capacity`, `dest-down`, `anti-affinity`, … */
  readonly code: string;
  readonly detail: string;
  /** The numbers, where Placement refused. */
  readonly shortage: Shortage | null;
};

type Reason = { readonly code: string; readonly detail: string; readonly shortage?: Shortage };
/** A filter: nothing when the host passes, otherwise every reason it has. */
type Filter = (host: Candidate, request: SchedulingRequest) => readonly Reason[];

export const UNIT: Readonly<Record<Resource, string>> = {
  VCPU: 'vCPU',
  MEMORY_MB: 'MiB RAM',
  DISK_GB: 'GiB disk',
  PCPU: 'dedicated CPU',
};
const CODE: Readonly<Record<Resource, string>> = { VCPU: 'vcpu', MEMORY_MB: 'ram', DISK_GB: 'disk', PCPU: 'pcpu' };

const round = (x: number): number => Math.round(x * 10) / 10;

/** A shortage in words: what was asked, what is used, what the limit is. */
export const shortageSentence = (s: Shortage): string => {
  const unit = UNIT[s.resource];
  switch (s.rule) {
    case 'capacity':
      return `has ${round(s.limit - s.used)} of ${round(s.limit)} ${unit} free, ${s.asked} asked`;
    case 'max_unit':
      return `gives at most ${s.limit} ${unit} to one VM, ${s.asked} asked`;
    case 'min_unit':
      return `gives no less than ${s.limit} ${unit}, ${s.asked} asked`;
    case 'step_size':
      return `gives ${unit} in steps of ${s.limit}, ${s.asked} asked`;
  }
};

/** `ram-capacity`, `vcpu-max-unit`, … */
export const shortageCode = (s: Shortage): string => `${CODE[s.resource]}-${s.rule.replaceAll('_', '-')}`;

/** Code of a resource class whose inventory the log does not tell. */
export const unknownCode = (resource: Resource): string => `${CODE[resource]}-unknown`;

/** The key of aggregate metadata that keeps hosts for some projects; several may follow it, numbered or in a list. */
export const TENANT_KEY = /^filter_tenant_id/;
export const SPEC_SCOPE = 'aggregate_instance_extra_specs:';

/** No reason: the same empty list every time, for every host is asked about every filter. */
const NONE: readonly Reason[] = [];

const tenantReason: Filter = ({ aggregates }, { project }) => {
  const allowed: string[] = [];
  for (const { metadata } of aggregates) {
    for (const key of Object.keys(metadata)) {
      if (TENANT_KEY.test(key)) allowed.push(...metadata[key]!.split(/\s*,\s*/));
    }
  }
  if (allowed.length === 0 || (project !== null && allowed.includes(project))) return NONE;
  const detail = `is kept for ${allowed.length === 1 ? `project ${allowed[0]}` : `${allowed.length} projects`}, the VM is of ${project ?? 'an unknown one'}`;
  return [{ code: 'tenant-isolation', detail }];
};

const specReasons: Filter = ({ aggregates }, { extraSpecs }) => {
  const scoped = Object.keys(extraSpecs).filter((name) => name.startsWith(SPEC_SCOPE));
  if (scoped.length === 0) return NONE;
  return scoped.flatMap((name): readonly Reason[] => {
    const wants = extraSpecs[name]!;
    const key = name.slice(SPEC_SCOPE.length);
    const has = aggregates.flatMap(({ metadata }) => metadata[key]?.split(/\s*,\s*/) ?? []);
    if (has.some((value) => meets(value, wants))) return NONE;
    const told = has.length === 0 ? `no aggregate of it sets ${key}` : `its aggregates set ${key} to ${has.join(', ')}`;
    return [{ code: 'aggregate-spec', detail: `does not meet ${key} = ${wants}: ${told}` }];
  });
};

/** Unknown inventories neither refuse nor promise. */
const placementReasons: Filter = (host, request) => {
  let reasons = NONE;
  for (const resource of RESOURCES) {
    const inventory = host.inventories[resource];
    const short = inventory && shortage(resource, inventory, host.used[resource], request.asked[resource]);
    if (short) reasons = [...reasons, { code: shortageCode(short), detail: shortageSentence(short), shortage: short }];
  }
  return reasons;
};

const filters: Readonly<Record<FilterName, Filter>> = {
  ignore_hosts: (host, request) =>
    request.ignore.includes(host.name)
      ? [{ code: 'excluded', detail: 'is the host it must leave, or was tried before' }]
      : NONE,
  // nova/scheduler/filters/compute_filter.py: enabled and up. A host the log never described counts as up.
  ComputeFilter: (host) =>
    host.up !== false && host.enabled !== false
      ? NONE
      : [
          ...(host.up === false ? [{ code: 'dest-down', detail: 'is down' }] : []),
          ...(host.enabled === false ? [{ code: 'dest-disabled', detail: 'is disabled' }] : []),
        ],
  AvailabilityZone: (host, request) =>
    request.zone !== null && host.zone !== request.zone
      ? [
          {
            code: 'zone',
            detail: `is in zone ${host.zone ?? 'unknown'}, the VM is pinned to ${request.zone}`,
          },
        ]
      : NONE,
  Placement: placementReasons,
  // affinity_filter.py: members on the host must stay below max_server_per_host.
  ServerGroupAntiAffinityFilter: (host, { group }) =>
    group?.policy === 'anti-affinity' && membersOn(group, host) >= group.maxServerPerHost
      ? [
          {
            code: 'anti-affinity',
            detail: `already runs ${membersOn(group, host)} of server group ${group.id} (anti-affinity, at most ${group.maxServerPerHost})`,
          },
        ]
      : NONE,
  ServerGroupAffinityFilter: (host, { group }) =>
    group?.policy === 'affinity' && group.members.size > 0 && membersOn(group, host) === 0
      ? [{ code: 'affinity', detail: `does not run server group ${group.id} (affinity)` }]
      : NONE,
  AggregateMultiTenancyIsolation: tenantReason,
  AggregateInstanceExtraSpecsFilter: specReasons,
  // Nova refuses the claim on the host too, with or without this filter.
  NUMATopologyFilter: ({ numa }, request) =>
    request.numa !== null && numa !== null && claimCells(numa, request.numa) === null
      ? [{ code: 'numa-cells', detail: numaShortage(numa, request.numa) }]
      : NONE,
};

/** Whether a filter has anything to ask for this request: the others pass every host, and need not look at one. */
const CONCERNS: Readonly<Partial<Record<FilterName, (request: SchedulingRequest) => boolean>>> = {
  ignore_hosts: ({ ignore }) => ignore.length > 0,
  AvailabilityZone: ({ zone }) => zone !== null,
  ServerGroupAntiAffinityFilter: ({ group }) => group?.policy === 'anti-affinity',
  ServerGroupAffinityFilter: ({ group }) => group?.policy === 'affinity',
  AggregateInstanceExtraSpecsFilter: ({ extraSpecs }) => Object.keys(extraSpecs).some((k) => k.startsWith(SPEC_SCOPE)),
  NUMATopologyFilter: ({ numa }) => numa !== null,
};

/** Those of the enabled filters that may refuse a host for this request: worth finding once where many hosts are asked. */
export const concerning = (request: SchedulingRequest, enabled: readonly FilterName[]): readonly FilterName[] =>
  enabled.filter((name) => CONCERNS[name]?.(request) !== false);

const refused = (host: Candidate, filter: FilterName, { code, detail, shortage: short }: Reason): Refusal => ({
  host: host.name,
  filter,
  code,
  detail,
  shortage: short ?? null,
});

/** Every reason of every filter: what would have to change for the host to pass. */
export const allRefusals = (
  host: Candidate,
  request: SchedulingRequest,
  enabled: readonly FilterName[],
): readonly Refusal[] =>
  enabled.flatMap((filter) => filters[filter](host, request).map((reason) => refused(host, filter, reason)));

const hasRoom = ({ inventories, used }: Candidate, { asked }: SchedulingRequest): boolean =>
  RESOURCES.every((resource) => {
    const inventory = inventories[resource];
    return inventory === null || shortage(resource, inventory, used[resource], asked[resource]) === null;
  });

/** Whether `refusal` would be null, without putting the reason into words: most hosts of a full cluster have one nobody reads. */
export const passes = (host: Candidate, request: SchedulingRequest, enabled: readonly FilterName[]): boolean =>
  enabled.every((filter) =>
    filter === 'Placement' ? hasRoom(host, request) : filters[filter](host, request).length === 0,
  );

/** The first reason of the first filter, in order, that refuses the host; null when it passes all of them. */
export const refusal = (
  host: Candidate,
  request: SchedulingRequest,
  enabled: readonly FilterName[] = FILTERS,
): Refusal | null => {
  for (const filter of enabled) {
    const first = filters[filter](host, request)[0];
    if (first !== undefined) return refused(host, filter, first);
  }
  return null;
};
