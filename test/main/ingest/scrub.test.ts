// A scrubbed export is the same incident under other names: nothing of the original's is in it, and the state is isomorphic.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { accept } from '../../../main/ingest/accept.ts';
import { importPaths } from '../../../main/ingest/import.ts';
import { pseudonymsOf } from '../../../main/ingest/scrub/pseudonyms.ts';
import { scrubbed, scrubEvent } from '../../../main/ingest/scrub/scrub.ts';
import { exportLines } from '../../../main/ingest/understudy-jsonl.ts';
import { openLog } from '../../../main/log/log.ts';
import type { Log } from '../../../main/log/types.ts';
import { arbitraryLog } from '../../domain/cluster/arbitrary.ts';
import { SEEDS, UNDATED } from './reading.ts';

let folder = '';
const logs: Log[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-scrub-'));
});
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  rmSync(folder, { recursive: true });
});
const value = <T>(result: { ok: true; value: T } | { ok: false; error: { sentence: string } }): T => {
  if (!result.ok) throw new Error(result.error.sentence);
  return result.value;
};
const logOf = async (name: string, ...paths: readonly string[]): Promise<Log> => {
  const log = value(openLog(join(folder, name), { create: true }));
  logs.push(log);
  const timeline = value(log.timeline('main'));
  for (const path of paths) value(await importPaths({ log, timeline, paths: [path], undatedAt: UNDATED }));
  return log;
};

/** The state in numbers and states only: names become the order in which they are first met in a sorted list of shapes. */
const shapeOf = (events: Iterable<LogEvent>): unknown => {
  const cluster = emptyCluster();
  for (const event of events) fold(cluster, event);
  const state = clusterState(cluster, { timeline: 'main', seq: seq(0), at: instant(0) });
  const sorted = (list: readonly unknown[]): readonly string[] => list.map((each) => JSON.stringify(each)).sort();
  return {
    hosts: sorted(
      state.hosts.map((h) => [h.up, h.enabled, h.fenced, h.vcpus, h.vcpusUsed, h.ramMiBUsed, h.vms.length]),
    ),
    vms: sorted(state.vms.map((v) => [v.status, v.powerState, v.storage, v.vcpus, v.addresses.length, v.hostEvidence])),
    moves: sorted(state.migrations.map((m) => [m.type, m.kind, m.status, m.startedAt, m.endedAt, m.evidence])),
    volumes: sorted(state.volumes.map((v) => [v.sizeGiB, v.status, v.boot, v.vm === null])),
    pools: sorted(state.pools.map((p) => [p.kind, p.layout, p.bricks.length, p.mountedAt])),
    ports: sorted(state.ports.map((p) => [p.status, p.ips.length, p.bindings.map((b) => b.binding).toSorted()])),
    tunnels: sorted(state.tunnels.map((t) => [t.type, t.up, t.host === null])),
    anomalies: sorted(state.anomalies.map((a) => [a.rule, a.at])),
  };
};
/** The state with every name replaced by its stand-in, as JSON with sorted lists: what the scrubbed log has to give. */
const relabelled = (events: readonly LogEvent[], rename: (text: string) => string): unknown => {
  const cluster = emptyCluster();
  for (const event of events) fold(cluster, event);
  const { hosts, vms, migrations } = clusterState(cluster, { timeline: 'main', seq: seq(0), at: instant(0) });
  const on = (host: string | null): string | null => (host === null ? null : rename(host));
  const sorted = (list: readonly unknown[]): readonly string[] => list.map((each) => JSON.stringify(each)).sort();
  return {
    hosts: sorted(hosts.map((h) => [rename(h.name), h.vms.map(rename).toSorted()])),
    vms: sorted(
      vms.map((v) => [rename(v.id), rename(v.name), on(v.host), v.addresses.map((a) => rename(a.ip)).toSorted()]),
    ),
    migrations: sorted(migrations.map((m) => [rename(m.id), rename(m.vm), on(m.source), on(m.dest)])),
  };
};
const same = (text: string): string => text;

const FILES = [
  join(SEEDS, 'live-migration.txt'),
  join(SEEDS, 'ml2-vxlan.txt'),
  join(SEEDS, '../nova/nova-notifications.jsonl'),
];

test('a real log comes back isomorphic from its scrubbed export, and names nothing of the original’s', async () => {
  const log = await logOf('a.understudy', ...FILES);
  const text = [...exportLines(scrubbed(log, 'secret'))].map((line) => `${line}\n`).join('');
  for (const name of [
    'vm-live-migration',
    'compute-1',
    'ncep-net',
    '10.20.20',
    '5374577e-7417',
    'some-server',
    'fake-mini',
  ])
    expect(text, name).not.toContain(name);
  writeFileSync(join(folder, 'scrubbed.jsonl'), text);
  const back = await logOf('b.understudy', join(folder, 'scrubbed.jsonl'));
  const [before, after] = [log, back].map((l) => [...l.inEventTime(value(l.timeline('main')))]);
  expect(before?.length).toBeGreaterThan(200);
  expect(shapeOf(after ?? [])).toEqual(shapeOf(before ?? []));
  expect(relabelled(after ?? [], same)).toEqual(relabelled(before ?? [], pseudonymsOf('secret').name));
  expect(back.verify().ok).toBe(true);
});

