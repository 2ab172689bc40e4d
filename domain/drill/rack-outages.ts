// Racks that fail as one beside hosts that fail alone: who is carried when, in closed form and in one drawn run.
/** Hosts that fail and are repaired alike: mean times in hours, both exponential and independent. */
export type HostClass = { readonly hosts: number; readonly mtbfH: number; readonly mttrH: number };

/** Hosts by class, and how many of all of them may be down at once without anybody being homeless: what the sweeps say. */
export type Hosts = { readonly classes: readonly HostClass[]; readonly spare: number };

/** A rack: how many hosts of each class it has, and whether everybody has a home while all of them are down. */
export type Rack = { readonly hosts: readonly number[]; readonly survives: boolean };

/** Racks fail and are repaired alike, whatever their hosts do. */
export type RackClass = { readonly racks: readonly Rack[]; readonly mtbfH: number; readonly mttrH: number };

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/**
 * Hosts outside that may be down beside this rack; negative where the rack alone is too much. Two racks at once are taken as
 * too much, which they nearly always are.
 */
const spareBeside = ({ hosts, survives }: Rack, spare: number): number =>
  survives ? Math.max(0, spare - sum(hosts)) : spare - sum(hosts);

/** The chance that everybody is carried; `atMost` is the same for hosts alone: so many of these classes down. */
export const carriesRacks = (
  { classes, spare }: Hosts,
  { racks, mtbfH, mttrH }: RackClass,
  atMost: (classes: readonly HostClass[], spare: number) => number,
): number => {
  const down = mttrH / (mtbfH + mttrH);
  const none = (1 - down) ** racks.length * atMost(classes, spare);
  const one = racks.map((rack) => {
    const left = spareBeside(rack, spare);
    if (left < 0) return 0;
    const outside = classes.map((c, i) => ({ ...c, hosts: c.hosts - rack.hosts[i]! }));
    return down * (1 - down) ** (racks.length - 1) * atMost(outside, left);
  });
  return none + sum(one);
};

/** Hosts of one class in one rack (-1: in none). */
type Cell = { readonly rack: number; readonly of: number; readonly hosts: number; down: number };

const cellsOf = (classes: readonly HostClass[], racks: readonly Rack[]): Cell[] =>
  classes.flatMap(({ hosts }, of) => {
    const racked = racks.map((r, rack): Cell => ({ rack, of, hosts: r.hosts[of]!, down: 0 }));
    return [...racked, { rack: -1, of, hosts: hosts - sum(racked.map((c) => c.hosts)), down: 0 }].filter(
      (c) => c.hosts > 0,
    );
  });

/** Changes drawn in a run: enough for a narrow interval, few enough to wait for. */
const MOST_CHANGES = 2_000;

/** Hours of a run in which so many changes are to be expected. */
export const hoursOfChanges = (classes: readonly HostClass[], { racks, mtbfH, mttrH }: RackClass): number =>
  MOST_CHANGES / (2 * (sum(classes.map((c) => c.hosts / (c.mtbfH + c.mttrH))) + racks.length / (mtbfH + mttrH)));

/** One run from the steady state: the share of time in which everybody is carried. */
export const rackRun = (
  { classes, spare }: Hosts,
  { racks, mtbfH, mttrH }: RackClass,
  hours: number,
  next: () => number,
): number => {
  const cells = cellsOf(classes, racks);
  for (const cell of cells) {
    const { mtbfH: up, mttrH: repair } = classes[cell.of]!;
    for (let h = 0; h < cell.hosts; h++) if (next() < repair / (up + repair)) cell.down++;
  }
  const racksDown = racks.map(() => next() < mttrH / (mtbfH + mttrH));
  const isCarried = (): boolean => {
    const first = racksDown.indexOf(true);
    if (first >= 0 && racksDown.includes(true, first + 1)) return false;
    let outside = 0;
    for (const { rack, down } of cells) if (first < 0 || rack !== first) outside += down;
    return outside <= (first < 0 ? spare : spareBeside(racks[first]!, spare));
  };
  // Failures and repairs of each cell, then of each rack.
  const rates = new Float64Array(2 * cells.length + racks.length);
  let [now, good] = [0, 0];
  while (now < hours) {
    let all = 0;
    for (const [i, { of, hosts, down }] of cells.entries()) {
      all += rates[2 * i] = (hosts - down) / classes[of]!.mtbfH;
      all += rates[2 * i + 1] = down / classes[of]!.mttrH;
    }
    for (let r = 0; r < racks.length; r++)
      all += rates[2 * cells.length + r] = 1 / (racksDown[r] === true ? mttrH : mtbfH);
    const step = Math.min(hours - now, -Math.log(1 - next()) / all);
    if (isCarried()) good += step;
    now += step;
    let drawn = next() * all;
    const change = rates.findIndex((rate) => (drawn -= rate) < 0);
    const cell = cells[change >> 1];
    const rack = change - 2 * cells.length;
    if (cell !== undefined) cell.down += change % 2 === 0 ? 1 : -1;
    else if (rack >= 0) racksDown[rack] = racksDown[rack] !== true;
  }
  return good / hours;
};
