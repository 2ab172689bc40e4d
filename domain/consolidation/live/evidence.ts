// The numbers behind a detector's yes or no: what it looked at, what it compared with, what it foresaw.
import { iqr, loessLine, mad, robustLoessLine } from '../statistics.ts';
import type { History } from '../overload.ts';
import type { Parameters } from '../strategy.ts';

export type Evidence = {
  readonly algorithm: string;
  readonly answer: boolean;
  /** The utilization compared: the newest, or a mean; null when there was too little history. */
  readonly value: number | null;
  readonly limit: number | null;
  /** What a forecast expects at the end of a migration, before the safety factor; null where none is made. */
  readonly prediction: number | null;
  /** One clause with these numbers. */
  readonly says: string;
};

const two = (x: number): string => x.toFixed(2);

const number = (p: Parameters, name: string): number => {
  const value = p[name];
  return typeof value === 'number' ? value : (value?.at(-1) ?? NaN);
};

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

type Numbers = Omit<Evidence, 'algorithm' | 'answer'>;

const tooShort = (u: History, needed: number): Numbers => ({
  value: null,
  limit: null,
  prediction: null,
  says: `${u.length} samples, ${needed} needed to judge`,
});

const compared = (what: string, value: number, limit: number): Numbers => {
  const side = value > limit ? 'above' : value < limit ? 'below' : 'at';
  return { value, limit, prediction: null, says: `${what} ${two(value)}, ${side} ${two(limit)}` };
};

const foreseen = (name: string, u: History, p: Parameters, migrationSteps: number): Numbers => {
  const length = number(p, 'length');
  if (u.length < length) return tooShort(u, length);
  const fit = name === 'loess' ? loessLine : robustLoessLine;
  const [intercept, slope] = fit(u.slice(-length));
  const prediction = intercept + slope * (length + migrationSteps);
  const limit = number(p, 'threshold');
  const safe = number(p, 'param') * prediction;
  // Identical samples leave the robust fit no scale: its weights are 0/0 and it foresees nothing.
  if (!Number.isFinite(safe)) return { value: u.at(-1)!, limit, prediction: null, says: 'no trend to read' };
  const side = safe >= limit ? 'reaches' : 'stays below';
  const says = `CPU ${two(u.at(-1)!)} is foreseen at ${two(prediction)}; ${two(number(p, 'param'))} times that ${side} ${two(limit)}`;
  return { value: u.at(-1)!, limit, prediction, says };
};

/** The numbers that `algorithm` decided on; `u` is the utilization it saw, newest last. */
const numbersOf = (algorithm: string, u: History, p: Parameters, migrationSteps: number): Numbers => {
  const newest = u.at(-1) ?? 0;
  switch (algorithm) {
    case 'last_n_average_threshold': {
      const n = number(p, 'n');
      return compared(`CPU mean of the last ${n} samples`, meanOf(u.slice(-n)), number(p, 'threshold'));
    }
    case 'mad_threshold':
    case 'iqr_threshold': {
      const needed = number(p, 'limit');
      if (u.length < needed) return tooShort(u, needed);
      const spread = (algorithm === 'mad_threshold' ? mad : iqr)(u);
      return compared('CPU', newest, 1 - number(p, 'threshold') * spread);
    }
    case 'loess':
    case 'loess_robust':
      return foreseen(algorithm, u, p, migrationSteps);
    case 'mhod':
      return compared('CPU', newest, number(p, 'state_config'));
    case 'always_underloaded':
    case 'never_overloaded':
      return { value: newest, limit: null, prediction: null, says: `CPU ${two(newest)}, not asked` };
    default:
      return compared('CPU', newest, number(p, 'threshold'));
  }
};

export const evidenceOf = (
  algorithm: string,
  answer: boolean,
  u: History,
  parameters: Parameters,
  migrationSteps: number,
): Evidence => ({ algorithm, answer, ...numbersOf(algorithm, u, parameters, migrationSteps) });
