// Sources that overlap: the same notification in two files is one fact, and whichever file came first, the state is one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { importPaths } from '../../../main/ingest/import.ts';
import { openLog } from '../../../main/log/log.ts';
import { SEEDS, UNDATED } from './reading.ts';

const AT_ONCE = 3;
type Sample = { readonly notification: Record<string, unknown> };
/** Nova's own samples as they would be sent: three to an instant, so that their order matters, each with an id of its own. */
const sent = readFileSync(join(SEEDS, '../nova/nova-notifications.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line, i) => {
    const { notification } = JSON.parse(line) as Sample;
    const timestamp = new Date(Date.UTC(2026, 2, 3, 10) + Math.floor(i / AT_ONCE) * 1000).toISOString();
    return JSON.stringify({ ...notification, message_id: `m-${i}`, timestamp });
  });

/** Facts and state after importing these files in this order. */
const after = async (folder: string, name: string, paths: readonly string[]) => {
  const log = openLog(join(folder, `${name}.understudy`), { create: true });
  const main = log.ok ? log.value.timeline('main') : log;
  if (!log.ok || !main.ok) throw new Error('the log opens');
  for (const path of paths) {
    const result = await importPaths({ log: log.value, timeline: main.value, paths: [path], undatedAt: UNDATED });
    if (!result.ok) throw new Error(result.error.sentence);
  }
  const cluster = emptyCluster();
  const facts: string[] = [];
  for (const event of log.value.inEventTime(main.value)) {
    fold(cluster, event);
    facts.push(JSON.stringify([event.at, event.type, event.entity, event.data]));
  }
  log.value.close();
  const state = clusterState(cluster, { timeline: 'main', seq: seq(0), at: instant(0) });
  return { facts: facts.sort(), state: { ...state, anomalies: state.anomalies.map((a) => ({ ...a, seq: 0 })) } };
};

/**
 * Two files of consecutive notifications that share a stretch. Neither begins or ends inside an instant: which of two events
 * of one instant came first is only known where one file holds both.
 */
const boundary = fc.nat(Math.floor(sent.length / AT_ONCE)).map((instants) => instants * AT_ONCE);
const overlap = fc
  .tuple(boundary, boundary)
  .filter(([a, b]) => a !== b || (a > 0 && a < sent.length))
  .map(([a, b]) => ({ first: sent.slice(0, Math.max(a, b)), second: sent.slice(Math.min(a, b)) }));

test('whichever of two overlapping files came first, no fact is there twice and the state is the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-shared-'));
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(overlap, async ({ first, second }) => {
        run++;
        const [one, two, all] = ['one', 'two', 'all'].map((name) => join(folder, `${name}-${run}.jsonl`));
        writeFileSync(one ?? '', first.join('\n'));
        writeFileSync(two ?? '', second.join('\n'));
        writeFileSync(all ?? '', sent.join('\n'));
        const there = await after(folder, `a${run}`, [one ?? '', two ?? '']);
        const back = await after(folder, `b${run}`, [two ?? '', one ?? '']);
        const whole = await after(folder, `c${run}`, [all ?? '']);
        expect(back).toEqual(there);
        expect(there.facts).toEqual(whole.facts);
      }),
      { seed: 3, numRuns: 25 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a notification that says less without those before it loses nothing, whichever file came first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-shared-'));
  const story = ['instance.evacuate', 'instance.rebuild.start', 'instance.rebuild.end'].map((eventType, i) => {
    const line = sent.find((each) => each.includes(`"event_type":"${eventType}"`)) ?? '{}';
    const notification = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify({ ...notification, message_id: `e-${i}`, timestamp: `2026-03-03T10:00:0${i}Z` });
  });
  try {
    const [whole, tail] = ['whole.jsonl', 'tail.jsonl'].map((name) => join(folder, name));
    writeFileSync(whole ?? '', story.join('\n'));
    writeFileSync(tail ?? '', story.slice(-1).join('\n'));
    const alone = await after(folder, 'alone', [whole ?? '']);
    expect(alone.state.migrations).toMatchObject([{ type: 'evacuation', status: 'done' }]);
    const late = await after(folder, 'late', [tail ?? '', whole ?? '']);
    expect(late.state.migrations).toEqual(alone.state.migrations);
    expect(late.facts).toEqual(alone.facts);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
