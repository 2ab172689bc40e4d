// Clients' listings in every form they print: the same facts from a table, JSON, YAML and CSV.
import { expect, test } from 'vitest';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { formatOf } from '../../../main/ingest/formats.ts';
import { fromBytes } from '../../../main/ingest/incoming.ts';
import { listing } from '../../../main/ingest/listing.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

const given = (content: string) => fromBytes('out.txt', new TextEncoder().encode(content), UNDATED);
const formatNamed = (content: string) => {
  const format = formatOf(given(content), null);
  if (!format.ok) throw new Error(format.error);
  return format.value;
};
/** What is said, without the command and the lines, which differ by form. */
const told = (content: string) =>
  factsOf(formatNamed(content), given(content))
    .filter((fact) => fact.type !== 'command.issued')
    .map(({ type, entity, data }) => ({ type, entity, data }));

const UUID = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
const TABLE = `openstack server list --long
+--------------------------------------+------+---------+------------+-------------+------------------+--------+
| ID | Name | Status | Task State | Power State | Networks | Host |
+--------------------------------------+------+---------+------------+-------------+------------------+--------+
| ${UUID} | web | ACTIVE | None | Running | net=10.0.0.3, 172.24.4.3 | c1 |
+--------------------------------------+------+---------+------------+-------------+------------------+--------+
`;
const record = {
  ID: UUID,
  Name: 'web',
  Status: 'ACTIVE',
  'Task State': null,
  'Power State': 1,
  Networks: { net: ['10.0.0.3', '172.24.4.3'] },
  Host: 'c1',
};
const YAML = `- Host: c1
  ID: ${UUID}
  Name: web
  Networks:
    net:
    - 10.0.0.3
    - 172.24.4.3
  Power State: 1
  Status: ACTIVE
  Task State: null
`;
const CSV = `"ID","Name","Status","Task State","Power State","Networks","Host"
"${UUID}","web","ACTIVE","None","Running","net=10.0.0.3, 172.24.4.3","c1"
`;

test('a listing of VMs says the same as table, JSON, YAML and CSV', () => {
  const expected = told(TABLE);
  expect(expected).toEqual([
    { type: 'network.reported', entity: 'network:net', data: { name: 'net' } },
    {
      type: 'vm.reported',
      entity: `vm:${UUID}`,
      data: {
        name: 'web',
        status: 'ACTIVE',
        taskState: null,
        powerState: 'RUNNING',
        host: 'c1',
        addresses: [
          { network: 'net', ip: '10.0.0.3' },
          { network: 'net', ip: '172.24.4.3' },
        ],
      },
    },
  ]);
  expect(formatNamed(TABLE).name).toBe('transcript');
  for (const form of [JSON.stringify([record]), JSON.stringify([record], null, 2), YAML, CSV]) {
    expect(formatNamed(form).name).toBe('listing');
    expect(told(form)).toEqual(expected);
  }
});

test('server show as JSON stands at its `updated`', () => {
  const show = {
    id: UUID,
    name: 'web',
    status: 'SHUTOFF',
    'OS-EXT-SRV-ATTR:host': 'c2',
    'OS-EXT-STS:vm_state': 'stopped',
  };
  const content = JSON.stringify({ ...show, flavor: 'm1.small (2)', updated: '2026-03-03T10:00:00Z' }, null, 2);
  expect(factsOf(formatNamed(content), given(content))).toMatchObject([
    {
      at: Date.parse('2026-03-03T10:00:00Z'),
      evidence: 'observed',
      data: { host: 'c2', vmState: 'stopped', status: 'SHUTOFF', flavor: 'm1.small' },
    },
  ]);
});

const only = <T extends Candidate['type']>(content: string, type: T) =>
  told(content).flatMap((fact) => (fact.type === type ? [[fact.entity, fact.data]] : []));

test('hypervisors, services, volumes and flavors', () => {
  const hypervisors = [
    {
      ID: 1,
      'Hypervisor Hostname': 'c1',
      'Hypervisor Type': 'QEMU',
      'Host IP': '10.1.0.11',
      State: 'up',
      vCPUs: 16,
      'Memory MB': 64172,
    },
  ];
  expect(told(JSON.stringify(hypervisors))).toEqual([
    {
      type: 'host.reported',
      entity: 'host:c1',
      data: { hypervisorType: 'QEMU', managementIp: '10.1.0.11', vcpus: 16, ramMiB: 64172 },
    },
    { type: 'host.service_reported', entity: 'host:c1', data: { up: true } },
  ]);
  const services = [
    { ID: 1, Binary: 'nova-scheduler', Host: 'ctl', Zone: 'internal', Status: 'enabled', State: 'up' },
    {
      ID: 2,
      Binary: 'nova-compute',
      Host: 'c2',
      Zone: 'az1',
      Status: 'disabled',
      State: 'down',
      'Disabled Reason': 'disk',
      'Forced Down': true,
    },
  ];
  expect(only(JSON.stringify(services), 'host.service_reported')).toEqual([
    ['host:c2', { up: false, enabled: false, forcedDown: true, reason: 'disk' }],
  ]);
  const volumes = `"ID","Name","Status","Size","Attached to"\n"v1","root","in-use","20","Attached to ${UUID} on /dev/vdb "\n`;
  expect(told(volumes)).toEqual([
    { type: 'volume.reported', entity: 'volume:v1', data: { name: 'root', sizeGiB: 20, status: 'in-use' } },
    { type: 'volume.attached', entity: 'volume:v1', data: { vm: UUID, device: '/dev/vdb', boot: false } },
  ]);
  expect(only('ID,Name,RAM,Disk,Ephemeral,VCPUs\n1,m1.tiny,512,1,0,1\n', 'flavor.reported')).toEqual([
    ['flavor:m1.tiny', { vcpus: 1, ramMiB: 512, diskGiB: 1, ephemeralGiB: 0 }],
  ]);
});

