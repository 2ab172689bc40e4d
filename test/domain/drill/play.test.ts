// A failed host played out: who comes back, where, when, with what lost, and why the others do not.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND, drillSettings, MASAKARI } from '../../../domain/drill/settings.ts';
import type { DrillSettings } from '../../../domain/drill/outcome.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T10:36:02Z'));
const play = (state: ClusterState, fail: readonly string[], settings: Partial<DrillSettings> = {}) => {
  const drill = runDrill({ state, at, fail, settings: { ...BY_HAND, ...settings }, name: 'test' });
  if (!drill.ok) throw new Error(drill.error);
  return drill.value;
};
const two = [hostState('compute-1'), hostState('compute-2')];

test('shared and volume disks are kept, a local disk is re-created and its data lost', () => {
  const vms = [
    vmState('a', 'compute-1'),
    vmState('b', 'compute-1', { storage: 'volume' }),
    vmState('c', 'compute-1', { storage: 'local' }),
    vmState('d', 'compute-2'),
  ];
  const { outcome } = play(clusterOf(two, vms), ['compute-1']);
  expect(outcome.vms.map((v) => [v.vm, v.outcome, v.dest, v.dataLost])).toEqual([
    ['a', 'recovered', 'compute-2', false],
    ['b', 'recovered', 'compute-2', false],
    ['c', 'rebuilt', 'compute-2', true],
  ]);
  expect(outcome.summary.verdict).toBe(
    '2 of 3 VMs of compute-1 recovered with their disks; 1 is rebuilt with data loss.',
  );
});

test('the parts of the down time add up to it, and the fault is the zero of the clock', () => {
  const { outcome } = play(clusterOf(two, [vmState('a', 'compute-1'), vmState('b', 'compute-1')]), ['compute-1']);
  for (const vm of outcome.vms) {
    const c = vm.clocks!;
    expect(c.detectionMs + c.fencingMs + c.queueMs + c.schedulingMs + c.spawnMs).toBe(vm.downMs);
    expect(c.detectionMs).toBeGreaterThan(60_000);
    expect(c.detectionMs).toBeLessThanOrEqual(70_000);
  }
});

test('forcing the service down saves the whole detection time', () => {
  const state = clusterOf(two, [vmState('a', 'compute-1')]);
  const waited = play(state, ['compute-1']).outcome.vms[0]!;
  const forced = play(state, ['compute-1'], { forceDown: true }).outcome.vms[0]!;
  expect(waited.downMs! - forced.downMs!).toBe(waited.clocks!.detectionMs);
});

test('evacuated VMs land stopped from microversion 2.95 on, and keep running before it unless they were stopped', () => {
  const vms = [vmState('a', 'compute-1'), vmState('b', 'compute-1', { vmState: 'stopped' })];
  const ends = (settings: Partial<DrillSettings>) =>
    play(clusterOf(two, vms), ['compute-1'], settings).outcome.vms.map((v) => v.vmState);
  expect(ends({})).toEqual(['stopped', 'stopped']);
  expect(ends({ landStopped: false })).toEqual(['active', 'stopped']);
  expect(ends({ landStopped: false, graceful: true })).toEqual(['stopped', 'stopped']);
});

test('without room a VM is stranded in ERROR, and the reason has the numbers', () => {
  const hosts = [hostState('compute-1'), hostState('compute-2', { ramMiBUsed: 62_000 })];
  const { outcome, events } = play(clusterOf(hosts, [vmState('a', 'compute-1')]), ['compute-1']);
  expect(outcome.vms[0]).toMatchObject({
    outcome: 'stranded',
    dest: null,
    downMs: null,
    vmState: 'error',
    cause:
      'NoValidHost: compute-2 has 3024 of 65024 MiB RAM free, 4096 asked. Smallest change: free 1072 MiB RAM on compute-2',
  });
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'migration.status_changed', data: expect.objectContaining({ status: 'error' }) }),
  );
});

