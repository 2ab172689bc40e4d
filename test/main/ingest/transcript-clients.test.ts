// Today's clients in a transcript: `openstack` for what nova and cinder did, Placement, gluster's peers, output without commands.
import { expect, test } from 'vitest';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { formatOf } from '../../../main/ingest/formats.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const UUID = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
const told = (lines: readonly string[], type: Candidate['type']) =>
  factsOf(transcript, text(...lines)).flatMap((fact) => (fact.type === type ? [[fact.entity, fact.data]] : []));

const SHOW = [
  'openstack server show web',
  '| Field | Value |',
  '| OS-EXT-SRV-ATTR:host | c1 |',
  '| addresses | net=10.0.0.3 |',
  '| flavor | m1.small (2) |',
  `| id | ${UUID} |`,
  '| name | web |',
  '| status | ACTIVE |',
  '| updated | 2026-03-03T10:00:00Z |',
];

test('openstack server migrate, evacuate and create tell what nova told', () => {
  const moves = told(
    [
      ...SHOW,
      'openstack server migrate --live-migration --host c2 --block-migration --wait web',
      'openstack --os-compute-api-version 2.30 server evacuate --host c3 web',
    ],
    'migration.accepted',
  );
  expect(moves.map(([, data]) => data)).toEqual([
    { vm: UUID, type: 'live-migration', kind: 'block', source: 'c1', dest: 'c2' },
    { vm: UUID, type: 'evacuation', kind: null, source: 'c2', dest: 'c3' },
  ]);
  const create = [
    'openstack volume create --image rhel --size 20 root',
    'openstack server create --flavor m1.small --volume root --network net db',
  ];
  expect(told(create, 'volume.reported')).toEqual([
    ['volume:root', { name: 'root', sizeGiB: 20, bootable: true, image: 'rhel' }],
  ]);
  expect(told(create, 'volume.attached')).toEqual([['volume:root', { vm: 'db', device: 'vda', boot: true }]]);
  expect(told(create, 'vm.created')).toEqual([['vm:db', { name: 'db', flavor: 'm1.small', storage: 'volume' }]]);
});

test("Placement's inventory is its provider's, and refused where no listing names it", () => {
  const inventory = [
    `openstack resource provider inventory list ${UUID}`,
    '+----------------+------------------+----------+-------+',
    '| resource_class | allocation_ratio | reserved | total |',
    '+----------------+------------------+----------+-------+',
    '| VCPU | 4.0 | 0 | 16 |',
    '| MEMORY_MB | 1.0 | 512 | 64172 |',
    '+----------------+------------------+----------+-------+',
  ];
  const providers = ['openstack resource provider list', '| uuid | name | generation |', `| ${UUID} | c1 | 7 |`];
  expect(told([...providers, ...inventory], 'host.reported')).toEqual([
    ['host:c1', { vcpus: 16, vcpuRatio: 4, reservedVcpus: 0, ramMiB: 64172, ramRatio: 1, reservedRamMiB: 512 }],
  ]);
  expect(itemsOf(transcript, text(...inventory)).filter((item) => item.kind === 'refused')).toHaveLength(1);
});

test('a provider that keeps CPUs apart tells them, and units that are not the plain ones', () => {
  const inventory = [
    `openstack resource provider inventory list ${UUID}`,
    '| resource_class | allocation_ratio | min_unit | max_unit | reserved | step_size | total |',
    '| PCPU | 1.0 | 1 | 32 | 2 | 1 | 32 |',
    '| DISK_GB | 1.0 | 10 | 500 | 0 | 10 | 1000 |',
  ];
  const providers = ['openstack resource provider list', '| uuid | name | generation |', `| ${UUID} | c1 | 7 |`];
  expect(told([...providers, ...inventory], 'host.reported')[0]?.[1]).toEqual({
    vcpus: 0,
    pcpus: 32,
    reservedPcpus: 2,
    diskGiB: 1000,
    diskRatio: 1,
    reservedDiskGiB: 0,
    units: [{ resource: 'DISK_GB', minUnit: 10, maxUnit: 500, stepSize: 10 }],
  });
});

