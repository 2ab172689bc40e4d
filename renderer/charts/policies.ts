// Policies side by side as charts: each one's course over the day, and energy against SLA with the front nobody beats.
import type { ConsolidationReport, PolicyRow } from '../../domain/consolidation/experiment-report.ts';
import type { CourseMeasure } from '../session/consolidate-view.ts';
import { policyToken } from '../session/policy-words.ts';
import type { Palette, TokenName } from '../surfaces/palette.ts';

const MS_PER_S = 1000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const colourOf = (p: Palette, policy: string): string => {
  const token = policyToken(policy);
  const category = /^cat-(\d)$/.exec(token);
  return (category === null ? p[token as TokenName] : p.cats[Number(category[1]) - 1]) ?? p.vm;
};

const time = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
};

const SHOWN: Readonly<Record<CourseMeasure, (value: number) => string>> = {
  hostsOn: (v) => String(Math.round(v)),
  energyKwh: (v) => `${v.toFixed(1)} kWh`,
  slatah: (v) => `${(v * 100).toFixed(2)} %`,
  migrations: (v) => String(Math.round(v)),
  networkCores: (v) => `${v.toFixed(1)} cores`,
};

const pointsOf = (row: PolicyRow, measure: CourseMeasure): readonly (readonly [number, number])[] =>
  row.course.atS.map((s, i) => [s * MS_PER_S, row.course[measure][i] ?? 0] as const);

const SETTLED_S = 3600;

/** The top of the axis: the first hour leaves it, because the textbook's policies begin with one VM a host and move most then. */
const settledAxis = ({ rows }: ConsolidationReport, measure: CourseMeasure): object => {
  const settled = rows.flatMap((r) => r.course[measure].filter((_, i) => (r.course.atS[i] ?? 0) >= SETTLED_S));
  const step = niceStep(Math.max(1, ...settled) / 4);
  return { min: 0, max: Math.ceil((Math.max(1, ...settled) * 1.02) / step) * step, interval: step };
};

/** 1, 2 or 5 times a power of ten, at least `least`. */
const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((n) => n * power >= least) ?? 10);
};

/** Share of the axis that a name is high. */
const NAME_HEIGHT = 0.08;

/** Policies whose names find room at the end of their lines: the chosen one first, then from the top down. */
const apart = (rows: readonly PolicyRow[], measure: CourseMeasure, chosen: string): ReadonlySet<string> => {
  const end = (r: PolicyRow): number => r.course[measure].at(-1) ?? 0;
  const gap = NAME_HEIGHT * Math.max(...rows.map(end), Number.MIN_VALUE);
  const order = rows.toSorted((a, b) => Number(b.policy === chosen) - Number(a.policy === chosen) || end(b) - end(a));
  const named: PolicyRow[] = [];
  for (const row of order) if (named.every((other) => Math.abs(end(other) - end(row)) >= gap)) named.push(row);
  return new Set(named.map((r) => r.policy));
};

type Hovered = { readonly seriesName: string; readonly value: readonly [number, number]; readonly color: string };

/** `cursorMs`: the window's instant in the day, null when it is not of that day. */
export const courseOption =
  (report: ConsolidationReport, measure: CourseMeasure, chosen: string, cursorMs: number | null) =>
  (p: Palette): object => {
    const stepped = measure === 'hostsOn';
    const labelled = apart(report.rows, measure, chosen);
    return {
      grid: { left: 44, right: 104, top: 10, bottom: 22 },
      xAxis: {
        type: 'value',
        min: 0,
        max: Math.max(...report.rows.map((r) => (r.course.atS.at(-1) ?? 0) * MS_PER_S), HOUR_MS),
        interval: DAY_MS / 6,
        axisLabel: { formatter: time, showMaxLabel: false },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        ...(stepped || measure === 'networkCores' ? settledAxis(report, measure) : {}),
        splitNumber: 4,
        axisLine: { show: false },
        axisLabel: { formatter: (v: number) => (measure === 'slatah' ? `${+(v * 100).toFixed(2)} %` : String(v)) },
      },
      tooltip: {
        trigger: 'axis',
        confine: true,
        formatter: (rows: readonly Hovered[]) =>
          [
            time(rows[0]?.value[0] ?? 0),
            ...rows.map(
              (r) => `<span style="color:${r.color}">■</span> ${r.seriesName}: ${SHOWN[measure](r.value[1])}`,
            ),
          ].join('<br>'),
      },
      series: report.rows.map((row) => {
        const color = colourOf(p, row.policy);
        const here = row.policy === chosen;
        return {
          type: 'line',
          name: row.policy,
          ...(stepped ? { step: 'end' } : {}),
          data: pointsOf(row, measure),
          endLabel: {
            show: labelled.has(row.policy),
            formatter: '{a}',
            distance: 6,
            fontSize: 11,
            color: here ? p.ink : p['ink-2'],
            fontWeight: here ? 'bold' : 'normal',
          },
          lineStyle: { color, width: here ? 2.6 : 1.3, opacity: here ? 1 : 0.85 },
          itemStyle: { color },
          z: here ? 4 : 2,
          ...(here && cursorMs !== null
            ? {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  label: { show: false },
                  lineStyle: { color: p.accent, width: 1.2, type: 'dashed' },
                  data: [{ xAxis: cursorMs }],
                },
              }
            : {}),
        };
      }),
    };
  };

