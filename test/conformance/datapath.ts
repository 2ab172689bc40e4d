// What packets were measured to cost elsewhere, against our stages: every row of the calibration file, by configuration.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { predictRow, type Prediction } from './datapath-predict.ts';
import { sectionsOf } from './datapath-rows.ts';
import { additivity } from './datapath-sums.ts';
import type { Check, Part, PartReport } from './part.ts';

/** What the issue allows; rigs of "the same" configuration differ by 15 to 60 %. */
const MEDIAN_ERROR_PCT_MAX = 25;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

const errorPct = (p: Prediction): number => 100 * (p.predicted / p.measured - 1);

/** Pairs of one comparison whose order we reverse; pairs closer than their reading error are no statement. */
const reversed = (group: readonly Prediction[]): readonly string[] =>
  group.flatMap((a, i) =>
    group.slice(i + 1).flatMap((b) => {
      if (a.row === b.row && a.configuration === b.configuration) return []; // one configuration, compiled or tuned otherwise
      const apart = Math.abs(a.measured - b.measured);
      if (apart <= a.readingError + b.readingError || a.measured === b.measured) return [];
      return (a.measured - b.measured) * (a.predicted - b.predicted) > 0 ? [] : [`${a.name} against ${b.name}`];
    }),
  );

/** Rates go with the clock: the one at which the row would be met says whether the error can be the clock's. */
const clockThatExplains = (p: Prediction): string =>
  p.clockSupposedGhz === null || p.unit === 'times' || p.measured === p.predicted
    ? ''
    : `; met at ${((p.clockSupposedGhz * p.measured) / p.predicted).toFixed(1)} GHz`;

const line = (p: Prediction): string =>
  `${p.name}: measured ${p.measured.toPrecision(3)}, predicted ${p.predicted.toPrecision(3)} ${p.unit}, ` +
  `${errorPct(p) < 0 ? '' : '+'}${errorPct(p).toFixed(0)} %  (${p.configuration}; ${p.said}${clockThatExplains(p)})`;

const run = async (dataDir: string): Promise<PartReport> => {
  const file = JSON.parse(readFileSync(join(dataDir, 'datapath', 'calibration.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const sections = sectionsOf(file);
  const all = sections.flatMap(({ rows }) => rows);
  const sums = additivity(file);
  const predicted: { section: string; predictions: readonly Prediction[] }[] = [
    { section: 'this_machine', predictions: sums.predictions },
  ];
  const skipped: { name: string; why: string }[] = [...sums.skipped];
  for (const { name, rows } of sections) {
    const answers = rows.map((row) => predictRow(row, all));
    predicted.push({ section: name, predictions: answers.flatMap((a) => a.predictions) });
    skipped.push(...answers.flatMap((a) => a.skipped));
  }
  const predictions = predicted.flatMap((p) => p.predictions);
  const absolute = (list: readonly Prediction[]): number => median(list.map((p) => Math.abs(errorPct(p))));
  const checks: Check[] = [];
  const judge = (name: string, list: readonly Prediction[], limit: number | null): void => {
    if (list.length > 0) checks.push({ name: `${name} (${list.length})`, value: absolute(list), limit, unit: '%' });
  };
  judge('median absolute error of all rows predicted', predictions, MEDIAN_ERROR_PCT_MAX);
  judge(
    'of those no stage was taken from',
    predictions.filter((p) => !p.fitted),
    MEDIAN_ERROR_PCT_MAX,
  );
  for (const { section, predictions: list } of predicted) judge(`of ${section}`, list, null);
  const wrong: string[] = [];
  for (const [comparison, group] of Map.groupBy(predictions, (p) => `${p.comparison} in ${p.unit}`)) {
    if (group.length < 2) continue;
    const pairs = reversed(group);
    checks.push({
      name: `order kept: ${comparison} (${group.length})`,
      value: pairs.length,
      limit: 0,
      unit: 'pairs reversed',
    });
    wrong.push(...pairs.map((pair) => `reversed: ${pair}`));
  }
  return { checks, skipped, notes: [...predictions.map(line), ...wrong] };
};

export const datapath: Part = { name: 'datapath', needs: ['datapath/calibration.json'], run };
