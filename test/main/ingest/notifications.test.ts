// Nova's notifications: every sample mapped or ignored by type, every wrapping read alike, a move told from its phases.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { fromBytes, fromFile } from '../../../main/ingest/incoming.ts';
import { notifications } from '../../../main/ingest/nova/notifications.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

const SAMPLES = `${import.meta.dirname}/../../conformance/data/nova/nova-notifications.jsonl`;
const samples = readFileSync(SAMPLES, 'utf8').trimEnd().split('\n');
const UUID = '178b0921-8f85-4257-88b6-2e743b5a975c';

type Sample = { event_type: string; publisher_id: string; payload: { 'nova_object.data': Record<string, unknown> } };
const sample = (eventType: string): Sample => {
  const line = samples.find((each) => each.includes(`"event_type": "${eventType}"`));
  if (line === undefined) throw new Error(`no sample of ${eventType}`);
  return (JSON.parse(line) as { notification: Sample }).notification;
};
/** A sample as it would have been sent: at an instant, from a host, about a VM in some state. */
const sent = (
  like: string,
  eventType: string,
  minute: number,
  publisher: string,
  data: Record<string, unknown>,
): string => {
  const { payload } = sample(like);
  const timestamp = `2026-03-03 10:${String(minute).padStart(2, '0')}:00.250000`;
  const inner = { ...payload, 'nova_object.data': { ...payload['nova_object.data'], ...data } };
  const message = {
    event_type: eventType,
    publisher_id: publisher,
    message_id: `m-${minute}`,
    timestamp,
    priority: 'INFO',
  };
  return JSON.stringify({ ...message, payload: inner });
};
const folded = (facts: readonly Candidate[]): ClusterState => {
  const cluster = emptyCluster();
  facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
  return clusterState(cluster, { timeline: 'main', seq: seq(facts.length), at: instant(0) });
};

test('every sample of Nova is mapped or ignored by its type, none is refused', () => {
  const items = itemsOf(notifications, fromFile(SAMPLES));
  const count = (kind: string): number => items.filter((item) => item.kind === kind).length;
  expect([items.length, count('facts'), count('ignored'), count('refused')]).toEqual([71, 60, 11, 0]);
  expect(items.filter((item) => item.kind === 'ignored').map((item) => item.what)).toEqual(
    expect.arrayContaining(['keypair.create.end', 'scheduler.select_destinations.end', 'volume.usage']),
  );
  expect(factsOf(notifications, fromFile(SAMPLES)).length).toBeGreaterThan(61);
});

test('lines, one array, one document and both oslo envelopes are the same facts', () => {
  const plain = samples.map((line) => (JSON.parse(line) as { notification: unknown }).notification);
  const facts = (content: string) =>
    factsOf(notifications, fromBytes('n.json', new TextEncoder().encode(content), UNDATED)).map((fact) => ({
      ...fact,
      line: 0,
    }));
  const expected = facts(samples.join('\n'));
  expect(expected.length).toBeGreaterThan(61);
  expect(facts(JSON.stringify(plain, null, 2))).toEqual(expected);
  const wrapped = plain.map((n) => JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(n) }));
  expect(facts(wrapped.join('\n'))).toEqual(expected);
  expect(facts(plain.map((n) => JSON.stringify({ 'oslo.message': n })).join('\r\n'))).toEqual(expected);
  expect(facts(JSON.stringify(plain[0], null, 2))).toEqual(facts(samples[0] ?? ''));
});

const PRE = 'instance.live_migration_pre.start';
const POST = 'instance.live_migration_post.end';

