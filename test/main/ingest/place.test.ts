// Instants of a document: anchors, the clock between them, and what stays true for any document.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Moment } from '../../../main/ingest/transcript/moment.ts';
import { place } from '../../../main/ingest/transcript/place.ts';

const moment = (vm: string | null, updated: number | null): Moment => ({ line: 1, vm, updated, facts: [] });
const at = (moments: readonly Moment[]): readonly number[] => place(moments, 5_000).map((placed) => placed.at);

test('without any time a document follows the given instant, a second apart', () => {
  expect(at([moment(null, null), moment('vm:a', null)])).toEqual([5_000, 6_000]);
});

test('what precedes the first time leads up to it', () => {
  expect(at([moment(null, null), moment('vm:a', null), moment('vm:a', 100_000)])).toEqual([98_000, 99_000, 100_000]);
});

test('where time is short the clock runs closer, never past the next time', () => {
  const between = Array.from({ length: 9 }, () => moment('vm:a', null));
  expect(at([moment('vm:a', 1000), ...between, moment('vm:a', 2000)])).toEqual([
    1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000,
  ]);
});

test('the same time again is a repetition: placed by the clock', () => {
  expect(at([moment('vm:a', 1000), moment('vm:a', 90_000), moment('vm:a', 1000)])).toEqual([1000, 90_000, 91_000]);
});

test('for any document: observed ones stand at their time, a VM is never told ahead of its next one', () => {
  const moments = fc.array(
    fc.record({
      line: fc.constant(1),
      vm: fc.constantFrom(null, 'vm:a', 'vm:b'),
      updated: fc.option(fc.integer({ min: 10_000_000, max: 20_000_000 })),
      facts: fc.constant([]),
    }),
  );
  fc.assert(
    fc.property(moments, (document) => {
      const placed = place(document, 0);
      expect(placed).toHaveLength(document.length);
      document.forEach(({ vm, updated }, i) => {
        const here = placed[i];
        expect(Number.isInteger(here?.at)).toBe(true);
        if (here?.timed === 'updated') expect(here.at).toBe(updated);
        const next = document.findIndex(
          (m, j) => j > i && m.vm === vm && vm !== null && placed[j]?.timed === 'updated',
        );
        if (next >= 0) expect(here?.at).toBeLessThanOrEqual(placed[next]?.at ?? 0);
      });
    }),
    { seed: 7, numRuns: 500 },
  );
});
