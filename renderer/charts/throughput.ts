// Throughput of every datapath over packet size, flows or cores: the chosen one in accent, the others thinner, both axes log.
import { type Axis, AXIS_VALUES, type Curve } from '../../domain/datapath/curves.ts';
import type { Palette } from '../surfaces/palette.ts';

const LABEL_PX = 132;
const ALIKE = 0.4; // of the logarithm: closer labels would touch

/** Lines that end at one height share one label, as two names there could not be read. */
const labelOf = (lines: readonly Curve[], line: Curve): string | null => {
  const end = (l: Curve): number => l.points.at(-1)?.gbpsMax ?? 0;
  const together = lines.filter((l) => Math.abs(Math.log(end(l) / end(line))) < ALIKE);
  return together[0] === line ? together.map((l) => l.datapath).join(', ') : null;
};

const AXIS_WORDS: Readonly<Record<Axis, (v: number) => string>> = {
  sizeBytes: (v) => (v >= 1024 ? `${v / 1024} KiB` : `${v} B`),
  flows: (v) => (v === 1 ? '1 flow' : v >= 1000 ? `${v / 1000} k` : `${v}`),
  cores: (v) => (v === 1 ? '1 core' : `${v}`),
};
/** Sizes and cores double, flows grow tenfold. */
const LOG_BASE: Readonly<Record<Axis, number>> = { sizeBytes: 2, flows: 10, cores: 2 };

/** Gbit/s over the axis, both logarithmic: small packets are where datapaths differ by ten. `at`: where the question stands. */
export const throughputOption =
  (lines: readonly Curve[], chosen: string, axis: Axis, at: number) =>
  (p: Palette): object => ({
    grid: { left: 40, right: LABEL_PX + 10, top: 20, bottom: 24 },
    xAxis: {
      type: 'log',
      logBase: LOG_BASE[axis],
      min: AXIS_VALUES[axis][0],
      max: AXIS_VALUES[axis].at(-1),
      axisLabel: {
        formatter: AXIS_WORDS[axis],
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
          rows[0] === undefined ? '' : `${axis === 'sizeBytes' ? '' : `${axis} `}${AXIS_WORDS[axis](rows[0].value[0])}`,
          ...rows.slice(0, 5).map((r) => `${r.seriesName}: ${r.value[1].toPrecision(3)} Gbit/s`),
        ].join('<br>'),
    },
    series: lines.map((l, i) => ({
      type: 'line',
      name: l.datapath,
      data: l.points.map((point) => [point.x, point.gbpsMax]),
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
        fontSize: 10.5,
        width: LABEL_PX,
        overflow: 'break',
        lineHeight: 13,
      },
      z: l.datapath === chosen ? 3 : 2,
      ...(l.datapath === chosen
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: p.accent, type: 'dotted', width: 1.2 },
              data: [{ xAxis: at }],
            },
          }
        : {}),
    })),
  });