test('migrations of a list stand at their own instants', () => {
  const row = {
    Id: 7,
    UUID: 'a1',
    'Source Compute': 'c1',
    'Dest Compute': 'c2',
    Status: 'completed',
    'Server UUID': UUID,
    Type: 'live-migration',
    'Created At': '2026-03-03T10:00:00.000000',
    'Updated At': '2026-03-03T10:02:30.000000',
  };
  const content = JSON.stringify([row]);
  const facts = factsOf(formatNamed(content), given(content));
  expect(facts.map((fact) => [fact.type, fact.entity, fact.at])).toEqual([
    ['migration.accepted', 'migration:a1', Date.parse('2026-03-03T10:00:00Z')],
    ['migration.status_changed', 'migration:a1', Date.parse('2026-03-03T10:02:30Z')],
  ]);
});

test('a listing that is cut off is refused whole, a row with an impossible number by its line', () => {
  const cut = itemsOf(formatNamed(JSON.stringify([record])), given(JSON.stringify([record]).slice(0, 120)));
  expect(cut).toMatchObject([{ kind: 'refused', line: 1, why: expect.stringMatching(/cut off/) }]);
  const bad = itemsOf(formatNamed(CSV), given(CSV + CSV.split('\n')[1]?.replace('ACTIVE', 'SOMETIMES')));
  expect(bad.filter((item) => item.kind === 'refused')).toMatchObject([
    { line: 3, why: '"SOMETIMES" is not a status Nova knows' },
  ]);
});

test('a name in YAML that looks like a number stays as it is written', () => {
  const yaml = text(
    '- Hypervisor Hostname: 010',
    '  Host IP: 10.0.0.1',
    '  State: up',
    '- Hypervisor Hostname: 1e3',
    '  State: down',
  );
  expect([...new Set(factsOf(listing, yaml).map((fact) => fact.entity))]).toEqual(['host:010', 'host:1e3']);
});

const SHOWN = {
  'OS-EXT-SRV-ATTR:host': 'c1',
  'OS-EXT-STS:power_state': 'Running',
  'OS-EXT-STS:task_state': 'None',
  'OS-EXT-STS:vm_state': 'active',
  addresses: 'net=10.0.0.3',
  flavor:
    "disk='20', ephemeral='0', extra_specs.hw:cpu_policy='dedicated', name='m1.small', original_name='m1.small', ram='2048', swap='0', vcpus='2'",
  id: UUID,
  name: 'web',
  status: 'ACTIVE',
  updated: '2026-03-03T10:00:00Z',
};
const shellName = (name: string): string => name.toLowerCase().replaceAll(/[ :-]/g, '_');

test('one thing shown says the same in every form, with the command above it or without', () => {
  const machine = {
    ...SHOWN,
    'OS-EXT-STS:power_state': 1,
    'OS-EXT-STS:task_state': null,
    addresses: { net: ['10.0.0.3'] },
    flavor: {
      name: 'm1.small',
      original_name: 'm1.small',
      vcpus: 2,
      ram: 2048,
      disk: 20,
      ephemeral: 0,
      extra_specs: { 'hw:cpu_policy': 'dedicated' },
    },
  };
  const csv = Object.entries(SHOWN).map(([name, value]) => `"${name}","${value}"`);
  const shell = Object.entries(SHOWN).map(([name, value]) => `${shellName(name)}="${value}"`);
  const yaml = Object.entries(SHOWN).map(([name, value]) => `${name}: ${name === 'updated' ? `'${value}'` : value}`);
  const forms: readonly (readonly [string, string])[] = [
    ['json', JSON.stringify(machine, null, 2)],
    ['csv', ['"Field","Value"', ...csv].join('\n')],
    ['shell', shell.join('\n')],
    ['yaml', yaml.join('\n')],
  ];
  const expected = told(JSON.stringify(machine));
  expect(expected).toMatchObject([
    { type: 'network.reported' },
    {
      type: 'vm.reported',
      data: { host: 'c1', vmState: 'active', vcpus: 2, extraSpecs: { 'hw:cpu_policy': 'dedicated' } },
    },
  ]);
  for (const [form, content] of forms) {
    expect([form, formatNamed(content).name]).toEqual([form, 'listing']);
    expect([form, told(content)]).toEqual([form, expected]);
    expect([form, told(`[stack@d ~]$ openstack server show web -f ${form}\n${content}\n`)]).toEqual([form, expected]);
  }
});

