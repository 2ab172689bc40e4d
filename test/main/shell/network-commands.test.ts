// flows, trace, reach and overlay on a real log and on a generated one: answers, honest noes, and sentences.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PlanReport } from '../../../domain/consolidation/live/report.ts';
import type { BlackoutAnswer } from '../../../domain/network/blackout-answer.ts';
import type { StoryAnswer } from '../../../domain/network/story-answer.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { TrafficAnswer } from '../../../domain/datapath/traffic-answer.ts';
import { ownFolder, run } from './running.ts';

const TRANSCRIPT = join(import.meta.dirname, '..', '..', '..', 'main', 'shell', 'demonstration', 'live-migration.txt');
const dir = ownFolder('network');
const INCIDENT = join(dir, 'incident.understudy');
const CLOUD = join(dir, 'cloud.understudy');

type Vm = {
  readonly name: string;
  readonly host: string | null;
  readonly addresses: readonly { readonly network: string }[];
};
let [here, there]: Vm[] = [];

beforeAll(async () => {
  expect(await run('import', TRANSCRIPT, '--log', INCIDENT)).toMatchObject({ status: 0 });
  const made = await run('generate', '--hosts', '6', '--vms', '40', '--days', '1', '--seed', 'net', '--log', CLOUD);
  expect(made).toMatchObject({ status: 0 });
  const { vms } = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as { vms: readonly Vm[] };
  here = vms.find((v) => v.host !== null && v.addresses.length > 0);
  there = vms.find(
    (v) => v.host !== null && v.host !== here?.host && v.addresses[0]?.network === here?.addresses[0]?.network,
  );
});

test('flows prints what ovs-ofctl would, in either version', async () => {
  const { status, out, err } = await run('flows', here?.host ?? '', '--log', CLOUD);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines[0]).toBe('priority=1,in_port=1 actions=goto_table:2');
  expect(lines).toContain('table=22, priority=0 actions=drop');
  const old = await run('flows', here?.host ?? '', '--log', CLOUD, '--style', 'classic');
  expect(old.out).toContain('actions=resubmit(,2)');
  const answer = JSON.parse((await run('flows', here?.host ?? '', '--log', CLOUD, '--json')).out);
  expect(answer.dump).toEqual(lines);
});

test('flows of one instant against itself do not differ', async () => {
  const same = await run('flows', here?.host ?? '', '--log', CLOUD, '--at', '-1h', '--diff', '-1h');
  expect(same.out).toMatch(/\n0 flows added, 0 removed, \d+ unchanged\.\n$/);
});

test('a trace tells steps and a verdict, and says no with status 1', async () => {
  const answer = await run('trace', '--log', CLOUD, '--from', here?.name ?? '', '--to', there?.name ?? '', '--json');
  expect(answer.status).toBe(0);
  const { steps, verdict } = JSON.parse(answer.out);
  expect(steps[0]).toMatchObject({ host: here?.host, bridge: 'br-int', table: 0 });
  expect(Object.keys(steps[0])).toEqual(
    expect.arrayContaining(['host', 'bridge', 'table', 'priority', 'match', 'actions']),
  );
  expect(verdict).toContain(`delivered to ${there?.name}`);
  const spoofed = ['--packet', 'icmp,dl_src=fa:16:3e:ff:ff:ff,nw_dst=10.0.0.1'];
  const no = await run('trace', '--log', CLOUD, '--from', here?.name ?? '', ...spoofed);
  expect(no).toMatchObject({ status: 1, out: expect.stringMatching(/Verdict: dropped in br-int table 25/) });
});

test('reach names the first broken hop of a fault', async () => {
  const ends = [here?.name ?? '', there?.name ?? ''];
  expect(await run('reach', ...ends, '--log', CLOUD)).toMatchObject({ status: 0 });
  const cut = await run('reach', ...ends, '--log', CLOUD, '--fault', `vtep-down:${there?.host}`);
  expect(cut).toMatchObject({ status: 1, out: expect.stringMatching(/the VTEP of .* is down\.\n$/) });
  const port = await run('reach', ...ends, '--log', CLOUD, '--fault', `vxlan-port:${there?.host},8472`);
  expect(port.out).toContain(
    `listens on 8472.\nSeen without a packet: vxlan-port-mismatch, ${there?.host} uses UDP port 8472`,
  );
  const vni = await run('reach', ...ends, '--log', CLOUD, '--fault', `wrong-vni:${there?.host},tenant-net-9,7`);
  expect(vni).toMatchObject({ status: 2, err: expect.stringContaining('there is no network tenant-net-9') as string });
});

