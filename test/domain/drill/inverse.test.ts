// The drill asked backwards against trying every number of threads; drawn availability against its closed form.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { availability, carriesAll } from '../../../domain/drill/availability.ts';
import { recoverWithin } from '../../../domain/drill/inverse.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND } from '../../../domain/drill/settings.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T12:00:00Z'));
const vms = Array.from({ length: 9 }, (_, i) =>
  vmState(String(i), 'compute-1', { ramMiB: 1024, storage: i % 3 === 0 ? 'local' : 'shared', diskGiB: 5 + i }),
);
const state = clusterOf([hostState('compute-1'), hostState('compute-2')], vms);
const input = { state, at, fail: ['compute-1'], settings: BY_HAND, name: 'test' };

test('the fewest threads are those that trying one after another finds', () => {
  for (const rtoMs of [90_000, 150_000, 200_000, 240_000, 400_000]) {
    const answer = recoverWithin(input, rtoMs);
    if (!answer.ok) throw new Error(answer.error);
    let fewest: number | null = null;
    for (let threads = 9; threads >= 1; threads--) {
      const drill = runDrill({ ...input, settings: { ...BY_HAND, threads } });
      if (drill.ok && drill.value.outcome.summary.downMsMax! <= rtoMs) fewest = threads;
    }
    expect({ rtoMs, threads: answer.value.threads }).toEqual({ rtoMs, threads: fewest });
    expect(answer.value.met).toBe(answer.value.downMsMax! <= rtoMs);
  }
});

test('the longest detection that meets the goal meets it, and a second more does not', () => {
  const answer = recoverWithin(input, 380_000);
  if (!answer.ok || answer.value.serviceDownTimeS === null) throw new Error('380 s can be met');
  const slowest = (serviceDownTimeS: number) => {
    const drill = runDrill({ ...input, settings: { ...BY_HAND, serviceDownTimeS } });
    return drill.ok ? drill.value.outcome.summary.downMsMax! : Infinity;
  };
  expect(slowest(answer.value.serviceDownTimeS)).toBeLessThanOrEqual(380_000);
  expect(slowest(answer.value.serviceDownTimeS + 1)).toBeGreaterThan(380_000);
});

test('a goal that nothing meets is said to be one', () => {
  expect(recoverWithin(input, 1000)).toMatchObject({
    ok: true,
    value: { met: false, threads: null, serviceDownTimeS: null },
  });
});

/** Hosts of one class. */
const alike = (hosts: number, spare: number, mtbfH: number, mttrH: number) => ({
  classes: [{ hosts, mtbfH, mttrH }],
  spare,
  racks: null,
});

test('classes that are alike are one class, and unlike ones agree with counting every subset of hosts', () => {
  const split = {
    classes: [alike(3, 1, 100, 5), alike(4, 1, 100, 5)].flatMap((r) => r.classes),
    spare: 2,
    racks: null,
  };
  expect(carriesAll(split)).toBeCloseTo(carriesAll(alike(7, 2, 100, 5)), 12);
  const unlike = { classes: [...alike(3, 0, 100, 10).classes, ...alike(4, 0, 50, 20).classes], spare: 2, racks: null };
  const chances = [0, 1, 2].map(() => 10 / 110).concat([0, 1, 2, 3].map(() => 20 / 70));
  let sum = 0;
  for (let subset = 0; subset < 2 ** chances.length; subset++) {
    const isDown = chances.map((_, h) => ((subset >> h) & 1) === 1);
    if (isDown.filter(Boolean).length > unlike.spare) continue;
    sum += chances.reduce((p, u, h) => p * (isDown[h] ? u : 1 - u), 1);
  }
  expect(carriesAll(unlike)).toBeCloseTo(sum, 12);
  const drawn = availability(unlike, 'mixed');
  expect(drawn.ok && Math.abs(drawn.value.mean - sum)).toBeLessThan(0.02);
});

