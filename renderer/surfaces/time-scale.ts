// Instants to pixels and back, and where the ticks of a time axis stand.
import type { Range } from '../session/desk.ts';
import { clock, day } from '../../domain/readout/words.ts';

export type TimeScale = { readonly x: (ms: number) => number; readonly at: (x: number) => number };

export const timeScale = (range: Range, left: number, width: number): TimeScale => ({
  x: (ms) => left + ((ms - range.from) / (range.to - range.from)) * width,
  at: (x) => range.from + ((x - left) / width) * (range.to - range.from),
});

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const DAY = 24 * H;
const STEPS: readonly number[] = [
  S,
  2 * S,
  5 * S,
  10 * S,
  15 * S,
  30 * S,
  MIN,
  2 * MIN,
  5 * MIN,
  10 * MIN,
  15 * MIN,
  30 * MIN,
  H,
  2 * H,
  3 * H,
  6 * H,
  12 * H,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  365 * DAY,
  1826 * DAY,
];

export type Tick = { readonly at: number; readonly label: string };

const label = (at: number, step: number): string => {
  if (step >= DAY) return day(at);
  if (at % DAY === 0) return day(at);
  return step < MIN ? clock(at) : clock(at).slice(0, 5);
};

/** Round instants at least `apart` px from each other. */
export const ticks = (range: Range, width: number, apart: number): readonly Tick[] => {
  const least = ((range.to - range.from) / Math.max(1, width)) * apart;
  const step = STEPS.find((s) => s >= least) ?? STEPS.at(-1) ?? DAY;
  const found: Tick[] = [];
  for (let at = Math.ceil(range.from / step) * step; at <= range.to; at += step)
    found.push({ at, label: label(at, step) });
  return found;
};

const NARROWEST = 5 * S;
const WIDEST = 200 * 365 * DAY;

/** The range `factor` times as long, with the instant `around` where it was. */
export const zoom = (range: Range, factor: number, around: number): Range => {
  const span = Math.max(NARROWEST, Math.min(WIDEST, (range.to - range.from) * factor));
  const share = (around - range.from) / (range.to - range.from);
  const from = around - span * share;
  return { from, to: from + span };
};