test('a VM shown under the names of the SDK is one, too', () => {
  const shown = {
    addresses: { net: ['10.0.0.4'] },
    flavor: { name: 'm1.large', vcpus: 4, ram: 8192, disk: 80 },
    hypervisor_hostname: 'c2.example.org',
    host: 'c2',
    id: UUID,
    name: 'db',
    power_state: 4,
    status: 'SHUTOFF',
    task_state: null,
    vm_state: 'stopped',
    updated_at: '2026-03-03T10:00:00Z',
  };
  expect(told(JSON.stringify(shown))[1]?.data).toMatchObject({
    host: 'c2',
    vmState: 'stopped',
    taskState: null,
    powerState: 'SHUTDOWN',
    vcpus: 4,
  });
});

test('a saved listing is known by its columns, whichever of them were asked for', () => {
  const records = [
    { ID: UUID, Name: 'web', Host: 'c1' },
    { ID: 1, Name: 'ssd', 'Availability Zone': 'az1', Properties: { ssd: 'true' }, Hosts: ['c1', 'c2'] },
    { ID: UUID, Name: 'group', Policy: 'affinity', Members: [UUID] },
    { ID: UUID, Name: 'net', Subnets: [UUID] },
    { 'Request ID': 'req-1', 'Server ID': UUID, Action: 'reboot', 'Start Time': '2026-03-03T10:00:00.000000' },
  ];
  for (const each of records) {
    const yaml = `- ${Object.entries(each)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join('\n  ')}\n`;
    const csv = `${Object.keys(each)
      .map((name) => `"${name}"`)
      .join(',')}\n${Object.values(each)
      .map(
        (value) =>
          `"${typeof value === 'object' ? JSON.stringify(value).replaceAll('"', "'").replaceAll("':", "': ") : value}"`,
      )
      .join(',')}\n`;
    const facts = factsOf(formatNamed(JSON.stringify([each])), given(JSON.stringify([each])));
    expect(facts.length).toBeGreaterThan(0);
    for (const form of [yaml, csv])
      expect(factsOf(formatNamed(form), given(form)).map(({ type, data }) => [type, data])).toEqual(
        facts.map(({ type, data }) => [type, data]),
      );
  }
  expect(told(JSON.stringify([records[1]]))).toEqual([
    {
      type: 'aggregate.reported',
      entity: 'aggregate:ssd',
      data: { metadata: { ssd: 'true', availability_zone: 'az1' } },
    },
    { type: 'host.reported', entity: 'host:c1', data: { aggregates: ['ssd'], zone: 'az1' } },
    { type: 'host.reported', entity: 'host:c2', data: { aggregates: ['ssd'], zone: 'az1' } },
  ]);
});

test('an inventory saved as the list it is names no host', () => {
  const inventory = '"resource_class","allocation_ratio","total"\n"VCPU",4.0,32\n';
  const named = fromBytes('inventory_list.csv', new TextEncoder().encode(inventory), UNDATED);
  expect(itemsOf(listing, named)).toMatchObject([
    { kind: 'facts', facts: [] },
    { kind: 'refused', why: expect.stringMatching(/name its file after the host/) },
  ]);
});

test("Placement's inventories are known wherever its answer names them", () => {
  const inventories = { VCPU: { total: 32, reserved: 0, allocation_ratio: 4 } };
  for (const answer of [{ inventories }, { resource_provider_generation: 5, inventories }]) {
    const content = new TextEncoder().encode(JSON.stringify(answer));
    const facts = factsOf(formatNamed(JSON.stringify(answer)), fromBytes('inventory-c1.json', content, UNDATED));
    expect(facts).toMatchObject([{ entity: 'host:c1', data: { vcpus: 32, vcpuRatio: 4 } }]);
  }
});

test("Neutron's bindings, as its database prints them, show what a rollback left behind", () => {
  const port = 'ce531f90-199f-48c0-816c-13e38010b442';
  const table = [
    'MariaDB [neutron]> select port_id, host, vif_type, status from ml2_port_bindings;',
    '+--------------------------------------+------+----------+----------+',
    '| port_id                              | host | vif_type | status   |',
    '+--------------------------------------+------+----------+----------+',
    `| ${port} | c1   | ovs      | ACTIVE   |`,
    `| ${port} | c2   | ovs      | INACTIVE |`,
    `| ${port} |      | unbound  | ACTIVE   |`,
    '+--------------------------------------+------+----------+----------+',
  ];
  expect(only(table.join('\n'), 'port.bound')).toEqual([
    [`port:${port}`, { host: 'c1', binding: 'ACTIVE' }],
    [`port:${port}`, { host: 'c2', binding: 'INACTIVE' }],
  ]);
});
