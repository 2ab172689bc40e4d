// A resource's runway: the record in ink, the median ahead dashed, the band of nine in ten, capacity as lines.
import type { ResourceOutlook } from '../../domain/capacity/outlook.ts';
import type { Palette } from '../surfaces/palette.ts';

const DAY_MS = 86_400_000;

type Written = (n: number) => string;

const line = (name: string, color: string, data: readonly (readonly [number, number])[], more: object): object => ({
  type: 'line',
  name,
  data,
  showSymbol: false,
  lineStyle: { color, width: 1.6 },
  itemStyle: { color },
  silent: true,
  ...more,
});

/** Two invisible lines, the upper one filled down to the lower. */
const band = (
  p: Palette,
  low: readonly (readonly [number, number])[],
  width: readonly (readonly [number, number])[],
) => [
  { type: 'line', data: low, stack: 'band', showSymbol: false, lineStyle: { opacity: 0 }, silent: true, name: 'low' },
  {
    type: 'line',
    data: width,
    stack: 'band',
    showSymbol: false,
    lineStyle: { opacity: 0 },
    areaStyle: { color: p.accent, opacity: 0.16 },
    silent: true,
    name: 'band',
  },
];

const MIB_PER_GIB = 1024;
const TICKS = 5;

/** An axis of round figures in a unit, or in 1,024 of it where it is long, that leaves out what lies far below all values. */
const axisOver = (
  values: readonly number[],
  unit: number,
): { readonly min: number; readonly max: number; readonly interval: number } => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const width = Math.max(most - least, most * 0.1, unit);
  const size = unit > 1 && most >= unit * 1024 ? unit * 1024 : unit;
  const wanted = width / TICKS / size;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const interval = size * power * (wanted / power > 5 ? 10 : wanted / power > 2 ? 5 : wanted / power > 1 ? 2 : 1);
  const min = Math.max(0, Math.floor((least - width * 0.15) / interval) * interval);
  return { min, max: Math.ceil((most + width * 0.1) / interval) * interval, interval };
};

export const runwayOption =
  (o: ResourceOutlook, written: Written) =>
  (p: Palette): object => {
    const last = o.points.at(-1)?.at ?? 0;
    const ahead = (o.runway?.ahead ?? []).map((e) => ({ ...e, at: last + e.day * DAY_MS }));
    const limit = (value: number, name: string, color: string, type: 'solid' | 'dotted', above: boolean) => ({
      yAxis: value,
      lineStyle: { color, type, width: 1.4 },
      label: {
        formatter: name,
        position: above ? 'insideStartTop' : 'insideStartBottom',
        color,
        fontSize: 11,
        fontWeight: 600,
      },
    });
    const limits = [
      ...(Number.isFinite(o.capacity)
        ? [limit(o.capacity, `capacity ${written(o.capacity)}`, p['ink-3'], 'dotted', true)]
        : []),
      ...(o.capacityKeepingOne > 0 && Number.isFinite(o.capacityKeepingOne)
        ? [
            limit(
              o.capacityKeepingOne,
              `with N+1 kept ${written(o.capacityKeepingOne)}`,
              p['critical-ink'],
              'solid',
              false,
            ),
          ]
        : []),
    ];
    const drawn = [
      ...(Number.isFinite(o.capacity) ? [o.capacity] : []),
      ...o.points.flatMap((x) => [x.used, ...(x.busy === null ? [] : [x.busy])]),
    ];
    const { min, max, interval } = axisOver(drawn, o.resource === 'MEMORY_MB' ? MIB_PER_GIB : 1);
    return {
      grid: { left: 56, right: 16, top: 14, bottom: 24 },
      xAxis: {
        type: 'time',
        axisLabel: { color: p['ink-3'], fontSize: 11, hideOverlap: true },
        axisLine: { lineStyle: { color: p['line-strong'] } },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min,
        max,
        interval,
        axisLabel: { formatter: (v: number) => written(v), color: p['ink-3'], fontSize: 11 },
        splitLine: { lineStyle: { color: p.line } },
      },
      series: [
        ...band(
          p,
          ahead.map((e) => [e.at, e.p10] as const),
          ahead.map((e) => [e.at, e.p90 - e.p10] as const),
        ),
        line(
          'expected',
          p.accent,
          ahead.map((e) => [e.at, e.p50]),
          { lineStyle: { color: p.accent, width: 1.6, type: 'dashed' } },
        ),
        line(
          'busy',
          p.idle,
          o.points.flatMap((x) => (x.busy === null ? [] : [[x.at, x.busy] as const])),
          {},
        ),
        line(
          'allocated',
          p.ink,
          o.points.map((x) => [x.at, x.used]),
          { markLine: { silent: true, symbol: 'none', data: limits } },
        ),
      ],
    };
  };
