// Importing into a real log: what is reported, what repeats, and what bad input gets.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Timeline } from '../../../domain/timeline/order.ts';
import { importPaths, type ImportOptions } from '../../../main/ingest/import.ts';
import { openLog } from '../../../main/log/log.ts';
import type { Log } from '../../../main/log/types.ts';
import { SEEDS, UNDATED } from './reading.ts';

let folder = '';
let log: Log;
let main: Timeline;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-ingest-'));
  const opened = openLog(join(folder, 'test.understudy'), { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  log = opened.value;
  const timeline = log.timeline('main');
  if (!timeline.ok) throw new Error(timeline.error.sentence);
  main = timeline.value;
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true });
});

const given = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const bring = (paths: readonly string[], more: Partial<ImportOptions> = {}) =>
  importPaths({ log, timeline: main, paths, undatedAt: UNDATED, ...more });
const reported = async (paths: readonly string[], more: Partial<ImportOptions> = {}) => {
  const result = await bring(paths, more);
  if (!result.ok) throw new Error(result.error.sentence);
  return result.value;
};

test('a transcript comes in once, whatever often it is imported', async () => {
  const path = join(SEEDS, 'live-migration.txt');
  const first = await reported([path]);
  const events = first.files[0]?.events ?? 0;
  expect(first.files[0]).toMatchObject({ path, format: 'transcript', lines: 351, duplicates: 0, refused: [] });
  expect(events).toBeGreaterThan(80);
  expect(first.head).toBe(events);
  const again = await reported([path]);
  expect(again.files[0]).toMatchObject({ events: 0, duplicates: events });
  expect(again.head).toBe(events);
  expect(log.verify()).toMatchObject({ ok: true, events });
});

test('a longer paste of the same session adds only what it has more', async () => {
  const part = ['nova show web', '| Property | Value |', '| status | ACTIVE |', '| updated | 2013-08-06T08:47:13Z |'];
  const head = [...part, '| OS-EXT-SRV-ATTR:host | c1 |', '', 'nova reboot web', ''];
  const short = await reported([given('short.txt', head.join('\n'))]);
  const long = await reported([given('long.txt', [...head, 'nova stop web', ''].join('\n'))]);
  expect(short.files[0]?.events).toBe(3);
  expect(long.files[0]).toMatchObject({ events: 1, duplicates: 3 });
});

test('a dry run reports the same and changes nothing', async () => {
  const report = await reported([join(SEEDS, 'live-migration.txt')], { dryRun: true });
  expect(report.files[0]?.events).toBeGreaterThan(80);
  expect(report.head).toBe(0);
  expect(log.verify().events).toBe(0);
});

test('a folder: what is readable comes in, the rest is named', async () => {
  const report = await reported([SEEDS]);
  expect(report.files.map(({ path, format }) => [path.split('/').at(-1), format])).toEqual([
    ['README.md', 'none'],
    ['live-migration.txt', 'transcript'],
    ['ml2-vxlan.txt', 'transcript'],
    ['ovs-dpdk.txt', 'transcript'],
    ['ovs-flows-l2pop.txt', 'transcript'],
    ['vxlan-and-network-path.txt', 'none'],
  ]);
});

const noise = (bytes: number, letters: boolean): Uint8Array => {
  let state = 12345;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return letters ? 32 + ((state >>> 24) % 95) : state >>> 24;
  });
};

test.each([
  ['an empty file', '', /is empty/],
  ['a binary file', noise(100_000, false), /is a binary file/],
  ['noise of letters', noise(3_000_000, true), /none of the formats/],
  ['another log', Buffer.concat([Buffer.from('SQLite format 3\0'), noise(500, false)]), /open it with --log/],
  [
    'half a table',
    'nova list\n+----+------+\n| ID | Name | Status | Networks |\n+----+------+\n| 5374577e-7417-4add-b23f-06de3b42c410 | web | AC',
    /line \d: the table .* cut off/,
  ],
])('%s is refused with a sentence, and nothing changes', async (_, content, sentence) => {
  const good = join(SEEDS, 'live-migration.txt');
  const result = await bring([good, given('input', content)]);
  expect(result).toMatchObject({ ok: false, error: { code: 'bad_input', sentence: expect.stringMatching(sentence) } });
  expect(log.verify().events).toBe(0);
});