test('room is used up while VMs are re-homed: the second of two giants is stranded', () => {
  const giant = { ramMiB: 40_000 };
  const vms = [vmState('a', 'compute-1', giant), vmState('b', 'compute-1', giant)];
  expect(play(clusterOf(two, vms), ['compute-1']).outcome.vms.map((v) => v.outcome)).toEqual(['recovered', 'stranded']);
});

test('anti-affinity holds during recovery', () => {
  const vms = [vmState('a', 'compute-1', { serverGroup: 'g' }), vmState('b', 'compute-2', { serverGroup: 'g' })];
  const serverGroups = [
    { id: 'g', name: 'mail', policy: 'anti-affinity' as const, maxServerPerHost: 1, members: ['a', 'b'] },
  ];
  const { outcome } = play(clusterOf(two, vms, { serverGroups }), ['compute-1']);
  expect(outcome.vms[0]).toMatchObject({ outcome: 'stranded' });
  expect(outcome.vms[0]!.cause).toContain('already runs 1 of server group g');
});

test('a paused VM cannot be evacuated and waits for its host', () => {
  const { outcome } = play(clusterOf(two, [vmState('a', 'compute-1', { vmState: 'paused' })]), ['compute-1']);
  expect(outcome.vms[0]).toMatchObject({ outcome: 'stranded', vmState: 'paused' });
  expect(outcome.vms[0]!.cause).toContain('refused while vm_state is paused');
});

test('a destination of unknown capacity is taken as enough, and the outcome says so', () => {
  const blind = { vcpus: null, ramMiB: null, diskGiB: null };
  const hosts = [hostState('compute-1', blind), hostState('compute-2', blind)];
  const { outcome } = play(clusterOf(hosts, [vmState('a', 'compute-1')]), ['compute-1']);
  expect(outcome.vms[0]!.cause).toContain('the capacity of compute-2 is not in the log');
});

test('30 VMs at 40 s each on three threads take 400 s after the wait: the Masakari drill', () => {
  const vms = Array.from({ length: 30 }, (_, i) => vmState(String(i).padStart(2, '0'), 'compute-1', { ramMiB: 1024 }));
  const { outcome } = play(clusterOf([...two, hostState('compute-3')], vms), ['compute-1'], {
    ...MASAKARI,
    forceDown: true,
    fencingS: 0,
    scheduleS: 0,
    spawnS: 40,
  });
  expect(outcome.summary.downMsMax).toBe(580_000);
});

test('two threads at once halve the queue and never change who survives', () => {
  const vms = Array.from({ length: 8 }, (_, i) => vmState(String(i), 'compute-1'));
  const [one, more] = [1, 2].map((threads) => play(clusterOf(two, vms), ['compute-1'], { threads }).outcome);
  expect(more!.vms.map((v) => v.outcome)).toEqual(one!.vms.map((v) => v.outcome));
  expect(more!.summary.downMsMax!).toBeLessThan(one!.summary.downMsMax!);
});

test('the same seed gives the same bytes, whatever the order of the state', () => {
  const vms = [vmState('a', 'compute-1'), vmState('b', 'compute-1'), vmState('c', 'compute-2')];
  const forward = play(clusterOf(two, vms), ['compute-1']);
  const backward = play(clusterOf([...two].reverse(), [...vms].reverse()), ['compute-1']);
  expect(JSON.stringify(backward)).toBe(JSON.stringify(forward));
});

test('an unknown host, no host and an impossible clock are refused with a sentence', () => {
  const state = clusterOf(two, []);
  const ask = (fail: readonly string[]) => runDrill({ state, at, fail, settings: BY_HAND, name: 'test' });
  expect(ask(['compute-9'])).toEqual({
    ok: false,
    error: 'There is no host compute-9 at 2026-11-17T10:36:02Z. Known hosts: compute-1, compute-2.',
  });
  expect(ask([])).toMatchObject({ ok: false });
  expect(drillSettings({ serviceDownTimeS: -1 })).toEqual({
    ok: false,
    error: 'serviceDownTimeS must be between 0 and 604800 seconds, not -1.',
  });
  expect(drillSettings({ threads: 0 })).toMatchObject({ ok: false });
});
