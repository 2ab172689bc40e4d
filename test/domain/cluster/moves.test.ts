// What moves do to VMs: each kind of migration, its rollbacks, and what a listing lets us conclude.
import { describe, expect, test } from 'vitest';
import { at, changed, evacuate, event, move, rulesIn, service, stateAfter, status, vm, vmIn } from './facts.ts';

const running = vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE', vcpus: 2, ramMiB: 4096, diskGiB: 40 });

describe('live migration', () => {
  const accepted = move(1, 'm', { vm: 'a' });

  test('in flight the VM is migrating on its source, charged on both ends', () => {
    const state = stateAfter(running, accepted, status(2, 'm', 'queued'), status(3, 'm', 'running'));
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h1', status: 'MIGRATING', taskState: 'migrating' });
    expect(state.hosts.map((h) => [h.name, h.vcpusUsed, h.ramMiBUsed, h.diskGiBUsed])).toEqual([
      ['h1', 2, 4096, 40],
      ['h2', 2, 4096, 40],
    ]);
  });

  test('completed it is on dest with no task, charged there only', () => {
    const state = stateAfter(running, accepted, status(2, 'm', 'running'), status(3, 'm', 'completed'));
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', status: 'ACTIVE', taskState: null });
    expect(state.hosts.map((h) => h.vcpusUsed)).toEqual([0, 2]);
    expect(state.migrations[0]).toMatchObject({ status: 'completed', endedAt: '2026-01-06T10:03:00Z' });
    expect(state.anomalies).toEqual([]);
  });

  test.each(['failed', 'cancelled', 'error'] as const)('%s leaves it on the source, active, with no task', (end) => {
    const state = stateAfter(running, accepted, status(2, 'm', 'running'), status(3, 'm', end, { reason: 'timeout' }));
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h1', status: 'ACTIVE', taskState: null });
    expect(state.hosts.map((h) => h.vcpusUsed)).toEqual([2, 0]);
    expect(state.migrations[0]).toMatchObject({ status: end, reason: 'timeout' });
  });

  test('a rollback that writes failed over error is no anomaly, and ends once', () => {
    const state = stateAfter(running, accepted, status(2, 'm', 'error'), status(3, 'm', 'failed'));
    expect(state.anomalies).toEqual([]);
    expect(state.migrations[0]).toMatchObject({ status: 'failed', endedAt: '2026-01-06T10:02:00Z' });
  });

  test('a status after the end is an anomaly and does not move the VM back', () => {
    const state = stateAfter(running, accepted, status(2, 'm', 'completed'), status(3, 'm', 'running'));
    expect(rulesIn(state)).toEqual(['state-forbidden']);
    expect(vmIn(state, 'a').host).toBe('h2');
  });

  test('a listing at rest on dest completes it, as inferred; the host itself was seen', () => {
    const state = stateAfter(running, accepted, vm(5, 'a', { host: 'h2', status: 'ACTIVE' }));
    expect(state.migrations[0]).toMatchObject({ status: 'completed', evidence: 'inferred', dest: 'h2' });
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', hostEvidence: 'observed', taskState: null });
    expect(state.anomalies).toEqual([]);
  });

  test('where the scheduler chose, a listing elsewhere fills dest in', () => {
    const left = move(1, 'm', { vm: 'a', dest: null });
    const state = stateAfter(running, left, vm(5, 'a', { host: 'h7', status: 'ACTIVE' }));
    expect(state.migrations[0]).toMatchObject({ status: 'completed', dest: 'h7' });
    expect(state.anomalies).toEqual([]);
  });

  test.each(['h2', null])('a later listing at rest on the source ends it as failed, inferred (dest %s)', (dest) => {
    const left = move(1, 'm', { vm: 'a', dest });
    const state = stateAfter(running, left, vm(5, 'a', { host: 'h1', status: 'ACTIVE' }));
    expect(state.migrations[0]).toMatchObject({
      status: 'failed',
      evidence: 'inferred',
      reason: 'seen at rest on its source, h1',
      endedAt: '2026-01-06T10:05:00Z',
    });
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h1', status: 'ACTIVE', taskState: null });
    expect(state.hosts.map((h) => h.vcpusUsed)).toEqual(dest === null ? [2] : [2, 0]);
    expect(state.anomalies).toEqual([]);
  });

  test('on the source with a task, or at the instant it was accepted, it is not over', () => {
    const tasked = vm(5, 'a', { host: 'h1', status: 'ACTIVE', taskState: 'migrating' });
    const atOnce = vm(1, 'a', { host: 'h1', status: 'ACTIVE' });
    for (const seen of [tasked, atOnce]) {
      expect(stateAfter(running, accepted, seen).migrations[0]).toMatchObject({ status: 'accepted', endedAt: null });
    }
  });

  test('a listing that still shows it migrating concludes nothing', () => {
    const state = stateAfter(running, accepted, vm(5, 'a', { host: 'h2', status: 'MIGRATING' }));
    expect(state.migrations[0]).toMatchObject({ status: 'accepted', endedAt: null });
    expect(state.anomalies).toEqual([]);
  });

  test('a listing on a third host is a move nobody recorded', () => {
    const state = stateAfter(running, accepted, vm(5, 'a', { host: 'h3', status: 'ACTIVE' }));
    expect(rulesIn(state)).toEqual(['moved-without-record']);
  });

  test('completed without a known dest, the host is unknown until a listing shows it', () => {
    const left = move(1, 'm', { vm: 'a', dest: null });
    const ended = [running, left, status(2, 'm', 'completed')];
    expect(vmIn(stateAfter(...ended), 'a')).toMatchObject({ host: null, hostEvidence: 'assumed' });
    const state = stateAfter(...ended, vm(5, 'a', { host: 'h7', status: 'ACTIVE' }));
    expect(state.migrations[0]!.dest).toBe('h7');
    expect(state.anomalies).toEqual([]);
  });
});

