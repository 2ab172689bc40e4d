// Where VMs may go: hosts as the scheduler sees them, CPU as measured, charged while a plan grows and taken back when it fails.
import { forwardingChange, forwardingCores, forwardingOf, moveTalker } from '../../datapath/forwarding.ts';
import { charge, demandOf, type World, worldOf } from '../../drill/world.ts';
import type { ClusterState, HostState, ServerGroupState, VmState } from '../../readout/state.ts';
import { type SchedulingRequest, tallied } from '../../scheduling/candidate.ts';
import { type FilterName, refusal } from '../../scheduling/filters.ts';
import { capacity } from '../../scheduling/inventory.ts';
import { type Loads, priceOf } from './objective.ts';
import type { Option, Rule } from './report.ts';
import type { LiveSettings } from './settings.ts';
import { amountWords, type Price } from './weights.ts';

export type Closed = { readonly rule: Rule; readonly why: string };

export type Room = Loads & {
  readonly world: World;
  readonly settings: LiveSettings;
  readonly hosts: ReadonlyMap<string, HostState>;
  readonly groups: ReadonlyMap<string, ServerGroupState>;
  /** Where each VM is in the plan so far. */
  readonly at: Map<string, string>;
  /** Hosts that take nobody, with the reason. */
  readonly closed: Map<string, Closed>;
};

export const roomOf = (
  state: ClusterState,
  cores: ReadonlyMap<string, number>,
  peaks: ReadonlyMap<string, number>,
  settings: LiveSettings,
): Room => {
  const peakLoad = new Map<string, number>();
  const groups = new Map<string, ServerGroupState>();
  for (const group of state.serverGroups) for (const member of group.members) groups.set(member, group);
  const at = new Map(state.vms.flatMap((vm) => (vm.host === null ? [] : [[vm.id, vm.host] as const])));
  const load = new Map<string, number>();
  const tenants = new Map<string, number>();
  for (const [vm, host] of at) {
    load.set(host, (load.get(host) ?? 0) + (cores.get(vm) ?? 0));
    peakLoad.set(host, (peakLoad.get(host) ?? 0) + (peaks.get(vm) ?? 0));
    tenants.set(host, (tenants.get(host) ?? 0) + 1);
  }
  const forwarding = forwardingOf(state, settings.datapath);
  for (const { name } of state.hosts) {
    const cores = forwardingCores(forwarding, name);
    if (cores > 0) load.set(name, (load.get(name) ?? 0) + cores);
  }
  const hosts = new Map(state.hosts.map((h) => [h.name, h]));
  const fenced: Closed = { rule: 'down or disabled', why: 'is fenced' };
  const closed = new Map(state.hosts.filter((h) => h.fenced).map((h) => [h.name, fenced]));
  return {
    world: worldOf(state),
    settings,
    hosts,
    groups,
    at,
    cores,
    load,
    peaks,
    peakLoad,
    forwarding,
    tenants,
    closed,
  };
};

/** Why a VM cannot be moved at all; null when it can. Nova live-migrates active and paused VMs, and moves stopped ones cold. */
export const immovable = (room: Room, vm: VmState): string | null => {
  const source = vm.host === null ? undefined : room.hosts.get(vm.host);
  if (source === undefined) return 'the log does not say where it runs';
  if (source.up === false || source.forcedDown) return `${source.name} is down, it can only be evacuated`;
  if (vm.taskState !== null) return `it is busy: task ${vm.taskState}`;
  if (vm.vmState === null) return 'the log does not tell its state';
  if (!['active', 'paused', 'stopped'].includes(vm.vmState))
    return `it is ${vm.vmState}; Nova moves active, paused and stopped VMs`;
  if (vm.vcpus === null || vm.ramMiB === null) return 'the log does not tell its size';
  if (vm.vmState !== 'stopped' && !room.cores.has(vm.id)) return 'no CPU sample of it, so nobody can say what it needs';
  return null;
};

/** A move's request: the members of its group that stay behind hold an affinity group there; it keeps its zone. */
export const requestOf = (room: Room, vm: VmState): SchedulingRequest => {
  const source = room.at.get(vm.id) ?? null;
  const group = room.groups.get(vm.id);
  const others = (group?.members ?? []).flatMap((id) => (id === vm.id ? [] : (room.at.get(id) ?? [])));
  return {
    ...demandOf(vm),
    zone: source === null ? null : (room.hosts.get(source)?.az ?? null),
    group: group
      ? { id: group.id, policy: group.policy, maxServerPerHost: group.maxServerPerHost, members: tallied(others) }
      : null,
    ignore: source === null ? [] : [source],
  };
};

export const share = (x: number): string => `${Math.round(x * 100)} %`;

type Fit =
  | { readonly fits: true; readonly left: number; readonly vcpus: number }
  | { readonly fits: false; readonly rule: Rule; readonly why: string };

const RULES: Readonly<Record<FilterName, Rule>> = {
  ignore_hosts: 'being emptied', // its own host is never asked
  ComputeFilter: 'down or disabled',
  AvailabilityZone: 'in other zones',
  Placement: 'short of capacity',
  ServerGroupAntiAffinityFilter: 'against its server group',
  ServerGroupAffinityFilter: 'against its server group',
  AggregateMultiTenancyIsolation: 'kept for others',
  AggregateInstanceExtraSpecsFilter: 'kept for others',
  NUMATopologyFilter: 'short of capacity',
};

