// What speaks against one destination: its service, Placement, server groups, hardware, mounts and what it can carry.
import { membersOn } from './candidate.ts';
import type { Destination, Finding, Subject } from './finding.ts';
import { convergenceFindings } from './blockers-vm.ts';
import { allRefusals, shortageCode, shortageSentence, UNIT, unknownCode } from './filters.ts';
import { RESOURCES, shortage, type Shortage } from './inventory.ts';
import { versionParts } from './version.ts';

const shortageFix = (host: string, s: Shortage): string => {
  switch (s.rule) {
    case 'capacity':
      return `${Math.ceil(s.used + s.asked - s.limit)} ${UNIT[s.resource]} more have to become free on ${host}`;
    case 'max_unit':
      return `choose a host with at least ${s.asked} ${UNIT[s.resource]}`;
    case 'min_unit':
    case 'step_size':
      return `change the flavor, or ${s.rule} of the inventory of ${host}`;
  }
};

/** Every resource class, not only the first: a person who mends one shortage wants to know the next. */
const placementFindings = ({ request }: Subject, { candidate }: Destination): readonly Finding[] =>
  RESOURCES.flatMap((resource): Finding[] => {
    const asked = request.asked[resource];
    if (asked === 0) return [];
    const inventory = candidate.inventories[resource];
    if (inventory === null) {
      const detail = `${candidate.name}: how much ${UNIT[resource]} it has is not in the log, ${asked} asked`;
      return [
        {
          kind: 'undecided',
          code: unknownCode(resource),
          detail,
          fix: 'import `openstack hypervisor list --long`',
        },
      ];
    }
    const short = shortage(resource, inventory, candidate.used[resource], asked);
    if (short === null) return [];
    return [
      {
        kind: 'blocker',
        code: shortageCode(short),
        detail: `${candidate.name} ${shortageSentence(short)}`,
        fix: shortageFix(candidate.name, short),
      },
    ];
  });

const serviceFindings = ({ vm }: Subject, { candidate }: Destination): readonly Finding[] => {
  const { name, up, enabled } = candidate;
  if (name === vm.host) {
    return [{ kind: 'blocker', code: 'same-host', detail: `${name} is where it runs`, fix: 'choose another host' }];
  }
  const found: Finding[] = [];
  if (up === false)
    found.push({ kind: 'blocker', code: 'dest-down', detail: `${name} is down`, fix: 'choose another host' });
  if (enabled === false) {
    const fix = `openstack compute service set --enable ${name} nova-compute`;
    found.push({
      kind: 'blocker',
      code: 'dest-disabled',
      detail: `${name} is disabled: ComputeFilter refuses it`,
      fix,
    });
  }
  if (up === null || enabled === null) {
    found.push({
      kind: 'undecided',
      code: 'dest-service-unknown',
      detail: `whether ${name} is up and enabled is not in the log`,
      fix: 'import `openstack compute service list`',
    });
  }
  return found;
};

/** The group filters alone, asked in Nova's own words. */
const groupFindings = ({ request }: Subject, { candidate }: Destination): readonly Finding[] => {
  if (request.group === null) return [];
  const [no = null] = allRefusals(candidate, request, ['ServerGroupAntiAffinityFilter', 'ServerGroupAffinityFilter']);
  if (no !== null) {
    const isAnti = request.group.policy === 'anti-affinity';
    const fix = isAnti
      ? 'choose a host without members of the group'
      : `move the whole group, or choose ${[...request.group.members.keys()].join(', ')}`;
    return [
      { kind: 'blocker', code: isAnti ? 'anti-affinity' : 'affinity', detail: `${candidate.name} ${no.detail}`, fix },
    ];
  }
  const members = membersOn(request.group, candidate);
  if (request.group.policy !== 'soft-anti-affinity' || members === 0) return [];
  return [
    {
      kind: 'risk',
      code: 'soft-anti-affinity',
      detail: `${candidate.name} already runs ${members} of its group ${request.group.id}`,
      fix: null,
    },
  ];
};

const RULE_FIX: Readonly<Record<string, string>> = {
  zone: 'choose a host of that zone',
  'tenant-isolation': 'choose a host outside that aggregate',
  'aggregate-spec': 'choose a host of an aggregate with these properties',
  'numa-cells': 'choose a host with a freer NUMA cell, or move a pinned VM off it first',
};

