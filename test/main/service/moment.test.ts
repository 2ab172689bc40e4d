// Instants as people write them are read to the millisecond, and what is none is refused with a sentence.
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { parseMoment } from '../../../main/service/moment.ts';

const context = {
  span: { from: instant(Date.parse('2013-08-05T00:00:00Z')), to: instant(Date.parse('2013-08-06T10:42:54Z')) },
  instantOf: (n: number) => (n === 76 ? instant(Date.parse('2013-08-06T10:36:36Z')) : null),
};

test.each([
  ['2013-08-06T10:36:35Z', '2013-08-06T10:36:35.000Z'],
  ['2013-08-06T10:36:35', '2013-08-06T10:36:35.000Z'],
  ['2013-08-06 10:36', '2013-08-06T10:36:00.000Z'],
  ['2013-08-06', '2013-08-06T00:00:00.000Z'],
  ['2013-08-06T12:36:35.250+02:00', '2013-08-06T10:36:35.250Z'],
  ['2013-08-06T05:06:35-0530', '2013-08-06T10:36:35.000Z'],
  ['10:36', '2013-08-06T10:36:00.000Z'],
  ['9:05:07.5', '2013-08-06T09:05:07.500Z'],
  ['-5m', '2013-08-06T10:37:54.000Z'],
  ['-90s', '2013-08-06T10:41:24.000Z'],
  ['-1d', '2013-08-05T10:42:54.000Z'],
  ['#76', '2013-08-06T10:36:36.000Z'],
  ['76', '2013-08-06T10:36:36.000Z'],
])('%s is %s', (written, expected) => {
  const cut = parseMoment(written, context);
  expect(cut.ok && new Date(cut.value.at).toISOString()).toBe(expected);
});

test('a position names exactly one event, a time all of its instant', () => {
  expect(parseMoment('#76', context)).toMatchObject({ ok: true, value: { seq: seq(76) } });
  expect(parseMoment('10:36', context)).toMatchObject({ ok: true, value: { seq: null } });
});

test.each([
  ['2026-02-30', 'does not exist'],
  ['2013-08-06T25:00:00Z', 'does not exist'],
  ['10:61', 'does not exist'],
  ['#77', 'no event #77'],
  ['yesterday', 'is not an instant'],
  ['-5 minutes', 'is not an instant'],
  ['', 'is not an instant'],
  ['1e9', 'is not an instant'],
])('"%s" is refused', (written, why) => {
  const cut = parseMoment(written, context);
  expect(cut).toMatchObject({ ok: false });
  if (!cut.ok) expect(cut.error).toContain(why);
});

test('times of day need a day', () => {
  expect(parseMoment('10:36', { ...context, span: null })).toMatchObject({ ok: false });
});
