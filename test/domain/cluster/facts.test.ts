// What facts other than moves mean: hosts, storage, networks, telemetry, flavors, groups.
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../domain/base/base64.ts';
import { apiStatus, STATUS_MEANS } from '../../../domain/cluster/api-status.ts';
import { API_STATUSES } from '../../../domain/events/vm-events.ts';
import { changed, type Draft, event, host, service, stateAfter, vm, vmIn } from './facts.ts';

describe('hosts', () => {
  const failed = event(1, 'host.failed', 'host:h1', { cause: 'crash' });

  test('down since the first word of it, fenced until it is up', () => {
    const down = [service(0, 'h1', { up: true, enabled: true }), failed, service(2, 'h1', { up: false })];
    const fenced = event(3, 'host.fenced', 'host:h1', { by: 'IPMI' });
    expect(stateAfter(...down, fenced).hosts[0]).toMatchObject({
      up: false,
      enabled: true,
      fenced: true,
      downSince: '2026-01-06T10:01:00Z',
    });
    const back = stateAfter(...down, fenced, event(9, 'host.returned', 'host:h1', {}));
    expect(back.hosts[0]).toMatchObject({ up: true, fenced: false, downSince: null });
    expect(back.anomalies).toEqual([]);
  });

  test('a report says only what it says: the rest stays', () => {
    const state = stateAfter(host(0, 'h1', { vcpus: 32, rack: 'A1' }), host(1, 'h1', { zone: 'nova' }));
    expect(state.hosts[0]).toMatchObject({ vcpus: 32, rack: 'A1', az: 'nova', ramMiB: null });
  });

  test('the reason is shown while the service is disabled', () => {
    const state = stateAfter(service(0, 'h1', { up: true, enabled: false, reason: 'kernel update' }));
    expect(state.hosts[0]).toMatchObject({ enabled: false, disabledReason: 'kernel update' });
  });

  test('a removed host is not listed, and is again when it is described again', () => {
    const gone = [host(0, 'h1'), event(1, 'host.removed', 'host:h1', {})];
    expect(stateAfter(...gone).hosts).toEqual([]);
    expect(stateAfter(...gone, host(2, 'h1')).hosts).toHaveLength(1);
  });
});

describe('status', () => {
  test.each(API_STATUSES)('%s read backwards and forwards is itself', (status) => {
    const meant = STATUS_MEANS[status];
    expect(apiStatus(meant?.vmState ?? null, meant?.taskState ?? null)).toBe(status);
  });

  test("a listed status fills in Nova's three states, and what is told of them wins", () => {
    expect(vmIn(stateAfter(vm(0, 'a', { status: 'SHUTOFF' })), 'a')).toMatchObject({
      vmState: 'stopped',
      taskState: null,
      powerState: 'SHUTDOWN',
    });
    const told = stateAfter(vm(0, 'a', { status: 'SHUTOFF', powerState: 'RUNNING' }));
    expect(vmIn(told, 'a').powerState).toBe('RUNNING');
  });

  test('REBUILD keeps the vm_state on record', () => {
    const state = stateAfter(vm(0, 'a', { status: 'SHUTOFF' }), vm(1, 'a', { status: 'REBUILD' }));
    expect(vmIn(state, 'a')).toMatchObject({ vmState: 'stopped', taskState: 'rebuilding', status: 'REBUILD' });
  });

  test('a fault stays until the VM is out of error', () => {
    const error = changed(1, 'a', { vmState: 'error', fault: 'NoValidHost' });
    expect(vmIn(stateAfter(vm(0, 'a'), error), 'a').fault).toBe('NoValidHost');
    expect(vmIn(stateAfter(vm(0, 'a'), error, changed(2, 'a', { vmState: 'active' })), 'a').fault).toBeNull();
  });
});