describe('evacuation', () => {
  const failed = event(1, 'host.failed', 'host:h1', { cause: 'power' });

  test('done it is on dest, in the state it was in', () => {
    const stopped = vm(2, 'a', { status: 'SHUTOFF' });
    const state = stateAfter(running, failed, stopped, evacuate(3, 'e', 'a', 'h1', 'h2'), status(4, 'e', 'done'));
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', status: 'SHUTOFF', taskState: null });
    expect(state.anomalies).toEqual([]);
  });

  test('while it is rebuilding the API says REBUILD', () => {
    const state = stateAfter(running, failed, evacuate(3, 'e', 'a', 'h1', 'h2'));
    expect(vmIn(state, 'a').status).toBe('REBUILD');
  });

  test('NoValidHost puts the VM into error with the reason', () => {
    const state = stateAfter(
      running,
      failed,
      evacuate(3, 'e', 'a', 'h1', null),
      status(4, 'e', 'error', { reason: 'NoValidHost: 3 hosts, RAM' }),
    );
    expect(vmIn(state, 'a')).toMatchObject({ vmState: 'error', host: 'h1', fault: 'NoValidHost: 3 hosts, RAM' });
  });

  test('completed by the return of its source changes nothing any more', () => {
    const state = stateAfter(
      running,
      failed,
      evacuate(3, 'e', 'a', 'h1', 'h2'),
      status(4, 'e', 'done'),
      move(5, 'm', { vm: 'a', source: 'h2', dest: 'h3' }),
      status(6, 'e', 'completed'),
    );
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', status: 'MIGRATING' });
    expect(state.anomalies).toEqual([]);
  });
});

