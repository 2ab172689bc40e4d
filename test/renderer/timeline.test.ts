// The timeline: round ticks, zoom about a point, lanes in order, marks that never cover each other.
import { expect, test } from 'vitest';
import type { TimelineInfo } from '../../domain/contract/contract.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';
import { familyOf, isRecord } from '../../domain/contract/branches.ts';
import { openingView } from '../../renderer/session/opening.ts';
import { laneOrder, layoutTimeline, markAt } from '../../renderer/surfaces/timeline-layout.ts';
import { ticks, timeScale, zoom } from '../../renderer/surfaces/time-scale.ts';

const T0 = Date.parse('2026-11-17T10:24:00Z');
const MIN = 60_000;
const range = { from: T0, to: T0 + 32 * MIN };

const info = (name: string, parent: string | null, forkedAt: number | null): TimelineInfo => ({
  name,
  parent,
  forkedAt: forkedAt === null ? null : { at: forkedAt, seq: null },
  head: 1,
  from: parent === null || forkedAt === 0 ? T0 : T0,
  to: T0 + 30 * MIN,
  events: 1,
});
const LOG = [
  info('main', null, null),
  info('incident', 'main', 0),
  info('drill a', 'main', T0 + MIN),
  info('drill b', 'drill a', T0 + 2 * MIN),
  info('of incident', 'incident', T0 + MIN),
];

const mark = (kind: Mark['kind'], minutes: number): Mark => ({
  seq: minutes,
  at: T0 + minutes * MIN,
  kind,
  label: kind,
  entity: 'host:c',
});

test('ticks are round and as far apart as asked', () => {
  const found = ticks(range, 1_000, 74);
  expect(found.map((t) => t.label)).toEqual(['10:25', '10:30', '10:35', '10:40', '10:45', '10:50', '10:55']);
  const years = ticks({ from: Date.parse('2013-01-01T00:00:00Z'), to: Date.parse('2026-12-01T00:00:00Z') }, 1_000, 74);
  expect(years.length).toBeGreaterThan(1);
  expect(years.length).toBeLessThan(14);
});

test('pixels and instants are each other’s inverse, and zoom keeps its point', () => {
  const scale = timeScale(range, 100, 800);
  expect(scale.at(scale.x(T0 + 5 * MIN))).toBeCloseTo(T0 + 5 * MIN, 3);
  const around = T0 + 8 * MIN;
  const near = zoom(range, 0.5, around);
  expect(near.to - near.from).toBeCloseTo(16 * MIN, 3);
  expect((around - near.from) / (near.to - near.from)).toBeCloseTo(0.25, 9);
});

test('a timeline that leaves its parent before the first event is a record; lanes show one record and its branches', () => {
  expect(LOG.filter((t) => isRecord(t, LOG)).map((t) => t.name)).toEqual(['main', 'incident']);
  expect(familyOf('of incident', LOG).map((t) => t.name)).toEqual(['incident', 'of incident']);
  expect(laneOrder(LOG, 'drill a').map((t) => t.name)).toEqual(['main', 'drill a', 'drill b']);
  expect(laneOrder(LOG, 'main').map((t) => t.name)).toEqual(['main', 'drill b', 'drill a']);
});

test('marks closer than their circles are gathered under the gravest and can be hit', () => {
  const marks = { main: [mark('migration', 4), mark('host-down', 4.1), mark('note', 4.2), mark('error', 20)] };
  const layout = layoutTimeline({
    width: 900,
    height: 150,
    range,
    whole: range,
    timelines: laneOrder(LOG, 'main'),
    marks,
  });
  expect(layout.marks.map((m) => [m.mark.kind, m.more])).toEqual([
    ['host-down', 2],
    ['error', 0],
  ]);
  const last = layout.marks[1];
  expect(last && markAt(layout, last.x + 6, last.y - 6)?.mark.kind).toBe('error');
  expect(last && markAt(layout, last.x + 40, last.y)).toBeNull();
  for (const lane of layout.lanes) expect(lane.y + 8).toBeLessThanOrEqual(150);
});

test('the window opens in the evacuation after the last host failure, within the record', () => {
  const main = LOG[0] ?? null;
  const marks = [mark('host-down', 3), mark('host-down', 10), mark('evacuation', 14)];
  expect(openingView(main, marks, null).at?.at).toBe(T0 + 14 * MIN + 30_000);
  expect(openingView(main, marks.slice(0, 2), null).at).toEqual({ at: T0 + 10 * MIN, seq: 10 });
  expect(openingView(main, [], null).at).toEqual({ at: main?.to, seq: null });
  const named = { at: T0 + 5 * MIN, seq: 7 };
  expect(openingView(main, marks, named).at).toEqual(named);
});