/** The rules of zones, aggregates and NUMA cells; cells nobody told leave the question open. */
const ruleFindings = ({ request }: Subject, { candidate }: Destination): readonly Finding[] => {
  const rules = [
    'AvailabilityZone',
    'AggregateMultiTenancyIsolation',
    'AggregateInstanceExtraSpecsFilter',
    'NUMATopologyFilter',
  ] as const;
  const broken = allRefusals(candidate, request, rules).map(({ code, detail }): Finding => ({
    kind: 'blocker',
    code,
    detail: `${candidate.name} ${detail}`,
    fix: RULE_FIX[code] ?? null,
  }));
  if (request.numa === null || candidate.numa !== null) return broken;
  const detail = `the NUMA cells of ${candidate.name} are not in the log, and its flavor asks for pinned CPUs or huge pages`;
  return [...broken, { kind: 'unknown', code: 'numa-cells', detail, fix: null }];
};

const isOlder = (a: readonly number[], b: readonly number[]): boolean => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0);
  }
  return false;
};

const hardwareFindings = (
  { sourceHardware: a, vm }: Subject,
  { candidate, hardware: b }: Destination,
): readonly Finding[] => {
  const found: Finding[] = [];
  const unknown = (code: string, what: string): void => {
    found.push({
      kind: 'unknown',
      code,
      detail: `${what} of ${vm.host ?? 'its host'} and ${candidate.name} are not both in the log`,
      fix: null,
    });
  };
  if (!a?.hypervisorType || !b?.hypervisorType) unknown('hypervisor-type', 'the hypervisor types');
  else if (a.hypervisorType !== b.hypervisorType) {
    const detail = `${candidate.name} runs ${b.hypervisorType}, its host ${a.hypervisorType}`;
    found.push({ kind: 'blocker', code: 'hypervisor-type', detail, fix: 'choose a host with the same hypervisor' });
  }
  const from = a?.hypervisorVersion ? versionParts(a.hypervisorVersion) : null;
  const to = b?.hypervisorVersion ? versionParts(b.hypervisorVersion) : null;
  if (from === null || to === null) unknown('hypervisor-version', 'the hypervisor versions');
  else if (isOlder(to, from)) {
    const detail = `${candidate.name} has hypervisor ${b?.hypervisorVersion}, older than ${a?.hypervisorVersion} of its host`;
    found.push({
      kind: 'blocker',
      code: 'hypervisor-older',
      detail,
      fix: `upgrade ${candidate.name}, or choose a newer host`,
    });
  }
  if (!a?.cpuModel || !b?.cpuModel) unknown('cpu-model', 'the CPU models');
  else if (a.cpuModel !== b.cpuModel) {
    const detail = `${candidate.name} has ${b.cpuModel}, its host ${a.cpuModel}: refused under host-passthrough, and else where a flag is missing`;
    found.push({
      kind: 'risk',
      code: 'cpu-model',
      detail,
      fix: 'a common [libvirt] cpu_models on both, or skip_cpu_compare_on_dest',
    });
  }
  return found;
};

const storageFindings = (
  { vm, poolMountedBy, leftoverBindings }: Subject,
  { candidate }: Destination,
): readonly Finding[] => {
  const found: Finding[] = [];
  if (vm.storage === 'shared' && poolMountedBy !== null && !poolMountedBy.includes(candidate.name)) {
    const detail = `${candidate.name} does not mount ${vm.pool ?? 'its pool'} (mounted by ${poolMountedBy.length} hosts): InvalidSharedStorage`;
    found.push({
      kind: 'blocker',
      code: 'storage-not-mounted',
      detail,
      fix: `mount ${vm.pool ?? 'the pool'} on ${candidate.name}, or block-migrate`,
    });
  }
  if (leftoverBindings.includes(candidate.name)) {
    const detail = `a port keeps an INACTIVE binding on ${candidate.name} from a move that failed (neutron bug 1979072)`;
    found.push({
      kind: 'blocker',
      code: 'port-binding',
      detail,
      fix: `delete the port's binding on ${candidate.name}`,
    });
  }
  return found;
};

/** Findings about one destination. */
export const destinationFindings = (subject: Subject, dest: Destination): readonly Finding[] => {
  const service = serviceFindings(subject, dest);
  if (service.some((f) => f.code === 'same-host')) return service;
  return [
    ...service,
    ...placementFindings(subject, dest),
    ...groupFindings(subject, dest),
    ...ruleFindings(subject, dest),
    ...hardwareFindings(subject, dest),
    ...storageFindings(subject, dest),
    ...convergenceFindings(subject, dest.linkBytesPerS),
  ];
};