test('a VM gets its size from its flavor, whichever is described first, and its own report wins', () => {
  const flavor = event(0, 'flavor.reported', 'flavor:m1', { vcpus: 4, ramMiB: 8192, diskGiB: 80, ephemeralGiB: 20 });
  const listed = vm(0, 'a', { host: 'h1', flavor: 'm1', vcpus: 2 });
  const sizes = { vcpus: 2, ramMiB: 8192, diskGiB: 100 };
  for (const order of [
    [flavor, listed],
    [listed, flavor],
  ]) {
    const state = stateAfter(...order);
    expect(vmIn(state, 'a')).toMatchObject(sizes);
    expect(state.hosts[0]).toMatchObject({ vcpusUsed: 2, ramMiBUsed: 8192, diskGiBUsed: 100 });
  }
});

test('a resized VM has the size of its new flavor, whichever is described first, unless its report says another', () => {
  const small = event(0, 'flavor.reported', 'flavor:m1', { vcpus: 4, ramMiB: 8192, diskGiB: 80 });
  const large = event(2, 'flavor.reported', 'flavor:m2', { vcpus: 8, ramMiB: 16384, diskGiB: 160 });
  const before = vm(0, 'a', { host: 'h1', flavor: 'm1' });
  const after = vm(2, 'a', { host: 'h1', flavor: 'm2', diskGiB: 90 });
  for (const order of [
    [large, after],
    [after, large],
  ]) {
    const state = stateAfter(small, before, ...order);
    expect(vmIn(state, 'a')).toMatchObject({ vcpus: 8, ramMiB: 16384, diskGiB: 90 });
    expect(state.hosts[0]).toMatchObject({ vcpusUsed: 8, ramMiBUsed: 16384, diskGiBUsed: 90 });
  }
});

describe('storage', () => {
  const volume = event(0, 'volume.reported', 'volume:v', { name: 'root', sizeGiB: 5, status: 'available' });
  const attached = event(1, 'volume.attached', 'volume:v', { vm: 'a', device: 'vda', boot: true });

  test('an attached volume is in use, a detached one available again', () => {
    expect(stateAfter(volume, attached).volumes[0]).toMatchObject({
      status: 'in-use',
      vm: 'a',
      device: 'vda',
      boot: true,
    });
    const free = stateAfter(volume, attached, event(2, 'volume.detached', 'volume:v', { vm: 'a' }));
    expect(free.volumes[0]).toMatchObject({ status: 'available', vm: null, boot: false });
  });

  test('deleting a volume a VM still uses is refused by Cinder, and shown', () => {
    const gone = event(2, 'volume.deleted', 'volume:v', {});
    const state = stateAfter(volume, attached, gone);
    expect(state.volumes).toEqual([]);
    expect(state.anomalies.map((a) => a.rule)).toEqual(['state-forbidden']);
    expect(stateAfter(volume, attached, changed(1, 'a', { taskState: 'deleting' }), gone).anomalies).toEqual([]);
  });

  test('a pool keeps what was said of it, its mount beside', () => {
    const state = stateAfter(
      event(0, 'pool.reported', 'pool:gv', { kind: 'glusterfs', layout: 'Distributed-Replicate', replicas: 2 }),
      event(1, 'pool.reported', 'pool:gv', { status: 'Started', transport: 'tcp' }),
      event(2, 'pool.mounted', 'pool:gv', { path: '/var/lib/nova/instances', hosts: null }),
    );
    expect(state.pools[0]).toMatchObject({
      name: 'gv',
      layout: 'Distributed-Replicate',
      status: 'Started',
      mountedAt: '/var/lib/nova/instances',
    });
  });
});