describe('resize', () => {
  const accepted = move(1, 'r', { vm: 'a', type: 'resize', kind: null });
  const carried = [running, accepted, status(2, 'r', 'migrating'), status(3, 'r', 'finished')];

  test('finished it waits on dest to be confirmed, charged on both ends', () => {
    const state = stateAfter(...carried);
    expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', status: 'VERIFY_RESIZE' });
    expect(state.hosts.map((h) => h.vcpusUsed)).toEqual([2, 2]);
  });
  test('confirmed it stays; reverted it is back', () => {
    expect(vmIn(stateAfter(...carried, status(4, 'r', 'confirmed')), 'a')).toMatchObject({
      host: 'h2',
      status: 'ACTIVE',
    });
    expect(vmIn(stateAfter(...carried, status(4, 'r', 'reverted')), 'a')).toMatchObject({
      host: 'h1',
      status: 'ACTIVE',
    });
  });
});

test('a deleted VM is gone, its move with it', () => {
  const state = stateAfter(running, move(1, 'm', { vm: 'a' }), event(2, 'vm.deleted', 'vm:a', {}));
  expect(state.vms).toEqual([]);
  expect(state.hosts.map((h) => h.vcpusUsed)).toEqual([0, 0]);
  expect(state.migrations[0]).toMatchObject({ status: 'failed', evidence: 'inferred' });
});

test('a deleted VM that is reported again is charged once, where it was', () => {
  const made = event(0, 'vm.created', 'vm:a', { host: 'h1', vcpus: 2, ramMiB: 3, diskGiB: 1 });
  const gone = event(1, 'vm.deleted', 'vm:a', {});
  const used = { vcpusUsed: 2, ramMiBUsed: 3, diskGiBUsed: 1 };
  expect(stateAfter(made, gone, vm(2, 'a')).hosts[0]).toMatchObject(used);
  expect(stateAfter(made, gone, changed(2, 'a', { vmState: 'active' })).hosts[0]).toMatchObject(used);
  expect(stateAfter(made, gone, { ...made, at: at(2) }).hosts[0]).toMatchObject(used);
});

test('a late word that a VM is deleted does not bring it back', () => {
  const made = event(0, 'vm.created', 'vm:a', { host: 'h1', vcpus: 2 });
  const gone = event(1, 'vm.deleted', 'vm:a', {});
  for (const late of [vm(2, 'a', { host: 'h1', status: 'DELETED' }), changed(2, 'a', { vmState: 'deleted' })]) {
    const state = stateAfter(made, gone, late);
    expect(state).toMatchObject({ vms: [], anomalies: [], hosts: [{ name: 'h1', vms: [], vcpusUsed: 0 }] });
  }
});

test('a host that fails keeps its VMs as Nova shows them, their power unknown', () => {
  const state = stateAfter(
    running,
    service(0, 'h1', { up: true }),
    event(1, 'host.failed', 'host:h1', { cause: 'crash' }),
  );
  expect(state.hosts[0]).toMatchObject({ name: 'h1', up: false, downSince: '2026-01-06T10:01:00Z' });
  expect(vmIn(state, 'a')).toMatchObject({ status: 'ACTIVE', powerState: 'NOSTATE' });
});

test('a reboot of a VM that is SHUTOFF, shown ACTIVE after, is no anomaly', () => {
  const reboot = event(2, 'command.issued', 'vm:a', { argv: ['nova', 'reboot', 'web'], refers: [] });
  const state = stateAfter(running, changed(1, 'a', { vmState: 'stopped' }), reboot, vm(3, 'a', { status: 'ACTIVE' }));
  expect(state.anomalies).toEqual([]);
  expect(vmIn(state, 'a').status).toBe('ACTIVE');
});

test('a VM that a listing of deleted VMs shows for the first time is nowhere and charges nobody', () => {
  const state = stateAfter(
    vm(1, 'a', { host: 'h1', status: 'DELETED', vcpus: 4, ramMiB: 4096 }),
    vm(2, 'b', { host: 'h1', status: 'ACTIVE', vcpus: 2, ramMiB: 2048 }),
  );
  expect(state.vms.map((v) => v.id)).toEqual(['b']);
  expect(state.hosts[0]).toMatchObject({ vms: ['b'], vcpusUsed: 2, ramMiBUsed: 2048 });
  expect(state.anomalies).toEqual([]);
});