test('a live migration is told from its phases: accepted, preparing, running, completed', () => {
  const migrating = { state: 'active', task_state: 'migrating', host: 'compute' };
  const arrived = { state: 'active', task_state: null, host: 'host2' };
  const story = [
    sent(PRE, 'instance.create.end', 0, 'nova-compute:compute', { state: 'active', task_state: null, host: 'compute' }),
    sent(PRE, PRE, 1, 'nova-compute:host2', migrating),
    sent(PRE, 'instance.live_migration_pre.end', 2, 'nova-compute:host2', migrating),
    sent(POST, 'instance.live_migration_post.start', 3, 'nova-compute:compute', migrating),
    sent(POST, 'instance.live_migration_post_dest.end', 4, 'nova-compute:host2', arrived),
    sent(POST, POST, 5, 'nova-compute:compute', {}), // Nova's own sample: the source's copy of the VM is from before
  ];
  const facts = factsOf(notifications, text(...story));
  const state = folded(facts);
  expect(state.migrations).toMatchObject([
    { vm: UUID, type: 'live-migration', status: 'completed', source: 'compute', dest: 'host2' },
  ]);
  expect(state.vms).toMatchObject([
    { id: UUID, host: 'host2', vmState: 'active', taskState: null, vcpus: 1, ramMiB: 512 },
  ]);
  expect(state.anomalies).toEqual([]);
  const during = folded(facts.filter((fact) => fact.at < Date.parse('2026-03-03T10:03:00Z')));
  expect(during.migrations).toMatchObject([{ status: 'running' }]);
  expect(during.vms).toMatchObject([{ host: 'compute', taskState: 'migrating' }]);
});

test('an old copy of the VM is all there is where nothing else tells of it', () => {
  const alone = folded(factsOf(notifications, text(sent(POST, POST, 5, 'nova-compute:compute', {}))));
  expect(alone.vms).toMatchObject([{ id: UUID, host: 'compute', vmState: 'active', taskState: 'migrating' }]);
});

test('a rollback after an abort is cancelled, one with a fault failed with its reason', () => {
  const migrating = { state: 'active', task_state: 'migrating', host: 'compute' };
  const back = { state: 'active', task_state: null, host: 'compute' };
  const ending = (...rest: readonly string[]) =>
    folded(factsOf(notifications, text(sent(PRE, PRE, 1, 'nova-compute:host2', migrating), ...rest))).migrations[0];
  const ROLLBACK = 'instance.live_migration_rollback.end';
  const fault = { 'nova_object.data': { exception: 'LibvirtError', exception_message: 'no route' } };
  expect(ending(sent(POST, ROLLBACK, 3, 'nova-compute:compute', { ...back, fault }))).toMatchObject({
    status: 'failed',
    reason: 'LibvirtError: no route',
  });
  const abort = sent(POST, 'instance.live_migration_abort.end', 2, 'nova-compute:compute', {
    ...migrating,
    request_id: 'req-2',
  });
  expect(ending(abort, sent(POST, ROLLBACK, 3, 'nova-compute:compute', back))).toMatchObject({ status: 'cancelled' });
});

test('an evacuation is done on the host that publishes the end of its rebuild', () => {
  const on = { state: 'active', host: 'compute' };
  const story = [
    sent(PRE, 'instance.create.end', 0, 'nova-compute:compute', { ...on, task_state: null }),
    sent(PRE, 'instance.evacuate', 1, 'nova-api:api1', { ...on, task_state: 'rebuilding' }),
    sent(PRE, 'instance.rebuild.start', 2, 'nova-compute:host2', { ...on, task_state: 'rebuilding' }),
    // nova-compute writes the new host down after this.
    sent(PRE, 'instance.rebuild.end', 3, 'nova-compute:host2', { ...on, task_state: null }),
  ];
  const state = folded(factsOf(notifications, text(...story)));
  expect(state.migrations).toMatchObject([{ type: 'evacuation', status: 'done', source: 'compute', dest: 'host2' }]);
  expect(state.vms).toMatchObject([{ host: 'host2', status: 'ACTIVE' }]);
  expect(state.anomalies).toEqual([]);
});

