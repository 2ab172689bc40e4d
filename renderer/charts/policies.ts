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
};

const pointsOf = (row: PolicyRow, measure: CourseMeasure): readonly (readonly [number, number])[] =>
  row.course.atS.map((s, i) => [s * MS_PER_S, row.course[measure][i] ?? 0] as const);

type Hovered = { readonly seriesName: string; readonly value: readonly [number, number]; readonly color: string };

/** `cursorMs`: the window's instant in the day, null when it is not of that day. */
export const courseOption =
  (report: ConsolidationReport, measure: CourseMeasure, chosen: string, cursorMs: number | null) =>
  (p: Palette): object => {
    const stepped = measure === 'hostsOn';
    return {
      grid: { left: 44, right: 12, top: 10, bottom: 22 },
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
        scale: measure === 'hostsOn',
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

export const paretoOption =
  (report: ConsolidationReport, chosen: string) =>
  (p: Palette): object => {
    const axis = paretoAxis(report.rows);
    const at = (r: PolicyRow): readonly [number, number] => [r.energyKwh, r[axis] * SCALE];
    const front = report.rows
      .filter((r) => !report.rows.some((o) => at(o)[0] < at(r)[0] && at(o)[1] <= at(r)[1]) && r.policy !== 'npa')
      .map(at)
      .sort((a, b) => a[0] - b[0]);
    const shown = report.rows.filter((r) => r.policy !== 'npa');
    return {
      grid: { left: 48, right: 18, top: 26, bottom: 34 },
      xAxis: {
        type: 'value',
        scale: true,
        name: 'energy, kWh',
        nameLocation: 'end',
        nameGap: 0,
        nameTextStyle: { color: p['ink-3'], align: 'right', verticalAlign: 'top', padding: [22, 0, 0, 0] },
        splitNumber: 4,
        ...(report.boundKwh === null ? {} : { min: Math.floor((report.boundKwh * 0.985) / 10) * 10 }),
      },
      yAxis: {
        type: 'value',
        name: AXIS_WORDS[axis],
        nameGap: 10,
        nameTextStyle: { color: p['ink-3'], align: 'left' },
        splitNumber: 4,
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
          const twin = shown.findIndex(
            (o) => Math.abs(at(o)[0] - at(row)[0]) < at(row)[0] * 0.002 && at(o)[1] === at(row)[1],
          );
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
              position: 'right',
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
