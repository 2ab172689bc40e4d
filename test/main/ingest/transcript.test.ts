// What is read from the operators' transcripts the product starts from, and from pastes that are cut or wrong.
import { expect, test } from 'vitest';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { clock, factsOf, itemsOf, seed, text } from './reading.ts';

const LIVE = 'vm:5374577e-7417-4add-b23f-06de3b42c410';
const BOOT = 'vm:75ddb4f6-9831-4d90-b291-48e098e8f72f';

const incident = factsOf(transcript, seed('live-migration.txt'));
const overlay = factsOf(transcript, seed('ml2-vxlan.txt'));
const ofType = <T extends Candidate['type']>(facts: readonly Candidate[], type: T) =>
  facts.filter((fact): fact is Extract<Candidate, { type: T }> => fact.type === type);

test('the incident: every report of a VM stands where Nova updated it, and a repeated one on the inferred clock', () => {
  const reports = ofType(incident, 'vm.reported')
    .filter((fact) => fact.data.updatedAt !== undefined)
    .map((fact) => [
      clock(fact.at),
      fact.evidence,
      fact.entity === LIVE ? 'live' : 'boot',
      fact.data.host,
      fact.data.status,
    ]);
  expect(reports).toEqual([
    ['08:47:13', 'observed', 'live', 'compute-1', 'ACTIVE'],
    ['09:45:33', 'observed', 'live', 'compute-2', 'ACTIVE'],
    [expect.stringMatching(/^09:46/), 'inferred', 'live', 'compute-1', 'ACTIVE'],
    [expect.stringMatching(/^09:46/), 'inferred', 'live', 'compute-2', 'ACTIVE'],
    ['10:29:09', 'observed', 'boot', 'compute-1', 'ACTIVE'],
    ['10:30:55', 'observed', 'boot', 'compute-2', 'ACTIVE'],
    ['10:36:35', 'observed', 'live', 'compute-1', 'ACTIVE'],
    ['10:31:21', 'observed', 'boot', 'compute-1', 'ACTIVE'],
    ['10:42:32', 'observed', 'boot', 'compute-2', 'SHUTOFF'],
    ['10:42:51', 'observed', 'live', 'compute-2', 'SHUTOFF'],
  ]);
});

test('the incident: every move with its kind, its source and its destination', () => {
  const moves = ofType(incident, 'migration.accepted').map(({ at, data }) => [
    clock(at),
    `vm:${data.vm}` === LIVE ? 'live' : 'boot',
    data.type,
    data.kind,
    data.source,
    data.dest,
  ]);
  expect(moves).toEqual([
    ['08:47:15', 'live', 'live-migration', 'block', 'compute-1', 'compute-2'],
    ['09:45:34', 'live', 'live-migration', 'block', 'compute-2', null],
    ['09:46:02', 'live', 'live-migration', 'shared', 'compute-1', 'compute-2'],
    ['09:46:04', 'live', 'live-migration', 'shared', 'compute-2', null],
    ['10:29:10', 'boot', 'live-migration', 'volume', 'compute-1', null],
    ['10:36:38', 'boot', 'evacuation', null, 'compute-1', 'compute-2'],
    ['10:36:39', 'live', 'evacuation', null, 'compute-1', 'compute-2'],
  ]);
});

test('the incident: storage, the root disk and the failed host', () => {
  expect(ofType(incident, 'storage_node.introduced').map((fact) => fact.data)).toEqual(
    [18, 19, 20, 21].map((n) => ({ address: `10.68.124.${n}`, device: '/dev/sdb', sizeGiB: 931 })),
  );
  const [created, started, info] = ofType(incident, 'pool.reported').map((fact) => fact.data);
  const bricks = [18, 19, 20, 21].map((n) => ({ host: `10.68.125.${n}`, path: '/brick1/sdb' }));
  expect(created).toMatchObject({ kind: 'glusterfs', layout: 'Distributed-Replicate', replicas: 2, bricks });
  expect(started).toEqual({ status: 'Started' });
  expect(info).toMatchObject({ layout: 'Distributed-Replicate', transport: 'tcp', replicas: 2, bricks });
  expect(ofType(incident, 'pool.mounted')[0]?.data).toEqual({ path: '/var/lib/nova/instances', hosts: null });
  expect(ofType(incident, 'volume.reported')[0]?.data).toMatchObject({ sizeGiB: 5, bootable: true });
  expect(ofType(incident, 'volume.attached')[0]?.data).toEqual({ vm: BOOT.slice(3), device: 'vda', boot: true });
  expect(ofType(incident, 'vm.created')[0]).toMatchObject({
    entity: BOOT,
    data: { flavor: 'm1.medium', storage: 'volume' },
  });
  const [failed] = ofType(incident, 'host.failed');
  expect(failed).toMatchObject({ entity: 'host:compute-1', data: { cause: 'shutdown' }, evidence: 'inferred' });
  expect(clock(failed?.at ?? 0)).toBe('10:36:36');
  const storage = ofType(incident, 'vm.reported').filter((fact) => fact.data.storage !== undefined);
  expect(storage.map(({ entity, data }) => [entity, data.storage])).toEqual([
    [LIVE, 'local'],
    [LIVE, 'shared'],
  ]);
});

test('the incident: commands are facts, as typed, about the VM they name', () => {
  const commands = ofType(incident, 'command.issued');
  expect(commands).toHaveLength(50);
  expect(commands.find((fact) => fact.data.argv[1] === 'evacuate')).toMatchObject({
    entity: BOOT,
    data: { argv: ['nova', 'evacuate', 'vm-boot-from-vol', 'compute-2', '--on-shared-storage'] },
  });
});

