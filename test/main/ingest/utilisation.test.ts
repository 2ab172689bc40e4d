// Utilisation traces: a day of PlanetLab as it is archived, and tables by time.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fromBase64 } from '../../../domain/base/base64.ts';
import { formatOf } from '../../../main/ingest/formats.ts';
import { fromBytes, fromFile } from '../../../main/ingest/incoming.ts';
import { unpacked } from '../../../main/ingest/unpack.ts';
import { utilisation } from '../../../main/ingest/utilisation.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

const FOLDER = `${import.meta.dirname}/../../conformance/data/planetlab`;
const given = (name: string, content: string) => fromBytes(name, new TextEncoder().encode(content), UNDATED);

test('a PlanetLab day: a roster, and every sample of every VM where it was', () => {
  const path = `${FOLDER}/planetlab-20110303.csv.gz`;
  const opened = unpacked(fromFile(path));
  const inside = opened.ok ? opened.value[0] : undefined;
  if (inside === undefined) throw new Error('an archive holds its file');
  const format = formatOf(inside, null);
  expect(format).toMatchObject({ ok: true, value: { name: 'utilisation' } });
  const facts = factsOf(utilisation, inside);
  const rows = gunzipSync(readFileSync(path))
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  const rosters = facts.flatMap((fact) => (fact.type === 'telemetry.roster_set' ? [fact.data.entities] : []));
  expect(rosters).toEqual([rows.map(([name]) => `vm:${name}`)]);
  const samples = facts.filter((fact) => fact.type === 'telemetry.sampled');
  expect(samples.map((fact) => fact.at)).toEqual(
    Array.from({ length: 288 }, (_, i) => Date.UTC(2011, 2, 3) + i * 300_000),
  );
  samples.forEach(({ data }, i) => {
    expect([...(fromBase64(data.values) ?? [])]).toEqual(rows.map((row) => Number(row[i + 1])));
  });
});

test('a table by time: shares or per cent, gaps without a sample, wrong rows by their lines', () => {
  const shares = given('load.csv', 'time,web,host:c1\n2026-03-03T10:00:00Z,0.25,1\n2026-03-03T10:01:00Z,,0.5\n');
  const percent = given(
    'load.csv',
    'timestamp,web,host:c1\n1772532000,25,100\n1772532060,,50\n1772532120,x,3\n1772532180,1\n',
  );
  const sampled = (incoming: ReturnType<typeof given>) =>
    factsOf(utilisation, incoming).flatMap((fact) =>
      fact.type === 'telemetry.sampled'
        ? [[fact.at, fact.data.intervalMs, [...(fromBase64(fact.data.values) ?? [])]]]
        : [],
    );
  const expected = [
    [Date.UTC(2026, 2, 3, 10), 60_000, [25, 100]],
    [Date.UTC(2026, 2, 3, 10, 1), 60_000, [255, 50]],
  ];
  expect(sampled(shares)).toEqual(expected);
  expect(sampled(percent)).toEqual(expected);
  expect(
    itemsOf(utilisation, percent)
      .filter((item) => item.kind === 'refused')
      .map((item) => item.line),
  ).toEqual([4, 5]);
});

test('a damaged archive is said to be one', () => {
  const bytes = readFileSync(`${FOLDER}/planetlab-20110303.csv.gz`).subarray(0, 5000);
  expect(unpacked(fromBytes('a.csv.gz', bytes, UNDATED))).toEqual({
    ok: false,
    error: 'is a damaged gzip file, or cut off',
  });
});

test('a row a sample, whatever the columns are called and separated by: one batch for each interval of all', () => {
  const content = ['timestamp;vm_id;cpu_util', '2026-03-03T10:00:07Z;web;12,5', '2026-03-03T10:00:01Z;web;12.5'];
  const good = [
    'Timestamp,Host,CPU %',
    '2026-03-03T10:00:07Z,h1,12.5',
    '2026-03-03T10:00:09Z,h2,50',
    '2026-03-03T10:05:08Z,h1,14',
    '2026-03-03T10:05:31Z,h2,x',
  ];
  expect(formatOf(text(...content), null)).toMatchObject({ ok: true, value: { name: 'utilisation' } });
  const items = itemsOf(utilisation, text(...good));
  const samples = factsOf(utilisation, text(...good)).flatMap((fact) =>
    fact.type === 'telemetry.sampled'
      ? [[new Date(fact.at).toISOString(), [...Buffer.from(fact.data.values, 'base64')]]]
      : [],
  );
  expect(samples).toEqual([
    ['2026-03-03T10:00:00.000Z', [13, 50]],
    ['2026-03-03T10:05:00.000Z', [14, 255]],
  ]);
  expect(items.filter((item) => item.kind === 'refused').map((item) => item.line)).toEqual([5]);
});

test('a trace without a row that can be read tells of nothing', () => {
  for (const lines of [['vm,s0,s1', 'a,1', 'b,x,y'], ['time,a,b', 'never,1,2'], ['vm,s0,s1']]) {
    const items = itemsOf(utilisation, text(...lines));
    expect(items.flatMap((item) => (item.kind === 'facts' ? item.facts : []))).toEqual([]);
    expect(items.filter((item) => item.kind === 'refused')).toHaveLength(Math.max(1, lines.length - 1));
  }
});
