// Rows that a client printed with `-f value`: the command's columns, in the client's own order, and nothing guessed.
import { expect, test } from 'vitest';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const [A, B] = ['b9000564-fe1a-409b-b8cc-1e88b294cd1d', '0a8c1f62-0a8a-4d4b-9c55-1d6c1b9a0f11'];
const told = (...lines: readonly string[]) =>
  factsOf(transcript, text(...lines)).flatMap(({ type, entity, data }) =>
    type === 'command.issued' || type === 'network.reported' ? [] : [[entity, data]],
  );

test('VMs: columns come in the order of the client, whatever order they were asked for in', () => {
  expect(
    told(
      '(overcloud) [stack@director ~]$ openstack server list --all-projects -f value -c Host -c Status -c Name -c ID',
      `${A} web server ACTIVE c1`,
      `${B} db ERROR None`,
      'That is all.',
    ),
  ).toEqual([
    [`vm:${A}`, { name: 'web server', status: 'ACTIVE', host: 'c1' }],
    [`vm:${B}`, { name: 'db', status: 'ERROR', host: null }],
  ]);
  expect(
    told(
      'openstack server list -f value',
      `${A} web ACTIVE {'net-a': ['10.0.0.3', '172.24.4.3'], 'net-b': ['10.1.0.3']} N/A (booted from volume) m1.small`,
      `${B} db SHUTOFF net-a=10.0.0.4; net-b=10.1.0.4  m1.large`,
    ),
  ).toMatchObject([
    [`vm:${A}`, { addresses: [{}, {}, {}], storage: 'volume', flavor: 'm1.small' }],
    [`vm:${B}`, { status: 'SHUTOFF', addresses: [{}, {}], image: null, flavor: 'm1.large' }],
  ]);
});

test('hosts, services, volumes and what Placement has of them', () => {
  expect(
    told(
      'openstack hypervisor list -f value -c "Hypervisor Hostname" -c State --sort-column State',
      'c2 down',
      'c1 up',
      'openstack compute service list --long -f value -c Host -c Binary -c Status -c State -c "Disabled Reason" | grep compute',
      'nova-compute c2 disabled down broken fan, see #12',
      'openstack volume list -f value -c ID -c Name -c Status -c Size -c "Attached to"',
      `${B} root in-use 20 [{'server_id': '${A}', 'device': '/dev/vda'}]`,
      'openstack resource provider list -f value -c uuid -c name',
      `${A} c1`,
      `openstack resource provider inventory list -f value ${A}`,
      'VCPU 4.0 1 32 0 1 32 2',
    ),
  ).toMatchObject([
    ['host:c2', {}],
    ['host:c2', { up: false }],
    ['host:c1', {}],
    ['host:c1', { up: true }],
    ['host:c2', {}],
    ['host:c2', { up: false, enabled: false, reason: 'broken fan, see #12' }],
    [`volume:${B}`, { name: 'root', sizeGiB: 20, status: 'in-use' }],
    [`volume:${B}`, { vm: A, device: '/dev/vda' }],
    ['host:c1', { vcpus: 32, vcpuRatio: 4 }],
  ]);
});

test('a row that can be read in two ways is refused, and those around it are read', () => {
  const lines = [
    'openstack server list -f value -c ID -c Name -c Flavor -c Status',
    `${A} my web ACTIVE m1.small`,
    `${B} db ACTIVE m1.large`,
    'All of them run.',
  ];
  expect(told(...lines)).toMatchObject([[`vm:${B}`, { name: 'db', flavor: 'm1.large' }]]);
  expect(itemsOf(transcript, text(...lines)).filter((item) => item.kind === 'refused')).toMatchObject([
    { line: 2, text: `${A} my web ACTIVE m1.small` },
  ]);
});

test('what the command does not tell apart stays text', () => {
  const unread = [
    ['openstack server list --long -f value', `${A} web ACTIVE None Running`], // which release's columns?
    ['openstack server list -f value -c ID -c Colour', `${A} red`],
    ['openstack server list -f value -c ID -c Name | awk "{print $1}"', A],
    ['openstack server list -f value -c ID -c Name -c Flavor', `${A} my web m1.small tiny`],
    ['openstack server list -f value -c Name -c Host', 'Good news'], // which could be anything
  ];
  for (const lines of unread) {
    expect(told(...lines)).toEqual([]);
    expect(itemsOf(transcript, text(...lines))).toContainEqual(expect.objectContaining({ what: 'text', count: 1 }));
  }
});

test('a line without an end is given up in time', () => {
  const command = 'openstack server list -f value -c ID -c Name -c Networks -c Properties -c "Scheduler Hints" -c Host';
  const lines = Array.from({ length: 2000 }, () => `${A} ${'{ '.repeat(2000)}`.slice(0, 2000));
  const began = performance.now();
  expect(told(command, ...lines)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(5000);
});