test('a path that does not exist is refused before anything is read', async () => {
  const result = await bring([join(SEEDS, 'live-migration.txt'), join(folder, 'nowhere')]);
  expect(result).toMatchObject({ ok: false, error: { sentence: `${join(folder, 'nowhere')} does not exist.` } });
  expect(log.head(main)).toBe(0);
});

test('a zip of listings is one snapshot with one instant; a broken one is refused', async () => {
  const hosts = [{ 'Hypervisor Hostname': 'c1', State: 'up', vCPUs: 16 }];
  const services = [{ Binary: 'nova-compute', Host: 'c1', Status: 'enabled', State: 'up' }];
  const files = { 'a/hypervisors.json': hosts, 'a/services.json': services, 'a/notes.md': 'nothing' };
  const packed = Object.entries(files).map(([name, content]) => [name, strToU8(JSON.stringify(content))]);
  const zip = zipSync(Object.fromEntries(packed) as Record<string, Uint8Array>);
  const report = await reported([given('bundle.zip', zip)]);
  expect(report.files.map(({ path, format, events }) => [path.split('bundle.zip/')[1], format, events])).toEqual([
    ['a/hypervisors.json', 'listing', 2],
    ['a/notes.md', 'none', 0],
    ['a/services.json', 'listing', 2],
  ]);
  expect(new Set([...log.inEventTime(main)].map((event) => event.at))).toEqual(new Set([UNDATED]));
  const broken = await bring([given('cut.zip', zip.subarray(0, 200))]);
  expect(broken).toMatchObject({ ok: false, error: { sentence: expect.stringMatching(/damaged zip archive/) } });
});

test('cancelled in the middle, whole batches stay, and the next import adds the rest', async () => {
  const beat = (n: number): string =>
    `2017-05-16 00:00:00.${String(n % 1000).padStart(3, '0')} ${n} INFO nova.compute.manager [-] [instance: b9000564-fe1a-409b-b8cc-${String(n).padStart(12, '0')}] VM Started (Lifecycle Event)`;
  const path = given('nova-compute.log', Array.from({ length: 20_000 }, (_, n) => beat(n)).join('\n'));
  const stop = new AbortController();
  const onProgress = ({ events }: { readonly events: number }): void => {
    if (events > 5000) stop.abort();
  };
  const cancelled = await bring([path], { signal: stop.signal, onProgress });
  const kept = log.verify().events;
  expect(cancelled).toMatchObject({
    ok: false,
    error: { code: 'cancelled', sentence: expect.stringContaining(`${kept} events`) },
  });
  expect(kept).toBeGreaterThan(5000);
  expect(kept).toBeLessThan(20_000);
  const rest = await reported([path]);
  expect(rest.files[0]).toMatchObject({ format: 'oslo.log', events: 20_000 - kept, duplicates: kept });
  expect(log.verify()).toMatchObject({ ok: true, events: 20_000 });
});

test('an array on one line that fills several batches comes in whole', async () => {
  const message = (n: number): unknown => ({
    event_type: 'libvirt.connect.error',
    publisher_id: 'nova-compute:c1',
    message_id: `m-${n}`,
    timestamp: '2026-03-03 10:00:00.000000',
    payload: { ip: '10.0.0.1', reason: { exception: 'E', exception_message: String(n) } },
  });
  const path = given('all.json', JSON.stringify(Array.from({ length: 9001 }, (_, n) => message(n))));
  const report = await reported([path]);
  expect(report.files[0]).toMatchObject({ format: 'notifications', lines: 1, events: 9001 });
  expect((await reported([path])).files[0]).toMatchObject({ events: 0, duplicates: 9001 });
});

test('a cancelled import says so and is completed by the next one', async () => {
  const stop = new AbortController();
  const path = join(SEEDS, 'live-migration.txt');
  const cancelled = await bring([path], { signal: stop.signal, onProgress: () => stop.abort() });
  expect(cancelled).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  const whole = await reported([path]);
  expect(log.verify()).toMatchObject({ ok: true, events: whole.head });
});

