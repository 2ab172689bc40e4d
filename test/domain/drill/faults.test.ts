// Faults beyond one crashed host: scripts over time, services that stay up, hosts that return, pools that lose bricks.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { poolHealth } from '../../../domain/drill/faults/pool-health.ts';
import { parseScript } from '../../../domain/drill/faults/script.ts';
import type { DrillSettings } from '../../../domain/drill/outcome.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND, MASAKARI, PROXMOX, VSPHERE } from '../../../domain/drill/settings.ts';
import type { ClusterState, PoolState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T12:00:00Z'));
const hosts = ['a', 'b', 'c'].map((n, i) => hostState(`compute-${n}`, { rack: i < 2 ? 'A1' : 'B1', az: 'az-1' }));
const play = (state: ClusterState, script: string, settings: Partial<DrillSettings> = {}) => {
  const faults = parseScript(script, state, at);
  if (!faults.ok) throw new Error(faults.error);
  const merged = { ...BY_HAND, ...settings };
  const drill = runDrill({ state, at, fail: [], script: faults.value, settings: merged, name: 'test' });
  if (!drill.ok) throw new Error(drill.error);
  return drill.value;
};
const ends = ({ outcome }: ReturnType<typeof play>) => outcome.vms.map((v) => [v.vm, v.outcome, v.dest]);

test('a script is read in order of time, by host, rack and zone', () => {
  const state = clusterOf(hosts, []);
  const read = parseScript('at 12:05 return compute-a; at 12:00:30 fail compute-a by power\nfail rack A1', state, at);
  expect(read).toEqual({
    ok: true,
    value: [
      { afterMs: 0, does: 'fail', by: 'crash', hosts: ['compute-a', 'compute-b'] },
      { afterMs: 30_000, does: 'fail', by: 'power', hosts: ['compute-a'] },
      { afterMs: 300_000, does: 'return', hosts: ['compute-a'] },
    ],
  });
});

test.each([
  ['', 'The fault script is empty.'],
  ['explode compute-a', '"explode compute-a" is not a step'],
  ['at 11:59 fail compute-a', '11:59 is before the drill begins at 2026-11-17T12:00:00Z.'],
  ['at noon fail compute-a', '"noon" is not a time.'],
  ['fail compute-z', 'There is no host compute-z'],
  ['fail rack Z9', 'No host is in rack Z9'],
  ['fail compute-a by boredom', 'A host fails by crash, shutdown'],
  ['stop pool tape', 'There is no pool tape'],
  ['lose brick tape-1', 'There is no brick tape-1'],
])('the script %j is refused with a sentence', (script, sentence) => {
  const read = parseScript(script, clusterOf(hosts, []), at);
  expect(read.ok ? '' : read.error).toContain(sentence);
});

test('Proxmox HA: cut, fenced after 40 s, off after 46 s, lock after 120 s, started after 123 s', () => {
  const vm = play(clusterOf(hosts, [vmState('v', 'compute-a')]), 'fail compute-a by partition', PROXMOX).outcome
    .vms[0]!;
  expect(vm).toMatchObject({ outcome: 'recovered', vmState: 'active', downMs: 123_000 });
  expect(vm.clocks).toMatchObject({ detectionMs: 40_000, fencingMs: 6000, queueMs: 74_000, spawnMs: 3000 });
});

test('vSphere HA declares a silent host dead after 12 to 18 s', () => {
  const vm = play(clusterOf(hosts, [vmState('v', 'compute-a')]), 'fail compute-a', VSPHERE).outcome.vms[0]!;
  expect(vm.clocks!.detectionMs).toBeGreaterThan(12_000);
  expect(vm.clocks!.detectionMs).toBeLessThanOrEqual(18_000);
});

test('evacuate is refused while Nova still counts the host as up, and the clocks warn of it', () => {
  const early = { ...MASAKARI, monitorS: 0, fencingS: 0, waitAfterFencingS: 30, retries: 0 };
  const state = clusterOf(hosts, [vmState('v', 'compute-a')]);
  const { outcome, events } = play(state, 'fail compute-a', early);
  expect(outcome.vms[0]).toMatchObject({ outcome: 'stranded', vmState: 'active' });
  expect(outcome.vms[0]!.cause).toContain('ComputeServiceInUse');
  expect(outcome.warnings[0]).toContain('service_down_time 60');
  expect(events.some((e) => e.type === 'migration.accepted')).toBe(false);
  // Long enough, or forced down at once, and the same drill recovers.
  for (const change of [{ waitAfterFencingS: 70 }, { forceDown: true }]) {
    const better = play(state, 'fail compute-a', { ...early, ...change }).outcome;
    expect(better.vms[0]!.outcome).toBe('recovered');
    expect(better.warnings).toEqual([]);
  }
});

test('only the compute service fails: without fencing nothing stops, with fencing the guests pay from then on', () => {
  const state = clusterOf(hosts, [vmState('v', 'compute-a')]);
  const left = play(state, 'fail compute-a by service', { fence: false });
  expect(left.outcome.vms[0]).toMatchObject({ outcome: 'recovered', dest: null, downMs: 0 });
  const fenced = play(state, 'fail compute-a by service').outcome.vms[0]!;
  expect(fenced.dest).not.toBeNull();
  expect(fenced.clocks).toMatchObject({ detectionMs: 0, fencingMs: 0 });
  expect(fenced.downMs).toBe(13_000); // one second to schedule, twelve to spawn
});

test('a host that is cut off and not fenced keeps its guests, who are back with the network', () => {
  const state = clusterOf(hosts, [vmState('v', 'compute-a')]);
  const cut = play(state, 'fail compute-a by partition', { fence: false }).outcome.vms[0]!;
  expect(cut).toMatchObject({ outcome: 'unreachable', dest: null });
  expect(cut.cause).toContain('not started twice');
  const healed = play(state, 'fail compute-a by partition; at +10m return compute-a', { fence: false }).outcome.vms[0]!;
  expect(healed).toMatchObject({ outcome: 'recovered', downMs: 600_000, vmState: 'active' });
});

test('disks that fail under a service that still reports: evacuate is refused unless the host is forced down', () => {
  const state = clusterOf(hosts, [vmState('v', 'compute-a')]);
  expect(play(state, 'fail compute-a by storage').outcome.vms[0]!.cause).toContain('ComputeServiceInUse');
  expect(play(state, 'fail compute-a by storage', { forceDown: true }).outcome.vms[0]!.outcome).toBe('recovered');
});

test('a host that returns in the middle keeps those whose turn had not come, and gives up the places of the others', () => {
  const vms = ['1', '2', '3'].map((id) => vmState(id, 'compute-a'));
  const drill = play(clusterOf(hosts, vms), 'fail compute-a; at +90s return compute-a', {
    forceDown: true,
    fencingS: 70,
  });
  expect(ends(drill)).toEqual([
    ['1', 'recovered', expect.any(String)],
    ['2', 'recovered', expect.any(String)],
    ['3', 'restarted', null],
  ]);
  const statuses = drill.events.flatMap((e) => (e.type === 'migration.status_changed' ? [e.data.status] : []));
  expect(statuses.filter((s) => s === 'completed')).toHaveLength(2);
  expect(drill.outcome.summary.doubledAllocations).toBe(0);
  const gone = play(clusterOf(hosts, vms), 'fail compute-a', { forceDown: true });
  expect(gone.outcome.summary.doubledAllocations).toBe(3);
});

test('a second failure takes the VMs that fled there along', () => {
  const small = [hostState('compute-a'), hostState('compute-b'), hostState('compute-c', { enabled: false })];
  const state = clusterOf(small, [vmState('v', 'compute-a')]);
  const drill = play(state, 'fail compute-a; at +10m fail compute-b');
  expect(ends(drill)).toEqual([['v', 'stranded', null]]);
  expect(drill.events.filter((e) => e.type === 'migration.accepted')).toHaveLength(2);
  expect(new Set(drill.events.filter((e) => e.type === 'migration.accepted').map((e) => e.entity)).size).toBe(2);
});

const gluster = (replicas: number, count: number): PoolState => ({
  name: 'gluster',
  kind: 'glusterfs',
  layout: 'replicate',
  transport: 'tcp',
  status: 'Started',
  replicas,
  bricks: Array.from({ length: count }, (_, i) => ({ host: `gluster-${i + 1}`, path: '/srv/brick' })),
  sizeGiB: null,
  usedGiB: null,
  mountedAt: null,
});

test('replica sets are counted one by one: two copies serve with one, three need two', () => {
  const health = (pool: PoolState, dead: readonly string[], how: 'down' | 'destroyed' = 'down') =>
    poolHealth(pool, (b) => (dead.includes(b.host) ? how : 'up'));
  expect(health(gluster(2, 4), [])).toMatchObject({ serves: true, degraded: false });
  expect(health(gluster(2, 4), ['gluster-1', 'gluster-3'])).toMatchObject({ serves: true, degraded: true });
  expect(health(gluster(2, 4), ['gluster-3', 'gluster-4'])).toMatchObject({ serves: false, lost: false });
  expect(health(gluster(2, 4), ['gluster-3', 'gluster-4'], 'destroyed')).toEqual({
    serves: false,
    lost: true,
    why: 'replica set 2 of 2 of gluster lost every copy (gluster-3:/srv/brick and gluster-4:/srv/brick)',
  });
  expect(health(gluster(3, 3), ['gluster-1'])).toMatchObject({ serves: true });
  expect(health(gluster(3, 3), ['gluster-1', 'gluster-2'])).toMatchObject({ serves: false, lost: false });
});

test('guests of a pool that loses both copies are lost, those with disks elsewhere are not', () => {
  const vms = [vmState('v', 'compute-a'), vmState('w', 'compute-a', { storage: 'local', pool: null })];
  const state = clusterOf(hosts, vms, { pools: [gluster(2, 2)] });
  const one = play(state, 'lose brick gluster-1');
  expect(one.outcome.vms).toEqual([]);
  const both = play(state, 'lose brick gluster-1; at +1m lose brick gluster-2');
  expect(both.outcome.vms).toMatchObject([{ vm: 'v', outcome: 'lost', dataLost: true, vmState: 'error' }]);
});

test('a pool on the failed hosts stops its guests everywhere, and they go on when its hosts return', () => {
  const onHosts = {
    ...gluster(2, 2),
    bricks: [
      { host: 'compute-a', path: '/b' },
      { host: 'compute-b', path: '/b' },
    ],
  };
  const state = clusterOf(hosts, [vmState('v', 'compute-c'), vmState('w', 'compute-a')], { pools: [onHosts] });
  const dead = play(state, 'fail rack A1');
  expect(dead.outcome.vms.map((v) => v.outcome)).toEqual(['stranded', 'stranded']);
  const back = play(state, 'fail rack A1; at +5m return compute-a');
  expect(back.outcome.vms).toMatchObject([
    { vm: 'v', outcome: 'recovered', downMs: 300_000 },
    { vm: 'w', outcome: 'restarted', downMs: 300_000 },
  ]);
});

test('a host that is down already cannot fail once more, and each VM is evacuated once', () => {
  const state = clusterOf(
    [hostState('compute-1'), hostState('compute-2')],
    [vmState('a', 'compute-1'), vmState('b', 'compute-1')],
  );
  const once = play(state, 'at +0s fail compute-1');
  const twice = play(state, 'at +0s fail compute-1; at +10s fail compute-1');
  expect(twice.outcome.vms).toEqual(once.outcome.vms);
  expect(twice.events.filter((e) => e.type === 'host.failed')).toHaveLength(1);
});

test('a VM of unknown size is re-homed, and its outcome says that no room was asked for it', () => {
  const state = clusterOf(
    [hostState('compute-1'), hostState('compute-2')],
    [vmState('a', 'compute-1', { ramMiB: null, vcpus: null })],
  );
  expect(play(state, 'at +0s fail compute-1').outcome.vms[0]!.cause).toContain('the size of this VM is not in the log');
});