test.each([
  [['flows', 'nowhere', '--log', CLOUD], /There is no host nowhere/],
  [['trace', '--from', 'nobody', '--to', 'nobody', '--log', CLOUD], /no VM nobody/],
  [['trace', '--from', 'nobody', '--log', CLOUD], /--packet SPEC/],
  [['trace', '--from', 'nobody', '--packet', 'icmp,colour=blue', '--log', CLOUD], /"colour"/],
  [['trace', '--from', 'nobody', '--packet', '', '--log', CLOUD], /it says nothing/],
  [['reach', 'a', 'b', '--fault', 'gremlins:x', '--log', CLOUD], /no VM a|no port/],
  [['trace', '--from', 'a', '--to', 'b', '--size', '7', '--log', CLOUD], /20 to 65535/],
] as const)('%j is refused with a sentence', async (argv, sentence) => {
  const ran = await run(...argv);
  expect(ran).toMatchObject({ status: 2, out: '' });
  expect(ran.err).toMatch(sentence);
});

test('a transcript without ports still has tables; what is made up goes to stderr', async () => {
  const flows = await run('flows', 'compute-2', '--log', INCIDENT, '--bridge', 'br-int');
  expect(flows.status).toBe(0);
  expect(flows.out).toContain('arp_spa=10.20.20.3');
  expect(flows.err).toMatch(/^Assumed: .*taken to be vxlan/m);
});

test('overlay counts every mode and says what is assumed; --scale needs no log', async () => {
  const { out } = await run('overlay', '--log', INCIDENT);
  expect(out).toMatch(/full mesh, flood +2 +30/);
  expect(out).toMatch(/Assumed:\n/);
  const scale = JSON.parse((await run('overlay', '--scale', '--json')).out) as {
    rows: { flows: number; tunnels: number; counted: { flows: number; tunnels: number } | null }[];
  };
  const counted = scale.rows.filter((r) => r.counted !== null);
  expect(counted.length).toBeGreaterThan(0);
  for (const row of counted) expect(row.counted).toEqual({ flows: row.flows, tunnels: row.tunnels });
});

const showNetwork = (type: string, segment: string): string =>
  [
    '[root@controller ~]# openstack network show net-a',
    '| Field | Value |',
    '| id | 11111111-2222-4333-8444-555555555555 |',
    '| name | net-a |',
    `| provider:network_type | ${type} |`,
    `| provider:segmentation_id | ${segment} |`,
    '| status | ACTIVE |',
    ...[1, 2].flatMap((n) => [
      `[root@controller ~]# openstack server show web-${n}`,
      '| Field | Value |',
      '| OS-EXT-SRV-ATTR:host | compute-' + n + ' |',
      '| addresses | net-a=10.0.0.' + n + ' |',
      `| id | aaaaaaa${n}-2222-4333-8444-555555555555 |`,
      `| name | web-${n} |`,
      '| status | ACTIVE |',
      `[root@controller ~]# openstack port show p${n}`,
      '| Field | Value |',
      `| binding_host_id | compute-${n} |`,
      `| device_id | aaaaaaa${n}-2222-4333-8444-555555555555 |`,
      '| device_owner | compute:nova |',
      `| fixed_ips | ip_address='10.0.0.${n}', subnet_id='s' |`,
      `| id | p${n} |`,
      `| mac_address | fa:16:3e:00:00:0${n} |`,
      '| network_id | 11111111-2222-4333-8444-555555555555 |',
      '| status | ACTIVE |',
    ]),
  ].join('\n');