const SESSION = [
  'root@c1:~# nova list',
  '| ID | Name | Status | Networks |',
  '| b9000564-fe1a-409b-b8cc-1e88b294cd1d | web | ACTIVE | net=10.0.0.3 |',
  'root@c1:~# nova stop web',
];
const MORE = [
  'root@c1:~# nova list',
  '| ID | Name | Status | Networks |',
  '| b9000564-fe1a-409b-b8cc-1e88b294cd1d | web | SHUTOFF | net=10.0.0.3 |',
];
const dated = (name: string, lines: readonly string[], at: number): string => {
  const path = given(name, lines.join('\n'));
  utimesSync(path, at / 1000, at / 1000);
  return path;
};

test('an undated session that has grown adds only its tail, at its own date, and nothing when its date alone changes', async () => {
  const [then, now] = [UNDATED, UNDATED + 3_600_000];
  const first = await reported([dated('session.txt', SESSION, then)], { undatedAt: null });
  expect(first.files[0]?.events).toBe(4);
  const grown = await reported([dated('session.txt', [...SESSION, ...MORE], now)], { undatedAt: null });
  expect(grown.files[0]).toMatchObject({ events: 2, duplicates: 4 });
  const events = [...log.inEventTime(main)];
  expect(events.slice(4).every((e) => e.at >= now)).toBe(true);
  expect(new Set(events.map((e) => e.evidence))).toEqual(new Set(['inferred'])); // a file's date is no word of the session's
  expect(
    (await reported([dated('copy.txt', [...SESSION, ...MORE], now + 5000)], { undatedAt: null })).files[0],
  ).toMatchObject({ events: 0, duplicates: 6 });
});

test('one content at two instants that a person gave is two snapshots, each once', async () => {
  const path = given(
    'list.json',
    '[{"ID":"b9000564-fe1a-409b-b8cc-1e88b294cd1d","Status":"ACTIVE","Networks":{"net":["10.0.0.3"]}}]',
  );
  for (const [undatedAt, events] of [
    [UNDATED, 2],
    [UNDATED + 60_000, 2],
    [UNDATED, 0],
  ] as const)
    expect((await reported([path], { undatedAt })).files[0]?.events).toBe(events);
  expect([...log.inEventTime(main)].map((e) => [e.at, e.evidence])).toEqual(
    [0, 0, 60_000, 60_000].map((later) => [UNDATED + later, 'observed']),
  );
});

test('two hosts with equal inventories have two: the file’s name says whose', async () => {
  const inventory =
    '{"inventories":{"VCPU":{"total":64,"reserved":2,"allocation_ratio":4.0}},"resource_provider_generation":7}';
  const paths = ['c1', 'c2'].map((host) => given(`inventory-${host}.json`, inventory));
  await reported(paths);
  expect([...log.inEventTime(main)].map((e) => [e.entity, e.data])).toEqual(
    ['c1', 'c2'].map((host) => [`host:${host}`, { vcpus: 64, vcpuRatio: 4, reservedVcpus: 2 }]),
  );
});

/** One entry of a tar as GNU tar writes it; names beyond 100 bytes come before their file. */
const tarEntry = (name: string, content: string, type = '0'): Buffer => {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100));
  header.write(`${body.length.toString(8).padStart(11, '0')} `, 124);
  header.write(type, 156);
  header.write('ustar  ', 257);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
};

test('a tar, compressed or not, is one snapshot; rotated logs in it are opened', async () => {
  const long = `${'folder/'.repeat(20)}services.csv`;
  const csv = '"ID","Binary","Host","Zone","Status","State"\n"1","nova-compute","c1","az1","enabled","up"\n';
  const oslo = `2017-05-16 00:00:04.500 2931 INFO nova.compute.manager [-] [instance: b9000564-fe1a-409b-b8cc-1e88b294cd1d] VM Started (Lifecycle Event)\n`;
  const tar = Buffer.concat([
    tarEntry('./._services.csv', 'mac'),
    tarEntry('././@LongLink', long, 'L'),
    tarEntry(long.slice(0, 100), csv),
    tarEntry('nova-compute.log.1.gz', '').subarray(0, 0),
    (() => {
      const zipped = gzipSync(oslo);
      const entry = tarEntry('nova-compute.log.1.gz', '');
      entry.write(`${zipped.length.toString(8).padStart(11, '0')} `, 124);
      return Buffer.concat([entry, zipped, Buffer.alloc((512 - (zipped.length % 512)) % 512)]);
    })(),
    Buffer.alloc(1024),
  ]);
  const report = await reported([given('bundle.tar.gz', gzipSync(tar)), given('bundle.tar', tar)]);
  expect(report.files.map((f) => [f.path.split('/').slice(-1)[0], f.format, f.events + f.duplicates])).toEqual([
    ['services.csv', 'listing', 2],
    ['nova-compute.log.1.gz', 'oslo.log', 1],
    ['services.csv', 'listing', 2],
    ['nova-compute.log.1.gz', 'oslo.log', 1],
  ]);
  expect(report.head).toBe(3);
  const cut = await bring([given('cut.tar', tar.subarray(0, 1200))]);
  expect(cut).toMatchObject({ ok: false, error: { sentence: expect.stringContaining('damaged tar') as string } });
});

