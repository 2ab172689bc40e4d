// A failure leaves one mark of each kind, however many sources report it and however many VMs it moves.
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import type { Fact, LogEvent } from '../../../domain/events/dictionary.ts';
import { markCollector } from '../../../domain/readout/marks.ts';
import { bareName } from '../../../domain/readout/sentence.ts';

const marksOf = (facts: readonly (readonly [entity: string, fact: Fact])[]): string[] => {
  const collector = markCollector(bareName);
  facts.forEach(([entity, fact], i) => {
    const event: LogEvent = {
      ...fact,
      seq: seq(i + 1),
      at: instant(i),
      entity,
      evidence: 'observed',
      source: 's',
      line: i + 1,
    };
    collector.see(event);
  });
  return collector.marks([]).map(({ kind, seq }) => `${seq} ${kind}`);
};

const reported = (data: Extract<Fact, { type: 'host.service_reported' }>['data']): readonly [string, Fact] => [
  'host:a',
  { type: 'host.service_reported', v: 1, data },
];
const failed: readonly [string, Fact] = ['host:a', { type: 'host.failed', v: 1, data: { cause: 'crash' } }];
const returned: readonly [string, Fact] = ['host:a', { type: 'host.returned', v: 1, data: {} }];
const moved = (n: number, type: 'evacuation' | 'live-migration'): readonly [string, Fact] => [
  `migration:${n}`,
  { type: 'migration.accepted', v: 1, data: { vm: `v${n}`, type, kind: null, source: 'a', dest: 'b' } },
];

test('a host that fails is down once, and up once', () => {
  expect(
    marksOf([
      failed,
      reported({ up: false, enabled: false }),
      reported({ up: false }),
      returned,
      reported({ up: true }),
    ]),
  ).toEqual(['1 host-down', '4 host-up']);
  expect(marksOf([reported({ up: false }), failed, reported({ up: true }), failed])).toEqual([
    '1 host-down',
    '3 host-up',
    '4 host-down',
  ]);
});

test('a living host that is disabled is being drained, once until it is enabled', () => {
  const off = reported({ up: true, enabled: false });
  expect(marksOf([off, off, reported({ enabled: true }), off])).toEqual(['1 drain', '4 drain']);
});

test('evacuations from one failure are one mark; the next failure is another', () => {
  const all = [failed, moved(1, 'evacuation'), moved(2, 'evacuation'), returned, failed, moved(3, 'evacuation')];
  expect(marksOf(all)).toEqual(['1 host-down', '2 evacuation', '4 host-up', '5 host-down', '6 evacuation']);
});

test('moves are marked one by one only while there are few', () => {
  const moves = (n: number) => Array.from({ length: n }, (_, i) => moved(i, 'live-migration'));
  expect(marksOf(moves(60))).toHaveLength(60);
  expect(marksOf([failed, ...moves(61)])).toEqual(['1 host-down']);
});