test('legacy notifications tell the same move', () => {
  const payload = { instance_id: UUID, display_name: 'web', memory_mb: 512, vcpus: 1, root_gb: 1, ephemeral_gb: 0 };
  const legacy = (suffix: string, minute: number, publisher: string, data: Record<string, unknown>): string =>
    JSON.stringify({
      event_type: `compute.instance.${suffix}`,
      publisher_id: `compute.${publisher}`.replace('.', ':'),
      timestamp: `2013-07-29 09:${String(minute).padStart(2, '0')}:01.123456`,
      message_id: `l-${minute}`,
      _context_request_id: 'req-1',
      payload: { ...payload, ...data },
    });
  const moving = { state: 'active', state_description: 'migrating', host: 'compute' };
  const state = folded(
    factsOf(
      notifications,
      text(
        legacy('live_migration.pre.start', 1, 'host2', moving),
        legacy('live_migration.pre.end', 2, 'host2', moving),
        legacy('live_migration._post.start', 3, 'compute', moving),
        legacy('live_migration.post.dest.end', 4, 'host2', { state: 'active', state_description: '', host: 'host2' }),
        legacy('live_migration._post.end', 5, 'compute', moving),
      ),
    ),
  );
  expect(state.migrations).toMatchObject([{ status: 'completed', source: 'compute', dest: 'host2' }]);
  expect(state.vms).toMatchObject([{ name: 'web', host: 'host2', taskState: null, ramMiB: 512 }]);
});

test('heartbeats collapse, and a service that is forced down is down', () => {
  const beat = (minute: number, data: Record<string, unknown>): string =>
    sent('service.update', 'service.update', minute, 'nova-compute:host1', { report_count: minute, ...data });
  const beats = [1, 2, 3, 4].map((minute) => beat(minute, {}));
  const items = itemsOf(notifications, text(...beats, beat(5, { forced_down: true }), beat(6, { forced_down: true })));
  expect(items.map((item) => item.kind)).toEqual(['facts', 'ignored', 'ignored', 'ignored', 'facts', 'ignored']);
  const state = folded(factsOf(notifications, text(...beats, beat(5, { forced_down: true }))));
  expect(state.hosts).toMatchObject([{ name: 'host1', up: false, enabled: true, forcedDown: true }]);
});

test('a line that is cut off or no notification is refused with its number, the rest is kept', () => {
  const items = itemsOf(
    notifications,
    text(samples[0] ?? '', (samples[10] ?? '').slice(0, 300), '{"a":1}', samples[10] ?? ''),
  );
  expect(items.map((item) => [item.line, item.kind])).toEqual([
    [1, 'ignored'],
    [2, 'refused'],
    [3, 'refused'],
    [4, 'facts'],
  ]);
});

test('the conductor’s NoValidHost puts the VM into error and ends its evacuation', () => {
  const reason = {
    'nova_object.name': 'ExceptionPayload',
    'nova_object.namespace': 'nova',
    'nova_object.version': '1.1',
    'nova_object.data': { exception: 'NoValidHost', exception_message: 'No valid host was found.' },
  };
  const failed = (task: string, state: string, minute: number): string =>
    JSON.stringify({
      event_type: `compute_task.${task}.error`,
      publisher_id: 'nova-conductor:controller',
      message_id: `t-${minute}`,
      timestamp: `2026-03-03 10:${minute}:00.250000`,
      payload: {
        'nova_object.name': 'ComputeTaskPayload',
        'nova_object.namespace': 'nova',
        'nova_object.version': '1.0',
        'nova_object.data': { instance_uuid: UUID, state, reason, request_spec: null },
      },
    });
  const evacuated = sent('instance.evacuate', 'instance.evacuate', 20, 'nova-api:controller', { host: 'compute' });
  const state = folded(factsOf(notifications, text(evacuated, failed('rebuild_server', 'error', 21))));
  expect(state.vms[0]).toMatchObject({
    status: 'ERROR',
    taskState: null,
    fault: 'NoValidHost: No valid host was found.',
  });
  expect(state.migrations[0]).toMatchObject({ status: 'error', reason: 'NoValidHost: No valid host was found.' });
  // A pre-check that fails in a known way keeps the VM as it was.
  const kept = factsOf(notifications, text(failed('migrate_server', 'active', 30)));
  expect(kept.map((fact) => fact.data)).toEqual([
    { vmState: 'active', taskState: null, cause: expect.stringContaining('NoValidHost') as string },
  ]);
});

