// The generator's own books: which VM is where, what each host has left. Small and mutable; nobody else sees it.
import { below, pick, type Rng } from '../base/rng.ts';
import { entity } from '../events/entity.ts';
import type { ClusterState } from '../readout/state.ts';
import { type Flavor, FLAVORS, HOSTS_PER_RACK, type HostSize, IMAGES, POOLS, type Role, ROLES } from './catalogue.ts';
import { addDemand, type Demands } from './load.ts';

export type Host = {
  readonly name: string;
  readonly rack: string;
  readonly zone: string;
  readonly ip: string;
  readonly vtepIp: string;
  up: boolean;
  enabled: boolean;
  ramMiB: number;
  vcpus: number;
  diskGiB: number;
  readonly vms: Set<Vm>;
  /** Moves under way towards it. */
  inbound: number;
  /** True while nothing may start from or to it: its own incident is near. */
  quiet: boolean;
};

export type Vm = {
  readonly id: string;
  /** `vm:<id>`, made once: rosters name it every hour. */
  address: string;
  readonly name: string;
  readonly role: Role;
  readonly flavor: Flavor;
  readonly image: string;
  /** What its network is drawn from once it has a host. */
  readonly draw: number;
  /** Number of its network, and its address there; of no meaning before it is placed. */
  network: number;
  ip: string;
  readonly mac: string;
  readonly group: Group | null;
  /** Number of its demand process. */
  readonly demand: number;
  host: Host | null;
  vmState: 'active' | 'stopped' | 'building' | 'error';
  /** True while a move, boot or delete is under way: nothing else may start on it. */
  busy: boolean;
};

export type Group = { readonly id: string; readonly name: string; readonly size: number; readonly members: Set<Vm> };

export type Fleet = {
  readonly size: HostSize;
  readonly hosts: readonly Host[];
  readonly vms: Set<Vm>;
  readonly groups: Group[];
  /** The group of each role that still takes members. */
  readonly open: Map<string, Group>;
  readonly networks: readonly TenantNetwork[];
  /** Numbers of the networks of each rack and zone. */
  readonly networksOf: ReadonlyMap<string, readonly number[]>;
  readonly counters: Map<string, number>;
  readonly demands: Demands;
};

/** `scope` is the rack or zone whose hosts its VMs begin on. */
export type TenantNetwork = {
  readonly id: string;
  readonly name: string;
  readonly segment: number;
  readonly scope: string;
};

const HEX = '0123456789abcdef';
const hex = (r: Rng, n: number): string => Array.from({ length: n }, () => HEX[below(r, 16)]!).join('');

/** A version 4 UUID from the seed. */
export const uuid = (r: Rng): string =>
  `${hex(r, 8)}-${hex(r, 4)}-4${hex(r, 3)}-${pick(r, ['8', '9', 'a', 'b'])}${hex(r, 3)}-${hex(r, 12)}`;

/** Racks of ten; a zone holds whole racks: one zone up to one rack, two up to five, three beyond. */
export const hostsOf = (count: number): Host[] => {
  const racks = Math.ceil(count / HOSTS_PER_RACK);
  const zones = racks === 1 ? 1 : racks <= 5 ? 2 : 3;
  const width = Math.max(2, String(count).length);
  return Array.from({ length: count }, (_, i) => {
    const rack = Math.floor(i / HOSTS_PER_RACK);
    const zone = Math.floor((rack * zones) / racks);
    const inZone = rack - Math.ceil((zone * racks) / zones);
    const low = `${((i + 1) >> 8) & 255}.${(i + 1) & 255}`; // .0 is the network's own
    return {
      name: `compute-${String(i + 1).padStart(width, '0')}`,
      rack: `${'ABC'[zone]}${inZone + 1}`,
      zone: `az-${zone + 1}`,
      ip: `10.20.${low}`,
      vtepIp: `10.30.${low}`,
      up: true,
      enabled: true,
      ramMiB: 0,
      vcpus: 0,
      diskGiB: 0,
      vms: new Set<Vm>(),
      inbound: 0,
      quiet: false,
    };
  });
};

