// What a CPU ratio would do to a full host: its load, and how often it wants more than its cores.
import type { Palette } from '../surfaces/palette.ts';

export type RatioPoint = { readonly ratio: number; readonly fullHost: number; readonly overload: number };

const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const ratioOption =
  (points: readonly RatioPoint[], tried: number) =>
  (p: Palette): object => {
    const curve = (name: string, color: string, y: (x: RatioPoint) => number, more: object): object => ({
      type: 'line',
      name,
      data: points.map((x) => [x.ratio, Math.min(1, y(x))]),
      showSymbol: false,
      silent: true,
      lineStyle: { color, width: 2 },
      itemStyle: { color },
      ...more,
    });
    const mark = {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: p.accent, type: 'solid', width: 1.4 },
      data: [{ xAxis: tried }],
    };
    return {
      grid: { left: 40, right: 20, top: 10, bottom: 22 },
      xAxis: {
        type: 'value',
        min: 1,
        max: points.at(-1)?.ratio ?? 16,
        interval: 3,
        axisLabel: { formatter: (v: number) => `${v} : 1`, color: p['ink-3'], fontSize: 11 },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.25,
        axisLabel: { formatter: percent, color: p['ink-3'], fontSize: 11 },
        splitLine: { lineStyle: { color: p.line } },
      },
      series: [
        curve('load', p['ink-3'], (x) => x.fullHost, { lineStyle: { color: p['ink-3'], width: 1.4, type: 'dashed' } }),
        curve('too much', p['warn-ink'], (x) => x.overload, {
          areaStyle: { color: p.warn, opacity: 0.14 },
          markLine: mark,
        }),
      ],
    };
  };
