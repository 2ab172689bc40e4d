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