test("a flavor's properties are its extra specs", () => {
  const listing = [
    'openstack flavor list --long',
    '| ID | Name | RAM | Disk | Ephemeral | VCPUs | Is Public | Swap | RXTX Factor | Properties |',
    "| 7 | c1.pinned | 8192 | 20 | 0 | 4 | True | 0 | 1.0 | hw:cpu_policy='dedicated', hw:mem_page_size='1GB' |",
  ];
  expect(told(listing, 'flavor.reported')[0]?.[1]).toMatchObject({
    vcpus: 4,
    extraSpecs: { 'hw:cpu_policy': 'dedicated', 'hw:mem_page_size': '1GB' },
  });
});

test("gluster's peers, and one that is gone", () => {
  const peers = [
    'gluster peer status',
    'Number of Peers: 2',
    '',
    'Hostname: g2',
    'Uuid: 1',
    'State: Peer in Cluster (Connected)',
  ];
  const lines = [...peers, '', 'Hostname: g3', 'Uuid: 2', 'State: Peer in Cluster (Disconnected)'];
  expect(told(lines, 'storage_node.introduced').map(([entity]) => entity)).toEqual([
    'storage_node:g2',
    'storage_node:g3',
  ]);
  expect(told(lines, 'storage_node.failed')).toEqual([['storage_node:g3', { cause: 'disconnected' }]]);
  const saved = lines.slice(1); // without the command
  expect(formatOf(text(...saved), null)).toMatchObject({ ok: true, value: { name: 'transcript' } });
  expect(told(saved, 'storage_node.failed')).toHaveLength(1);
});

test('output saved without its command is recognised and read', () => {
  const show = [
    'd1c3b4ee-0000-4000-8000-000000000000',
    '    Bridge br-tun',
    '        Port "vxlan-0a00000b"',
    '            Interface "vxlan-0a00000b"',
    '                type: vxlan',
    '                options: {df_default="true", in_key=flow, local_ip="10.0.0.10", out_key=flow, remote_ip="10.0.0.11"}',
    '    ovs_version: "2.17.0"',
  ];
  expect(formatOf(text(...show), null)).toMatchObject({ ok: true, value: { name: 'transcript' } });
  expect(told(show, 'tunnel.reported').map(([entity]) => entity)).toEqual([
    'tunnel:vxlan/10.0.0.10/10.0.0.11',
    'tunnel:vxlan/10.0.0.11/10.0.0.10',
  ]);
  const info = [
    'Volume Name: gv0',
    'Type: Replicate',
    'Status: Started',
    'Number of Bricks: 1 x 3 = 3',
    'Brick1: g1:/b',
  ];
  expect(told(info, 'pool.reported')).toEqual([
    [
      'pool:gv0',
      { kind: 'glusterfs', layout: 'Replicate', status: 'Started', replicas: 3, bricks: [{ host: 'g1', path: '/b' }] },
    ],
  ]);
});

test('passwords and tokens are not kept', () => {
  const typed = [
    'nova --os-password hunter2 list',
    'openstack server create --password=hunter2 web',
    'root@ctl:~# export OS_PASSWORD=hunter2',
  ];
  const argv = told(typed, 'command.issued').map(([, data]) => (data as { readonly argv: readonly string[] }).argv);
  expect(argv).toEqual([
    ['nova', '--os-password', '***', 'list'],
    ['openstack', 'server', 'create', '--password=***', 'web'],
    ['export', 'OS_PASSWORD=***'],
  ]);
});

const V = '7b21a7f5-0a0e-4a0b-8f0f-23a1dc0a1a02';
const VOLUME = 'f0d8c1f5-0f72-4f0d-8c1f-5d4f4a1c2e3d';