describe('tunnels', () => {
  const ip = (n: number): string => `10.0.0.${n}`;
  const tunnel = event(1, 'tunnel.reported', 'tunnel:h1>h2', {
    host: null,
    type: 'vxlan',
    localIp: ip(1),
    remoteIp: ip(2),
    remoteHost: null,
  });
  const hosts = [host(0, 'h1', { vtepIp: ip(1) }), host(0, 'h2', { managementIp: ip(2) })];

  test('their ends are the hosts that answer at those addresses', () => {
    expect(stateAfter(...hosts, tunnel).tunnels[0]).toMatchObject({ host: 'h1', remoteHost: 'h2', up: true });
  });
  test('they go down and up, and go', () => {
    const down = event(2, 'tunnel.state_changed', 'tunnel:h1>h2', { up: false });
    expect(stateAfter(tunnel, down).tunnels[0]!.up).toBe(false);
    expect(stateAfter(tunnel, down, event(3, 'tunnel.removed', 'tunnel:h1>h2', {})).tunnels).toEqual([]);
  });
});

test('a server group has the members it lists and those that name it', () => {
  const group = event(0, 'server_group.reported', 'server_group:g', {
    name: 'db',
    policy: 'anti-affinity',
    members: ['b', 'a'],
  });
  const state = stateAfter(group, vm(1, 'c', { serverGroup: 'g' }));
  expect(state.serverGroups).toEqual([
    { id: 'g', name: 'db', policy: 'anti-affinity', maxServerPerHost: 1, members: ['a', 'b', 'c'] },
  ]);
});

describe('telemetry', () => {
  const roster = (minutes: number, ...entities: string[]): Draft =>
    event(minutes, 'telemetry.roster_set', 'roster:r', { entities });
  const cpu = (minutes: number, ...bytes: number[]): Draft =>
    event(minutes, 'telemetry.sampled', 'roster:r', {
      metric: 'cpu',
      intervalMs: 300_000,
      scale: 0.01,
      values: toBase64(Uint8Array.from(bytes)),
    });
  const two = [
    host(0, 'h1', { vcpus: 8 }),
    vm(0, 'a', { host: 'h1', vcpus: 2 }),
    vm(0, 'b', { host: 'h1', vcpus: 4 }),
    roster(1, 'vm:a', 'vm:b'),
  ];

  test("a host's CPU is the vCPU-weighted sum of its VMs over its vCPUs", () => {
    const state = stateAfter(...two, cpu(2, 50, 25));
    expect(vmIn(state, 'a').cpu).toBe(0.5);
    expect(state.hosts[0]!.cpu).toBe(0.25);
  });
  test('255 is no sample, and the newest batch counts', () => {
    const state = stateAfter(...two, cpu(2, 50, 25), cpu(3, 255, 75));
    expect(vmIn(state, 'a').cpu).toBeNull();
    expect(vmIn(state, 'b').cpu).toBe(0.75);
  });
  test('a host that is sampled itself shows its own figure', () => {
    const state = stateAfter(...two, roster(2, 'vm:a', 'host:h1'), cpu(3, 50, 90));
    expect(state.hosts[0]!.cpu).toBe(0.9);
  });
});

describe('traffic', () => {
  const sent = (
    minutes: number,
    ...flows: readonly (readonly [from: string, to: string, bytesPerS: number])[]
  ): Draft =>
    event(minutes, 'traffic.sampled', 'cluster:', {
      flows: flows.map(([from, to, bytesPerS]) => ({ from, to, bytesPerS, frameBytes: 1000 })),
    });
  const pairs = (drafts: readonly Draft[]): string[] =>
    stateAfter(...drafts).traffic.map((t) => `${t.id} ${t.bytesPerS} ${Math.round(t.frameBytes)}`);

  test('batches of one instant are one matrix, a later one takes its place; flows of a pair add up', () => {
    const first = [sent(1, ['a', 'b', 100], ['b', 'a', 7]), sent(1, ['a', 'b', 50], ['c', 'd', 1])];
    expect(pairs(first)).toEqual(['a > b 150 1000', 'b > a 7 1000', 'c > d 1 1000']);
    expect(pairs([...first, sent(2, ['c', 'a', 5], ['x', 'y', 0])])).toEqual(['c > a 5 1000']);
  });
});
