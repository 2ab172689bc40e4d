// CPU demand over the day, shaped like the PlanetLab traces: most VMs idle, a long tail of busy ones, days and nights.
import { normal, type Rng } from '../base/rng.ts';

/**
 * The demand processes of all VMs, four figures each: long-run mean in percent of the vCPUs, amplitude and phase of the day's
 * curve, and the demand now. In one array, because a log of weeks samples 20,000 VMs thousands of times: what a sample
 * costs is fetching its figures, and so they lie on one line of the cache.
 */
export type Demands = { figures: Float64Array; count: number };
const FIGURES = 4;
export const noDemands = (): Demands => ({ figures: new Float64Array(256 * FIGURES), count: 0 });

/**
 * Log-normal levels with median 6 % and mean near 12 %, as CoMon measured on PlanetLab (20110303: quartiles 2, 6, 15, mean
 * 12.3, standard deviation 17.1).
 */
const MEDIAN_PERCENT = 6;
const SPREAD = 1.15;
/** Correlation of neighbouring five-minute samples within a day. */
const PERSISTENCE = 0.82;
const NOISE = 0.35;
const DAY_S = 86_400;
/** Offices wake the cluster: demand peaks in the early afternoon UTC. */
const PEAK_S = 13.5 * 3600;

/** Adds a demand process; returns its number. */
export const addDemand = (demands: Demands, r: Rng, weight: number): number => {
  if ((demands.count + 1) * FIGURES > demands.figures.length) {
    const grown = new Float64Array(demands.figures.length * 2);
    grown.set(demands.figures);
    demands.figures = grown;
  }
  const level = Math.min(90, MEDIAN_PERCENT * weight * Math.exp(SPREAD * normal(r)));
  demands.figures.set([level, 0.15 + 0.45 * r.next(), (r.next() - 0.5) * 3 * 3600, level], demands.count * FIGURES);
  return demands.count++;
};

/** The next five-minute sample of a demand process in percent 0..100 (an autoregressive step around the day's curve). */
export const sample = ({ figures }: Demands, number: number, r: Rng, secondsOfDay: number): number => {
  const i = number * FIGURES;
  const level = figures[i]!;
  const wave = Math.cos((2 * Math.PI * (secondsOfDay - PEAK_S - figures[i + 2]!)) / DAY_S);
  const centre = level * (1 + figures[i + 1]! * wave);
  const now = Math.max(0, centre + PERSISTENCE * (figures[i + 3]! - centre) + NOISE * level * normal(r));
  figures[i + 3] = now;
  return Math.min(100, Math.round(now));
};