const weighted = (r: Rng): Flavor => {
  let left = r.next() * FLAVORS.reduce((sum, f) => sum + f.weight, 0);
  return FLAVORS.find((f) => (left -= f.weight) < 0) ?? FLAVORS[0]!;
};

const openGroup = (fleet: Fleet, r: Rng, role: Role): Group => {
  const open = fleet.open.get(role.name);
  if (open && open.members.size < open.size) return open;
  const number = (fleet.counters.get(`${role.name}-group`) ?? 0) + 1;
  fleet.counters.set(`${role.name}-group`, number);
  const group: Group = { id: uuid(r), name: `${role.name}-group-${number}`, size: role.group, members: new Set() };
  fleet.groups.push(group);
  fleet.open.set(role.name, group);
  return group;
};

export const portOf = (vm: Vm): string => `port-${vm.id}`;

/** A new VM, on no host and no network yet. */
export const newVm = (fleet: Fleet, r: Rng, given?: { readonly role: Role; readonly flavor: Flavor }): Vm => {
  const role = given?.role ?? pick(r, ROLES);
  const number = (fleet.counters.get(role.name) ?? 0) + 1;
  fleet.counters.set(role.name, number);
  const draw = below(r, fleet.networks.length);
  const id = uuid(r);
  const vm: Vm = {
    id,
    address: entity('vm', id),
    name: `vm-${role.name}-${number}`,
    role,
    flavor: given?.flavor ?? weighted(r),
    image: pick(r, IMAGES),
    draw,
    network: 0,
    ip: '',
    mac: `fa:16:3e:${hex(r, 2)}:${hex(r, 2)}:${hex(r, 2)}`,
    group: role.group > 0 ? openGroup(fleet, r, role) : null,
    demand: addDemand(fleet.demands, r, role.load),
    host: null,
    vmState: 'building',
    busy: false,
  };
  vm.group?.members.add(vm);
  fleet.vms.add(vm);
  return vm;
};

const RESERVED_MIB = 512; // reserved_host_memory_mb
/** Operators leave room; the generator fills a host to this share of its RAM at most. */
const FILL = 0.88;

const fits = ({ size }: Fleet, host: Host, vm: Vm, fill: number): boolean => {
  if (!host.up || !host.enabled || host.quiet || host === vm.host) return false;
  if (host.ramMiB + vm.flavor.ramMiB > (size.ramMiB - RESERVED_MIB) * fill) return false;
  if (vm.role.storage === 'local' && host.diskGiB + vm.flavor.diskGiB > size.diskGiB) return false;
  if (vm.group) for (const member of vm.group.members) if (member !== vm && member.host === host) return false;
  return true;
};

/** How many hosts the placement looks at: the best of a few is nearly as even as the best of all, and does not grow. */
const CHOICES = 4;

/** A host with room: the emptiest of a few tried at random, then the first that fits at all; null when none does. */
export const roomFor = (fleet: Fleet, r: Rng, vm: Vm): Host | null => {
  let best: Host | null = null;
  for (let i = 0; i < CHOICES; i++) {
    const host = pick(r, fleet.hosts);
    if (fits(fleet, host, vm, FILL) && (best === null || host.ramMiB < best.ramMiB)) best = host;
  }
  return (
    best ?? fleet.hosts.find((h) => fits(fleet, h, vm, FILL)) ?? fleet.hosts.find((h) => fits(fleet, h, vm, 1)) ?? null
  );
};

/** Charges a host for a VM's share (`sign` 1), or gives it back (-1). */
export const book = (vm: Vm, host: Host, sign: 1 | -1): void => {
  host.ramMiB += sign * vm.flavor.ramMiB;
  host.vcpus += sign * vm.flavor.vcpus;
  if (vm.role.storage === 'local') host.diskGiB += sign * vm.flavor.diskGiB;
};

/** One VM in so many is on its zone's network; the others are on one of their rack's. */
const ZONE_WIDE_EVERY = 10;

/**
 * Tenants live close together, so that an overlay which tells each host only what it needs looks unlike a full mesh. Where a
 * VM moves later has nothing to do with its network.
 */
