// Recovery as Masakari does it: recovery methods, reserved hosts, tries and patience, and who is left out.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { racksFromAggregates } from '../../../domain/drill/faults/failure-domains.ts';
import { parseScript } from '../../../domain/drill/faults/script.ts';
import type { DrillSettings } from '../../../domain/drill/outcome.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import {
  BY_HAND,
  drillSettings,
  MASAKARI,
  PROFILES,
  profileUnder,
  settingsWarnings,
} from '../../../domain/drill/settings.ts';
import { LATEST_RELEASE, releaseOf } from '../../../domain/scheduling/release.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T12:00:00Z'));
/** Masakari with clocks of nothing but its own waits: 180 s before, 120 s between tries, 40 s a VM. */
const PLAIN: DrillSettings = { ...MASAKARI, forceDown: true, fencingS: 0, scheduleS: 0, spawnS: 40 };

const play = (state: ClusterState, script: string, settings: Partial<DrillSettings> = {}) => {
  const faults = parseScript(script, state, at);
  if (!faults.ok) throw new Error(faults.error);
  const drill = runDrill({ state, at, fail: [], script: faults.value, settings: { ...PLAIN, ...settings }, name: 't' });
  if (!drill.ok) throw new Error(drill.error);
  return drill.value;
};
const lines = ({ outcome }: ReturnType<typeof play>) =>
  outcome.vms.map((v) => [v.vm, v.outcome, v.dest, v.downMs === null ? null : v.downMs / 1000]);

/** compute-b has room for one VM only; compute-r is reserved. */
const hosts = [
  hostState('compute-a', { az: 'az-1', aggregates: ['rack-1', 'ssd'] }),
  hostState('compute-b', { ramMiBUsed: 60_000 }),
  hostState('compute-r', { enabled: false, az: 'az-9', aggregates: ['spare'] }),
];
const two = clusterOf(hosts, [vmState('1', 'compute-a'), vmState('2', 'compute-a')]);
const reserve = { reservedHosts: ['compute-r'] };

test('auto never touches the reserved host: who does not fit fails twice', () => {
  expect(lines(play(two, 'fail compute-a'))).toEqual([
    ['1', 'recovered', 'compute-b', 220],
    ['2', 'stranded', null, null],
  ]);
  expect(play(two, 'fail compute-a').outcome.vms[1]!.cause).toContain('(try number 2)');
});

test('reserved_host takes everybody there, and enables it first', () => {
  const drill = play(two, 'fail compute-a', { method: 'reserved_host', ...reserve });
  expect(lines(drill)).toEqual([
    ['1', 'recovered', 'compute-r', 220],
    ['2', 'recovered', 'compute-r', 220],
  ]);
  const opened = drill.events.findIndex((e) => e.entity === 'host:compute-r');
  expect(drill.events[opened]).toMatchObject({ type: 'host.service_reported', data: { enabled: true } });
  expect(opened).toBeLessThan(drill.events.findIndex((e) => e.type === 'migration.accepted'));
});

test('auto_priority sends only the rest to the reserved host, after a second wait', () => {
  expect(lines(play(two, 'fail compute-a', { method: 'auto_priority', ...reserve }))).toEqual([
    ['1', 'recovered', 'compute-b', 220],
    ['2', 'recovered', 'compute-r', 440], // 180 + 40 for the first workflow, the same again for the second
  ]);
});

test('rh_priority fills the reserved host first and leaves the rest to the scheduler', () => {
  const small = clusterOf(
    [hosts[0]!, hosts[1]!, hostState('compute-r', { enabled: false, ramMiBUsed: 60_000 })],
    two.vms,
  );
  expect(lines(play(small, 'fail compute-a', { method: 'rh_priority', ...reserve }))).toEqual([
    ['1', 'recovered', 'compute-r', 220],
    ['2', 'recovered', 'compute-b', 440],
  ]);
});

