// Listings of everything but VMs: hypervisors, compute services, volumes, flavors, migrations, groups, by their column names.
import { entity } from '../../../domain/events/entity.ts';
import { GROUP_POLICIES } from '../../../domain/events/other-events.ts';
import { BINDING_STATUSES, NETWORK_TYPES, PORT_STATUSES } from '../../../domain/events/network-events.ts';
import { instantOf, isUuid, specsIn } from '../nova-words.ts';
import { aggregates, aggregateShown } from './aggregate-list.ts';
import { migration } from './migration-list.ts';
import type { Draft } from './moment.ts';
import {
  at,
  countIn,
  given,
  host,
  type Named,
  namedBy,
  type Names,
  NO_NAMES,
  type RowReader,
  uuidsIn,
  wordsIn,
} from './named-row.ts';
import type { Broken, Table } from './scan.ts';

type Service = Extract<Draft, { type: 'host.service_reported' }>['data'];
const service = (name: string, line: number, data: Service): readonly Draft[] =>
  Object.keys(data).length === 0
    ? []
    : [{ type: 'host.service_reported', v: 1, entity: entity('host', name), line, evidence: 'observed', data }];

const upIn = (row: Named): boolean | null => {
  const state = at(row, 'state');
  return state === 'up' || state === 'down' ? state === 'up' : null;
};