test.each([
  ['vlan', '101', 'br-physnet1 puts local VLAN 1 on physnet1 as VLAN 101, heard by compute-2', 1500],
  ['flat', 'None', 'br-physnet1 puts local VLAN 1 on physnet1 untagged, heard by compute-2', 1500],
  ['gre', '5001', 'gre 198.18.0.1 -> 198.18.0.2, id 5001, 126 bytes outside', 1458],
  ['geneve', '700', 'geneve 198.18.0.1 -> 198.18.0.2, id 700, 134 bytes outside', 1450],
] as const)('a %s network, from what openstack prints to the way of a packet', async (type, segment, way, fits) => {
  const [text, log] = [join(dir, `${type}.txt`), join(dir, `${type}.understudy`)];
  writeFileSync(text, showNetwork(type, segment));
  expect(await run('import', text, '--log', log)).toMatchObject({ status: 0 });
  const traced = await run('trace', '--from', 'web-1', '--to', 'web-2', '--log', log);
  expect(traced).toMatchObject({ status: 0, out: expect.stringContaining(`  == ${way}\n`) as string });
  expect(await run('reach', 'web-1', 'web-2', '--log', log, '--size', `${fits}`)).toMatchObject({ status: 0 });
  expect(await run('reach', 'web-1', 'web-2', '--log', log, '--size', `${fits + 1}`)).toMatchObject({ status: 1 });
  const told = await run('overlay', '--log', log);
  const isWire = type === 'vlan' || type === 'flat';
  expect(told.out.includes('Every network is VLAN or flat')).toBe(isWire);
  expect(told.out).not.toContain('multicast');
  expect(told.err + told.out).not.toContain('made from');
});

/** `ovs-vsctl show` at a host's prompt: one VXLAN port. */
const shown = (host: string, local: string, remote: string, more = ''): string =>
  [
    `[root@${host} ~]# ovs-vsctl show`,
    '52de1671-20cc-438c-be6a-d41e7923100b',
    '    Bridge br-tun',
    '        Port "vxlan-0a010002"',
    '            Interface "vxlan-0a010002"',
    '                type: vxlan',
    `                options: {df_default="true", ${more}in_key=flow, local_ip="${local}", remote_ip="${remote}"}`,
  ].join('\n');

test('an import says what is wrong with the overlay it shows, and so does the state: twins, and a port of its own', async () => {
  const [text, log] = [join(dir, 'vsctl.txt'), join(dir, 'vsctl.understudy')];
  const hosts = [
    shown('compute-1', '10.1.0.1', '10.1.0.2'),
    shown('compute-2', '10.1.0.2', '10.1.0.1', 'dst_port="8472", '),
    shown('compute-3', '10.1.0.2', '10.1.0.1'),
  ];
  writeFileSync(text, hosts.join('\n'));
  const told = await run('import', text, '--log', log);
  expect(told.out).toMatch(
    /Of the overlay 2 things are recorded wrong:\n {2}duplicate-vtep {2}compute-2, compute-3 share/,
  );
  expect(told.out).toContain('vxlan-port-mismatch  compute-2 uses UDP port 8472 for VXLAN');
  const codes = ['duplicate-vtep', 'vxlan-port-mismatch'];
  const { overlay } = JSON.parse((await run('state', '--log', log, '--json')).out) as { overlay: { code: string }[] };
  expect(overlay.map((l) => l.code)).toEqual(codes);
  const again = join(dir, 'vsctl-2.understudy');
  const json = JSON.parse((await run('import', text, '--log', again, '--json')).out) as { overlay: { code: string }[] };
  expect(json.overlay.map((l) => l.code)).toEqual(codes);
});

test('so does the import of a large cloud', async () => {
  const folder = join(dir, 'large');
  mkdirSync(folder);
  const ID = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const servers = Array.from({ length: 10_100 }, (_, i) => ({
    ID: ID(i),
    Name: `vm-${i}`,
    Status: 'ACTIVE',
    'Task State': null,
    'Power State': 1,
    Networks: { [`net-${i % 200}`]: ['10.0.0.3'] },
    Host: `compute-${i % 100}`,
  }));
  writeFileSync(join(folder, 'servers.json'), JSON.stringify(servers));
  writeFileSync(
    join(folder, 'vsctl.txt'),
    [shown('compute-1', '10.1.0.1', '10.1.0.2'), shown('compute-2', '10.1.0.1', '10.1.0.2')].join('\n'),
  );
  const told = await run('import', folder, '--log', join(dir, 'large.understudy'));
  expect(told.out).toContain('duplicate-vtep  compute-1, compute-2 share the VTEP address 10.1.0.1');
}, 30_000);