test('what a command printed as JSON, YAML or CSV is read where it stands, and what follows it stays text', () => {
  const listed = { ID: UUID, Name: 'web', Status: 'ACTIVE', Networks: { net: ['10.0.0.3'] }, Host: 'c1' };
  const json = [
    '$ openstack server list --long -f json',
    ...JSON.stringify([listed], null, 2).split('\n'),
    'That is all.',
  ];
  const yaml = [
    '(venv) [stack@director ~]$ openstack server list --long -f yaml',
    `- ID: ${UUID}`,
    '  Name: web',
    '  Status: ACTIVE',
    '  Networks:',
    '    net:',
    '    - 10.0.0.3',
    '  Host: c1',
  ];
  const csv = [
    '# sudo openstack server list --long --format csv',
    '"ID","Name","Status","Networks","Host"',
    `"${UUID}","web","ACTIVE","{'net': ['10.0.0.3']}","c1"`,
  ];
  for (const lines of [json, yaml, csv]) {
    expect(formatOf(text(...lines), null)).toMatchObject({ ok: true, value: { name: 'transcript' } });
    expect(told(lines, 'vm.reported')).toEqual([
      [`vm:${UUID}`, { name: 'web', status: 'ACTIVE', host: 'c1', addresses: [{ network: 'net', ip: '10.0.0.3' }] }],
    ]);
    expect(told(lines, 'command.issued')).toHaveLength(1);
  }
  expect(itemsOf(transcript, text(...json)).filter((item) => item.kind === 'ignored')).toHaveLength(1);
});

test('a VM shown by a newer client: its flavor’s sizes, volumes, group, and the fault with its own time', () => {
  const lines = [
    'openstack server show db',
    '| Field | Value |',
    '| OS-EXT-STS:vm_state | error |',
    "| fault | {'code': 500, 'created': '2026-03-02T11:40:13Z',  |",
    "|  | 'message': 'No valid host was found. There are not |",
    "|  | enough hosts available.', 'details': 'Traceback'} |",
    "| flavor | disk='80', ephemeral='10', id='m1.x', name='m1.x', original_name='m1.x', ram='16384', vcpus='8' |",
    `| id | ${V} |`,
    '| image | N/A (booted from volume) |',
    '| name | db |',
    `| server_groups | ['${UUID}'] |`,
    '| status | ERROR |',
    '| updated | 2026-03-02T11:44:02Z |',
    `| volumes_attached | delete_on_termination='False', id='${VOLUME}' |`,
  ];
  expect(told(lines, 'vm.reported')[0]?.[1]).toMatchObject({
    flavor: 'm1.x',
    vcpus: 8,
    ramMiB: 16384,
    diskGiB: 90,
    storage: 'volume',
    serverGroup: UUID,
  });
  expect(told(lines, 'volume.attached')).toEqual([[`volume:${VOLUME}`, { vm: V, device: null, boot: true }]]);
  const fault = factsOf(transcript, text(...lines)).find((fact) => fact.type === 'vm.state_changed');
  expect(fault).toMatchObject({
    at: Date.parse('2026-03-02T11:40:13Z'),
    data: { vmState: 'error', fault: 'No valid host was found. There are not enough hosts available.' },
  });
});

test('the loops over a host’s VMs tell a move for each, and a note where Nova refused', () => {
  const lines = [
    'nova host-evacuate --target_host c2 c1',
    '| Server UUID | Evacuate Accepted | Error Message |',
    `| ${UUID} | True | |`,
    `| ${V} | False | Compute service of c1 is still in use. |`,
    'nova host-evacuate-live c3',
    '| Server UUID | Live Migration Accepted | Error Message |',
    `| ${UUID} | True | |`,
  ];
  expect(told(lines, 'migration.accepted').map(([, data]) => data)).toEqual([
    { vm: UUID, type: 'evacuation', kind: null, source: 'c1', dest: 'c2' },
    { vm: UUID, type: 'live-migration', kind: null, source: 'c3', dest: null },
  ]);
  expect(told(lines, 'note.written')).toEqual([
    [`vm:${V}`, { text: 'Nova refused the evacuation of this VM: Compute service of c1 is still in use.' }],
  ]);
});

