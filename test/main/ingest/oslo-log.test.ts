// Lines of Nova's services: what they tell, what is counted, and whose log it is.
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { formatOf } from '../../../main/ingest/formats.ts';
import { osloLog } from '../../../main/ingest/oslo-log/oslo-log.ts';
import { fromBytes } from '../../../main/ingest/incoming.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

const VM = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
const REQ = '[req-3ea4052c-895d-4b64-9e2d-04d64c4d94ab - - - - -]';
const line = (time: string, logger: string, message: string, about: string | null = VM): string =>
  `2017-05-16 ${time} 2931 INFO ${logger} ${REQ} ${about === null ? '' : `[instance: ${about}] `}${message}`;

const BOOT = [
  line('00:00:01.000', 'nova.compute.claims', 'Attempting claim: memory 2048 MB, disk 20 GB, vcpus 1 CPU'),
  line('00:00:01.001', 'nova.compute.claims', 'Claim successful'),
  line('00:00:04.500', 'nova.compute.manager', 'VM Started (Lifecycle Event)'),
  line('00:00:04.562', 'nova.compute.manager', 'VM Paused (Lifecycle Event)'),
  line('00:00:10.296', 'nova.compute.manager', 'VM Resumed (Lifecycle Event)'),
  line('00:00:10.302', 'nova.virt.libvirt.driver', 'Instance spawned successfully.'),
  line(
    '00:00:55.000',
    'nova.compute.resource_tracker',
    'Final resource view: name=cp-1.utah.cloudlab.us phys_ram=64172MB used_ram=2560MB phys_disk=15GB used_disk=20GB total_vcpus=16 used_vcpus=1 pci_stats=[]',
    null,
  ),
];
const MOVE = [
  line('01:00:00.000', 'nova.compute.manager', 'Took 3.20 seconds for pre_live_migration on destination host cp-2.'),
  line('01:00:30.000', 'nova.virt.libvirt.migration', 'Increasing downtime to 50 ms after 0 sec elapsed time'),
  line(
    '01:00:31.000',
    'nova.virt.libvirt.driver',
    'Migration running for 30 secs, memory 47% remaining (bytes processed=1000, remaining=900, total=1900); disk 0% remaining (bytes processed=0, remaining=0, total=0).',
  ),
];
const stateOf = (lines: readonly string[]) => {
  const cluster = emptyCluster();
  const facts = factsOf(osloLog, text(...lines));
  facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
  return clusterState(cluster, { timeline: 'main', seq: seq(facts.length), at: instant(0) });
};

test('a boot: claim, lifecycle events, spawn, and the host that only a later line names', () => {
  const state = stateOf(BOOT);
  expect(state.hosts).toMatchObject([{ name: 'cp-1.utah.cloudlab.us', ramMiB: 64172, diskGiB: 15, vcpus: 16 }]);
  expect(state.vms).toMatchObject([
    {
      id: VM,
      host: 'cp-1.utah.cloudlab.us',
      status: 'ACTIVE',
      powerState: 'RUNNING',
      ramMiB: 2048,
      diskGiB: 20,
      vcpus: 1,
    },
  ]);
});

test('a live migration: begun, progressing, completed on its destination', () => {
  const done = line('01:00:40.000', 'nova.compute.manager', 'Migrating instance to cp-2 finished successfully.');
  const moved = stateOf([...BOOT, ...MOVE, done]);
  expect(moved.migrations).toMatchObject([
    { vm: VM, status: 'completed', source: 'cp-1.utah.cloudlab.us', dest: 'cp-2' },
  ]);
  expect(moved.vms[0]?.host).toBe('cp-2');
  const facts = factsOf(osloLog, text(...MOVE)).filter((fact) => fact.type === 'migration.progressed');
  expect(facts.map((fact) => fact.data)).toEqual([
    { downtimeLimitMs: 50 },
    {
      memoryProcessedBytes: 1000,
      memoryRemainingBytes: 900,
      memoryTotalBytes: 1900,
      diskProcessedBytes: 0,
      diskRemainingBytes: 0,
      diskTotalBytes: 0,
    },
  ]);
  const lost = line('01:00:40.000', 'nova.virt.libvirt.driver', 'Live Migration failure: operation aborted: no route');
  expect(stateOf([...BOOT, ...MOVE, lost]).migrations).toMatchObject([
    { status: 'failed', reason: 'operation aborted: no route' },
  ]);
});

test('a delete is the network given back after a termination, not any teardown', () => {
  const network = line('02:00:01.000', 'nova.compute.manager', 'Took 0.58 seconds to deallocate network for instance.');
  expect(stateOf([...BOOT, network]).vms).toHaveLength(1);
  const terminated = line('02:00:00.000', 'nova.compute.manager', 'Terminating instance');
  expect(stateOf([...BOOT, terminated, network]).vms).toHaveLength(0);
});