test('before versioned notifications, the publisher’s host follows a dot', () => {
  const payload = {
    instance_id: UUID,
    host: 'c1',
    state: 'active',
    state_description: 'migrating',
    display_name: 'web',
  };
  const legacy = JSON.stringify({
    event_type: 'compute.instance.live_migration.pre.start',
    publisher_id: 'compute.c2.example',
    message_id: 'l-1',
    _context_request_id: 'req-1',
    timestamp: '2014-03-03 10:00:00.250000',
    payload,
  });
  expect(factsOf(notifications, text(legacy))[0]?.data).toMatchObject({ source: 'c1', dest: 'c2.example' });
});

test('a rebuild that begins on another host is an evacuation, though its acceptance is in another file', () => {
  const facts = factsOf(
    notifications,
    text(
      sent('instance.rebuild.start', 'instance.rebuild.start', 1, 'nova-compute:other', { host: 'compute' }),
      sent('instance.rebuild.end', 'instance.rebuild.end', 2, 'nova-compute:other', { host: 'other' }),
    ),
  );
  expect(folded(facts).migrations.map((m) => [m.type, m.source, m.dest, m.status])).toEqual([
    ['evacuation', 'compute', 'other', 'done'],
  ]);
});

test('who left an aggregate is told by the start of the removal: its end names those who stay', () => {
  const removal = (phase: string, minute: number, hosts: readonly string[]): string =>
    sent(`aggregate.remove_host.${phase}`, `aggregate.remove_host.${phase}`, minute, 'nova-api:ctl', { hosts });
  const facts = factsOf(notifications, text(removal('start', 1, ['c1', 'c2']), removal('end', 2, ['c2'])));
  expect(facts.map((f) => [f.entity, f.data])).toEqual([
    ['host:c1', { aggregates: [] }],
    ['host:c2', { aggregates: ['my-aggregate'], zone: 'nova' }],
  ]);
  const alone = itemsOf(notifications, text(removal('end', 1, [])));
  expect(alone.map((item) => item.kind)).toEqual(['ignored']);
});

test('extra specs, aggregates and the zone a request was pinned to are facts', () => {
  const flavor = sent('flavor.update', 'flavor.update', 1, 'nova-api:a', {
    extra_specs: { 'hw:cpu_policy': 'dedicated' },
  });
  const aggregate = sent('aggregate.create.start', 'aggregate.create.end', 2, 'nova-api:a', {
    name: 'fast',
    hosts: ['c1'],
    metadata: { availability_zone: 'az-2', ssd: 'true' },
  });
  const pinned = sent('scheduler.select_destinations.end', 'scheduler.select_destinations.end', 3, 'nova-scheduler:a', {
    availability_zone: 'az-2',
    instance_uuid: UUID,
  });
  const facts = factsOf(notifications, text(flavor, aggregate, pinned));
  const state = folded(facts);
  expect(state.flavors[0]?.extraSpecs).toEqual({ 'hw:cpu_policy': 'dedicated' });
  expect(state.aggregates).toEqual([{ name: 'fast', metadata: { availability_zone: 'az-2', ssd: 'true' } }]);
  expect(state.hosts[0]).toMatchObject({ name: 'c1', az: 'az-2', aggregates: ['fast'] });
  expect(state.vms[0]).toMatchObject({ id: UUID, requestedZone: 'az-2' });
  const gone = sent('aggregate.create.start', 'aggregate.delete.end', 4, 'nova-api:a', { name: 'fast', hosts: [] });
  expect(folded(factsOf(notifications, text(aggregate, gone))).aggregates).toEqual([]);
});

