// Part `nova`: Nova's own sample notifications, imported in every envelope they travel in, against what their payloads say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, seq as seqOf } from '../../domain/base/brand.ts';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { importPaths } from '../../main/ingest/import.ts';
import { openLog } from '../../main/log/log.ts';
import type { Part, PartReport } from './part.ts';

type Fields = Readonly<Record<string, unknown>>;
type Notification = Fields & { readonly event_type: string; readonly payload: Fields };
type Sample = { readonly sample: string; readonly notification: Notification };

const ID = '3d5cf9a0-0d56-4b44-9ff8-5bd4a3f0a001';
/** Neither every sample nor every copy of a record has them: an envelope does. */
const enveloped = (n: Notification): Notification => ({
  message_id: ID,
  timestamp: '2026-03-01 10:00:00.000000',
  ...n,
});

/** The next minor version, with a field nobody knows yet. */
const bumped = (n: Notification): Notification => {
  const [major = '1', minor = '0'] = String(n.payload['nova_object.version']).split('.');
  const data = { ...(n.payload['nova_object.data'] as Fields), brand_new_field: { deep: [1, 2] } };
  return {
    ...n,
    payload: { ...n.payload, 'nova_object.version': `${major}.${Number(minor) + 1}`, 'nova_object.data': data },
  };
};

const oslo = (n: Notification): unknown => ({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(n) });

/** How the same notification may stand in a file. */
const ENVELOPES: readonly { readonly name: string; readonly written: (n: Notification) => string }[] = [
  { name: 'JSON', written: (n) => JSON.stringify(n, null, 2) },
  { name: 'JSON lines, wrapped by oslo.messaging', written: (n) => `${JSON.stringify(oslo(n))}\n` },
  { name: 'an array', written: (n) => JSON.stringify([n]) },
  { name: 'the next minor version', written: (n) => JSON.stringify(bumped(n)) },
];

type Answer = {
  readonly state: ClusterState;
  readonly events: number;
  readonly ignored: number;
  readonly refused: readonly string[];
};

const imported = async (folder: string, text: string): Promise<Answer> => {
  const path = join(folder, 'notification.json');
  writeFileSync(path, text);
  const logPath = join(folder, 'nova.understudy');
  const log = openLog(logPath, { create: true });
  if (!log.ok) throw new Error(log.error.sentence);
  try {
    const main = log.value.timeline('main');
    if (!main.ok) throw new Error(main.error.sentence);
    const report = await importPaths({ log: log.value, timeline: main.value, paths: [path], undatedAt: 0 });
    if (!report.ok) throw new Error(report.error.sentence);
    const cluster = emptyCluster();
    let [events, last] = [0, seqOf(0)];
    for (const event of log.value.inEventTime(main.value)) {
      fold(cluster, event);
      last = event.seq;
      events++;
    }
    const file = report.value.files[0];
    return {
      state: clusterState(cluster, { timeline: 'main', seq: last, at: instant(0) }),
      events,
      ignored: Object.values(file?.ignored ?? {}).reduce((a, b) => a + b, 0),
      refused: (file?.refused ?? []).map((r) => r.why),
    };
  } finally {
    log.value.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(logPath + suffix, { force: true });
  }
};

const dataOf = (value: unknown): Fields => ((value as Fields | null)?.['nova_object.data'] ?? {}) as Fields;

/** Nova's payload words for a power state, and ours (nova.md, section 1). */
const POWER: Readonly<Record<string, string>> = {
  running: 'RUNNING',
  shutdown: 'SHUTDOWN',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  crashed: 'CRASHED',
  pending: 'NOSTATE',
};

type Fact = readonly [what: string, says: unknown, got: unknown];

/** What an instance's payload says of its VM, field by field, beside what the state holds. */
const instanceFacts = (type: string, data: Fields, { vms }: ClusterState): readonly Fact[] => {
  const vm = vms.find((v) => v.id === data['uuid']);
  if (/^instance\.delete\.end$/.test(type)) return [['gone', undefined, vm?.id]];
  const flavor = dataOf(data['flavor']);
  const ips = (data['ip_addresses'] as readonly unknown[] | null) ?? [];
  return [
    ['there', data['uuid'], vm?.id],
    ['display_name', data['display_name'], vm?.name],
    ['state', data['state'], vm?.vmState],
    ['task_state', data['task_state'], vm?.taskState],
    ['power_state', POWER[String(data['power_state'])], vm?.powerState],
    ['host', data['host'], vm?.host],
    ['flavor.vcpus', flavor['vcpus'], vm?.vcpus],
    ['flavor.memory_mb', flavor['memory_mb'], vm?.ramMiB],
    ['flavor.name', flavor['name'], vm?.flavor],
    ['ip_addresses', ips.map((ip) => dataOf(ip)['address']).join(), vm?.addresses.map((a) => a.ip).join()],
  ];
};