const refuse = (rule: Rule, why: string): Fit => ({ fits: false, rule, why });

/** Whether a host takes the VM now; `left` is the smaller of the shares of CPU and RAM that would stay free. */
export const fitOf = (room: Room, vm: VmState, host: string, request: SchedulingRequest): Fit => {
  const closed = room.closed.get(host);
  if (closed !== undefined) return { fits: false, ...closed };
  const candidate = room.world.hosts.get(host)!;
  const no = refusal(candidate, request, room.world.release.filters);
  if (no !== null) return refuse(RULES[no.filter], no.detail);
  const { cpuThreshold, ramThreshold } = room.settings;
  const vcpus = room.hosts.get(host)?.vcpus ?? null;
  if (vcpus === null || vcpus === 0) return refuse('of unknown size', 'the log does not tell its CPUs');
  const forwarding = forwardingChange(room.forwarding, vm.id, host).dest;
  const cpu = ((room.load.get(host) ?? 0) + (room.cores.get(vm.id) ?? 0) + forwarding) / vcpus;
  if (cpu > cpuThreshold)
    return refuse('above the CPU threshold', `its CPU would reach ${share(cpu)}, above ${share(cpuThreshold)}`);
  const memory = candidate.inventories.MEMORY_MB;
  const ram = memory === null ? 0 : (candidate.used.MEMORY_MB + request.asked.MEMORY_MB) / capacity(memory);
  if (ram > ramThreshold)
    return refuse('above the RAM threshold', `its RAM would reach ${share(ram)}, above ${share(ramThreshold)}`);
  return { fits: true, left: Math.min(1 - cpu, 1 - ram), vcpus };
};

/**
 * Of the hosts with room the one that costs least by the settings' weights; hosts without VMs only where `mayWake`, and after
 * all others. Every other host comes with the reason why not.
 */
export const choose = (
  room: Room,
  vm: VmState,
  mayWake: boolean,
): { readonly dest: string | null; readonly options: readonly Option[] } => {
  const request = requestOf(room, vm);
  const source = room.at.get(vm.id);
  const fits: { host: string; left: number; asleep: boolean; price: Price }[] = [];
  const refused: Option[] = [];
  for (const host of room.hosts.keys()) {
    if (host === source) continue;
    const asleep = (room.tenants.get(host) ?? 0) === 0;
    const fit = fitOf(room, vm, host, request);
    if (!fit.fits) refused.push({ host, verdict: 'refused', rule: fit.rule, why: fit.why, price: null });
    else if (asleep && !mayWake) {
      const why = 'has no VMs: emptying a host wakes no other';
      refused.push({ host, verdict: 'refused', rule: 'without VMs', why, price: null });
    } else
      fits.push({
        host,
        left: fit.left,
        asleep,
        price: priceOf(room, room.settings, vm, { host, vcpus: fit.vcpus, left: fit.left }),
      });
  }
  fits.sort(
    (a, b) => Number(a.asleep) - Number(b.asleep) || a.price.total - b.price.total || (a.host < b.host ? -1 : 1),
  );
  const options = fits.map(({ host, left, asleep, price }, i): Option => {
    const than = price.total - (fits[0]?.price.total ?? 0);
    const rank =
      i === 0 ? `cheapest at ${price.total.toFixed(1)} W` : asleep ? 'asleep' : `${than.toFixed(1)} W dearer`;
    const words = amountWords(price, ['watts', 'lackingCore', 'forwardingCore', 'crossGbps']);
    const why = `${rank}: ${share(left)} would stay free${words === '' ? '' : `, ${words}`}`;
    return { host, verdict: i === 0 ? 'chosen' : 'possible', rule: null, why, price };
  });
  return { dest: fits[0]?.host ?? null, options: [...options, ...refused] };
};

/** Puts the VM on `dest`; called again with its old host it is undone. */
export const relocate = (room: Room, vm: VmState, dest: string): void => {
  const source = room.at.get(vm.id)!;
  const request = requestOf(room, vm);
  charge(room.world, source, request, -1);
  charge(room.world, dest, request);
  room.at.set(vm.id, dest);
  const used = room.cores.get(vm.id) ?? 0;
  const forwarding = forwardingChange(room.forwarding, vm.id, dest);
  moveTalker(room.forwarding, vm.id, dest);
  room.load.set(source, (room.load.get(source) ?? 0) - used + forwarding.source);
  room.load.set(dest, (room.load.get(dest) ?? 0) + used + forwarding.dest);
  const peak = room.peaks.get(vm.id) ?? 0;
  room.peakLoad.set(source, (room.peakLoad.get(source) ?? 0) - peak);
  room.peakLoad.set(dest, (room.peakLoad.get(dest) ?? 0) + peak);
  room.tenants.set(source, (room.tenants.get(source) ?? 0) - 1);
  room.tenants.set(dest, (room.tenants.get(dest) ?? 0) + 1);
};

/** How many hosts each rule refuses: `19 in other zones, 12 short of capacity`. */
export const refusalCounts = (options: readonly Option[]): string => {
  const counts = new Map<Rule, number>();
  for (const { rule } of options) if (rule !== null) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([rule, n]) => `${n} ${rule}`)
    .join(', ');
};