/** What the second axis of the Pareto chart shows: the first of them that tells the policies apart. */
export const paretoAxis = (rows: readonly PolicyRow[]): 'slav' | 'shortfall' =>
  rows.some((r) => r.slav * 1e5 >= 0.01) ? 'slav' : 'shortfall';

const AXIS_WORDS = { slav: 'SLAV, ×10⁻⁵', shortfall: 'CPU not given, ×10⁻⁵' } as const;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'circle', 'rect', 'diamond'] as const;
const SCALE = 1e5;
/** The axis is never lower, ×10⁻⁵: where nothing is short there is still an axis. */
const LEAST_HIGH = 0.01;

export const paretoOption =
  (report: ConsolidationReport, chosen: string) =>
  (p: Palette): object => {
    const axis = paretoAxis(report.rows);
    const at = (r: PolicyRow): readonly [number, number] => [r.energyKwh, r[axis] * SCALE];
    // Under CloudSim's rules what never moves a VM costs five times the rest and would squeeze them into a corner.
    const shown = report.rows.filter((r) => r.policy !== 'npa' && (report.boundKwh !== null || r.migrations > 0));
    const front = shown
      .filter((r) => !shown.some((o) => at(o)[0] < at(r)[0] && at(o)[1] <= at(r)[1]))
      .map(at)
      .sort((a, b) => a[0] - b[0]);
    const least = Math.min(report.boundKwh ?? Infinity, ...shown.map((r) => r.energyKwh));
    const most = Math.max(...shown.map((r) => r.energyKwh));
    const step = niceStep(Math.max(1, most - least) / 4);
    const highest = Math.max(...shown.map((r) => at(r)[1]), LEAST_HIGH);
    const highStep = niceStep(highest / 4);
    /** Too close for two names. */
    const near = (a: readonly [number, number], b: readonly [number, number]): boolean =>
      Math.abs(a[0] - b[0]) < step * 0.6 && Math.abs(a[1] - b[1]) < highest * NAME_HEIGHT;
    return {
      grid: { left: 48, right: 18, top: 26, bottom: 34 },
      xAxis: {
        type: 'value',
        min: Math.floor((least - step / 4) / step) * step,
        max: Math.ceil((most + step / 4) / step) * step,
        interval: step,
        name: 'energy, kWh',
        nameLocation: 'end',
        nameGap: 0,
        nameTextStyle: { color: p['ink-3'], align: 'right', verticalAlign: 'top', padding: [22, 0, 0, 0] },
      },
      yAxis: {
        type: 'value',
        name: AXIS_WORDS[axis],
        nameGap: 10,
        max: Math.ceil((highest * 1.08) / highStep) * highStep,
        interval: highStep,
        nameTextStyle: { color: p['ink-3'], align: 'left' },
        axisLine: { show: false },
      },
      tooltip: {
        trigger: 'item',
        confine: true,
        formatter: (e: { readonly seriesName: string; readonly value: readonly [number, number] }) =>
          `${e.seriesName}: ${e.value[0].toFixed(1)} kWh, ${e.value[1].toFixed(2)} ×10⁻⁵`,
      },
      series: [
        {
          type: 'line',
          name: 'front',
          step: 'end',
          silent: true,
          data: front,
          lineStyle: { color: p.accent, width: 1.2, type: 'dashed' },
          ...(report.boundKwh === null
            ? {}
            : {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  label: { formatter: 'lower bound', color: p['ink-3'], fontSize: 11, position: 'insideEndTop' },
                  lineStyle: { color: p['line-strong'], width: 1, type: 'solid' },
                  data: [{ xAxis: report.boundKwh }],
                },
              }),
        },
        ...shown.map((row) => {
          const i = report.rows.indexOf(row);
          const here = row.policy === chosen;
          const twin = shown.findIndex((o) => near(at(o), at(row)));
          return {
            type: 'scatter',
            name: row.policy,
            data: [at(row)],
            symbol: SYMBOLS[i % SYMBOLS.length],
            symbolSize: here ? 14 : 10,
            itemStyle: { color: colourOf(p, row.policy), borderColor: p.surface, borderWidth: 1.5 },
            z: here ? 5 : 3,
            label: {
              // Policies at one point share a label; the others would be written over each other.
              show: here || shown[twin] === row,
              formatter: row.policy,
              position: 'top',
              color: here ? p.ink : p['ink-2'],
              fontWeight: here ? 'bold' : 'normal',
              fontSize: 11,
            },
            labelLayout: { moveOverlap: 'shiftY', hideOverlap: true },
          };
        }),
      ],
    };
  };