test('traffic: made up from a seed, imported, and then part of what hosts carry', async () => {
  const log = join(dir, 'traffic.understudy');
  await run('generate', '--hosts', '6', '--vms', '40', '--days', '1', '--seed', 'net', '--log', log);
  const at = ['--at', '2026-11-17T12:00:00Z'];
  const none = await run('traffic', '--log', log);
  expect(none).toMatchObject({ status: 1, out: expect.stringContaining('No traffic matrix is recorded') as string });
  const pattern = ['--pattern', 'shuffle', '--group', '5', '--mean', '300'];
  const csv = await run('traffic', '--log', log, ...at, ...pattern, '--csv');
  expect(csv).toMatchObject({ status: 0, err: '' });
  expect(await run('traffic', '--log', log, ...at, ...pattern, '--csv')).toEqual(csv);
  const file = join(dir, 'matrix.csv');
  writeFileSync(file, csv.out);
  expect(await run('import', file, '--log', log, ...at)).toMatchObject({ status: 0 });

  const answer = JSON.parse((await run('traffic', '--log', log, ...at, '--json')).out) as TrafficAnswer;
  expect(answer.flows).toHaveLength(csv.out.trimEnd().split('\n').length - 1);
  const sums = (rows: readonly { outBitsPerS: number; inBitsPerS: number }[]) =>
    rows.reduce((sum, r) => sum + r.outBitsPerS - r.inBitsPerS, 0);
  expect(sums(answer.hosts) / answer.bytesPerS).toBeCloseTo(0, 9);
  expect(Math.max(...answer.hosts.map((h) => h.datapathCores))).toBeGreaterThan(0.1);

  const { from } = answer.flows[0] ?? { from: '' };
  const moved = await run('traffic', '--log', log, ...at, '--move', from, '--to', 'compute-01');
  expect(moved.out).toMatch(/\nMoving \S+ from \S+ to compute-01: forwarding takes \d/);
  expect(moved.err).toContain('Assumed: every host forwards with kernel OVS');

  const plan = JSON.parse((await run('consolidate', '--log', log, ...at, '--json')).out) as PlanReport;
  for (const host of plan.hosts)
    expect(host.forwardingCores).toBeCloseTo(answer.hosts.find((h) => h.host === host.host)?.datapathCores ?? NaN, 2);

  // No host is underloaded below nothing: what moves then moves for its traffic, and onto a branch it is written as planned.
  const only = ['consolidate', '--log', log, ...at, '--underload', 'threshold', '--set', 'underload.threshold=0'];
  const near = JSON.parse((await run(...only, '--branch', 'near', '--json')).out) as PlanReport;
  expect(near.asleep).toEqual([]);
  expect(new Set(near.moves.map((m) => m.question))).toEqual(new Set(['traffic']));
  expect(near.after.crossBitsPerS).toBeLessThan(0.95 * near.before.crossBitsPerS);
  expect(near.after.n1.failures).toBeLessThanOrEqual(near.before.n1.failures);
  for (const { options } of [...near.moves, ...near.refused]) for (const o of options) expect(o.why).not.toBe('');
  const then = await run('traffic', '--log', log, '--timeline', 'near', '--json');
  const there = JSON.parse(then.out) as TrafficAnswer;
  expect(there.hosts.reduce((sum, h) => sum + h.outBitsPerS, 0)).toBeCloseTo(near.after.crossBitsPerS, -6);
  const still = await run(...only, '--set', 'weights.movedGiB=1000');
  expect(still.out).toMatch(/^Nothing to move: .*\n/);
  expect(still.out).toMatch(/it talks to VMs elsewhere, and stays: compute-0\d not worth the move: /);
});

test('traffic that makes no sense is a sentence and status 2', async () => {
  const asked = (...argv: readonly string[]) => run('traffic', '--log', CLOUD, ...argv);
  expect(await asked('--move', 'x')).toMatchObject({ status: 2, err: expect.stringContaining('--to HOST') as string });
  expect(await asked('--move', 'nobody', '--to', 'compute-01')).toMatchObject({
    status: 2,
    err: expect.stringContaining('no VM nobody') as string,
  });
  expect(await asked('--move', here?.name ?? '', '--to', 'nowhere')).toMatchObject({
    status: 2,
    err: expect.stringContaining('no host nowhere') as string,
  });
  expect(await asked('--pattern', 'chain', '--group', '1')).toMatchObject({
    status: 2,
    err: expect.stringContaining('two VMs or more') as string,
  });
});

