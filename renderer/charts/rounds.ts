// One migration round by round: pending memory against the threshold it must fall below, bytes on a log axis.
import type { Round } from '../../domain/migration/run.ts';
import { mebibytes } from '../../domain/readout/words.ts';
import type { Palette } from '../surfaces/palette.ts';

const MIB = 1_048_576;
const MOST_TEETH = 24; // of one entry that stands for many equal rounds
const POINTS = 240; // shared by the rounds: what falls evenly is a curve on a log axis
const FLOOR_BYTES = MIB; // a log axis has no zero
const S = 1000;

type Point = readonly [seconds: number, bytes: number];

const least = (bytes: number): number => Math.max(FLOOR_BYTES, bytes);

/** Falls evenly within a round, jumps up at its sync: what was written meanwhile is pending again. */
export const pendingPoints = (rounds: readonly Round[]): readonly Point[] => {
  const parts = Math.max(1, Math.floor(POINTS / Math.max(1, rounds.length)));
  return rounds.flatMap((r): Point[] => {
    const teeth = Math.min(MOST_TEETH, r.repeats);
    const span = (r.endMs - r.startMs) / teeth;
    const fall = r.pendingEndBytes - r.pendingStartBytes;
    return Array.from({ length: teeth }, (_, tooth): readonly Point[] =>
      Array.from({ length: parts + 1 }, (__, part): Point => {
        const share = part / parts;
        return [(r.startMs + (tooth + share) * span) / S, least(r.pendingStartBytes + share * fall)];
      }),
    ).flat();
  });
};

export const thresholdPoints = (rounds: readonly Round[]): readonly Point[] =>
  rounds.flatMap((r): Point[] => [
    [r.startMs / S, least(r.thresholdBytes)],
    [r.endMs / S, least(r.thresholdBytes)],
  ]);

/** How many times above its threshold the last round ended; below 1 where the guest could switch over. */
export const apart = (rounds: readonly Round[]): number | null => {
  const last = rounds.at(-1);
  return last === undefined || last.thresholdBytes <= 0 ? null : last.pendingEndBytes / last.thresholdBytes;
};

const POWER = 8; // an axis line every three doublings reads as memory sizes

export const roundsOption =
  (rounds: readonly Round[], isFinishing: boolean) =>
  (p: Palette): object => {
    const pending = pendingPoints(rounds);
    const threshold = thresholdPoints(rounds);
    const all = [...pending, ...threshold].map((at) => at[1]);
    const step = (bytes: number, round: (n: number) => number): number =>
      POWER ** round(Math.log(bytes) / Math.log(POWER));
    const colour = isFinishing ? p.motion : p.warn;
    return {
      grid: { left: 52, right: 12, top: 12, bottom: 22 },
      xAxis: {
        type: 'value',
        min: 0,
        max: Math.max(1, (rounds.at(-1)?.endMs ?? 0) / S),
        axisLabel: {
          formatter: (v: number) => `${Number(v.toFixed(1))} s`,
          showMaxLabel: false,
          hideOverlap: true,
          color: p['ink-3'],
          fontSize: 11,
        },
        splitNumber: 4,
        splitLine: { show: false },
      },
      yAxis: {
        type: 'log',
        logBase: POWER,
        min: step(Math.min(...all), Math.floor),
        max: step(Math.max(...all), Math.ceil),
        axisLine: { show: false },
        axisLabel: { formatter: (v: number) => mebibytes(v / MIB), color: p['ink-3'], fontSize: 11 },
        splitLine: { lineStyle: { color: p.line } },
      },
      tooltip: {
        trigger: 'axis',
        confine: true,
        formatter: (rows: readonly { seriesName: string; value: Point }[]) =>
          [
            `${(rows[0]?.value[0] ?? 0).toFixed(1)} s`,
            ...rows.slice(0, 2).map((r) => `${r.seriesName}: ${mebibytes(r.value[1] / MIB)}`),
          ].join('<br>'),
      },
      series: [
        {
          type: 'line',
          name: 'threshold',
          symbol: 'none',
          data: threshold,
          lineStyle: { color: p.accent, width: 1.8 },
          itemStyle: { color: p.accent },
          areaStyle: { color: p.accent, opacity: 0.08, origin: 'start' },
        },
        {
          type: 'line',
          name: 'pending',
          symbol: 'none',
          data: pending,
          lineStyle: { color: colour, width: 1.8 },
          itemStyle: { color: colour },
        },
      ],
    };
  };