const serviceFacts = (type: string, data: Fields, { hosts }: ClusterState): readonly Fact[] => {
  const host = hosts.find((h) => h.name === data['host']);
  if (type.startsWith('service.delete')) return [];
  return [
    ['host', data['host'], host?.name],
    ['disabled', data['disabled'], host?.enabled === null || host === undefined ? undefined : !host.enabled],
    ['forced_down', data['forced_down'], host?.forcedDown],
  ];
};

const flavorFacts = (data: Fields, { flavors }: ClusterState): readonly Fact[] => {
  const flavor = flavors.find((f) => f.name === data['name']);
  return [
    ['name', data['name'], flavor?.name],
    ['vcpus', data['vcpus'], flavor?.vcpus],
    ['memory_mb', data['memory_mb'], flavor?.ramMiB],
    ['root_gb', data['root_gb'], flavor?.diskGiB],
  ];
};

const groupFacts = (data: Fields, { serverGroups }: ClusterState): readonly Fact[] => {
  const group = serverGroups.find((g) => g.id === data['uuid']);
  return [
    ['uuid', data['uuid'], group?.id],
    ['name', data['name'], group?.name],
    ['policy', data['policy'], group?.policy],
    ['members', ((data['members'] as readonly string[] | null) ?? []).toSorted().join(), group?.members.join()],
  ];
};

/** Types that carry no fact about the cluster: they must be counted as ignored, not lost and not guessed at. */
const WITHOUT_FACTS = /^(?:keypair|volume\.usage|metrics|libvirt\.connect)\b/;

const factsOf = ({ event_type: type, payload }: Notification, answer: Answer): readonly Fact[] => {
  const data = dataOf(payload);
  const read: Fact = ['nothing refused', '', answer.refused.join('; ')];
  if (WITHOUT_FACTS.test(type)) return [read, ['told or ignored', true, answer.events + answer.ignored > 0]];
  if (type.startsWith('instance.')) return [read, ...instanceFacts(type, data, answer.state)];
  if (type.startsWith('service.')) return [read, ...serviceFacts(type, data, answer.state)];
  if (type.startsWith('flavor.')) return [read, ...flavorFacts(data, answer.state)];
  if (type.startsWith('server_group.')) return [read, ...groupFacts(data, answer.state)];
  return [read, ['told or ignored', true, answer.events + answer.ignored > 0]];
};

const same = (a: unknown, b: unknown): boolean => (a ?? null) === (b ?? null);

export const nova: Part = {
  name: 'nova',
  needs: ['nova/nova-notifications.jsonl'],
  run: async (dataDir) => {
    const lines = readFileSync(join(dataDir, 'nova/nova-notifications.jsonl'), 'utf8').split('\n');
    const samples = lines.filter((l) => l.trim() !== '').map((l) => JSON.parse(l) as Sample);
    const folder = mkdtempSync(join(tmpdir(), 'understudy-nova-'));
    const checks: PartReport['checks'][number][] = [];
    const notes: string[] = [];
    try {
      for (const { name, written } of ENVELOPES) {
        let [told, wrong] = [0, 0];
        for (const { sample, notification } of samples) {
          const n = enveloped(notification);
          const answer = await imported(folder, written(n));
          for (const [what, says, got] of factsOf(n, answer)) {
            told++;
            if (same(says, got)) continue;
            wrong++;
            notes.push(`${sample}, as ${name}: ${what} is ${JSON.stringify(says)}, not ${JSON.stringify(got)}`);
          }
        }
        checks.push({
          name: `${samples.length} samples as ${name}: wrong of ${told} facts`,
          value: wrong,
          limit: 0,
          unit: 'facts',
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return { checks, skipped: [], notes: notes.slice(0, 40) };
  },
};
