// Watts between the measured tenths, and naps that pay.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  linearPowerTable,
  powerAt,
  powerCurves,
  powerOf,
  powerTableOf,
  SPEC_POWER,
} from '../../../domain/consolidation/power.ts';
import { breakEvenS, hostsToSwitchOff, hostsToWake } from '../../../domain/consolidation/power-state.ts';

const g4 = SPEC_POWER['hp-ml110-g4-xeon-3040'];

test('a tenth is as measured, between two it is linear', () => {
  expect(g4.map((_, tenth) => powerAt(g4, tenth / 10))).toEqual([...g4]);
  expect(powerAt(g4, 0.05)).toBeCloseTo((86 + 89.4) / 2, 12);
  expect(powerAt(g4, 0.975)).toBeCloseTo(114 + 0.75 * 3, 12);
});

test('a utilization outside 0..1 is a bug', () => {
  expect(() => powerAt(g4, 1.01)).toThrow(/between 0 and 1/);
  expect(() => powerAt(g4, Number.NaN)).toThrow(/between 0 and 1/);
});

test('every table rises, and the linear model meets both ends', () => {
  for (const table of Object.values(SPEC_POWER)) {
    expect(table).toHaveLength(11);
    expect(table.toSorted((a, b) => a - b)).toEqual([...table]);
  }
  expect(powerAt(linearPowerTable(100, 200), 0.37)).toBeCloseTo(137, 9);
  expect(powerTableOf('toString')).toBeNull();
});

test('a nap pays from the break-even on', () => {
  const cost = { suspendS: 10, wakeS: 50, transitionW: 120, sleepW: 10 };
  const t = breakEvenS(90, cost);
  expect(90 * t).toBeCloseTo(120 * 60 + 10 * (t - 60), 9);
  expect(breakEvenS(90, { ...cost, transitionW: 0 })).toBe(60);
  expect(breakEvenS(10, cost)).toBe(Number.POSITIVE_INFINITY);
});

test('Neat switches off every idle host and wakes only those the placement uses', () => {
  const hosts = ['h1', 'h2', 'h3', 'h4'];
  const input = { hosts, active: new Set(['h1']), off: new Set(['h2']), keptOn: new Set(['h3']) };
  expect(hostsToSwitchOff(input)).toEqual(['h4']);
  const placement = new Map([
    ['a', 'h2'],
    ['b', 'h2'],
    ['c', 'h1'],
  ]);
  expect(hostsToWake(placement, new Set(['h2', 'h3']))).toEqual(['h2']);
});

test('a linear model is named by its two figures, the idle one not above the other', () => {
  expect(powerAt(powerTableOf('linear:100:200')!, 0.35)).toBeCloseTo(135, 9);
  expect(powerTableOf('linear:200:100')).toBeNull();
  expect(powerTableOf('linear:x:100')).toBeNull();
});

test('columns of power tables answer as the tables do, to the last bit', () => {
  const tables = Object.values(SPEC_POWER);
  const curves = powerCurves(tables);
  const kind = fc.integer({ min: 0, max: tables.length - 1 });
  const utilization = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
  );
  fc.assert(
    fc.property(kind, utilization, (k, u) => Object.is(powerOf(curves, k, u), powerAt(tables[k]!, u))),
    { numRuns: 2000 },
  );
});