/** `openstack hypervisor list [--long]`, `hypervisor show` and `nova hypervisor-show`. */
const hypervisor: RowReader = (row, line) => {
  const name = at(row, 'hypervisor hostname', 'hypervisor_hostname');
  if (name === null) return 'this row has no hypervisor hostname';
  const aggregates = at(row, 'aggregates');
  const data = {
    ...given('hypervisorType', at(row, 'hypervisor type', 'hypervisor_type')),
    ...given('hypervisorVersion', at(row, 'hypervisor_version')),
    ...given('cpuModel', /['"]model['"]\s*:\s*['"]([^'"]{1,255})['"]/.exec(at(row, 'cpu_info') ?? '')?.[1] ?? null),
    ...given('managementIp', at(row, 'host ip', 'host_ip')),
    ...given('vcpus', countIn(row, 'vcpus')),
    ...given('ramMiB', countIn(row, 'memory mb', 'memory_mb')),
    ...given('diskGiB', countIn(row, 'local_gb')),
    ...(aggregates === null ? {} : { aggregates: wordsIn(aggregates) }),
  };
  const status = at(row, 'status');
  const enabled = status === 'enabled' || status === 'disabled' ? { enabled: status === 'enabled' } : {};
  return [host(name, line, data), ...service(name, line, { ...given('up', upIn(row)), ...enabled })];
};

/** `nova hypervisor-servers`: which VMs a host runs, under libvirt's names for them. */
const hypervisorServer: RowReader = (row, line) => {
  const [id, name] = [at(row, 'id') ?? '', at(row, 'hypervisor hostname')];
  if (!isUuid(id) || name === null) return 'this row has no VM, or no hypervisor hostname';
  const data = { host: name };
  return [{ type: 'vm.reported', v: 1, entity: entity('vm', id.toLowerCase()), line, evidence: 'observed', data }];
};

/** `nova host-describe`: one row has the host's own figures, the others what is used of them. */
const hostDescription: RowReader = (row, line) => {
  const name = at(row, 'host');
  if (name === null) return 'this row has no host';
  if (at(row, 'project') !== '(total)') return [];
  const [vcpus, ramMiB, diskGiB] = [countIn(row, 'cpu'), countIn(row, 'memory_mb'), countIn(row, 'disk_gb')];
  return [host(name, line, { ...given('vcpus', vcpus), ...given('ramMiB', ramMiB), ...given('diskGiB', diskGiB) })];
};

/** `openstack compute service list [--long]` and `nova service-list`; other services are no hosts of VMs. */
const computeService: RowReader = (row, line) => {
  const name = at(row, 'host');
  if (name === null) return 'this row has no host';
  if (at(row, 'binary') !== 'nova-compute') return [];
  const status = at(row, 'status');
  const forced = at(row, 'forced down', 'forced_down');
  const data = {
    ...given('up', upIn(row)),
    ...(status === 'enabled' || status === 'disabled' ? { enabled: status === 'enabled' } : {}),
    ...(forced === null ? {} : { forcedDown: forced.toLowerCase() === 'true' }),
    ...given('reason', at(row, 'disabled reason', 'disabled_reason')),
  };
  return [host(name, line, given('zone', at(row, 'zone'))), ...service(name, line, data)];
};

/**
 * `cinder list` says the VM's UUID, `openstack volume list` "Attached to NAME-OR-UUID on /dev/vdb", once for each VM, and
 * with `-f json` the attachment itself, with its `server_id` and `device`.
 */
const attachments = (volume: string, text: string, bootable: boolean, line: number, names: Names): readonly Draft[] => {
  const told = text.includes('server_id')
    ? text
        .split(/(?<=attached_at[^,]*),/)
        .map((one) => [
          /server_id['"]?\s*[:=]\s*['"]?([0-9a-f-]{36})/.exec(one)?.[1],
          /device['"]?\s*[:=]\s*['"]?(\/dev\/\w+)/.exec(one)?.[1],
        ])
    : text.split(',').map((one) => {
        const [, vm, device] = /^\s*(?:Attached to )?(\S+)(?: on (\/dev\/\w+))?/.exec(one) ?? [];
        return [vm, device];
      });
  return told.flatMap(([name = '', device]): readonly Draft[] => {
    const vm = isUuid(name) ? name.toLowerCase() : names.uuidOf.get(name);
    if (vm === undefined) return [];
    const boot = /^\/dev\/[a-z]*a$/.test(device ?? '') && bootable;
    const data = { vm, device: device ?? null, boot };
    return [{ type: 'volume.attached', v: 1, entity: entity('volume', volume), line, evidence: 'observed', data }];
  });
};

const volume: RowReader = (row, line, names) => {
  const id = at(row, 'id');
  const size = countIn(row, 'size');
  if (id === null || size === null) return 'this row has no ID, or its size is no number of GiB';
  const bootable = at(row, 'bootable');
  const data = {
    ...given('name', at(row, 'name', 'display name')),
    sizeGiB: size,
    ...given('status', at(row, 'status')),
    ...(bootable === null ? {} : { bootable: bootable.toLowerCase() === 'true' }),
  };
  const report: Draft = {
    type: 'volume.reported',
    v: 1,
    entity: entity('volume', id),
    line,
    evidence: 'observed',
    data,
  };
  return [report, ...attachments(id, at(row, 'attached to') ?? '', data.bootable === true, line, names)];
};

const flavor: RowReader = (row, line) => {
  const name = at(row, 'name');
  const [vcpus, ramMiB] = [countIn(row, 'vcpus'), countIn(row, 'ram', 'memory_mb')];
  if (name === null || vcpus === null || ramMiB === null) return 'this flavor has no name, or no numbers';
  const data = {
    vcpus,
    ramMiB,
    ...given('diskGiB', countIn(row, 'disk')),
    ...given('ephemeralGiB', countIn(row, 'ephemeral')),
    ...given('swapMiB', countIn(row, 'swap')),
    ...given('extraSpecs', specsIn(at(row, 'properties', 'extra_specs'))),
  };
  return [{ type: 'flavor.reported', v: 1, entity: entity('flavor', name), line, evidence: 'observed', data }];
};

/** `openstack server group list --long` and `show`, `nova server-group-list`. */
const serverGroup: RowReader = (row, line) => {
  const id = at(row, 'id');
  if (id === null) return 'this row has no ID';
  const policies = at(row, 'policy', 'policies') ?? '';
  const policy = GROUP_POLICIES.find((known) => wordsIn(policies).includes(known));
  const most = /max_server_per_host['"]?\s*[:=]\s*['"]?(\d{1,6})/.exec(at(row, 'rules') ?? '')?.[1];
  const data = {
    ...given('name', at(row, 'name')),
    ...(policy === undefined ? {} : { policy }),
    ...(most === undefined ? {} : { maxServerPerHost: Number(most) }),
    members: uuidsIn(at(row, 'members') ?? ''),
  };
  return [
    { type: 'server_group.reported', v: 1, entity: entity('server_group', id), line, evidence: 'observed', data },
  ];
};

/** `openstack network show` and `list --long`. Networks are known by name, as a VM's addresses name them. */
const network: RowReader = (row, line) => {
  const name = at(row, 'name') ?? at(row, 'id');
  if (name === null) return 'this network has neither name nor ID';
  const type = NETWORK_TYPES.find((known) => known === at(row, 'provider:network_type', 'network type'));
  const data = {
    name,
    ...(type === undefined ? {} : { type }),
    ...given('segment', countIn(row, 'provider:segmentation_id')),
    ...given('mtu', countIn(row, 'mtu')),
  };
  return [{ type: 'network.reported', v: 1, entity: entity('network', name), line, evidence: 'observed', data }];
};

/** `openstack port show`: where Neutron has bound it, and for which VM. */
const port: RowReader = (row, line, names) => {
  const [id, networkId] = [at(row, 'id'), at(row, 'network_id')];
  if (id === null || networkId === null) return 'this port has no ID or no network';
  const vm = at(row, 'device_owner')?.startsWith('compute:') === true ? at(row, 'device_id') : null;
  const [mac, bound] = [at(row, 'mac_address'), at(row, 'binding_host_id', 'binding:host_id')];
  const status = PORT_STATUSES.find((known) => known === at(row, 'status'));
  const ips = [...(at(row, 'fixed_ips') ?? '').matchAll(/ip_address['"]?\s*[:=]\s*['"]?([0-9a-fA-F:.]+)/g)];
  const data = {
    network: names.networks.get(networkId) ?? networkId,
    ...(vm === null ? {} : { vm: vm.toLowerCase() }),
    ...given('mac', mac),
    ips: ips.map(([, ip = '']) => ip),
    ...given('host', bound),
    ...(status === undefined ? {} : { status }),
  };
  return [{ type: 'port.reported', v: 1, entity: entity('port', id), line, evidence: 'observed', data }];
};

/** Neutron's table `ml2_port_bindings`, where operators look for what a rollback left behind: no client lists bindings. */
const portBinding: RowReader = (row, line) => {
  const [id, bound] = [at(row, 'port_id'), at(row, 'host')];
  const binding = BINDING_STATUSES.find((known) => known === at(row, 'status'));
  if (id === null || binding === undefined) return 'this binding has no port, or no status of Neutron';
  if (bound === null) return []; // unbound
  return [
    {
      type: 'port.bound',
      v: 1,
      entity: entity('port', id),
      line,
      evidence: 'observed',
      data: { host: bound, binding },
    },
  ];
};

/** `openstack server event list` and `nova instance-action-list`: what Nova was asked to do with a VM, and when. */
const action: RowReader = (row, line) => {
  const [name, begun] = [at(row, 'action'), instantOf(at(row, 'start time', 'start_time') ?? '')];
  const vm = at(row, 'server id', 'server_id') ?? '';
  if (name === null || begun === null) return 'this row has no action, or no time';
  if (!isUuid(vm)) return []; // `nova instance-action-list` does not repeat whose they are
  const data = { argv: [name, vm.toLowerCase()], refers: [] };
  return [
    {
      type: 'command.issued',
      v: 1,
      entity: entity('vm', vm.toLowerCase()),
      line,
      evidence: 'observed',
      at: begun,
      data,
    },
  ];
};

type Listing = {
  /** Columns (lower case) that only this listing has together. */
  readonly columns: readonly string[];
  readonly read: RowReader;
};

const LISTINGS: readonly Listing[] = [
  { columns: ['id', 'name', 'hypervisor id', 'hypervisor hostname'], read: hypervisorServer },
  { columns: ['hypervisor hostname'], read: hypervisor },
  { columns: ['hypervisor_hostname', 'vcpus'], read: hypervisor },
  { columns: ['binary', 'host', 'state'], read: computeService },
  { columns: ['source compute', 'dest compute', 'status'], read: migration },
  { columns: ['source_compute', 'dest_compute', 'status'], read: migration },
  { columns: ['host', 'project', 'cpu', 'memory_mb'], read: hostDescription },
  { columns: ['id', 'name', 'hosts', 'availability_zone', 'properties'], read: aggregateShown },
  { columns: ['id', 'name', 'members', 'policy'], read: serverGroup },
  { columns: ['id', 'name', 'members', 'policies'], read: serverGroup },
  { columns: ['id', 'network_id', 'device_id', 'mac_address'], read: port },
  { columns: ['port_id', 'host', 'status'], read: portBinding },
  { columns: ['id', 'name', 'provider:network_type'], read: network },
  { columns: ['id', 'name', 'subnets'], read: network },
  { columns: ['action', 'request id', 'start time'], read: action },
  { columns: ['action', 'request_id', 'start_time'], read: action },
  { columns: ['id', 'size', 'status', 'attached to'], read: volume },
  { columns: ['name', 'vcpus', 'ram'], read: flavor },
  { columns: ['name', 'vcpus', 'memory_mb'], read: flavor },
];

export type ListingReading = { readonly facts: readonly Draft[]; readonly refused: readonly Broken[] };

/** Reads a listing, or a Property/Value table given as its one row; null when it is none of these. */
export const readListing = (table: Pick<Table, 'header' | 'rows'>, names: Names = NO_NAMES): ListingReading | null => {
  const columns = new Set(table.header.map((column) => column.toLowerCase()));
  const listing = LISTINGS.find((known) => known.columns.every((column) => columns.has(column)));
  if (['name', 'availability zone', 'hosts'].every((column) => columns.has(column))) {
    const rows = table.rows.map((row) => ({ line: row.line, named: namedBy(table.header, row) }));
    return { facts: aggregates(rows), refused: [] };
  }
  if (listing === undefined) return null;
  const facts: Draft[] = [];
  const refused: Broken[] = [];
  for (const row of table.rows) {
    const read = listing.read(namedBy(table.header, row), row.line, names);
    if (typeof read === 'string') refused.push({ line: row.line, why: read, text: row.cells.join(' | ') });
    else facts.push(...read);
  }
  return { facts, refused };
};