test('racks that fail as one agree with counting every subset of racks and hosts, and with the draws', () => {
  const classes = [...alike(3, 0, 100, 10).classes, ...alike(2, 0, 50, 20).classes];
  // Rack 0 holds hosts 0, 1 and 3, rack 1 host 2; host 4 is in none.
  const racks = [
    { hosts: [2, 1], survives: true },
    { hosts: [1, 0], survives: false },
  ];
  const inRack = [0, 0, 1, 0, null];
  const hostDown = [10 / 110, 10 / 110, 10 / 110, 20 / 70, 20 / 70];
  const rackDown = 40 / 440;
  for (const spare of [0, 1, 3]) {
    let sum = 0;
    for (let subset = 0; subset < 2 ** 7; subset++) {
      const is = (i: number) => ((subset >> i) & 1) === 1;
      const down = [0, 1].filter((r) => is(5 + r));
      const outside = inRack.filter((rack, h) => is(h) && (rack === null || !down.includes(rack))).length;
      const [only] = down;
      const size = only === 0 ? 3 : 1;
      const good =
        down.length === 0
          ? outside <= spare
          : down.length === 1 &&
            (size + outside <= spare || (racks[only!]!.survives && outside <= Math.max(0, spare - size)));
      if (!good) continue;
      const hosts = hostDown.reduce((p, u, h) => p * (is(h) ? u : 1 - u), 1);
      sum += hosts * [0, 1].reduce((p, r) => p * (is(5 + r) ? rackDown : 1 - rackDown), 1);
    }
    const racked = { classes, spare, racks: { racks, mtbfH: 400, mttrH: 40 } };
    expect(carriesAll(racked)).toBeCloseTo(sum, 12);
    const drawn = availability(racked, 'racks');
    if (!drawn.ok) throw new Error(drawn.error);
    expect(Math.abs(drawn.value.mean - sum)).toBeLessThan(0.005);
    expect(availability(racked, 'racks')).toEqual(drawn);
  }
});

test('spare hosts are counted one by one: the fewest with which nobody is left and nobody is late', () => {
  const crowded = clusterOf(
    [hostState('compute-1'), hostState('compute-2', { ramMiBUsed: 60_000 })],
    ['a', 'b', 'c'].map((id) => vmState(id, 'compute-1', { ramMiB: 30_000 })),
  );
  const answer = recoverWithin({ ...input, state: crowded }, 300_000);
  expect(answer).toMatchObject({ ok: true, value: { spareHosts: 2, spareLike: 'compute-1' } });
  expect(recoverWithin(input, 1000)).toMatchObject({ ok: true, value: { spareHosts: null } });
});

test('one host alone is up MTBF / (MTBF + MTTR) of the time; all of n at once, that to the nth', () => {
  expect(carriesAll(alike(1, 0, 99, 1))).toBeCloseTo(0.99, 12);
  expect(carriesAll(alike(7, 0, 99, 1))).toBeCloseTo(0.99 ** 7, 12);
  expect(carriesAll(alike(3, 3, 1, 1))).toBeCloseTo(1, 12);
});

test('the drawn availability agrees with the closed form, and its interval holds it about as often as it should', () => {
  let held = 0;
  const seeds = 40;
  for (let i = 0; i < seeds; i++) {
    const drawn = availability(alike(10, 1, 1000, 50), `seed ${i}`);
    if (!drawn.ok) throw new Error(drawn.error);
    const { mean, low, high, closedForm } = drawn.value;
    expect(Math.abs(mean - closedForm)).toBeLessThan(0.02);
    if (low <= closedForm && closedForm <= high) held++;
  }
  expect(held).toBeGreaterThanOrEqual(33); // 95 % of 40 is 38; fewer than 33 has a chance below one in a thousand
});

test('the same seed gives the same bytes, and impossible clusters are refused', () => {
  const r = alike(5, 1, 500, 10);
  expect(availability(r, 'a')).toEqual(availability(r, 'a'));
  expect(availability(r, 'a')).not.toEqual(availability(r, 'b'));
  for (const wrong of [alike(0, 1, 500, 10), alike(5, -1, 500, 10), alike(5, 1, 0, 10), alike(5, 1, 500, Number.NaN)]) {
    expect(availability(wrong, 'a')).toMatchObject({ ok: false });
  }
});