test('the same seed gives the same export, another one another', async () => {
  const log = await logOf('a.understudy', FILES[0] ?? '');
  const lines = (seed: string): string => [...exportLines(scrubbed(log, seed))].join('\n');
  expect(lines('one')).toBe(lines('one'));
  expect(lines('two')).not.toBe(lines('one'));
});

test('for any log: scrubbed facts are facts, and fold to the state under other names', () => {
  fc.assert(
    fc.property(arbitraryLog(), fc.string(), (log, seed) => {
      const p = pseudonymsOf(seed);
      const told = log.map((event) => {
        const scrubbedEvent = scrubEvent({ ...event, key: null }, p);
        const accepted = accept(scrubbedEvent);
        if (!accepted.ok) throw new Error(accepted.error);
        return { ...event, ...scrubbedEvent };
      });
      expect(relabelled(told, same)).toEqual(relabelled(log, p.name));
    }),
    { seed: 11, numRuns: 300 },
  );
});

test('addresses keep their subnets, of any size, and ids their form', () => {
  const ip = fc.ipV4();
  fc.assert(
    fc.property(ip, ip, (a, b) => {
      const { name } = pseudonymsOf('s');
      const number = (text: string): number => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
      const shared = (x: string, y: string): number => Math.clz32((number(x) ^ number(y)) >>> 0);
      expect(shared(name(a), name(b))).toBe(shared(a, b));
    }),
    { seed: 5 },
  );
  const { name, sentence } = pseudonymsOf('s');
  expect(name('fa:16:3e:4c:2c:30')).toMatch(/^fa:16:3e(?::[0-9a-f]{2}){3}$/);
  expect(name('fd00::a')).toMatch(/^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/);
  expect(name('fd00::a').split(':').slice(0, 4)).toEqual(name('fd00::b').split(':').slice(0, 4));
  const host = name('compute-7');
  expect(sentence('NoValidHost: compute-7 has 1024 of 4096 MiB RAM free')).toBe(
    `NoValidHost: ${host} has 1024 of 4096 MiB RAM free`,
  );
});

test('a sentence keeps only plain words: whoever else it names has a stand-in, the same everywhere', () => {
  const p = pseudonymsOf('seed');
  const told = p.sentence(
    'MigrationError: Timed out waiting for cmp-17.dc3.acme.corp as alice@acme.corp (instance-0000002a, project 8c4e1f6b0f724f0d8c1f5d4f4a1c2e3d) at http://10.1.2.3:9292/images, ::ffff:10.1.2.3, fe80::f816:3eff:feaa:bbcc, FA:16:3E:AA:BB:CC, req-0e6d1b7e-0d4f-4a1c-8c4e-1f6b0f724f0d, compute-7, Müller',
  );
  expect(told).toMatch(/^MigrationError: Timed out waiting for \S+ as \S+@\S+ \(\S+, project \S+\) at http:/);
  for (const leak of [
    'cmp',
    'acme',
    'alice',
    '2a',
    '8c4e',
    '10.1',
    '1.2.3',
    'f816',
    'AA:BB',
    '0e6d',
    'compute-7',
    'ller',
  ])
    expect(told, leak).not.toContain(leak);
  expect(told).toContain(p.name('alice'));
  expect(told).toContain(`http://${p.name('10.1.2.3')}:9292/`);
});

test('a flow entry keeps its form; its addresses are those of the ports, also as numbers', () => {
  const p = pseudonymsOf('seed');
  const flow =
    'table=21,priority=1,arp,dl_vlan=2,arp_tpa=81.1.180.8 actions=mod_dl_src:fa:16:3e:73:49:dc,load:0x2->NXM_OF_ARP_OP[],load:0xfa163e7349dc->NXM_NX_ARP_SHA[],load:0x5101b408->NXM_OF_ARP_SPA[],IN_PORT';
  const hexOf = (ip: string): string =>
    ip
      .split('.')
      .map((o) => Number(o).toString(16).padStart(2, '0'))
      .join('')
      .replace(/^0+/, '');
  const [ip, mac] = [p.name('81.1.180.8'), p.name('fa:16:3e:73:49:dc')];
  expect(p.flow(flow)).toBe(
    flow
      .replace('81.1.180.8', ip)
      .replace('fa:16:3e:73:49:dc', mac)
      .replace('fa163e7349dc', mac.replaceAll(':', ''))
      .replace('5101b408', hexOf(ip)),
  );
  const neighbour = 'table=24,priority=2,icmp6,icmp_type=136,nd_target=fd00::15 actions=resubmit(,60)';
  expect(p.flow(neighbour)).toBe(neighbour.replace('fd00::15', p.name('fd00::15')));
});
