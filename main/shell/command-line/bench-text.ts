// What a bench of history measured, as aligned lines for people: figure, target, met or missed.
import type { HistoryReport } from '../../work/history-bench.ts';
import { table } from './table.ts';

const number = (x: number): string =>
  Math.abs(x) >= 1000 ? Math.round(x).toLocaleString('en').replaceAll(',', ' ') : x.toPrecision(3);

type Line = { readonly name: string; readonly value: string; readonly target: string; readonly met: boolean | null };

const shown = (lines: readonly Line[]): string =>
  table(lines, [
    { head: '', cell: (line) => `  ${line.name}` },
    { head: 'measured', cell: (line) => line.value },
    { head: 'target', cell: (line) => line.target },
    { head: '', cell: (line) => (line.met === null ? '-' : line.met ? 'met' : 'MISSED') },
  ]);

export const benchText = ({ ratios, figures }: HistoryReport): string =>
  shown([
    ...ratios.map(({ name, ours, bare, ratio, target, unit }) => ({
      name,
      value: `${ratio.toFixed(2)} x bare (${number(ours)} of ${number(bare)} ${unit})`,
      target: target === null ? '-' : `>= ${target}`,
      met: target === null ? null : ratio >= target,
    })),
    ...figures.map(({ name, value, unit, target }) => ({
      name,
      value: `${number(value)} ${unit}`,
      target: target === null ? '-' : `<= ${number(target)}`,
      met: target === null ? null : value <= target,
    })),
  ]);
