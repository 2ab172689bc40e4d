// JSON however it was saved: what is whole is read, what is damaged is refused by its line.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatOf } from '../../../main/ingest/formats.ts';
import { notifications } from '../../../main/ingest/nova/notifications.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const SAMPLES = `${import.meta.dirname}/../../conformance/data/nova/nova-notifications.jsonl`;
const samples = readFileSync(SAMPLES, 'utf8').trimEnd().split('\n');

test('values one after another, as jq prints them, and an array that is cut off tell what is whole', () => {
  const values = samples.slice(8, 11).map((line) => JSON.parse(line) as object);
  const each = values.flatMap((value) => factsOf(notifications, text(JSON.stringify(value))).map(({ type }) => type));
  const printed = values.map((value) => JSON.stringify(value, null, 2)).join('\n');
  expect(factsOf(notifications, text(printed)).map(({ type }) => type)).toEqual(each);
  const cut = JSON.stringify(values, null, 2).slice(0, -40);
  const items = itemsOf(notifications, text(cut));
  expect(items.filter((item) => item.kind === 'refused')).toMatchObject([
    {
      line: 2 + printed.split('\n').length - JSON.stringify(values[2], null, 2).split('\n').length,
      why: 'this is not JSON, or is cut off',
    },
  ]);
  expect(items.filter((item) => item.kind === 'facts')).toHaveLength(2);
});

test('lines whose first is cut off are lines all the same', () => {
  const lines = samples.slice(8, 11);
  const cut = text(lines[0]?.slice(200) ?? '', ...lines.slice(1));
  expect(formatOf(cut, null)).toMatchObject({ ok: true, value: { name: 'notifications' } });
  const items = itemsOf(notifications, cut);
  expect(items.map(({ kind, line }) => [kind, line])).toEqual([
    ['refused', 1],
    ['facts', 2],
    ['facts', 3],
  ]);
});
