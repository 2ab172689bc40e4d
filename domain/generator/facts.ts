// The facts a generated cluster tells about itself, each made in one place. Keys are in order, as the log stores them: it need
// not copy a fact then.
import type { Fact } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import { FLAVORS, giantFor, POOLS } from './catalogue.ts';
import { type Fleet, type Group, type Host, portOf, type Vm } from './fleet.ts';

/** A fact and what it is about; the generator adds the instant. */
export type Told = { readonly entity: string; readonly fact: Fact };

const told = (address: string, fact: Fact): Told => ({ entity: address, fact });
export const vmAddress = (vm: Vm): string => vm.address;
export const hostAddress = (host: Host): string => entity('host', host.name);
const portAddress = (vm: Vm): string => entity('port', portOf(vm));

/** Up to this many hosts the full mesh of tunnels is told too; beyond it n(n−1) facts would drown the rest. */
const MESH_HOSTS = 64;

/** Hosts, flavors, pools and networks at the first instant. */
export const describeCluster = (fleet: Fleet): Told[] => {
  const { size } = fleet;
  const facts: Told[] = [...FLAVORS, giantFor(size)].map(({ name, vcpus, ramMiB, diskGiB }) =>
    told(entity('flavor', name), { type: 'flavor.reported', v: 1, data: { diskGiB, ramMiB, vcpus } }),
  );
  for (const h of fleet.hosts) {
    const data = {
      cpuModel: size.cpuModel,
      diskGiB: size.diskGiB,
      diskRatio: 1,
      hypervisorType: 'QEMU',
      hypervisorVersion: '9.1.0',
      managementIp: h.ip,
      rack: h.rack,
      ramMiB: size.ramMiB,
      ramRatio: 1,
      reservedDiskGiB: 0,
      reservedRamMiB: 512,
      reservedVcpus: 0,
      vcpuRatio: 4,
      vcpus: size.vcpus,
      vtepIp: h.vtepIp,
      zone: h.zone,
    };
    facts.push(told(hostAddress(h), { type: 'host.reported', v: 1, data }));
    facts.push(told(hostAddress(h), { type: 'host.service_reported', v: 1, data: { enabled: true, up: true } }));
  }
  const disks = fleet.hosts.length * size.diskGiB;
  const pool = (name: string, kind: 'ceph' | 'lvm', layout: string, sizeGiB: number, usedGiB: number): Told =>
    told(entity('pool', name), {
      type: 'pool.reported',
      v: 1,
      data: { kind, layout, sizeGiB, status: 'HEALTH_OK', usedGiB },
    });
  facts.push(pool(POOLS.shared, 'ceph', 'replica 3', disks / 2, disks * 0.31));
  facts.push(pool(POOLS.volume, 'ceph', 'replica 3', disks / 2, disks * 0.22));
  facts.push(pool(POOLS.local, 'lvm', 'one volume group a host', disks, disks * 0.2));
  for (const n of fleet.networks) {
    facts.push(
      told(entity('network', n.id), {
        type: 'network.reported',
        v: 1,
        data: { mtu: 1450, name: n.name, segment: n.segment, type: 'vxlan' },
      }),
    );
  }
  if (fleet.hosts.length <= MESH_HOSTS) {
    for (const a of fleet.hosts) for (const b of fleet.hosts) if (a !== b) facts.push(tunnel(a, b));
  }
  return facts;
};

const tunnel = (a: Host, b: Host): Told =>
  told(entity('tunnel', `${a.name}>${b.name}`), {
    type: 'tunnel.reported',
    v: 1,
    data: { host: a.name, localIp: a.vtepIp, remoteHost: b.name, remoteIp: b.vtepIp, type: 'vxlan' },
  });

const description = (vm: Vm, fleet: Fleet) => ({
  addresses: [{ ip: vm.ip, network: fleet.networks[vm.network]!.name }],
  diskGiB: vm.flavor.diskGiB,
  flavor: vm.flavor.name,
  image: vm.image,
  name: vm.name,
  pool: POOLS[vm.role.storage],
  project: `project-${vm.role.name}`,
  ramMiB: vm.flavor.ramMiB,
  serverGroup: vm.group?.id ?? null,
  storage: vm.role.storage,
  vcpus: vm.flavor.vcpus,
});

