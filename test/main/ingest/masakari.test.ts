// Masakari's notifications, in the form of its own samples (masakari/doc/notification_samples): watched, lost, recovered or not.
import { expect, test } from 'vitest';
import { notifications } from '../../../main/ingest/nova/notifications.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const HOST = 'cad9ff01-c354-4414-ba3c-31b925be67f1';
const VM = '4032bc1d-d723-47f6-b5ac-b9b3e6dbb795';
const object = (name: string, data: Record<string, unknown>) => ({
  'masakari_object.name': name,
  'masakari_object.data': data,
  'masakari_object.version': '1.0',
  'masakari_object.namespace': 'masakari',
});
const sent = (event: string, second: number, name: string, data: Record<string, unknown>): string =>
  JSON.stringify({
    event_type: event,
    timestamp: `2026-03-03 10:00:${String(second).padStart(2, '0')}.000000`,
    payload: object(name, data),
    priority: 'INFO',
    publisher_id: 'masakari-engine:controller',
    message_id: `${event}/${second}`,
  });
const watch = sent('host.create.end', 0, 'HostApiPayload', {
  uuid: HOST,
  name: 'compute-7',
  reserved: false,
  on_maintenance: false,
  failover_segment: object('FailoverSegment', { name: 'az1', recovery_method: 'auto_priority' }),
});
const told = (event: string, second: number, type: string, payload: unknown, more: Record<string, unknown> = {}) =>
  sent(event, second, 'NotificationApiPayload', {
    notification_uuid: 'n',
    source_host_uuid: HOST,
    status: 'new',
    type,
    payload,
    fault: null,
    ...more,
  });
const LOST = { event: 'STOPPED', cluster_status: 'OFFLINE', host_status: 'NORMAL' };
const said = (...lines: readonly string[]) =>
  factsOf(notifications, text(...lines)).map((f) => [
    f.entity,
    f.type,
    f.evidence,
    f.type === 'note.written' ? f.data.text : null,
  ]);

test('a host that its monitor lost has failed, and its recovery is told to its end', () => {
  const facts = said(
    watch,
    told('notification.create.start', 1, 'COMPUTE_HOST', LOST),
    told('notification.create.end', 2, 'COMPUTE_HOST', LOST),
    told('notification.process.start', 3, 'COMPUTE_HOST', LOST),
    told('notification.process.error', 4, 'COMPUTE_HOST', LOST, {
      status: 'running',
      fault: object('ExceptionPayload', { exception: 'str', exception_message: 'Failed to evacuate instances' }),
    }),
  );
  const compute = 'host:compute-7';
  expect(facts).toEqual([
    [compute, 'note.written', 'observed', 'Masakari watches compute-7 in segment az1 (auto_priority).'],
    [compute, 'host.failed', 'inferred', null],
    [compute, 'note.written', 'observed', 'Masakari is told of compute-7: the host STOPPED, OFFLINE, NORMAL.'],
    [
      compute,
      'note.written',
      'observed',
      'Masakari begins to recover from: the host STOPPED, OFFLINE, NORMAL (compute-7).',
    ],
    [
      compute,
      'note.written',
      'observed',
      'Masakari’s recovery of compute-7 went wrong (running): Failed to evacuate instances',
    ],
  ]);
});

test('a host whose name was never told is not made up', () => {
  const facts = said(told('notification.create.end', 2, 'COMPUTE_HOST', LOST));
  expect(facts.map(([entity, type]) => [entity, type])).toEqual([['cluster:', 'note.written']]);
});

test('a VM is named by its own id, a process stands beside its host', () => {
  const stopped = { instance_uuid: VM, vir_domain_event: 'STOPPED_FAILED', event: 'LIFECYCLE' };
  const process = { process_name: 'nova-compute', event: 'STOPPED' };
  const facts = said(
    watch,
    told('notification.create.end', 2, 'VM', stopped),
    told('notification.process.end', 3, 'PROCESS', process, { status: 'finished' }),
  ).slice(1);
  expect(facts).toEqual([
    [`vm:${VM}`, 'note.written', 'observed', 'Masakari is told of compute-7: a VM LIFECYCLE, STOPPED_FAILED.'],
    ['host:compute-7', 'note.written', 'observed', 'Masakari’s recovery of compute-7 ended: finished.'],
  ]);
});

test('segments say nothing about the cluster and are counted by type', () => {
  const items = itemsOf(notifications, text(sent('segment.create.end', 1, 'SegmentApiPayload', { name: 'az1' })));
  expect(items).toMatchObject([{ kind: 'ignored', what: 'segment.create.end' }]);
});
