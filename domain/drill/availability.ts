// How much of the time the cluster can carry everybody: hosts that fail and are repaired, drawn or in closed form.
import { err, ok, type Result } from '../base/result.ts';
import { rng } from '../base/rng.ts';

export type Reliability = {
  readonly hosts: number;
  /** Hosts that may be down at once without anybody being homeless: what the sweeps say. */
  readonly spare: number;
  /** Mean time between failures and to repair of one host, hours; both exponential and independent. */
  readonly mtbfH: number;
  readonly mttrH: number;
};

export type Availability = {
  readonly mean: number;
  /** 95 % confidence interval of the mean over the runs. */
  readonly low: number;
  readonly high: number;
  readonly runs: number;
  readonly hoursPerRun: number;
  /** Σ C(n,i) u^i (1−u)^(n−i) for i ≤ spare, u = MTTR / (MTBF + MTTR). */
  readonly closedForm: number;
};

const RUNS = 200;
/** Mean repairs a host sees in a run, so that runs are long beside their start with everybody up. */
const CYCLES = 50;
const Z95 = 1.96;
const MOST_HOSTS = 5000;

/** The binomial sum, built up term by term so that no factorial overflows. */
export const carriesAll = ({ hosts, spare, mtbfH, mttrH }: Reliability): number => {
  const down = mttrH / (mtbfH + mttrH);
  let logTerm = hosts * Math.log1p(-down);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= Math.min(spare, hosts); i++) {
    logTerm += Math.log((hosts - i + 1) / i) + Math.log(down) - Math.log1p(-down);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
};

/** One run: the number of hosts down as a birth-and-death chain; the share of time at most `spare` are. */
const oneRun = ({ hosts, spare, mtbfH, mttrH }: Reliability, hours: number, next: () => number): number => {
  let [now, down, good] = [0, 0, 0];
  // Starts in the steady state, host by host, so that there is no warm-up to cut off.
  const share = mttrH / (mtbfH + mttrH);
  for (let h = 0; h < hosts; h++) if (next() < share) down++;
  while (now < hours) {
    const fails = (hosts - down) / mtbfH;
    const repairs = down / mttrH;
    const step = Math.min(hours - now, -Math.log(1 - next()) / (fails + repairs));
    if (down <= spare) good += step;
    now += step;
    down += next() * (fails + repairs) < fails ? 1 : -1;
  }
  return good / hours;
};

/** Monte Carlo beside its closed form; the same seed gives the same bytes. Errors: an impossible cluster. */
export const availability = (r: Reliability, seed: string): Result<Availability, string> => {
  if (!Number.isInteger(r.hosts) || r.hosts < 1 || r.hosts > MOST_HOSTS)
    return err(`hosts must be a whole number from 1 to ${MOST_HOSTS}.`);
  if (!Number.isInteger(r.spare) || r.spare < 0) return err('spare must be a whole number, 0 or more.');
  if (!(r.mtbfH > 0) || !(r.mttrH > 0)) return err('MTBF and MTTR must be positive numbers of hours.');
  const hours = (CYCLES * (r.mtbfH + r.mttrH)) / Math.min(r.hosts, CYCLES);
  const root = rng(seed).child('availability');
  const shares = Array.from({ length: RUNS }, (_, i) => oneRun(r, hours, root.child(String(i)).next));
  const mean = shares.reduce((a, b) => a + b, 0) / RUNS;
  const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / (RUNS - 1);
  const half = Z95 * Math.sqrt(variance / RUNS);
  return ok({
    mean,
    low: Math.max(0, mean - half),
    high: Math.min(1, mean + half),
    runs: RUNS,
    hoursPerRun: hours,
    closedForm: carriesAll(r),
  });
};
