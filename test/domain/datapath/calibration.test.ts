// The conformance part predicts rows from what they describe: their results, and rows it has never seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { predictRow } from '../../conformance/datapath-predict.ts';
import { type CalibrationRow, sectionsOf } from '../../conformance/datapath-rows.ts';

const FILE = join(import.meta.dirname, '../../conformance/data/datapath/calibration.json');
const read = (): Record<string, unknown> => JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;

/** Fields that hold results; what a row describes stays. */
const RESULTS: ReadonlySet<string> = new Set([
  'rate_mpps',
  'gbps',
  'mpps',
  'mpps_single_core',
  'us_p50_p90_p99',
  'gain_pct',
  'cpu_hyperthreads_reported',
]);

const tripled = (value: unknown): unknown => {
  if (typeof value === 'number') return 3 * value;
  if (Array.isArray(value)) return value.map(tripled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tripled(inner)]));
};

const otherResults = (row: CalibrationRow): CalibrationRow =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, RESULTS.has(key) ? tripled(value) : value]),
  ) as CalibrationRow;

const rows = sectionsOf(read()).flatMap((section) => section.rows);

test('every row has a prediction or a reason', () => {
  for (const row of rows) {
    const { predictions, skipped } = predictRow(row, rows);
    expect(predictions.length + skipped.length, row.id).toBeGreaterThan(0);
    for (const p of predictions) expect(p.predicted > 0 && Number.isFinite(p.predicted), row.id).toBe(true);
  }
});

test('no prediction depends on the result it is compared with', () => {
  const values = (row: CalibrationRow) => predictRow(row, rows).predictions.map((p) => p.predicted);
  for (const row of rows) expect(values(otherResults(row)), row.id).toEqual(values(row));
});

test('rows never seen: contexts on several cores, on a link, with a stage nobody knows', () => {
  const row: CalibrationRow = {
    id: 'new',
    clock_ghz: 3,
    contexts: { 'pmd*2': ['d_rx', 'd_emc', 'd_tx'], softirq: ['drv_rx'] },
    rate_mpps: 20,
  };
  const predicted = (change: Partial<CalibrationRow>) =>
    predictRow({ ...row, ...change }, []).predictions[0]?.predicted;
  expect(predicted({})).toBeCloseTo(3000 / 171, 9);
  const two = predicted({ contexts: { 'pmd*2': ['d_rx', 'd_emc', 'd_tx'] } })!;
  expect(two).toBeLessThan((2 * 3000) / 218); // they meet at the card
  expect(two).toBeGreaterThan(0.97 * ((2 * 3000) / 218));
  expect(predicted({ link_gbps: 10 })).toBeCloseTo(14.88, 2);
  expect(predictRow({ ...row, contexts: { pmd: ['warp'] } }, []).skipped[0]?.why).toContain('warp');
});
