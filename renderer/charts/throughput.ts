// Throughput of every datapath over packet size: the chosen one in accent, the others thinner, sizes on a log axis.
import type { Curve } from '../../domain/datapath/curves.ts';
import type { Palette } from '../surfaces/palette.ts';

const ALIKE = 0.15; // of the logarithm: closer labels would touch

/** Lines that end at one height share one label, as two names there could not be read. */
const labelOf = (lines: readonly Curve[], line: Curve): string | null => {
  const end = (l: Curve): number => l.points.at(-1)?.gbpsMax ?? 0;
  const together = lines.filter((l) => Math.abs(Math.log(end(l) / end(line))) < ALIKE);
  return together[0] === line ? together.map((l) => l.datapath).join(', ') : null;
};

/** Gbit/s over bytes, both on log axes: small packets are where datapaths differ by ten. */
export const throughputOption =
  (lines: readonly Curve[], chosen: string, sizeBytes: number) =>
  (p: Palette): object => ({
    grid: { left: 40, right: 136, top: 20, bottom: 24 },
    xAxis: {
      type: 'log',
      logBase: 2,
      min: 64,
      max: 65_536,
      axisLabel: {
        formatter: (v: number) => (v >= 1024 ? `${v / 1024} KiB` : `${v} B`),
        color: p['ink-3'],
        fontSize: 11,
      },
      axisLine: { lineStyle: { color: p['line-strong'] } },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'log',
      axisLabel: { formatter: '{value}', color: p['ink-3'], fontSize: 11 },
      splitLine: { lineStyle: { color: p.line } },
      name: 'Gbit/s',
      nameTextStyle: { color: p['ink-3'], fontSize: 11 },
      nameGap: 6,
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      formatter: (rows: readonly { seriesName: string; value: readonly [number, number] }[]) =>
        [
          `${rows[0]?.value[0] ?? ''} B`,
          ...rows.slice(0, 5).map((r) => `${r.seriesName}: ${r.value[1].toPrecision(3)} Gbit/s`),
        ].join('<br>'),
    },
    series: lines.map((l, i) => ({
      type: 'line',
      name: l.datapath,
      data: l.points.map((at) => [at.x, at.gbpsMax]),
      lineStyle: {
        color: l.datapath === chosen ? p.accent : p.idle,
        width: l.datapath === chosen ? 2.4 : 1.4,
        type:
          l.datapath === chosen
            ? 'solid'
            : ([
                [6, 3],
                [2, 3],
                [8, 3, 2, 3],
              ][i % 3] ?? 'dashed'),
      },
      endLabel: {
        show: labelOf(lines, l) !== null,
        formatter: labelOf(lines, l) ?? '',
        color: p['ink-2'],
        fontSize: 11,
      },
      z: l.datapath === chosen ? 3 : 2,
      ...(l.datapath === chosen
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: p.accent, type: 'dotted', width: 1.2 },
              data: [{ xAxis: sizeBytes }],
            },
          }
        : {}),
    })),
  });