test('a file name before the date changes nothing but the line', () => {
  const collected = BOOT.map((each) => `nova-compute.log.1.2017-05-16_13:55:31 ${each}`);
  expect(factsOf(osloLog, text(...collected))).toEqual(factsOf(osloLog, text(...BOOT)));
});

test('messages that tell nothing are counted by template, continuations together', () => {
  const api = (n: number): string =>
    line(
      `03:00:0${n}.000`,
      'nova.osapi_compute.wsgi.server',
      `10.11.10.1 "GET /v2/servers HTTP/1.1" status: 200 len: ${n}893`,
      null,
    );
  const items = itemsOf(osloLog, text(api(1), api(2), '  File "manager.py", line 4', '    raise', api(3)));
  const counts = new Map<string, number>();
  for (const item of items)
    if (item.kind === 'ignored') counts.set(item.what, (counts.get(item.what) ?? 0) + item.count);
  expect([...counts]).toEqual([
    ['nova.osapi_compute.wsgi.server: * * status: * len: *', 3],
    ['continuation lines', 2],
  ]);
});

test.each([
  ['grep’s file name', (l: string) => `/var/log/nova/nova-compute.log:${l}`],
  ['a container’s stamp', (l: string, i: number) => `2017-05-16T00:00:0${i}.123456789Z stdout F ${l}`],
  ['a collection’s file name', (l: string) => `nova-compute.log.1.2017-05-16_13:53:08 ${l}`],
  ['a zone', (l: string) => l.replace(/^(\S+) (\S+)/, '$1T$2+00:00')],
  ['journald', (l: string) => l.replace(/^(\S+) (\S+) 2931 /, '$1T$2000+0000 cp-1 nova-compute[2931]: ')],
  ['syslog around the whole line', (l: string, i: number) => `<134>May 16 02:00:0${i} cp-1 nova-compute[2931]: ${l}`],
  ['syslog of RFC 5424', (l: string) => l.replace(/^(\S+) (\S+) 2931 /, '<134>1 $1T$2Z cp-1 nova-compute 2931 - - ')],
  ['Docker’s JSON', (l: string) => JSON.stringify({ log: `${l}\n`, stream: 'stdout', time: '2017-05-16T00:00:04Z' })],
  [
    'journald’s JSON',
    (l: string) => {
      const [, date = '', time = '', MESSAGE = ''] = /^(\S+) (\S+) 2931 (.*)$/.exec(l) ?? [];
      const micros = String(Date.parse(`${date}T${time}Z`) * 1000);
      return JSON.stringify({ MESSAGE, _HOSTNAME: 'cp-1', _PID: '2931', __REALTIME_TIMESTAMP: micros });
    },
  ],
  ['a format without the process', (l: string) => l.replace(' 2931 ', ' ')],
])('the same lines with %s are the same facts', (_, wrapped) => {
  const plain = factsOf(osloLog, text(...BOOT)).map(({ at, type, entity, data }) => ({ at, type, entity, data }));
  const content = text(...BOOT.map(wrapped));
  expect(formatOf(content, null)).toMatchObject({ ok: true, value: { name: 'oslo.log' } });
  expect(factsOf(osloLog, content).map(({ at, type, entity, data }) => ({ at, type, entity, data }))).toEqual(plain);
});

test('the host in a header is the log’s own, where no line of Nova’s names it', () => {
  const spawned = line('00:00:10.302', 'nova.virt.libvirt.driver', 'Instance spawned successfully.');
  const lines = [`May 16 00:00:10 cp-7 nova-compute[2931]: ${spawned}`];
  expect(factsOf(osloLog, text(...lines))[0]?.data).toMatchObject({ host: 'cp-7' });
  // …and where one does, it holds for the writer, whose stamps differ from line to line.
  const collected = BOOT.map((l, i) => `May 16 00:00:${10 + i} cp-7 nova-compute[2931]: ${l}`);
  expect(factsOf(osloLog, text(...collected))[0]?.data).toMatchObject({ host: 'cp-1.utah.cloudlab.us' });
});

test('a live migration that raised puts migration and VM into error', () => {
  const state = stateOf([
    ...BOOT,
    ...MOVE,
    `2017-05-16 02:00:00.000 2931 ERROR nova.compute.manager ${REQ} [instance: ${VM}] Live migration failed.: libvirt.libvirtError: lost the connection`,
  ]);
  expect(state.migrations).toMatchObject([{ status: 'error', reason: 'libvirtError: lost the connection' }]);
  expect(state.vms).toMatchObject([{ vmState: 'error', fault: 'libvirtError: lost the connection' }]);
});

