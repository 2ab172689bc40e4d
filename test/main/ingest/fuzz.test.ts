// Damaged input of every format: no importer crashes, hangs, or tells of a thing that is not in the text.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Rng, rng } from '../../../domain/base/rng.ts';
import { idOf, kindOf } from '../../../domain/events/entity.ts';
import { accept } from '../../../main/ingest/accept.ts';
import type { Format, Item } from '../../../main/ingest/format.ts';
import { formats } from '../../../main/ingest/formats.ts';
import { fromBytes } from '../../../main/ingest/incoming.ts';
import { clean } from '../../../main/ingest/transcript/typography.ts';
import { SEEDS, UNDATED } from './reading.ts';

/** Mutations of each fixture; continuous integration asks for more. */
const RUNS = Number(process.env['UNDERSTUDY_FUZZ_RUNS'] ?? 150);
/** What a run may take where the machine is busy: a transcript of 350 lines takes about five. */
const MS_A_RUN = 50;
const DATA = `${SEEDS}/..`;

const lines = (path: string, from: number, to: number): string =>
  readFileSync(path, 'utf8').split('\n').slice(from, to).join('\n');
const log = (n: number, message: string): string =>
  `2017-05-16 00:00:0${n}.000 2931 INFO nova.compute.manager [req-3ea4052c-895d-4b64-9e2d-04d64c4d94ab - - - - -] [instance: b9000564-fe1a-409b-b8cc-1e88b294cd1d] ${message}`;
const EXPORT = [
  '{"understudy":1}',
  '{"batch":{"timeline":1,"head":2,"source":{"id":"s","name":"s","format":"f"},"throughLine":2,"done":true,"events":2,"refused":[]}}',
  '{"at":1,"type":"note.written","v":1,"entity":"vm:a","evidence":"observed","line":1,"key":null,"data":{"text":"x"}}',
  '{"at":2,"type":"host.failed","v":1,"entity":"host:b","evidence":"observed","line":2,"key":"k","data":{"cause":"power"}}',
  '{"branch":{"timeline":2,"name":"n","parent":1,"forkedAt":{"at":1,"seq":null}}}',
];
const FIXTURES: Readonly<Record<string, readonly string[]>> = {
  understudy: [EXPORT.join('\n')],
  notifications: [
    lines(`${DATA}/nova/nova-notifications.jsonl`, 8, 12),
    lines(`${DATA}/nova/nova-notifications.jsonl`, 66, 70),
  ],
  'oslo.log': [
    [
      log(1, 'Attempting claim on node c1: memory 2048 MB, disk 20 GB, vcpus 1 CPU'),
      log(2, 'Migration running for 30 secs, memory 47% remaining (bytes processed=1000, remaining=900, total=1900)'),
      log(3, 'Migrating instance to cp-2 finished successfully.'),
    ].join('\n'),
    [
      `<134>1 2017-05-16T00:00:04Z c1 nova-compute 2931 - - INFO nova.compute.manager [-] [instance: b9000564-fe1a-409b-b8cc-1e88b294cd1d] VM Started (Lifecycle Event)`,
      JSON.stringify({ log: `${log(5, 'VM Stopped (Lifecycle Event)')}\n`, stream: 'stdout' }),
      '{"MESSAGE":"INFO nova.compute.manager [-] [instance: b9000564-fe1a-409b-b8cc-1e88b294cd1d] Terminating instance","_HOSTNAME":"c1","_PID":"7","__REALTIME_TIMESTAMP":"1494892804500000"}',
    ].join('\n'),
    // journald, a container's log and grep put something before the record.
    [
      `May 16 00:00:04 c1 nova-compute[2931]: ${log(4, 'VM Started (Lifecycle Event)')}`,
      `nova-compute.log:${log(5, 'Terminating instance')}`,
      `2017-05-16T00:00:06.000000000Z stderr F ${log(6, 'Took 20.58 seconds to build instance.')}`,
      log(7, 'Traceback (most recent call last):'),
    ].join('\n'),
  ],
  qmp: [lines(`${DATA}/qemu/transcripts/success_block_discard.jsonl`, 0, 30)],
  listing: [
    '[{"ID":"b9000564-fe1a-409b-b8cc-1e88b294cd1d","Name":"web","Status":"ACTIVE","Networks":{"net":["10.0.0.3"]},"Host":"c1"}]',
    '"ID","Binary","Host","Zone","Status","State"\n"1","nova-compute","c1","az1","enabled","up"\n',
    '- Hypervisor Hostname: c1\n  Host IP: 10.0.0.1\n  State: up\n',
    'id="b9000564-fe1a-409b-b8cc-1e88b294cd1d"\nname="web"\nos_ext_srv_attr_host="c1"\nos_ext_sts_vm_state="active"\nstatus="ACTIVE"\n',
  ],
  utilisation: [
    'vm,s0,s1,s2\na,1,2,3\nb,4,5,6\n',
    'time,web,host:c1\n1772532000,25,100\n1772532060,,50\n',
    'timestamp;vm;cpu\n2026-03-03T10:00:00Z;web;25.5\n2026-03-03T10:05:00Z;web;31\n',
  ],
  traffic: ['from,to,mbps,frame_bytes\nweb,db,12.5,1468\ndb,web,3,\n'],
  transcript: [
    readFileSync(`${SEEDS}/live-migration.txt`, 'utf8'),
    readFileSync(`${SEEDS}/ml2-vxlan.txt`, 'utf8'),
    [
      '(venv) root@compute-1:~# openstack server list --all-projects -f json',
      '[{"ID":"b9000564-fe1a-409b-b8cc-1e88b294cd1d","Name":"web","Status":"ACTIVE","Networks":{"net":["10.0.0.3"]}}]',
      'root@compute-1:~# openstack server list -f value -c ID -c Name -c Status -c Host',
      'b9000564-fe1a-409b-b8cc-1e88b294cd1d web ACTIVE c1',
      'root@compute-1:~# ovs-ofctl dump-flows br-tun',
      ' cookie=0x9, duration=12.5s, table=0, n_packets=3, n_bytes=300, priority=1,in_port=1 actions=resubmit(,2)',
      ' cookie=0x9, duration=12.5s, table=20, n_packets=0, n_bytes=0, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:01 actions=strip_vlan,set_tunnel:0x3f2,output:2',
      ' cookie=0x9, duration=12.5s, table=22, n_packets=1, n_bytes=42, priority=0 actions=drop',
    ].join('\n'),
  ],
};