test('the overlay: three VTEPs, four tunnels that were printed and the two at the far end that were not', () => {
  expect(ofType(overlay, 'host.reported').map(({ entity, data }) => [entity, data.vtepIp])).toEqual([
    ['host:controller', '10.142.255.101'],
    ['host:compute', '10.142.255.102'],
    ['host:compute2', '10.142.255.103'],
  ]);
  const tunnels = ofType(overlay, 'tunnel.reported').map(({ evidence, data }) => [
    evidence,
    data.host,
    data.remoteHost,
  ]);
  expect(tunnels).toEqual([
    ['observed', 'controller', 'compute2'],
    ['observed', 'controller', 'compute'],
    ['observed', 'compute', 'compute2'],
    ['observed', 'compute', 'controller'],
    ['inferred', 'compute2', 'controller'],
    ['inferred', 'compute2', 'compute'],
  ]);
  expect(ofType(overlay, 'network.reported').map((fact) => fact.data)).toEqual([
    { name: 'testnet' },
    { type: 'vxlan', vniRange: '1001:2000', segment: 1000 },
  ]);
  expect(ofType(overlay, 'vm.reported').map(({ data }) => [data.host, data.powerState])).toEqual([
    ['compute2', 'RUNNING'],
    ['compute', 'RUNNING'],
  ]);
});

const ROW = '| 5374577e-7417-4add-b23f-06de3b42c410 | web | ACTIVE | net=10.0.0.3 |';
const TABLE = [
  '+----+------+--------+----------+',
  '| ID | Name | Status | Networks |',
  '+----+------+--------+----------+',
];

test('a table that the end of the document cuts off is refused, and the rest kept', () => {
  const whole = ['nova list', ...TABLE, ROW, TABLE[0] ?? '', '', 'nova list', ...TABLE, ROW];
  const items = itemsOf(transcript, text(...whole));
  expect(items.filter((item) => item.kind === 'refused')).toEqual([
    { kind: 'refused', line: 9, why: 'the table that begins here is cut off at the end of the document', text: '' },
  ]);
  expect(ofType(factsOf(transcript, text(...whole)), 'vm.reported')).toHaveLength(1);
});

test('a row that is cut or holds an impossible value is refused with its line, its neighbours are kept', () => {
  const bad = ROW.replace('ACTIVE', 'ACTVE');
  const items = itemsOf(transcript, text('nova list', ...TABLE, bad, ROW.slice(0, 50), ROW, TABLE[0] ?? ''));
  const refused = items.filter((item) => item.kind === 'refused');
  expect(refused.map(({ line, why }) => [line, why])).toEqual([
    [5, '"ACTVE" is not a status Nova knows'],
    [6, 'this row has 3 cells where its table has 4, or is cut off'],
  ]);
  expect(
    items.flatMap((item) => (item.kind === 'facts' ? item.facts : [])).filter((f) => f.type === 'vm.reported'),
  ).toHaveLength(1);
});

test('the same text as the terminal had it reads the same as the one a blog mangled', () => {
  const mangled = text('nova live-migration –block-migrate “web” compute-2', '<span style="x">**nova** list</span>');
  const plain = text('nova live-migration --block-migrate "web" compute-2', 'nova list');
  expect(factsOf(transcript, mangled)).toEqual(factsOf(transcript, plain));
});

test('flow tables of the operators’ document are counted with the reason, not taken for text', () => {
  const counted = itemsOf(transcript, seed('ovs-flows-l2pop.txt')).filter((item) => item.kind === 'ignored');
  const flows = counted.find((item) => item.what.startsWith('flow entries'));
  expect(flows).toMatchObject({ count: 3, what: expect.stringContaining('keep command and prompt') as string });
});

test('a dump saved without its command is a transcript, too', () => {
  const dump = [
    'NXST_FLOW reply (xid=0x4):',
    ' cookie=0x0, duration=1029.2s, table=0, n_packets=3, n_bytes=270, idle_age=7, priority=1,in_port=1 actions=resubmit(,2)',
  ];
  expect(transcript.sniff(dump.join('\n'), 'br-tun.txt')).toBeGreaterThan(0);
  expect(itemsOf(transcript, text(...dump)).some((item) => item.kind === 'ignored' && item.count === 1)).toBe(true);
});

test('a VM that is shown by name, in a table with its id and without its name, is one VM throughout', () => {
  const id = '11111111-2222-4333-8444-555555555555';
  const facts = factsOf(
    transcript,
    text(
      '$ nova live-migration web compute-2',
      '$ nova show web',
      '+----------------------+--------------------------------------+',
      '| Property             | Value                                |',
      '+----------------------+--------------------------------------+',
      '| OS-EXT-SRV-ATTR:host | compute-1                            |',
      `| id                   | ${id} |`,
      '| status               | ACTIVE                               |',
      '+----------------------+--------------------------------------+',
      '$ nova stop web',
    ),
  );
  expect(ofType(facts, 'migration.accepted').map((fact) => fact.data.vm)).toEqual([id]);
  expect(ofType(facts, 'vm.reported').map((fact) => [fact.entity, fact.data.name])).toEqual([[`vm:${id}`, 'web']]);
  expect(facts.filter((fact) => fact.entity === 'vm:web')).toEqual([]);
});
