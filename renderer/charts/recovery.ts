// Recovered VMs over time after a fault: one step line a drill, this one in plum, others dashed, the goal as a line.
import type { DrillOutcome } from '../../domain/drill/outcome.ts';
import type { Palette } from '../surfaces/palette.ts';

export type RecoveryLine = { readonly name: string; readonly outcome: DrillOutcome; readonly here: boolean };

const MIN_MS = 60_000;

/** Minutes after the fault, and how many VMs are back by then, as steps from (0, 0) to the right edge. */
export const recoverySteps = (outcome: DrillOutcome, untilMin: number): readonly (readonly [number, number])[] => {
  const back = outcome.vms.flatMap((v) => (v.downMs === null ? [] : [v.downMs])).sort((a, b) => a - b);
  return [[0, 0], ...back.map((ms, i) => [ms / MIN_MS, i + 1] as const), [untilMin, back.length]];
};

/** The right edge of the chart, in minutes: a little after the last recovery of any line. */
export const recoveryUntilMin = (lines: readonly RecoveryLine[]): number => {
  const last = Math.max(MIN_MS, ...lines.flatMap((l) => l.outcome.vms.map((v) => v.downMs ?? 0)));
  return Math.ceil((last / MIN_MS) * 1.08);
};

type Marks = {
  readonly untilMin: number;
  readonly total: number;
  readonly cursorMin: number;
  readonly goalMin: number | null;
};

const series = (p: Palette, line: RecoveryLine, { untilMin, total, cursorMin, goalMin }: Marks): object => ({
  type: 'line',
  name: line.name,
  step: 'end',
  data: recoverySteps(line.outcome, untilMin),
  lineStyle: {
    color: line.here ? p.branch : p.idle,
    width: line.here ? 2.4 : 1.4,
    type: line.here ? 'solid' : 'dashed',
  },
  itemStyle: { color: line.here ? p.branch : p.idle },
  z: line.here ? 3 : 2,
  ...(line.here
    ? {
        markLine: {
          silent: true,
          symbol: 'none',
          label: { formatter: `all ${total}`, position: 'insideStartTop', color: p['ink-3'], fontSize: 11 },
          lineStyle: { color: p['line-strong'], type: 'solid', width: 1 },
          data: [
            { yAxis: total },
            ...(goalMin === null
              ? []
              : [
                  {
                    xAxis: Math.min(goalMin, untilMin),
                    label: { formatter: 'goal', position: 'insideEndTop' },
                    lineStyle: { color: p.critical, type: 'dashed', width: 1.2 },
                  },
                ]),
            ...(cursorMin >= 0 && cursorMin <= untilMin
              ? [{ xAxis: cursorMin, label: { show: false }, lineStyle: { color: p.accent, width: 1.2 } }]
              : []),
          ],
        },
      }
    : {}),
});

/** `cursorMin`: the window's instant, in minutes after the fault; `goalMin`: a recovery goal, as a line. */
export const recoveryOption =
  (lines: readonly RecoveryLine[], cursorMin: number, goalMin: number | null = null) =>
  (p: Palette): object => {
    const untilMin = recoveryUntilMin(lines);
    const total = Math.max(1, ...lines.map((l) => l.outcome.vms.length));
    return {
      grid: { left: 30, right: 12, top: 14, bottom: 22 },
      xAxis: {
        type: 'value',
        min: 0,
        max: untilMin,
        axisLabel: { formatter: '{value} min', showMaxLabel: false },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        min: 0,
        max: Math.ceil(total * 1.05),
        minInterval: 1,
        splitNumber: 3,
        axisLine: { show: false },
        axisLabel: { showMaxLabel: false },
      },
      tooltip: {
        trigger: 'axis',
        confine: true,
        formatter: (rows: readonly { seriesName: string; value: readonly [number, number] }[]) =>
          rows
            .slice(0, 6)
            .map((r) => `${r.seriesName}: ${r.value[1]} back`)
            .join('<br>'),
      },
      series: lines.map((line) => series(p, line, { untilMin, total, cursorMin, goalMin })),
    };
  };