test('syslog has no year: it is the newest that is not after the file', () => {
  const syslog = BOOT.map((l) =>
    l.replace(/^2017-05-16 (\S+)\.\d+ 2931 /, 'May 16 $1 cp-1 devstack@n-cpu.service[2931]: '),
  );
  expect(factsOf(osloLog, text(...syslog))[0]).toMatchObject({ at: Date.parse('2013-05-16T00:00:01Z') }); // UNDATED is in March 2014
});

test('a traceback is counted once for all its lines, whatever stands in them', () => {
  const error = (message: string): string =>
    `2017-05-16 00:00:09.000 2931 ERROR nova.compute.manager [instance: ${VM}] ${message}`;
  const items = itemsOf(
    osloLog,
    text(
      error('Traceback (most recent call last):'),
      error('  File "a.py", line 1, in f'),
      error('VM Started (Lifecycle Event)'),
    ),
  );
  expect(items.map((item) => item.kind === 'ignored' && item.what)).toEqual(Array(3).fill('traceback lines'));
});

test('the conductor’s and the manager’s words for an ERROR become its fault', () => {
  const warning = (message: string, about: string): string =>
    `2017-05-16 00:00:09.000 21 WARNING nova.scheduler.utils ${REQ} ${about}${message}`;
  const about = `[instance: ${VM}] `;
  const facts = factsOf(
    osloLog,
    text(
      warning('Failed to compute_task_rebuild_server: No valid host was found.', ''),
      warning('Setting instance to ERROR state.', about),
      warning('Setting instance to ERROR state.: nova.exception_Remote.NoValidHost_Remote: No host.', about),
      warning(
        `Filtering removed all hosts for the request with instance ID '${VM}'. Filter results: ['ComputeFilter: (start: 3, end: 0)']`,
        '',
      ),
    ),
  );
  expect(facts.map((fact) => fact.data)).toEqual([
    { vmState: 'error', taskState: null, fault: 'No valid host was found.' },
    { vmState: 'error', taskState: null, fault: 'NoValidHost: No host.' },
    { text: "The scheduler’s filters left no host for it: ['ComputeFilter: (start: 3, end: 0)']" },
  ]);
});

test('a guest that shut itself down is told with what nova-compute does about it', () => {
  const message =
    'Instance shutdown by itself. Calling the stop API. Current vm_state: active, current task_state: None, original DB power_state: 1, current VM power_state: 4';
  expect(factsOf(osloLog, text(line('00:00:01.000', 'nova.compute.manager', message)))[0]?.data).toEqual({
    powerState: 'SHUTDOWN',
    cause: 'its guest has shut down by itself, and nova-compute calls the stop API',
  });
});

test('a line that was cut off while the file was copied is refused, a traceback’s last line is not', () => {
  const cut = (rest: string) =>
    itemsOf(osloLog, fromBytes('a.log', new TextEncoder().encode(`${BOOT[2]}\n${rest}`), UNDATED)).slice(1);
  expect(cut('2017-05-16 00:00:05.600 2931 IN')).toMatchObject([
    { kind: 'refused', line: 2, why: 'this line is cut off' },
  ]);
  expect(cut('    raise ValueError')).toMatchObject([{ kind: 'ignored', what: 'continuation lines' }]);
});

test('the switch-over of a live migration, and the end of its source’s guest, do not stop the VM', () => {
  const lifecycle = (time: string, what: string): string =>
    line(time, 'nova.compute.manager', `VM ${what} (Lifecycle Event)`);
  const done = line('01:01:00.100', 'nova.compute.manager', 'Migrating instance to cp-2 finished successfully.');
  const left = [...BOOT, ...MOVE, lifecycle('01:01:00.000', 'Paused'), done, lifecycle('01:01:15.000', 'Stopped')];
  expect(stateOf(left).vms).toMatchObject([{ host: 'cp-2', powerState: 'RUNNING' }]);
  const evacuated = line(
    '03:00:00.000',
    'nova.compute.manager',
    'Deleting instance as it has been evacuated from this host',
  );
  const destroyed = line('03:00:01.000', 'nova.virt.libvirt.driver', 'Instance destroyed successfully.');
  expect(stateOf([...BOOT, evacuated, destroyed]).vms).toMatchObject([{ powerState: 'RUNNING' }]);
  // It comes back, and is stopped here.
  const back = [lifecycle('02:00:00.000', 'Resumed'), lifecycle('02:10:00.000', 'Stopped')];
  expect(stateOf([...left, ...back]).vms).toMatchObject([{ powerState: 'SHUTDOWN' }]);
  // Paused by its owner, it is moved paused.
  const asleep = [...BOOT, lifecycle('00:30:00.000', 'Paused'), ...MOVE, done];
  expect(stateOf(asleep).vms).toMatchObject([{ powerState: 'PAUSED' }]);
});