const join = (fleet: Fleet, vm: Vm, host: Host): void => {
  const [rack, zone] = [host.rack, host.zone].map((scope) => fleet.networksOf.get(scope) ?? []);
  const choice = vm.draw % ZONE_WIDE_EVERY === 0 || rack!.length === 0 ? zone! : rack!;
  vm.network = choice[vm.draw % choice.length] ?? 0;
  const address = (fleet.counters.get(`net${vm.network}`) ?? 9) + 1;
  fleet.counters.set(`net${vm.network}`, address);
  vm.ip = `10.${100 + (vm.network % 100)}.${(address >> 8) & 255}.${address & 255}`;
};

/** Gives a new VM its first host, and with it its network. */
export const place = (fleet: Fleet, vm: Vm, host: Host | null): void => {
  join(fleet, vm, host ?? fleet.hosts[0]!);
  settle(vm, host);
};

/** Books a VM onto a host, or off every host. */
export const settle = (vm: Vm, host: Host | null): void => {
  if (vm.host) {
    vm.host.vms.delete(vm);
    book(vm, vm.host, -1);
  }
  vm.host = host;
  if (host) {
    host.vms.add(vm);
    book(vm, host, 1);
  }
};

/** The fleet as the state a drill starts from. */
export const stateOf = (fleet: Fleet, at: string): ClusterState => ({
  timeline: 'generated',
  seq: 0,
  at,
  hash: '',
  release: null,
  hosts: fleet.hosts.map((h) => ({
    name: h.name,
    up: h.up,
    enabled: h.enabled,
    forcedDown: false,
    fenced: false,
    disabledReason: null,
    downSince: null,
    vcpus: fleet.size.vcpus,
    ramMiB: fleet.size.ramMiB,
    diskGiB: fleet.size.diskGiB,
    vcpuRatio: null,
    ramRatio: null,
    diskRatio: null,
    reservedVcpus: null,
    reservedRamMiB: null,
    reservedDiskGiB: null,
    pcpus: null,
    reservedPcpus: null,
    units: [],
    numaCells: null,
    vcpusUsed: h.vcpus,
    pcpusUsed: 0,
    ramMiBUsed: h.ramMiB,
    diskGiBUsed: h.diskGiB,
    cpu: null,
    az: h.zone,
    aggregates: [],
    hypervisorVersion: null,
    rack: h.rack,
    managementIp: h.ip,
    vtepIp: h.vtepIp,
    nicBitsPerS: null,
    vms: [...h.vms].map((vm) => vm.id),
  })),
  vms: [...fleet.vms].map((vm) => ({
    id: vm.id,
    name: vm.name,
    host: vm.host?.name ?? null,
    status: vm.vmState === 'active' ? 'ACTIVE' : 'SHUTOFF',
    vmState: vm.vmState,
    taskState: null,
    powerState: null,
    storage: vm.role.storage,
    pool: POOLS[vm.role.storage],
    flavor: vm.flavor.name,
    vcpus: vm.flavor.vcpus,
    pcpus: 0,
    ramMiB: vm.flavor.ramMiB,
    diskGiB: vm.flavor.diskGiB,
    extraSpecs: {},
    project: null,
    requestedZone: null,
    cpu: null,
    image: vm.image,
    serverGroup: vm.group?.id ?? null,
    tags: [],
    addresses: [],
    hostEvidence: 'observed' as const,
    fault: null,
  })),
  volumes: [],
  pools: [],
  networks: [],
  ports: [...fleet.vms].map((vm) => ({
    id: portOf(vm),
    network: fleet.networks[vm.network]!.id,
    vm: vm.id,
    mac: vm.mac,
    ips: [vm.ip],
    host: vm.host?.name ?? null,
    status: 'ACTIVE',
    bindings: [],
  })),
  tunnels: [],
  serverGroups: fleet.groups.map((g) => ({
    id: g.id,
    name: g.name,
    policy: 'anti-affinity' as const,
    maxServerPerHost: 1,
    members: [...g.members].map((m) => m.id),
  })),
  flavors: FLAVORS.map(({ name, vcpus, ramMiB, diskGiB }) => ({ name, vcpus, ramMiB, diskGiB, extraSpecs: {} })),
  aggregates: [],
  migrations: [],
  traffic: [],
  anomalies: [],
});