test('a reserved host joins the aggregates of the failed one only when told to', () => {
  const told = (joinAggregates: boolean) =>
    play(two, 'fail compute-a', { method: 'reserved_host', joinAggregates, ...reserve }).events.flatMap((e) =>
      e.type === 'host.reported' ? [e.data] : [],
    );
  expect(told(true)).toEqual([{ zone: 'az-1', aggregates: ['rack-1', 'spare', 'ssd'] }]);
  expect(told(false)).toEqual([]);
});

test('a second reserved host is tried where the first is full', () => {
  const three = clusterOf(
    [hosts[0]!, hostState('compute-q', { enabled: false, ramMiBUsed: 60_000 }), hosts[2]!],
    two.vms,
  );
  const both = { method: 'reserved_host', reservedHosts: ['compute-q', 'compute-r'] } as const;
  expect(lines(play(three, 'fail compute-a', both))).toEqual([
    ['1', 'recovered', 'compute-q', 220],
    ['2', 'recovered', 'compute-r', 260], // within one workflow nobody waits again
  ]);
});

test('a method without its reserved host ends with ReservedHostsUnavailable, and the settings warn of it', () => {
  const { outcome } = play(two, 'fail compute-a', { method: 'reserved_host' });
  expect(outcome.vms.map((v) => v.outcome)).toEqual(['stranded', 'stranded']);
  expect(outcome.vms[0]!.cause).toContain('ReservedHostsUnavailable');
  expect(outcome.warnings[0]).toContain('ReservedHostsUnavailable');
  expect(settingsWarnings({ ...PLAIN, ...reserve })[0]).toContain('never uses reserved hosts');
});

test('a reserved host the log does not know is refused', () => {
  const settings = { ...PLAIN, method: 'reserved_host', reservedHosts: ['compute-z'] } as const;
  const drill = runDrill({ state: two, at, fail: ['compute-a'], settings, name: 't' });
  expect(drill.ok ? '' : drill.error).toContain('There is no host compute-z');
});

test('who failed is tried once more, and finds the room that came back meanwhile', () => {
  const state = clusterOf([hosts[0]!, hostState('compute-c')], [vmState('1', 'compute-a')]);
  const script = 'fail compute-a; fail compute-c; at +4m return compute-c';
  expect(lines(play(state, script))).toEqual([['1', 'recovered', 'compute-c', 180 + 120 + 180 + 40]]);
  expect(lines(play(state, script, { retries: 0 }))).toEqual([['1', 'stranded', null, null]]);
});

test('a thread gives a VM up after 90 s, takes the next, and Nova finishes the first all the same', () => {
  const state = clusterOf(
    [hosts[0]!, hostState('compute-c')],
    ['1', '2'].map((id) => vmState(id, 'compute-a', { storage: 'local' })),
  );
  const slow = { threads: 1, spawnS: 0, imageFetchSPerGiB: 4 }; // 40 GiB: 160 s
  expect(lines(play(state, 'fail compute-a', slow))).toEqual([
    ['1', 'rebuilt', 'compute-c', 340],
    ['2', 'rebuilt', 'compute-c', 430],
  ]);
  expect(play(state, 'fail compute-a', slow).outcome.vms[0]!.cause).toContain('gave up after 90 s');
  expect(lines(play(state, 'fail compute-a', { ...slow, evacuationLimitS: null }))[1]).toEqual([
    '2',
    'rebuilt',
    'compute-c',
    500,
  ]);
});

test('a VM that Nova would not evacuate is reset to ERROR first, and lands stopped', () => {
  const state = clusterOf([hosts[0]!, hostState('compute-c')], [vmState('1', 'compute-a', { vmState: 'paused' })]);
  const drill = play(state, 'fail compute-a');
  expect(drill.outcome.vms[0]).toMatchObject({ outcome: 'recovered', vmState: 'stopped' });
  expect(drill.events.some((e) => e.type === 'vm.state_changed' && e.data.vmState === 'error')).toBe(true);
  const byHand = play(state, 'fail compute-a', { resetToError: false, retries: 0 });
  expect(byHand.outcome.vms[0]!.cause).toContain('refused while vm_state is paused');
});

