// Numbers, instants and durations as the window writes them.
import { expect, test } from 'vitest';
import {
  brief,
  clock,
  count,
  duration,
  mebibytes,
  moment,
  percent,
  plural,
  shortId,
  signed,
} from '../../../domain/readout/words.ts';

test('durations read as people say them', () => {
  expect([480, 7_300, 41_000, 269_000, 7_500_000, 100_000_000].map(duration)).toEqual([
    '0.48 s',
    '7.3 s',
    '41 s',
    '4 min 29 s',
    '2 h 05 min',
    '1 d 3 h',
  ]);
  expect([0, 269_000, 3_869_000].map(brief)).toEqual(['0:00', '4:29', '1:04:29']);
});

test('an instant is UTC, to the second, and rounds down so that no clock shows what has not come', () => {
  expect(clock(Date.parse('2026-11-17T10:41:07.999Z'))).toBe('10:41:07');
  expect(moment(Date.parse('2026-11-17T10:41:07Z'))).toBe('2026-11-17 10:41:07Z');
});

test('counts, shares and sizes', () => {
  expect(count(184_207)).toBe('184\u202f207');
  expect(percent(0.634)).toBe('63\u202f%');
  expect([512, 8_192, 1_572_864].map(mebibytes)).toEqual(['512 MiB', '8 GiB', '1.5 TiB']);
  expect([plural(1, 'VM'), plural(2, 'VM'), plural(1, 'anomaly', 'anomalies')]).toEqual(['1 VM', '2 VMs', '1 anomaly']);
  expect([3, 0, -3].map(signed)).toEqual(['+3', '0', '−3']);
});

test('a UUID is shortened in the middle, a host name never', () => {
  expect(shortId('5374577e-7417-4add-b23f-06de3b42c410')).toBe('5374577e…c410');
  expect(shortId('compute-with-a-very-long-name-indeed.example.net')).toBe(
    'compute-with-a-very-long-name-indeed.example.net',
  );
});
