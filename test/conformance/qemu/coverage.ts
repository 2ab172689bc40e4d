// Whether the bands mean what they say: how many measured runs fall between the tenth and the ninetieth percentile predicted.
import { normal, rng } from '../../../domain/base/rng.ts';
import { type Band, type Forecast, forecast, INPUT_UNCERTAINTY } from '../../../domain/migration/forecast.ts';
import { UNKNOWN } from '../../../domain/migration/machine.ts';
import type { Move } from '../../../domain/migration/qemu.ts';
import type { Check } from '../part.ts';
import { downtimeOf, moveOf, type Row, totalMsOf } from './rows.ts';

/** Nothing is unknown: the band is the model's own error. */
const EXACT = { link: 0, writeRate: 0, workingSet: 0 };
const FOLDS = 5;

type Predicted = { readonly row: Row; readonly got: Forecast };

const within = (x: number | null, band: Band): boolean => x !== null && x >= band.p10 && x <= band.p90;

const quantile = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.round(p * (values.length - 1))] ?? Number.NaN;

const check = (name: string, inside: readonly boolean[]): Check => ({
  name: `band: ${name} between p10 and p90 (${inside.length} runs)`,
  value: (100 * inside.filter(Boolean).length) / Math.max(1, inside.length),
  unit: '%',
  limit: null,
});

const checksOf = (what: string, all: readonly Predicted[]): readonly Check[] => [
  check(
    `${what}, total`,
    all.map(({ row, got }) => within(totalMsOf(row), got.totalBand)),
  ),
  check(
    `${what}, downtime`,
    all.map(({ row, got }) => within(downtimeOf(row), got.downtimeBand)),
  ),
  check(
    `${what}, bytes`,
    all.map(({ row, got }) => within((row.final?.transferred ?? 0) + got.diskBytes, got.bytesBand)),
  ),
];

/** Tails of total time taken from four fifths of the configurations, held against the fifth that was left out. */
const leftOut = (all: readonly Predicted[]): Check => {
  const configs = [...new Set(all.map(({ row }) => row.config))];
  const runs = all.map(({ row, got }) => ({
    fold: configs.indexOf(row.config) % FOLDS,
    ratio: (totalMsOf(row) ?? 0) / got.totalMs,
  }));
  const inside = runs.map(({ fold, ratio }) => {
    const others = runs.filter((r) => r.fold !== fold).map((r) => r.ratio);
    return ratio >= quantile(others, 0.1) && ratio <= quantile(others, 0.9);
  });
  return check('tails from four fifths of the configurations, total of the fifth', inside);
};

/** The inputs as somebody would have measured them, within their stated uncertainty. */
const drawn = (move: Move, linkBytesPerS: number | null, by: () => number): readonly [Move, number | null] => {
  const u = INPUT_UNCERTAINTY;
  const inaccurate: Move = {
    ...move,
    dirtyPagesPerS: move.dirtyPagesPerS * Math.exp(u.writeRate * by()),
    workingSetBytes: Math.min(move.ramBytes, move.workingSetBytes * Math.exp(u.workingSet * by())),
  };
  return [inaccurate, linkBytesPerS === null ? null : linkBytesPerS * Math.exp(u.link * by())];
};

/** As `predict` is asked: nobody says how busy the hosts were. Runs that completed and were predicted to. */
export const coverageChecks = (rows: readonly Row[]): readonly Check[] => {
  const completed = rows.filter((row) => row.outcome === 'completed' && row.final !== undefined);
  const r = rng('inputs as measured');
  const predicted = (of: (row: Row) => Forecast): readonly Predicted[] =>
    completed.map((row) => ({ row, got: of(row) })).filter(({ got }) => got.outcome === 'completed');
  const link = (row: Row): number | null => (row.inputs.link_bps > 0 ? row.inputs.link_bps : null);
  const exact = predicted((row) =>
    forecast(moveOf(row), { linkBytesPerS: link(row), machine: UNKNOWN, uncertainty: EXACT }),
  );
  const inaccurate = predicted((row) => {
    const [move, linkBytesPerS] = drawn(moveOf(row), link(row), () => normal(r));
    return forecast(move, { linkBytesPerS, machine: UNKNOWN });
  });
  return [
    ...checksOf('inputs known exactly', exact),
    ...checksOf('inputs as uncertain as stated', inaccurate),
    leftOut(exact),
  ];
};