const another = async (): Promise<string> => {
  const { hosts } = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as {
    hosts: readonly { name: string }[];
  };
  return hosts.find((h) => h.name !== here?.host)?.name ?? '';
};

test('messages: every step of a move with who is told what, for people and for programs', async () => {
  const dest = await another();
  const told = await run('messages', here?.name ?? '', '--live', dest, '--log', CLOUD);
  expect(told).toMatchObject({ status: 0, err: '' });
  expect(told.out).toContain(`Nova adds an INACTIVE binding on ${dest}`);
  expect(told.out).toMatch(/\n {4}fanout {2}add_fdb_entries {2}server -> all 6 agents, \d entr/);
  expect(told.out).toMatch(/\n {6}\S+: FLOODING, fa:16:3e:/);
  const answer = JSON.parse(
    (await run('messages', here?.name ?? '', '--cold', dest, '--log', CLOUD, '--json')).out,
  ) as StoryAnswer;
  expect(answer.stories[0]?.steps).toHaveLength(3);
  expect(await run('messages', here?.name ?? '', '--log', CLOUD)).toMatchObject({ status: 2 });
  expect(await run('messages', here?.host ?? '', '--restart', '--log', CLOUD)).toMatchObject({ status: 0 });
});

test('blackout: a VM and a host, a recorded migration, and what is missing', async () => {
  const dest = await another();
  const told = await run('blackout', here?.name ?? '', '--to', dest, '--delay', 'fanout=900', '--log', CLOUD);
  expect(told.status).toBe(0);
  expect(told.out).toMatch(/\nFDB fanout +900 ms /);
  expect(told.err).not.toContain('for a fanout');
  const state = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as ClusterState;
  const migration = state.migrations.find(
    (m) => m.type === 'live-migration' && m.downtimeMs !== null && m.dest !== null,
  );
  if (migration !== undefined) {
    const answer = JSON.parse(
      (await run('blackout', '--migration', migration.id, '--log', CLOUD, '--json')).out,
    ) as BlackoutAnswer;
    expect(answer).toMatchObject({ source: migration.source, dest: migration.dest });
  }
  const asked = (...argv: readonly string[]) => run('blackout', ...argv, '--log', CLOUD);
  expect(await asked()).toMatchObject({ status: 2, err: expect.stringContaining('VM --to HOST') as string });
  expect(await asked(here?.name ?? '')).toMatchObject({ status: 2 });
  expect(await asked('--migration', 'none')).toMatchObject({
    status: 2,
    err: expect.stringContaining('no migration none') as string,
  });
  expect(await asked(here?.name ?? '', '--to', dest, '--delay', 'x=1')).toMatchObject({ status: 2 });
});

test('an import looks the overlay over and says how much is wrong', async () => {
  const [exported, log] = [join(dir, 'cloud.jsonl'), join(dir, 'again.understudy')];
  // A VM's port bound elsewhere than it runs is wrong whatever else the cloud is like.
  const { ports, hosts } = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as ClusterState;
  const port = ports.find((p) => p.vm !== null && p.host !== null && p.bindings.length === 1);
  const elsewhere = hosts.find((h) => h.name !== port?.host)?.name;
  const data = JSON.stringify({ host: elsewhere, binding: 'ACTIVE' });
  expect(await run('branch', 'wrong', '--log', CLOUD)).toMatchObject({ status: 0 });
  const told = await run('record', 'port.bound', `port:${port?.id}`, data, '--log', CLOUD, '--timeline', 'wrong');
  expect(told).toMatchObject({ status: 0 });
  const lints = async (...where: readonly string[]): Promise<number> =>
    (JSON.parse((await run('overlay', ...where, '--json')).out) as { lints: readonly unknown[] }).lints.length;
  expect(await lints('--log', CLOUD, '--timeline', 'wrong')).toBe((await lints('--log', CLOUD)) + 1);
  writeFileSync(exported, (await run('export', '--log', CLOUD)).out);
  const imported = await run('import', exported, '--log', log);
  const said = /Of the overlay (\d+) things? (?:is|are) recorded wrong, as/.exec(imported.out)?.[1] ?? '0';
  expect([imported.status, Number(said)]).toEqual([0, await lints('--log', log)]);
});