const root = (vm: Vm): string => entity('volume', `volume-${vm.id}`);

/** A VM that was there before the log began: one report, its port and its root volume. */
export const reportVm = (vm: Vm, fleet: Fleet): Told[] => {
  const is = description(vm, fleet);
  const data = {
    addresses: is.addresses,
    diskGiB: is.diskGiB,
    flavor: is.flavor,
    host: vm.host?.name ?? null,
    image: is.image,
    name: is.name,
    pool: is.pool,
    powerState: vm.vmState === 'stopped' ? 'SHUTDOWN' : 'RUNNING',
    project: is.project,
    ramMiB: is.ramMiB,
    serverGroup: is.serverGroup,
    storage: is.storage,
    taskState: null,
    vcpus: is.vcpus,
    vmState: vm.vmState === 'stopped' ? 'stopped' : 'active',
  } as const;
  return [told(vmAddress(vm), { type: 'vm.reported', v: 1, data }), ...plug(vm, fleet)];
};

/** A VM somebody just asked for. */
export const createVm = (vm: Vm, fleet: Fleet): Told =>
  told(vmAddress(vm), { type: 'vm.created', v: 1, data: description(vm, fleet) });

/** Its port (and its root volume, where it has one) on the host it runs on. */
export const plug = (vm: Vm, fleet: Fleet): Told[] => {
  const facts = [
    told(portAddress(vm), {
      type: 'port.reported',
      v: 1,
      data: {
        host: vm.host?.name ?? null,
        ips: [vm.ip],
        mac: vm.mac,
        network: fleet.networks[vm.network]!.id,
        status: 'ACTIVE',
        vm: vm.id,
      },
    }),
  ];
  if (vm.role.storage === 'volume') {
    const sizeGiB = vm.flavor.diskGiB;
    facts.push(
      told(root(vm), {
        type: 'volume.reported',
        v: 1,
        data: {
          backend: POOLS.volume,
          bootable: true,
          image: vm.image,
          name: `${vm.name}-root`,
          sizeGiB,
          status: 'in-use',
        },
      }),
      told(root(vm), { type: 'volume.attached', v: 1, data: { boot: true, device: '/dev/vda', vm: vm.id } }),
    );
  }
  return facts;
};

/** What is left of a VM goes. */
export const deleteVm = (vm: Vm): Told[] => [
  told(portAddress(vm), { type: 'port.deleted', v: 1, data: {} }),
  ...(vm.role.storage === 'volume' ? [told(root(vm), { type: 'volume.deleted', v: 1, data: {} })] : []),
  told(vmAddress(vm), { type: 'vm.deleted', v: 1, data: {} }),
];

export const reportGroup = (group: Group): Told =>
  told(entity('server_group', group.id), {
    type: 'server_group.reported',
    v: 1,
    data: {
      maxServerPerHost: 1,
      members: [...group.members].map((m) => m.id),
      name: group.name,
      policy: 'anti-affinity',
    },
  });

export const portBound = (vm: Vm, host: Host, binding: 'ACTIVE' | 'INACTIVE'): Told =>
  told(portAddress(vm), { type: 'port.bound', v: 1, data: { binding, host: host.name } });

export const portUnbound = (vm: Vm, host: Host): Told =>
  told(portAddress(vm), { type: 'port.unbound', v: 1, data: { host: host.name } });

type VmChange = Extract<Fact, { type: 'vm.state_changed' }>['data'];
export const vmChanged = (vm: Vm, data: VmChange): Told =>
  told(vmAddress(vm), { type: 'vm.state_changed', v: 1, data });

type StatusChange = Extract<Fact, { type: 'migration.status_changed' }>['data'];
export const migrationChanged = (migration: string, data: StatusChange): Told =>
  told(migration, { type: 'migration.status_changed', v: 1, data });
