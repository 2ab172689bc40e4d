// QEMU's own words: every recorded transcript ends as its index says, with the downtime the guest saw.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { fromFile } from '../../../main/ingest/incoming.ts';
import { qmp } from '../../../main/ingest/qmp.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const FOLDER = `${import.meta.dirname}/../../conformance/data/qemu/transcripts`;
type Entry = { readonly file: string; readonly outcome: string; readonly mode: string };
const index = JSON.parse(readFileSync(`${FOLDER}/index.json`, 'utf8')) as readonly Entry[];

const stateOf = (file: string) => {
  const cluster = emptyCluster();
  const facts = factsOf(qmp, fromFile(`${FOLDER}/${file}`));
  facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
  return clusterState(cluster, { timeline: 'main', seq: seq(facts.length), at: instant(0) });
};

test.each(index.map((entry) => [entry.file, entry.outcome, entry.mode]))('%s: %s, %s', (file, outcome, mode) => {
  const { migrations, anomalies } = stateOf(file);
  expect(migrations).toHaveLength(1);
  const [migration] = migrations;
  expect(anomalies.filter((a) => a.rule === 'state-forbidden')).toEqual([]);
  if (outcome === 'completed') expect(migration?.status).toBe('completed');
  else expect(migration?.status).not.toBe('completed');
  if (outcome === 'completed' && mode !== 'postcopy') expect(migration?.downtimeMs).toBeGreaterThan(0);
  expect(migration?.kind).toBe(mode === 'block' ? 'block' : null);
});

test('nothing of a transcript is refused; what has no word in Nova is counted', () => {
  for (const { file } of index) {
    const items = itemsOf(qmp, fromFile(`${FOLDER}/${file}`));
    expect(items.filter((item) => item.kind === 'refused')).toEqual([]);
  }
});

test('a reply of query-migrate tells bytes, at the time of the event before it', () => {
  const setup =
    '{"timestamp":{"seconds":1795166941,"microseconds":281031},"event":"MIGRATION","data":{"status":"setup"}}';
  const reply =
    '{"return":{"status":"active","ram":{"total":100,"transferred":40,"remaining":60,"dirty-pages-rate":2,"page-size":4096}}}';
  const facts = factsOf(qmp, text(setup, reply));
  expect(facts.at(-1)).toMatchObject({
    type: 'migration.progressed',
    at: 1795166941281,
    evidence: 'inferred',
    data: { memoryTotalBytes: 100, memoryProcessedBytes: 40, memoryRemainingBytes: 60, dirtyBytesPerS: 8192 },
  });
});