test('before Zed a task_state stands in the way, unless the tool resets it', () => {
  const state = clusterOf(
    [hosts[0]!, hostState('compute-c')],
    [vmState('1', 'compute-a', { taskState: 'powering-off' })],
  );
  const old = { taskStateBlocks: true, retries: 0 };
  const stuck = play(state, 'fail compute-a', { ...old, resetToError: false }).outcome.vms[0]!;
  expect(stuck).toMatchObject({ outcome: 'stranded' });
  expect(stuck.cause).toContain('bug 1978983');
  expect(play(state, 'fail compute-a', old).outcome.vms[0]!.outcome).toBe('recovered');
  expect(play(state, 'fail compute-a', { resetToError: false }).outcome.vms[0]!.outcome).toBe('recovered');
});

test('without evacuate_all_instances only HA_Enabled VMs are moved', () => {
  const state = clusterOf(
    [hosts[0]!, hostState('compute-c')],
    [vmState('1', 'compute-a', { tags: ['HA_Enabled'] }), vmState('2', 'compute-a')],
  );
  const { outcome } = play(state, 'fail compute-a', { evacuateAll: false });
  expect(outcome.vms.map((v) => v.outcome)).toEqual(['recovered', 'stranded']);
  expect(outcome.vms[1]!.cause).toContain('HA_Enabled');
});

test('impossible retries and methods are refused by name', () => {
  const no = (wanted: Partial<DrillSettings>): string => {
    const answer = drillSettings(wanted, BY_HAND);
    return answer.ok ? '' : answer.error;
  };
  expect(no({ retries: -1 })).toContain('retries must be a whole number');
  expect(no({ method: 'luck' as never })).toContain('method must be one of auto, reserved_host');
  expect(no({ retryAfterS: -3 })).toContain('retryAfterS');
});

test('a VM pinned to a zone reaches the reserved host only when that joins the zone', () => {
  const pinned = clusterOf([hosts[0]!, hosts[2]!], [vmState('1', 'compute-a', { requestedZone: 'az-1' })]);
  const how = { method: 'reserved_host', retries: 0, ...reserve } as const;
  expect(lines(play(pinned, 'fail compute-a', { ...how, joinAggregates: true }))).toEqual([
    ['1', 'recovered', 'compute-r', 220],
  ]);
  expect(lines(play(pinned, 'fail compute-a', how))).toEqual([['1', 'stranded', null, null]]);
});

test('racks are read from aggregates that begin alike, one a host', () => {
  expect(racksFromAggregates('rack-', hosts)).toEqual({ ok: true, value: { 'compute-a': 'rack-1' } });
  expect(racksFromAggregates('row-', hosts)).toMatchObject({ ok: false });
  const twice = hostState('compute-x', { aggregates: ['rack-1', 'rack-2'] });
  expect(racksFromAggregates('rack-', [twice])).toEqual({
    ok: false,
    error: 'compute-x is in two aggregates that begin with rack-: rack-1, rack-2.',
  });
});

test('a release decides what a profile leaves to Nova, and nothing of a profile that asks no Nova or names its microversion', () => {
  const rules = (profile: 'nova' | 'masakari' | 'proxmox', release: string) => {
    const { taskStateBlocks, landStopped } = profileUnder(profile, releaseOf({ release }));
    return [taskStateBlocks, landStopped];
  };
  expect(rules('nova', 'train')).toEqual([true, false]);
  expect(rules('nova', 'zed')).toEqual([false, false]);
  expect(rules('nova', '2026.1')).toEqual([false, true]);
  expect(rules('masakari', 'rocky')).toEqual([true, false]);
  expect(rules('masakari', '2026.1')).toEqual([false, false]);
  expect(profileUnder('proxmox', releaseOf({ release: 'rocky' }))).toBe(PROFILES.proxmox);
  expect(profileUnder('nova', LATEST_RELEASE)).toEqual(BY_HAND);
});