test('what the conductor gave up is an error in the legacy form, too', () => {
  const legacy = (method: string, reason: unknown): string =>
    JSON.stringify({
      event_type: `compute_task.${method}`,
      publisher_id: 'conductor.ctl',
      message_id: method,
      timestamp: '2026-03-03 10:00:00.000001',
      payload: { instance_id: UUID, method, state: 'error', reason, request_spec: {}, instance_properties: {} },
    });
  const reasons = [
    "NoValidHost('No valid host was found.',)",
    { class: 'NoValidHost', message: 'none' },
    { kwargs: {} },
  ];
  for (const [i, reason] of reasons.entries()) {
    const [vm] = folded(factsOf(notifications, text(legacy(`build_instances`, reason)))).vms;
    expect(vm).toMatchObject({ vmState: 'error' });
    expect(vm?.fault).toContain(['NoValidHost', 'NoValidHost: none', 'no reason'][i]);
  }
});

test('an interface that is detached takes its port and its address from the VM', () => {
  type Ip = { 'nova_object.data': { address: string; port_uuid: string } };
  const ips = sample('instance.interface_attach.end').payload['nova_object.data']['ip_addresses'] as Ip[];
  const step = (eventType: string, minute: number, left: readonly Ip[]): string =>
    sent('instance.interface_attach.end', eventType, minute, 'nova-compute:compute', { ip_addresses: left });
  const lines = [
    step('instance.interface_attach.end', 1, ips),
    step('instance.interface_detach.start', 2, ips),
    step('instance.interface_detach.end', 3, ips.slice(0, 1)),
  ];
  const state = folded(factsOf(notifications, text(...lines)));
  expect(state.vms[0]?.addresses.map(({ ip }) => ip)).toEqual([ips[0]?.['nova_object.data'].address]);
  const [kept, gone] = ips.map((ip) => ip['nova_object.data'].port_uuid);
  const ports = new Map(state.ports.map((port) => [port.id, port.vm]));
  expect([ports.get(kept ?? ''), ports.get(gone ?? '')]).toEqual([UUID, null]);
  const all = [
    ...lines,
    step('instance.interface_detach.start', 4, ips.slice(0, 1)),
    step('instance.interface_detach.end', 5, []),
  ];
  expect(folded(factsOf(notifications, text(...all))).vms[0]?.addresses).toEqual([]);
});

test('a listing that shows the VM on its source after a completed migration contradicts it', () => {
  const migrating = { state: 'active', task_state: 'migrating', host: 'compute' };
  const arrived = { state: 'active', task_state: null, host: 'host2' };
  const facts = factsOf(
    notifications,
    text(
      sent(PRE, PRE, 1, 'nova-compute:host2', migrating),
      sent(POST, 'instance.live_migration_post_dest.end', 4, 'nova-compute:host2', arrived),
      sent(POST, POST, 5, 'nova-compute:compute', {}),
    ),
  );
  const listed = {
    type: 'vm.reported',
    v: 1,
    entity: `vm:${UUID}`,
    at: instant(Date.parse('2026-03-03T11:00:00Z')),
    evidence: 'observed',
    line: 1,
    key: null,
    data: { status: 'ACTIVE', host: 'compute' },
  } as const;
  expect(folded([...facts, listed]).anomalies).toMatchObject([{ rule: 'completed-host-unchanged' }]);
  // Somebody saw it on the destination in between: then it has moved back, and nobody recorded how.
  const seen = { ...listed, at: instant(listed.at - 1000), data: { status: 'ACTIVE', host: 'host2' } } as const;
  expect(folded([...facts, seen, listed]).anomalies).toMatchObject([{ rule: 'moved-without-record' }]);
});

test('where a VM arrives, its ports are bound', () => {
  const state = folded(
    factsOf(
      notifications,
      text(
        sent(PRE, 'instance.create.end', 0, 'nova-compute:compute', { state: 'active', task_state: null }),
        sent(PRE, PRE, 1, 'nova-compute:host2', { task_state: 'migrating' }),
        sent(POST, 'instance.live_migration_post_dest.end', 4, 'nova-compute:host2', {
          host: 'host2',
          task_state: null,
        }),
        sent(POST, POST, 5, 'nova-compute:compute', {}),
      ),
    ),
  );
  expect(state.ports.map(({ vm, host }) => [vm, host])).toEqual([[UUID, 'host2']]);
});