const [PROVIDER, WEB, ROOT] = [
  '57b0e4d5-3a3e-4cf3-ba8c-b88c8ce4679b',
  'b9000564-fe1a-409b-b8cc-1e88b294cd1d',
  '5f3b0c4e-aaaa-4bbb-8ccc-ddddeeeeffff',
];
const SNAPSHOT = {
  'servers.json': JSON.stringify([{ ID: WEB, Name: 'web', Status: 'ACTIVE', Host: 'c1' }]),
  'volumes.csv': `"ID","Name","Status","Size","Attached to"\n"${ROOT}","root","in-use",20,"Attached to web on /dev/vda"\n`,
  'providers.json': JSON.stringify([{ uuid: PROVIDER, name: 'c1', generation: 5 }]),
  [`inventory-${PROVIDER}.json`]: JSON.stringify({ inventories: { VCPU: { total: 32, allocation_ratio: 4 } } }),
};
const factsIn = (): readonly unknown[] =>
  [...log.inEventTime(main)].map(({ type, entity, data }) => [type, entity, data]);

test('documents of one snapshot explain each other’s names', async () => {
  const paths = Object.entries(SNAPSHOT).map(([name, content]) => given(name, content));
  const alone = await bring(paths.slice(3));
  expect(alone).toMatchObject({
    ok: false,
    error: { sentence: expect.stringMatching(/resource provider whose name/) },
  });
  const report = await reported(paths);
  expect(report.files.flatMap(({ refused }) => refused)).toEqual([]);
  expect(factsIn()).toContainEqual(['host.reported', 'host:c1', { vcpus: 32, vcpuRatio: 4 }]);
  expect(factsIn()).toContainEqual(['volume.attached', `volume:${ROOT}`, { vm: WEB, device: '/dev/vda', boot: false }]);
  const again = await reported(paths);
  expect(again.head).toBe(report.head);
});

test('a file that came alone is read again beside those that explain it, and only what it lacked is added', async () => {
  const [servers = '', volumes = ''] = Object.entries(SNAPSHOT).map(([name, content]) => given(name, content));
  const alone = await reported([volumes]);
  expect(factsIn().map((fact) => (fact as string[])[0])).toEqual(['volume.reported']);
  const beside = await reported([servers, volumes]);
  expect(beside.files.find(({ path }) => path === volumes)).toMatchObject({ events: 1, duplicates: alone.head });
});

test('a name that means two things in two documents explains neither', async () => {
  const paths = Object.entries(SNAPSHOT).map(([name, content]) => given(name, content));
  const other = JSON.stringify([{ ID: ROOT, Name: 'web', Status: 'ACTIVE', Host: 'c2' }]);
  await reported([...paths, given('others.json', other)]);
  expect(factsIn().filter((fact) => (fact as string[])[0] === 'volume.attached')).toEqual([]);
});

test('archives in archives are opened', async () => {
  const inner = zipSync({ 'servers.json': strToU8(SNAPSHOT['servers.json']) });
  const report = await reported([
    given('bundle.zip', zipSync({ 'hosts/c1.zip': inner, 'hosts/c2.zip': inner.slice(0, 90) })),
  ]);
  expect(report.files.map(({ path, format, events }) => [path.split('bundle.zip/')[1], format, events])).toEqual([
    ['hosts/c1.zip/servers.json', 'listing', 1],
    ['hosts/c2.zip', 'none', 0],
  ]);
});