test('groups, aggregates, networks, ports, a running migration and the events of a VM', () => {
  const lines = [
    'openstack server group list --long',
    '| ID | Name | Policy | Members | Project Id | User Id |',
    `| g1 | db | anti-affinity | ${UUID}, ${V} | p | u |`,
    'openstack aggregate list --long',
    '| ID | Name | Availability Zone | Properties | Hosts |',
    "| 1 | ssd | az1 | ssd='true' | c1, c2 |",
    '| 2 | big | None | | c1 |',
    'openstack network list',
    '| ID | Name | Subnets |',
    `| ${VOLUME} | net | s |`,
    'openstack port show p1',
    '| Field | Value |',
    '| binding_host_id | c1 |',
    `| device_id | ${UUID} |`,
    '| device_owner | compute:az1 |',
    "| fixed_ips | ip_address='10.0.0.3', subnet_id='s' |",
    '| id | p1 |',
    '| mac_address | fa:16:3e:00:00:01 |',
    `| network_id | ${VOLUME} |`,
    '| status | ACTIVE |',
    'openstack server migration show web 12',
    '| Field | Value |',
    '| ID | 12 |',
    `| Server UUID | ${UUID} |`,
    '| Status | running |',
    '| Source Compute | c1 |',
    '| Dest Compute | c2 |',
    '| Memory Total Bytes | 100 |',
    '| Memory Remaining Bytes | 40 |',
    '| Created At | 2026-03-02T11:30:00.000000 |',
    '| Updated At | 2026-03-02T11:30:21.000000 |',
    'openstack server event list web',
    '| Request ID | Server ID | Action | Start Time |',
    `| req-1 | ${UUID} | stop | 2026-03-02T11:20:00.000000 |`,
  ];
  expect(told(lines, 'server_group.reported')).toEqual([
    ['server_group:g1', { name: 'db', policy: 'anti-affinity', members: [UUID, V] }],
  ]);
  expect(told(lines, 'host.reported')).toEqual([
    ['host:c1', { aggregates: ['big', 'ssd'], zone: 'az1' }],
    ['host:c2', { aggregates: ['ssd'], zone: 'az1' }],
  ]);
  expect(told(lines, 'port.reported')).toEqual([
    [
      'port:p1',
      { network: 'net', vm: UUID, mac: 'fa:16:3e:00:00:01', ips: ['10.0.0.3'], host: 'c1', status: 'ACTIVE' },
    ],
  ]);
  expect(told(lines, 'migration.progressed')).toEqual([
    ['migration:12', { memoryTotalBytes: 100, memoryRemainingBytes: 40 }],
  ]);
  expect(told(lines, 'migration.accepted')[0]?.[1]).toMatchObject({ type: 'live-migration' });
  const asked = factsOf(transcript, text(...lines)).filter(
    (fact) => fact.type === 'command.issued' && fact.data.argv[0] === 'stop',
  );
  expect(asked).toMatchObject([{ entity: `vm:${UUID}`, at: Date.parse('2026-03-02T11:20:00Z') }]);
});

test('a volume attached to a VM by name, and one whose attachment is printed as JSON', () => {
  const attachment = `[{'server_id': '${UUID}', 'device': '/dev/vdb', 'attached_at': '2026-03-02'}]`;
  const lines = [
    'openstack server list',
    '| ID | Name | Status | Networks |',
    `| ${UUID} | web | ACTIVE | net=10.0.0.3 |`,
    'openstack volume list',
    '| ID | Name | Status | Size | Attached to |',
    '| v1 | root | in-use | 20 | Attached to web on /dev/vda |',
    `| v2 | data | in-use | 20 | ${attachment} |`,
    '| v3 | spare | available | 20 | |',
  ];
  expect(told(lines, 'volume.attached')).toEqual([
    ['volume:v1', { vm: UUID, device: '/dev/vda', boot: false }],
    ['volume:v2', { vm: UUID, device: '/dev/vdb', boot: false }],
  ]);
});
