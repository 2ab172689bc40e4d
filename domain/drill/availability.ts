// How much of the time the cluster can carry everybody: hosts that fail and are repaired, drawn or in closed form.
import { err, ok, type Result } from '../base/result.ts';
import { rng } from '../base/rng.ts';
import { carriesRacks, type HostClass, type Hosts, hoursOfChanges, type RackClass, rackRun } from './rack-outages.ts';

export type Reliability = Hosts & {
  /** Racks that fail as one on top; null where only hosts fail. */
  readonly racks: RackClass | null;
};

export type Availability = {
  readonly mean: number;
  /** 95 % confidence interval of the mean over the runs. */
  readonly low: number;
  readonly high: number;
  readonly runs: number;
  readonly hoursPerRun: number;
  /** Sums of C(n,i) u^i (1−u)^(n−i), u = MTTR / (MTBF + MTTR), folded over the classes; for at most `spare` down in all. */
  readonly closedForm: number;
};

const RUNS = 200;
/** Mean repairs a host sees in a run, so that runs are long beside their start with everybody up. */
const CYCLES = 50;
const Z95 = 1.96;
const MOST_HOSTS = 5000;

/** Chances of 0, 1, … `most` hosts of a class down, built up term by term so that no factorial overflows. */
const downChances = ({ hosts, mtbfH, mttrH }: HostClass, most: number): readonly number[] => {
  const down = mttrH / (mtbfH + mttrH);
  let logTerm = hosts * Math.log1p(-down);
  const chances = [Math.exp(logTerm)];
  for (let i = 1; i <= Math.min(most, hosts); i++) {
    logTerm += Math.log((hosts - i + 1) / i) + Math.log(down) - Math.log1p(-down);
    chances.push(Math.exp(logTerm));
  }
  return chances;
};

/** The chance that at most `spare` hosts are down: binomials of the classes, convolved. */
const atMost = (classes: readonly HostClass[], spare: number): number => {
  let together: readonly number[] = [1];
  for (const one of classes) {
    const chances = downChances(one, spare);
    const next = new Array<number>(Math.min(spare + 1, together.length + chances.length - 1)).fill(0);
    for (const [i, a] of together.entries()) {
      for (const [j, b] of chances.entries()) if (i + j <= spare) next[i + j]! += a * b;
    }
    together = next;
  }
  return Math.min(
    1,
    together.reduce((sum, chance) => sum + chance, 0),
  );
};

/** The chance that everybody is carried. */
export const carriesAll = (r: Reliability): number =>
  r.racks === null ? atMost(r.classes, r.spare) : Math.min(1, carriesRacks(r, r.racks, atMost));

/** One run: hosts down of each class as a birth-and-death chain; the share of time at most `spare` are down in all. */
const oneRun = ({ classes, spare }: Reliability, hours: number, next: () => number): number => {
  let [now, good] = [0, 0];
  // Starts in the steady state, host by host, so that there is no warm-up to cut off.
  const down = classes.map(({ hosts, mtbfH, mttrH }) => {
    let of = 0;
    for (let h = 0; h < hosts; h++) if (next() < mttrH / (mtbfH + mttrH)) of++;
    return of;
  });
  while (now < hours) {
    const rates = classes.flatMap(({ hosts, mtbfH, mttrH }, c) => [(hosts - down[c]!) / mtbfH, down[c]! / mttrH]);
    const all = rates.reduce((a, b) => a + b, 0);
    const step = Math.min(hours - now, -Math.log(1 - next()) / all);
    if (down.reduce((a, b) => a + b, 0) <= spare) good += step;
    now += step;
    let drawn = next() * all;
    const event = rates.findIndex((rate) => (drawn -= rate) < 0);
    if (event >= 0) down[event >> 1]! += event % 2 === 0 ? 1 : -1;
  }
  return good / hours;
};

/** Monte Carlo beside its closed form; the same seed gives the same bytes. Errors: an impossible cluster. */
export const availability = (r: Reliability, seed: string): Result<Availability, string> => {
  const hosts = r.classes.reduce((sum, c) => sum + c.hosts, 0);
  if (r.classes.some((c) => !Number.isInteger(c.hosts) || c.hosts < 0) || hosts < 1 || hosts > MOST_HOSTS)
    return err(`hosts must be a whole number from 1 to ${MOST_HOSTS}.`);
  if (!Number.isInteger(r.spare) || r.spare < 0) return err('spare must be a whole number, 0 or more.');
  if (r.classes.some((c) => !(c.mtbfH > 0) || !(c.mttrH > 0)))
    return err('MTBF and MTTR must be positive numbers of hours.');
  if (r.racks !== null && !(r.racks.mtbfH > 0 && r.racks.mttrH > 0))
    return err('MTBF and MTTR of racks must be positive numbers of hours.');
  const slowest = r.classes.filter((c) => c.hosts > 0).reduce((most, c) => Math.max(most, c.mtbfH + c.mttrH), 0);
  const { racks } = r;
  const hours = racks === null ? (CYCLES * slowest) / Math.min(hosts, CYCLES) : hoursOfChanges(r.classes, racks);
  const root = rng(seed).child('availability');
  const run = (next: () => number): number =>
    racks === null ? oneRun(r, hours, next) : rackRun(r, racks, hours, next);
  const shares = Array.from({ length: RUNS }, (_, i) => run(root.child(String(i)).next));
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
