// The cluster a drill plays in: hosts as the scheduler sees them, allocations that grow while VMs are re-homed.
import type { ClusterState, VmState } from '../readout/state.ts';
import { candidatesOf } from '../scheduling/candidates.ts';
import type { Candidate, SchedulingRequest } from '../scheduling/candidate.ts';
import { added, type Amounts } from '../scheduling/inventory.ts';
import { claimCells, numaDemand, releaseCells } from '../scheduling/numa.ts';
import { releaseOf, type ReleaseProfile } from '../scheduling/release.ts';
import { ServerGroups } from './server-groups.ts';

/** A host that can be charged; everything else about it is fixed for the length of the drill, but `up`. */
export type World = {
  readonly state: ClusterState;
  /** Filters, weighers and defaults that hold. */
  readonly release: ReleaseProfile;
  readonly hosts: Map<string, Candidate>;
  /** VMs as the state has them, by id; made when somebody first asks. */
  readonly vms: ReadonlyMap<string, VmState>;
  readonly groups: ServerGroups;
};

/** The drill's world at the instant of the faults. */
export const worldOf = (state: ClusterState): World => {
  const release = releaseOf(state);
  const hosts = new Map(candidatesOf(state, release).map((host) => [host.name, host]));
  let vms: ReadonlyMap<string, VmState> | null = null;
  return {
    state,
    release,
    hosts,
    groups: new ServerGroups(state),
    get vms() {
      return (vms ??= new Map(state.vms.map((vm) => [vm.id, vm])));
    },
  };
};

/**
 * What a VM asks of Placement. A root disk on a volume asks nothing of the host (watcher bug: "boot-from-volume counted
 * as local"); one on shared storage does, because every host that mounts the pool reports it as its own.
 */
export const asked = (vm: VmState): Amounts => ({
  VCPU: Math.max(0, (vm.vcpus ?? 0) - vm.pcpus),
  MEMORY_MB: vm.ramMiB ?? 0,
  DISK_GB: vm.storage === 'volume' ? 0 : (vm.diskGiB ?? 0),
  PCPU: vm.pcpus,
});

/** What a VM brings along wherever it is scheduled: its size, its project, what its flavor demands. */
export const demandOf = (vm: VmState): Pick<SchedulingRequest, 'asked' | 'project' | 'extraSpecs' | 'numa'> => ({
  asked: asked(vm),
  project: vm.project,
  extraSpecs: vm.extraSpecs,
  numa: numaDemand(vm.extraSpecs, vm.vcpus ?? 0, vm.ramMiB ?? 0),
});

/** The scheduling request of an evacuation: same group, source ignored, its zone only where it was pinned to it. */
export const evacuationRequest = (world: World, vm: VmState, ignore: readonly string[]): SchedulingRequest => {
  const group = world.groups.of(vm);
  return {
    ...demandOf(vm),
    zone: vm.requestedZone,
    group: group
      ? {
          id: group.id,
          policy: group.policy,
          maxServerPerHost: group.maxServerPerHost,
          members: new Map([...world.groups.members(group)].filter(([host]) => !ignore.includes(host))),
        }
      : null,
    ignore,
  };
};

/** The cells once the VM is there, or has left. */
const numaAfter = ({ numa }: Candidate, request: SchedulingRequest, sign: 1 | -1): Candidate['numa'] => {
  if (numa === null || request.numa === null) return numa;
  return (sign > 0 ? claimCells : releaseCells)(numa, request.numa) ?? numa;
};

/** Charges a VM to a host, or (sign −1) takes it off again. */
export const charge = (world: World, name: string, request: SchedulingRequest, sign: 1 | -1 = 1): void => {
  const host = world.hosts.get(name);
  if (!host) return;
  const used = added(host.used, request.asked, sign);
  world.hosts.set(name, { ...host, used, numa: numaAfter(host, request, sign) });
  if (request.group !== null) world.groups.count(request.group.id, name, sign);
};

/** Marks a host as up or down, as the scheduler sees it. */
export const setUp = (world: World, name: string, up: boolean): void => {
  const host = world.hosts.get(name);
  if (host) world.hosts.set(name, { ...host, up });
};

/** Opens a reserved host for VMs; `like` is the failed host whose zone and aggregates it joins, null where it joins none. */
export const openHost = (world: World, name: string, like: Candidate | null): void => {
  const host = world.hosts.get(name);
  if (!host) return;
  const joined = (like?.aggregates ?? []).filter((a) => !host.aggregates.some((own) => own.name === a.name));
  world.hosts.set(name, {
    ...host,
    enabled: true,
    zone: like?.zone ?? host.zone,
    aggregates: [...host.aggregates, ...joined],
  });
};
