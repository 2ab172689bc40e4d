// What is imported in another order is the same history: late events are placed by their own time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { rng } from '../../../domain/base/rng.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { importPaths } from '../../../main/ingest/import.ts';
import { openLog } from '../../../main/log/log.ts';
import { SEEDS, UNDATED } from './reading.ts';

const DATA = `${SEEDS}/..`;
const FILES = [
  `${SEEDS}/live-migration.txt`,
  `${SEEDS}/ml2-vxlan.txt`,
  `${DATA}/nova/nova-notifications.jsonl`,
  `${DATA}/qemu/transcripts/success_shared.jsonl`,
  `${DATA}/qemu/transcripts/cancel_block_ram.jsonl`,
];
const INSTANTS = [
  Date.UTC(2012, 11, 1),
  Date.parse('2013-08-06T10:31:21Z'),
  Date.parse('2013-08-06T10:42:32Z'),
  Infinity,
];

/** States at the instants, without the record's own numbers, which do depend on the order of import. */
const statesAfter = async (files: readonly string[]): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-order-'));
  try {
    const log = openLog(join(folder, 'log.understudy'), { create: true });
    const main = log.ok ? log.value.timeline('main') : log;
    if (!log.ok || !main.ok) throw new Error('the log opens');
    for (const path of files) {
      const result = await importPaths({ log: log.value, timeline: main.value, paths: [path], undatedAt: UNDATED });
      if (!result.ok) throw new Error(result.error.sentence);
    }
    const events = [...log.value.inEventTime(main.value)];
    log.value.close();
    return INSTANTS.map((until) => {
      const cluster = emptyCluster();
      for (const event of events) if (event.at <= until) fold(cluster, event);
      const state = clusterState(cluster, { timeline: 'main', seq: seq(0), at: instant(0) });
      return JSON.stringify({ ...state, hash: '', anomalies: state.anomalies.map((a) => ({ ...a, seq: 0 })) });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('the state at an instant is the same whatever the order of import', async () => {
  const expected = await statesAfter(FILES);
  expect(new Set(expected).size).toBe(INSTANTS.length);
  for (let run = 0; run < 6; run++) {
    const random = rng(`order/${run}`);
    const shuffled = FILES.map((file) => ({ file, at: random.next() })).sort((a, b) => a.at - b.at);
    expect(await statesAfter(shuffled.map(({ file }) => file))).toEqual(expected);
  }
});
