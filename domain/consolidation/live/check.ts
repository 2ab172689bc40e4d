// Refuses plans: written against the constraints and not against the planner, it replays the moves on the state itself.
import { asked } from '../../drill/world.ts';
import type { ClusterState, HostState, VmState } from '../../readout/state.ts';
import { capacity, libvirtInventory, type Resource } from '../../scheduling/inventory.ts';
import { releaseOf, type ReleaseProfile } from '../../scheduling/release.ts';
import type { Move, Violation } from './report.ts';

const limitsOf = (h: HostState, r: ReleaseProfile): readonly (readonly [resource: Resource, limit: number])[] => {
  const limit = (total: number | null, reserved: number, ratio: number): number =>
    total === null ? Infinity : capacity(libvirtInventory(total, reserved, ratio));
  return [
    ['VCPU', limit(h.vcpus, h.reservedVcpus ?? 0, h.vcpuRatio ?? r.vcpuRatio)],
    ['MEMORY_MB', limit(h.ramMiB, h.reservedRamMiB ?? r.reservedRamMiB, h.ramRatio ?? r.ramRatio)],
    ['DISK_GB', limit(h.diskGiB, h.reservedDiskGiB ?? 0, h.diskRatio ?? r.diskRatio)],
    ['PCPU', limit(h.pcpus, h.reservedPcpus ?? 0, 1)],
  ];
};

type Books = ReadonlyMap<string, Record<Resource, number>>;

const add = (books: Books, host: string, vm: VmState, sign: 1 | -1): void => {
  const used = books.get(host)!;
  const wants = asked(vm);
  used.VCPU += sign * wants.VCPU;
  used.MEMORY_MB += sign * wants.MEMORY_MB;
  used.DISK_GB += sign * wants.DISK_GB;
  used.PCPU += sign * wants.PCPU;
};

/**
 * Carries the moves out one after another, each VM charged on both ends while it moves, and looks at every state on the
 * way: the VM is where the plan says, the target runs, is enabled and in the VM's zone, holds what is charged, and hard
 * server groups hold. At the end the hosts said to sleep must be empty. `states` is how many were looked at.
 */
export const checkMoves = (
  state: ClusterState,
  moves: readonly Move[],
  asleep: readonly string[],
): { readonly states: number; readonly violations: readonly Violation[] } => {
  const violations: Violation[] = [];
  const hosts = new Map(state.hosts.map((h) => [h.name, h]));
  const vms = new Map(state.vms.map((vm) => [vm.id, vm]));
  const at = new Map(state.vms.map((vm) => [vm.id, vm.host]));
  const books: Books = new Map(
    state.hosts.map((h) => [
      h.name,
      { VCPU: h.vcpusUsed, MEMORY_MB: h.ramMiBUsed, DISK_GB: h.diskGiBUsed, PCPU: h.pcpusUsed },
    ]),
  );
  for (const { order, vm: id, name, source, dest, type } of moves) {
    const wrong = (rule: string, detail: string): void => void violations.push({ order, rule, detail });
    const vm = vms.get(id);
    const to = hosts.get(dest);
    if (vm === undefined || to === undefined || !hosts.has(source)) {
      wrong('known', `${name} or one of its hosts is not in the cluster`);
      continue;
    }
    if (at.get(id) !== source) wrong('source', `${name} is on ${at.get(id) ?? 'no host'}, not on ${source}`);
    if (to.up === false || to.forcedDown || to.fenced) wrong('target up', `${dest} does not run`);
    if (to.enabled === false) wrong('target enabled', `${dest} is disabled`);
    if (to.az !== hosts.get(source)!.az) wrong('zone', `${dest} is in another zone than ${source}`);
    if (vm.taskState !== null) wrong('idle', `${name} is busy: ${vm.taskState}`);
    const movable = type === 'live-migration' ? ['active', 'paused'] : ['stopped'];
    if (!movable.includes(vm.vmState ?? '')) wrong('state', `${name} is ${vm.vmState ?? 'in an unknown state'}`);
    add(books, dest, vm, 1);
    for (const [resource, limit] of limitsOf(to, releaseOf(state))) {
      const used = books.get(dest)![resource];
      if (used > limit) wrong('capacity', `${dest} holds ${used} of ${limit} ${resource} while ${name} arrives`);
    }
    for (const group of state.serverGroups) {
      if (!group.members.includes(id)) continue;
      const others = group.members.filter((m) => m !== id).map((m) => at.get(m));
      const here = others.filter((host) => host === dest).length;
      if (group.policy === 'anti-affinity' && here >= group.maxServerPerHost)
        wrong('anti-affinity', `${dest} would run ${here + 1} of ${group.name}`);
      if (group.policy === 'affinity' && others.some((host) => host !== null && host !== undefined && host !== dest))
        wrong('affinity', `${name} would leave ${group.name}`);
    }
    add(books, source, vm, -1);
    at.set(id, dest);
  }
  for (const host of asleep) {
    const left = [...at.values()].filter((h) => h === host).length;
    if (left > 0) violations.push({ order: moves.length, rule: 'empty', detail: `${host} still holds ${left} VMs` });
  }
  return { states: moves.length * 2 + 1, violations };
};
