// What the Drill place derives from an outcome: lanes, the recovery curve, the typed instants beside it.
import { expect, test } from 'vitest';
import { BY_HAND } from '../../domain/drill/settings.ts';
import type { DrillOutcome, VmOutcome } from '../../domain/drill/outcome.ts';
import { recoverySteps, recoveryUntilMin } from '../../renderer/charts/recovery.ts';
import { typedInstant } from '../../renderer/panels/typed-instant.ts';
import { drillName } from '../../renderer/session/run-drill.ts';
import { hostsHit, toggleDomain } from '../../renderer/session/drill-picks.ts';
import type { HostTile } from '../../domain/readout/picture-types.ts';
import { layoutLanes } from '../../renderer/surfaces/lanes-layout.ts';

const vm = (name: string, downMs: number | null, queueMs = 0): VmOutcome => ({
  vm: name,
  name,
  outcome: downMs === null ? 'stranded' : 'recovered',
  cause: 'because',
  source: 'compute-1',
  dest: downMs === null ? null : 'compute-2',
  storage: 'shared',
  vmState: 'stopped',
  downMs,
  reachedMs: downMs,
  dataLost: false,
  clocks:
    downMs === null
      ? null
      : { detectionMs: 66_000, fencingMs: 14_000, queueMs, schedulingMs: 1_000, spawnMs: downMs - 81_000 - queueMs },
});

const outcome: DrillOutcome = {
  vms: [vm('late', 200_000, 60_000), vm('never', null), vm('early', 93_000)],
  settings: BY_HAND,
  warnings: [],
  groups: [],
  network: { ports: 0, fdbMessages: 0, deliveries: 0, entries: 0, reachedMsMax: null },
  summary: {
    failed: ['compute-1'],
    at: '2026-11-17T10:36:02Z',
    recovered: 2,
    restarted: 0,
    unreachable: 0,
    rebuilt: 0,
    stranded: 1,
    lost: 0,
    error: 0,
    downMsMedian: 93_000,
    doubledAllocations: 0,
    downMsMax: 200_000,
    events: 9,
    verdict: 'Two of three.',
  },
};

test('lanes stand in order of return, their parts touch, and who never returns waited for the host all the same', () => {
  const layout = layoutLanes(outcome.vms, { width: 600, height: 300 });
  expect(layout.lanes.map((l) => l.vm.name)).toEqual(['early', 'late', 'never']);
  for (const lane of layout.lanes) {
    lane.parts.forEach((part, i) => expect(part.from).toBe(i === 0 ? 0 : lane.parts[i - 1]?.to));
  }
  expect(layout.lanes[1]?.parts.map((p) => p.kind)).toEqual(['detection', 'fencing', 'queue', 'scheduling', 'spawn']);
  expect(layout.lanes[2]?.end).toBe(80_000);
});

test('a hundred VMs keep readable rows and make the lanes taller than their box', () => {
  const layout = layoutLanes(
    Array.from({ length: 100 }, (_, i) => vm(`vm-${i}`, 93_000 + i * 1_000)),
    { width: 600, height: 300 },
  );
  expect(layout.lanes[1]?.h).toBeGreaterThanOrEqual(16);
  expect(layout.height).toBeGreaterThan(1_600);
});

test('the curve steps up once for every return and ends flat', () => {
  const until = recoveryUntilMin([{ name: 'x', outcome, here: true }]);
  expect(recoverySteps(outcome, until)).toEqual([
    [0, 0],
    [93 / 60, 1],
    [200 / 60, 2],
    [4, 2],
  ]);
});

test('a branch is named after its hosts while they can be read', () => {
  expect(drillName(['compute-1'], ['fail tor A1'])).toBe('drill: compute-1');
  expect(drillName(['a', 'b', 'c', 'd'], [])).toBe('drill: 4 hosts');
  expect(drillName([], ['fail tor A1', 'at +5m return tor A1'])).toBe('drill: tor A1');
});

test('a click picks a whole rack, takes it out again, and a switch hits everybody behind it', () => {
  const tile = (name: string, rack: string | null): HostTile => ({
    name,
    rack,
    az: 'az-1',
    up: true,
    enabled: true,
    forcedDown: false,
    fenced: false,
    downSince: null,
    cpu: 0,
    cpuSampled: false,
    ram: 0,
    vcpus: 0,
    vms: [],
  });
  const [a, b, c] = [tile('a', 'A1'), tile('b', 'A1'), tile('c', null)] as const;
  const hosts = [a, b, c];
  expect(toggleDomain(hosts, ['c'], a, 'rack')).toEqual(['c', 'a', 'b']);
  expect(toggleDomain(hosts, ['c', 'a', 'b'], b, 'rack')).toEqual(['c']);
  expect(toggleDomain(hosts, [], c, 'rack')).toEqual(['c']); // without a rack it stands for itself
  expect(toggleDomain(hosts, [], c, 'az')).toEqual(['a', 'b', 'c']);
  expect(hostsHit({ hosts }, ['c'], ['fail tor A1', 'at +5m return tor A1'])).toEqual(['c', 'a', 'b']);
});

test('typed instants: clock of the day shown, steps from now, full instants; nonsense is none', () => {
  const now = Date.parse('2026-11-17T10:41:07Z');
  const at = (text: string): string | null => typedInstant(text, now)?.says ?? null;
  expect(
    ['9:05', '10:41:30', '-5m', '+2 h', '2026-11-16', '2026-11-17 08:00', '25:00', 'kafka', '2026-13-40'].map(at),
  ).toEqual([
    '2026-11-17 09:05:00Z',
    '2026-11-17 10:41:30Z',
    '2026-11-17 10:36:07Z',
    '2026-11-17 12:41:07Z',
    '2026-11-16 00:00:00Z',
    '2026-11-17 08:00:00Z',
    null,
    null,
    null,
  ]);
});
