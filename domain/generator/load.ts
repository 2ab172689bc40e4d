// CPU demand over the day, shaped like the PlanetLab traces: most VMs idle, a long tail of busy ones, days and nights.
import { normal, type Rng } from '../base/rng.ts';

/** One VM's demand process; `level` is its long-run mean in percent of its vCPUs. */
export type Demand = { readonly level: number; readonly amplitude: number; readonly phase: number; now: number };

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

export const demand = (r: Rng, weight: number): Demand => {
  const level = Math.min(90, MEDIAN_PERCENT * weight * Math.exp(SPREAD * normal(r)));
  return { level, amplitude: 0.15 + 0.45 * r.next(), phase: (r.next() - 0.5) * 3 * 3600, now: level };
};

/** The next five-minute sample in percent 0..100 (an autoregressive step around the day's curve). */
export const sample = (d: Demand, r: Rng, secondsOfDay: number): number => {
  const wave = Math.cos((2 * Math.PI * (secondsOfDay - PEAK_S - d.phase)) / DAY_S);
  const centre = d.level * (1 + d.amplitude * wave);
  d.now = Math.max(0, centre + PERSISTENCE * (d.now - centre) + NOISE * d.level * normal(r));
  return Math.min(100, Math.round(d.now));
};
