// Faults around the hosts: top-of-rack switches, VTEPs and tunnels, Cinder backends, network cards; fences that come late.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { parseScript } from '../../../domain/drill/faults/script.ts';
import type { DrillSettings } from '../../../domain/drill/outcome.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND, MASAKARI } from '../../../domain/drill/settings.ts';
import type { ClusterState, PoolState, VolumeState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T12:00:00Z'));
const play = (state: ClusterState, script: string, settings: Partial<DrillSettings> = {}) => {
  const faults = parseScript(script, state, at);
  if (!faults.ok) throw new Error(faults.error);
  const merged = { ...BY_HAND, landStopped: false, ...settings };
  const drill = runDrill({ state, at, fail: [], script: faults.value, settings: merged, name: 'test' });
  if (!drill.ok) throw new Error(drill.error);
  return drill.value;
};
const ends = ({ outcome }: ReturnType<typeof play>) => outcome.vms.map((v) => [v.vm, v.outcome, v.downMs]);

const hosts = ['a', 'b', 'c'].map((n, i) => hostState(`compute-${n}`, { rack: i < 2 ? 'A1' : 'B1' }));
const net = (network: string) => ({ addresses: [{ network, ip: '10.0.0.5' }] });
const vms = [
  vmState('1', 'compute-a', net('blue')),
  vmState('2', 'compute-b', net('red')),
  vmState('3', 'compute-c', net('blue')),
];
const volume = (id: string, vm: string, backend: string): VolumeState => ({
  id,
  name: id,
  sizeGiB: 10,
  status: 'in-use',
  bootable: true,
  backend,
  vm,
  device: '/dev/vda',
  boot: true,
});

test('behind a dead top-of-rack switch everything runs on, and comes back with it, where nobody can fence', () => {
  const state = clusterOf(hosts, vms);
  const cut = play(state, 'fail tor A1', { fence: false });
  expect(ends(cut)).toEqual([
    ['1', 'unreachable', null],
    ['2', 'unreachable', null],
  ]);
  expect(cut.outcome.vms[0]!.cause).toContain('behind its top-of-rack switch');
  expect(cut.events.filter((e) => e.type === 'host.failed').map((e) => e.data.cause)).toEqual([
    'partition',
    'partition',
  ]);
  expect(ends(play(state, 'fail tor A1; at +10m return tor A1', { fence: false }))).toEqual([
    ['1', 'recovered', 600_000],
    ['2', 'recovered', 600_000],
  ]);
});

test('where the fence works, what is behind the switch is powered off and evacuated to another rack', () => {
  const drill = play(clusterOf(hosts, vms), 'fail tor A1');
  expect(drill.outcome.vms.map((v) => [v.outcome, v.dest])).toEqual([
    ['recovered', 'compute-c'],
    ['recovered', 'compute-c'],
  ]);
});

test('a cut VTEP hits every guest on its host and no recovery: Nova sees nothing', () => {
  const state = clusterOf(hosts, vms, {
    tunnels: [
      {
        id: 't',
        host: 'compute-a',
        type: 'vxlan',
        localIp: '1',
        remoteIp: '2',
        remoteHost: 'compute-c',
        udpPort: null,
        up: true,
      },
      {
        id: 'u',
        host: 'compute-b',
        type: 'vxlan',
        localIp: '3',
        remoteIp: '2',
        remoteHost: 'compute-c',
        udpPort: null,
        up: true,
      },
    ],
  });
  const drill = play(state, 'cut vtep compute-a; at +30s return vtep compute-a');
  expect(ends(drill)).toEqual([['1', 'recovered', 30_000]]);
  const told = drill.events.flatMap((e) => (e.type === 'tunnel.state_changed' ? [[e.entity, e.data.up]] : []));
  expect(told).toEqual([
    ['tunnel:t', false],
    ['tunnel:t', true],
  ]);
  expect(play(state, 'cut vtep compute-a').outcome.vms[0]!.cause).toContain('Nova sees the host as up');
  expect(drill.events.some((e) => e.type === 'migration.accepted')).toBe(false);
});

test('a cut tunnel is noticed only by guests with a neighbour behind it', () => {
  const state = clusterOf(hosts, vms);
  expect(ends(play(state, 'cut tunnel compute-a compute-c'))).toEqual([
    ['1', 'unreachable', null],
    ['3', 'unreachable', null],
  ]);
  expect(ends(play(state, 'cut tunnel compute-b compute-c'))).toEqual([]);
});

test('a Cinder backend that stops pauses its guests, and they go on with it', () => {
  const state = clusterOf(hosts, [vmState('1', 'compute-a', { storage: 'volume' }), vms[1]!], {
    volumes: [volume('v', '1', 'lvm')],
  });
  expect(ends(play(state, 'stop backend lvm'))).toEqual([['1', 'stranded', null]]);
  expect(ends(play(state, 'stop backend lvm; at +1m return backend lvm'))).toEqual([['1', 'recovered', 60_000]]);
});

test('when only cinder-volume is down guests run on, but an evacuation ends in ERROR, and a later try succeeds', () => {
  const state = clusterOf(hosts, [vmState('1', 'compute-a', { storage: 'volume' })], {
    volumes: [volume('v', '1', 'lvm')],
  });
  expect(ends(play(state, 'stop backend lvm by service'))).toEqual([]);
  const failed = play(state, 'stop backend lvm by service; at +1s fail compute-a').outcome.vms[0]!;
  expect(failed).toMatchObject({ outcome: 'error', vmState: 'error' });
  expect(failed.cause).toContain('cinder-volume of backend lvm does not answer');
  const again = play(state, 'stop backend lvm by service; fail compute-a; at +6m return backend lvm', MASAKARI);
  expect(again.outcome.vms[0]).toMatchObject({ outcome: 'recovered' });
});

test('a destination with a slow network card takes longer to fetch an image, and only that', () => {
  const local = clusterOf([hosts[0]!, hosts[2]!], [vmState('1', 'compute-a', { storage: 'local' })]);
  const shared = clusterOf([hosts[0]!, hosts[2]!], [vmState('1', 'compute-a')]);
  const spawn = (state: ClusterState, script: string) => play(state, script).outcome.vms[0]!.clocks!.spawnMs;
  expect(spawn(local, 'fail compute-a')).toBe((12 + 4 * 40) * 1000);
  // 40 GiB over a tenth of 10 Gbit/s.
  expect(spawn(local, 'slow nic compute-c to 10%; fail compute-a')).toBe(12_000 + Math.ceil((40 * 2 ** 30 * 8) / 1e6));
  expect(spawn(local, 'slow nic compute-c to 10%; at +10s return nic compute-c; at +20s fail compute-a')).toBe(172_000);
  expect(spawn(shared, 'slow nic compute-c to 10%; fail compute-a')).toBe(12_000);
});

test('images that come to one host at once share its card; each alone comes as before', () => {
  const many = ['1', '2', '3', '4', '5', '6', '7', '8'].map((id) => vmState(id, 'compute-a', { storage: 'local' }));
  const state = clusterOf([hosts[0]!, hosts[2]!], many);
  const down = (threads: number, script = 'fail compute-a') =>
    Math.max(...play(state, script, { threads }).outcome.vms.map((vm) => vm.clocks!.spawnMs));
  expect(down(4)).toBe(172_000); // 4 x 2.15 Gbit/s are less than 10
  expect(down(8)).toBe(12_000 + Math.ceil((8 * 40 * 2 ** 30 * 8) / 10e6)); // 8 are more
  const mended = down(8, 'slow nic compute-c to 1%; fail compute-a; at +10m return nic compute-c');
  expect(mended).toBeGreaterThan(down(8));
  expect(mended).toBeLessThan(12_000 + Math.ceil((8 * 40 * 2 ** 30 * 8) / 0.1e6));
});

test('a VM whose destination dies under it is stuck in its rebuild; Masakari evacuates it once more', () => {
  const state = clusterOf(hosts, [vmState('1', 'compute-a')]);
  const dest = play(state, 'fail compute-a').outcome.vms[0]!.dest!;
  const drill = play(state, `fail compute-a; at +85s fail ${dest}`);
  expect(drill.outcome.vms[0]).toMatchObject({ outcome: 'stranded', vmState: 'active', downMs: null });
  expect(drill.outcome.vms[0]!.cause).toContain('stuck in task_state rebuild_spawning');
  const again = play(state, `fail compute-a; at +265s fail ${dest}`, MASAKARI).outcome.vms[0];
  expect(again).toMatchObject({ outcome: 'recovered' });
  expect(again!.dest).not.toBe(dest);
});

test('a host that was only cut off comes back with its copies, charged as before', () => {
  const state = clusterOf(hosts, [vmState('1', 'compute-a')]);
  const clocks = { fence: false, waitForFence: false };
  const { outcome } = play(state, 'fail compute-a by partition; at +10m return compute-a', clocks);
  expect(outcome.vms[0]).toMatchObject({ outcome: 'recovered', dataLost: true });
  expect(outcome.vms[0]!.cause).toContain('compute-a is back with its own copy of it');
  expect(outcome.summary.doubledAllocations).toBe(1);
  const stopped = play(state, 'fail compute-a by crash; at +10m return compute-a', clocks).outcome;
  expect(stopped.summary.doubledAllocations).toBe(0);
});

const POOL: PoolState = {
  name: 'p',
  kind: 'gluster',
  layout: 'Replicate',
  transport: null,
  status: 'Started',
  replicas: 2,
  bricks: [],
  sizeGiB: null,
  usedGiB: null,
  mountedAt: null,
};

test('behind a lost switch a guest waits for a disk that is elsewhere, and runs on one that is there too', () => {
  const cut = (storage: 'local' | 'shared' | 'volume', bricks: readonly string[]) => {
    const pool = { ...POOL, bricks: bricks.map((host) => ({ host, path: '/b' })), replicas: bricks.length };
    const pools = bricks.length === 0 ? [] : [pool];
    const state = clusterOf(hosts, [vmState('1', 'compute-a', { storage, pool: storage === 'shared' ? 'p' : null })], {
      pools,
    });
    return play(state, 'fail tor A1', { fence: false }).outcome.vms[0]!.cause;
  };
  expect(cut('local', [])).toContain('it may still run there');
  expect(cut('shared', ['compute-a', 'compute-b'])).toContain('it may still run there');
  expect(cut('shared', ['compute-c'])).toContain('it waits there for its disk');
  expect(cut('volume', [])).toContain('from its volumes too');
});

test('evacuation that does not wait for the fence starts a second copy, and says so', () => {
  const state = clusterOf(hosts, [vms[0]!]);
  const early = play(state, 'fail compute-a by partition', { waitForFence: false, fencingS: 600 });
  expect(early.outcome.vms[0]).toMatchObject({ outcome: 'recovered', dataLost: true });
  expect(early.outcome.vms[0]!.cause).toContain('writes to the same disk');
  expect(early.outcome.warnings.join()).toContain('does not wait for the fence');
  // A crashed host runs no second copy, and a fence in time prevents one.
  expect(play(state, 'fail compute-a', { waitForFence: false }).outcome.vms[0]!.dataLost).toBe(false);
  const inTime = play(state, 'fail compute-a by partition', { waitForFence: false, fencingS: 5 });
  expect(inTime.outcome.vms[0]!.dataLost).toBe(false);
});

test('a pool that was stopped serves again when it returns', () => {
  const state = clusterOf(hosts, [vms[0]!], {
    pools: [
      {
        name: 'gluster',
        kind: 'glusterfs',
        layout: null,
        transport: null,
        status: 'Started',
        replicas: null,
        bricks: [],
        sizeGiB: null,
        usedGiB: null,
        mountedAt: null,
      },
    ],
  });
  expect(ends(play(state, 'stop pool gluster; at +2m return pool gluster'))).toEqual([['1', 'recovered', 120_000]]);
});

test('ports follow their VM to its new host', () => {
  const port = {
    id: 'p',
    network: 'blue',
    vm: '1',
    mac: null,
    ips: [],
    host: 'compute-a',
    status: 'ACTIVE',
    bindings: [],
  };
  const { events } = play(clusterOf(hosts, vms, { ports: [port] }), 'fail compute-a');
  expect(events.filter((e) => e.entity === 'port:p').map((e) => [e.type, e.data])).toEqual([
    ['port.bound', { host: expect.any(String), binding: 'ACTIVE' }],
    ['port.unbound', { host: 'compute-a' }],
  ]);
});

test('what serves together is told together: the worst a tag or a server group goes through', () => {
  const tagged = [
    vmState('1', 'compute-a', { tags: ['db'] }),
    vmState('2', 'compute-b', { tags: ['db', 'web'] }),
    vmState('3', 'compute-c', { tags: ['web'] }),
  ];
  const group = { id: 'g', name: 'quorum', policy: 'anti-affinity', maxServerPerHost: 1, members: ['1', '2'] } as const;
  const state = clusterOf(hosts, tagged, { serverGroups: [group] });
  const { groups, vms: told } = play(state, 'fail rack A1').outcome;
  const [first, second] = told.map((v) => v.downMs);
  expect(groups).toEqual([
    // Anti-affinity leaves one of the two without a host in the last rack.
    { by: 'server group', name: 'quorum', vms: 2, hit: 2, notBack: 1, downMsMax: first, allDownMs: first },
    { by: 'tag', name: 'db', vms: 2, hit: 2, notBack: 1, downMsMax: first, allDownMs: first },
    { by: 'tag', name: 'web', vms: 2, hit: 1, notBack: 1, downMsMax: null, allDownMs: 0 },
  ]);
  expect(second).toBeNull();
});

test.each([
  ['cut tunnel compute-a', 'A tunnel joins two hosts'],
  ['slow nic compute-a to 0%', 'slowed to a share'],
  ['slow nic compute-a', 'slowed to a share'],
  ['stop backend tape', 'No volume is on a backend tape'],
  ['return brick gluster-1', 'does not return'],
  ['slow pool gluster to 5%', 'is not a step of a fault script'],
  ['fail tor Z9', 'No host is in rack Z9'],
])('the script %j is refused with a sentence', (script, sentence) => {
  const read = parseScript(script, clusterOf(hosts, vms), at);
  expect(read.ok ? '' : read.error).toContain(sentence);
});
