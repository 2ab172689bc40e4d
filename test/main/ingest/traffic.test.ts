// Traffic matrices as CSV: what they say becomes facts, and a matrix with a wrong line becomes none.
import { expect, test } from 'vitest';
import { formatOf } from '../../../main/ingest/formats.ts';
import { traffic } from '../../../main/ingest/traffic.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

test('each line is a flow in bytes a second, found by its header', () => {
  const matrix = text('from,to,mbps,frame_bytes', 'web,db,8,1000', '"db",web,0.8,');
  const format = formatOf(matrix, null);
  expect(format.ok && format.value.name).toBe('traffic');
  expect(factsOf(traffic, matrix)).toMatchObject([
    {
      type: 'traffic.sampled',
      at: UNDATED,
      data: {
        flows: [
          { from: 'web', to: 'db', bytesPerS: 1_000_000, frameBytes: 1000 },
          { from: 'db', to: 'web', bytesPerS: 100_000, frameBytes: 1468 },
        ],
      },
    },
  ]);
});

test('a large matrix is several facts, with every flow in one of them', () => {
  const lines = Array.from({ length: 25_000 }, (_, i) => `a${i},b${i},1`);
  const facts = factsOf(traffic, text('from,to,mbps', ...lines));
  expect(facts.map((fact) => (fact.type === 'traffic.sampled' ? fact.data.flows.length : 0))).toEqual([
    10_000, 10_000, 5000,
  ]);
  expect(new Set(facts.map((fact) => fact.key)).size).toBe(3);
});

test('one wrong line refuses the matrix and is named', () => {
  const items = itemsOf(traffic, text('from,to,mbps', 'web,db,8', 'db,web,fast'));
  expect(items).toEqual([{ kind: 'refused', line: 3, why: 'mbps: fast is no rate', text: '' }]);
});

test('src and dst, and rates as collectors name them, are the same matrix', () => {
  const named = text('src,dst,bytes_per_second', 'web,db,125000');
  expect(formatOf(named, null)).toMatchObject({ ok: true, value: { name: 'traffic' } });
  expect(factsOf(traffic, named)[0]?.data).toEqual(factsOf(traffic, text('from,to,mbps', 'web,db,1'))[0]?.data);
});