const MUTATIONS: readonly ((bytes: Buffer, at: number, size: number, byte: number) => Buffer)[] = [
  (bytes, at, _, byte) => Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + 1)]),
  (bytes, at, size) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]),
  (bytes, at, size) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + size), bytes.subarray(at)]),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, size, byte) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(size, byte), bytes.subarray(at)]),
];
const mutated = (fixture: Buffer, random: Rng): Buffer => {
  const below = (n: number): number => Math.floor(random.next() * n);
  let bytes = fixture;
  for (let left = 1 + below(4); left > 0; left--) {
    const mutation = MUTATIONS[below(MUTATIONS.length)];
    bytes = mutation?.(bytes, below(bytes.length + 1), 1 + below(40), below(256)) ?? bytes;
  }
  return bytes;
};

/** What a fact is about, as the input has to name it; null for what a document describes without naming it. */
const namedBy = (address: string): string | null => {
  const kind = kindOf(address);
  if (kind === 'cluster' || kind === 'roster' || kind === 'flavor' || kind === 'server_group') return null;
  if (kind === 'tunnel') return idOf(address).split('/')[1] ?? '';
  const id = kind === 'migration' ? (idOf(address).split(/\/(?:live|evac|resize)/)[0] ?? '') : idOf(address);
  return kind === 'storage_node' ? id.replace('-', ' ') : id;
};

/** The text a thing must stand in: as given, with JSON's escapes undone, as the terminal showed it. */
const haystack = (content: string, name: string): string =>
  [
    content,
    content.replaceAll('\\"', '"'),
    content.replaceAll('\r', ' '),
    content.replaceAll('""', '"'),
    content.replaceAll(/\n[ \t]+/g, ' '), // YAML folds a value over lines
    content.replaceAll("''", ''), // the shell joins what stands between two pairs of quotes
    content.split('\n').map(clean).join('\n'),
    name,
  ]
    .join('\n')
    .toLowerCase();

/** Labels of Chinese documents are put into English before they are names. */
const TRANSLATED = /^(?:controller|compute|network)/;

const check = (format: Format, bytes: Buffer, seed: string): void => {
  const incoming = fromBytes('guest.txt', bytes, UNDATED);
  const content = bytes.toString('utf8');
  const text = haystack(content, incoming.name);
  const last = content.split('\n').length;
  let items: readonly Item[] = [];
  expect(() => {
    items = [...format.read({ incoming, undatedAt: UNDATED, asked: true })];
  }, seed).not.toThrow();
  for (const item of items) {
    if (item.line > last) throw new Error(`${seed}: line ${item.line} of ${last}`);
    if (item.kind !== 'facts') continue;
    for (const fact of item.facts) {
      const accepted = accept(fact);
      const name = accepted.ok ? namedBy(accepted.value.entity) : null;
      if (name === null || TRANSLATED.test(name)) continue;
      if (!text.includes(name.toLowerCase())) throw new Error(`${seed}: ${fact.type} of ${fact.entity} from nowhere`);
    }
  }
};

/** Mutations that once failed, by fixture; continuous integration's own finds are added here. */
const REGRESSIONS: Readonly<Record<string, readonly number[]>> = { 'listing/2': [3186, 4576], 'transcript/0': [5866] };

test.each(formats.map((format) => [format.name, format] as const))(
  '%s',
  (name, format) => {
    const fixtures = (FIXTURES[name] ?? []).map((text) => Buffer.from(text));
    expect(fixtures.length).toBeGreaterThan(0);
    fixtures.forEach((fixture, f) => {
      check(format, fixture, `${name} fixture ${f}`);
      const runs = [...Array.from({ length: RUNS }, (_, run) => run), ...(REGRESSIONS[`${name}/${f}`] ?? [])];
      for (const run of runs) {
        const seed = `ingest/${name}/${f}/${run}`;
        check(format, mutated(fixture, rng(seed)), seed);
      }
    });
  },
  30_000 + RUNS * MS_A_RUN,
);

// Each of these once cost the square of its length, or the stack; the runner's time limit is the judge.
test.each([
  ['continued lines', 'nova list \\\n'.repeat(60_000)],
  ['a prompt and blanks', `a@b:${' '.repeat(60_000)}\n`.repeat(20)],
  ['prompts without an end', `${'[a@b '.repeat(60_000)}\nnova list\n`],
  ['arrays in arrays', `[{"ID":${'['.repeat(200_000)}${']'.repeat(200_000)},"Networks":1}]`],
  ['payload in payload', `{"event_type":"x","payload":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
])('%s are read in time by every format', (_, content) => {
  const incoming = fromBytes('hard.txt', Buffer.from(content), UNDATED);
  for (const format of formats) {
    expect(() => [...format.read({ incoming, undatedAt: UNDATED, asked: true })], format.name).not.toThrow();
  }
});
