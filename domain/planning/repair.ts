// Minimal repair: only what a violated rule needs moves, and when none is violated nothing does.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import { explain } from './constraints.ts';
import { type Demand, demandsOf } from './demands.ts';
import type { PlanOptions } from './options.ts';
import type { Conflict } from './plan.ts';
import type { Sought } from './sought.ts';
import { Standing } from './standing.ts';
import type { Ways } from './ways.ts';

type Step = readonly (readonly [vm: number, host: number])[];

const UNITS = ['vCPU', 'MiB RAM', 'GiB disk'] as const;

/** Demands with what each lacks, kept up as VMs move. */
class Ledger {
  readonly at: Standing;
  readonly #demands: readonly Demand[];
  readonly #lacking: number[];
  readonly #byVm = new Map<number, number[]>();
  readonly #byHost = new Map<number, number[]>();
  readonly #always: number[] = [];

  constructor(at: Standing, demands: readonly Demand[]) {
    this.at = at;
    this.#demands = demands;
    this.#lacking = demands.map((d) => d.excess(at));
    const enter = (index: Map<number, number[]>, keys: readonly number[], i: number): void => {
      for (const key of keys) index.set(key, [...(index.get(key) ?? []), i]);
    };
    for (const [i, { vms, hosts }] of demands.entries()) {
      if (vms !== null) enter(this.#byVm, vms, i);
      else if (hosts !== null) enter(this.#byHost, hosts, i);
      else this.#always.push(i);
    }
  }

  get violated(): readonly Demand[] {
    return this.#demands.filter((_, i) => this.#lacking[i]! > 0);
  }

  lackOf(demand: Demand): number {
    return this.#lacking[this.#demands.indexOf(demand)]!;
  }

  #touched(step: Step): ReadonlySet<number> {
    const touched = new Set(this.#always);
    for (const [vm, to] of step) {
      for (const i of this.#byVm.get(vm) ?? []) touched.add(i);
      for (const h of [to, this.at.host[vm]!, this.at.shelf.home[vm]!])
        for (const i of this.#byHost.get(h) ?? []) touched.add(i);
    }
    return touched;
  }

  take(step: Step): void {
    const touched = this.#touched(step);
    for (const [vm, host] of step) this.at.move(vm, host);
    for (const i of touched) this.#lacking[i] = this.#demands[i]!.excess(this.at);
  }

  /** Whether the move brings something violated nearer to holding, whatever it does to the rest. */
  mends(vm: number, host: number): boolean {
    const touched = this.#touched([[vm, host]]);
    this.at.move(vm, host);
    const isMending = [...touched].some(
      (i) => this.#lacking[i]! > 0 && this.#demands[i]!.excess(this.at) < this.#lacking[i]!,
    );
    this.at.back(vm);
    return isMending;
  }

  /** By how much less is lacking once these have moved; they move back. */
  gainOf(step: Step): number {
    let gain = 0;
    const touched = this.#touched(step);
    for (const [vm, host] of step) this.at.move(vm, host);
    for (const i of touched) gain += this.#lacking[i]! - this.#demands[i]!.excess(this.at);
    for (const [vm] of step) this.at.back(vm);
    return gain;
  }
}

const moversOf = (ledger: Ledger): readonly number[] => [
  ...new Set(ledger.violated.flatMap((d) => d.movers(ledger.at).filter((v) => ledger.at.job(v) !== null))),
];

const openHosts = (at: Standing): readonly number[] => [...at.shelf.hosts.keys()].filter((h) => at.isOpen(h));

type Rated = { readonly step: Step; readonly perMove: number; readonly bytes: number; readonly room: number };

const isBetter = (a: Rated, b: Rated | null): boolean =>
  b === null ||
  a.perMove > b.perMove ||
  (a.perMove === b.perMove && (a.bytes < b.bytes || (a.bytes === b.bytes && a.room > b.room)));

const bytesOf = (at: Standing, step: Step): number => step.reduce((sum, [vm]) => sum + (at.job(vm)?.bytes ?? 0), 0);

/** One move that mends most; ties by bytes, then by the room it leaves. */
const single = (ledger: Ledger): Step | null => {
  const { at } = ledger;
  const hosts = openHosts(at);
  let best: Rated | null = null;
  for (const vm of moversOf(ledger)) {
    for (const host of hosts) {
      const step: Step = [[vm, host]];
      const gain = host === at.host[vm] ? 0 : ledger.gainOf(step);
      if (gain <= 0) continue;
      const rated = { step, perMove: gain, bytes: bytesOf(at, step), room: at.roomAfter(vm, host) };
      if (isBetter(rated, best) && at.refuses(vm, host) === null) best = rated;
    }
  }
  return best?.step ?? null;
};

/** All VMs of one demand onto one host: what has to be together and finds no room where most of it is. */
const whole = (ledger: Ledger): Step | null => {
  const { at } = ledger;
  let best: Rated | null = null;
  for (const demand of ledger.violated) {
    for (const host of openHosts(at)) {
      const vms = demand.movers(at).filter((v) => at.host[v] !== host);
      if (vms.length < 2 || vms.some((v) => at.job(v) === null)) continue;
      const step = vms.map((v) => [v, host] as const);
      const bytes = bytesOf(at, step);
      const gain = ledger.gainOf(step);
      if (gain <= 0) continue;
      const went: number[] = [];
      for (const vm of vms) {
        if (at.refuses(vm, host) !== null) break;
        at.move(vm, host);
        went.push(vm);
      }
      for (const vm of went) at.back(vm);
      const rated = { step, perMove: gain / vms.length, bytes, room: 0 };
      if (went.length === vms.length && isBetter(rated, best)) best = rated;
    }
  }
  return best?.step ?? null;
};

/** Places tried for a VM that has to step aside. */
const MOST_ASIDE = 8;
/** Pairs tried in all before the search gives up. */
const MOST_PAIRS = 40_000;

/** A move that mends, and another out of its way: to a third host, or the two change places. */
const pair = (ledger: Ledger): Step | null => {
  const { at } = ledger;
  const hosts = openHosts(at);
  let best: Rated | null = null;
  let tried = 0;
  for (const vm of moversOf(ledger)) {
    const from = at.host[vm]!;
    for (const host of hosts) {
      if (host === from || !ledger.mends(vm, host)) continue;
      for (const other of at.tenants(host)) {
        if (other === vm || at.job(other) === null) continue;
        const aside = hosts.filter((h) => h !== host && h !== from && at.refuses(other, h) === null);
        aside.sort((a, b) => at.roomAfter(other, b) - at.roomAfter(other, a));
        for (const to of [from, ...aside.slice(0, MOST_ASIDE)]) {
          if (++tried > MOST_PAIRS) return best?.step ?? null;
          if (!at.isOpen(to)) continue;
          const step: Step = [
            [other, to],
            [vm, host],
          ];
          const bytes = bytesOf(at, step);
          at.move(other, to);
          const fits = at.refuses(vm, host) === null;
          at.move(vm, host);
          at.back(other);
          const otherFits = fits && at.refuses(other, to) === null;
          at.back(vm);
          if (!otherFits) continue;
          const gain = ledger.gainOf(step);
          const rated = { step, perMove: gain / 2, bytes, room: 0 };
          if (gain > 0 && isBetter(rated, best)) best = rated;
        }
      }
    }
  }
  return best?.step ?? null;
};

/** Moves until nothing is violated or nothing helps. */
const mend = (ledger: Ledger): void => {
  while (ledger.violated.length > 0) {
    const step = single(ledger) ?? whole(ledger) ?? pair(ledger);
    if (step === null) return;
    ledger.take(step);
  }
};

/** Demands no VM of which can mend two of them need their moves one by one: no plan makes do with fewer. */
const fewestMoves = (ledger: Ledger): number => {
  const spoken = new Set<number>();
  let least = 0;
  for (const demand of [...ledger.violated].sort((a, b) => ledger.lackOf(b) - ledger.lackOf(a))) {
    const movers = demand.movers(ledger.at);
    if (movers.some((v) => spoken.has(v))) continue;
    for (const v of movers) spoken.add(v);
    least += ledger.lackOf(demand);
  }
  return least;
};

/** Where moves one after another do not mend all, so many more than the least are tried. */
const BEYOND = 2;
/** Moves tried before the search for fewer gives up. */
const MOST_TRIED = 60_000;

/**
 * Whether so many moves mend everything; the ledger then holds them. Whatever mends a demand moves one of its movers, so
 * all ways are looked at. Capacities and rules count at the end: on the way they may be broken, as an order can keep them.
 */
const isMendedBy = (ledger: Ledger, left: number, budget: { tries: number }): boolean => {
  const { at } = ledger;
  const { violated } = ledger;
  if (violated.length === 0) return true;
  if (fewestMoves(ledger) > left) return false;
  const choices = violated.map((d) => d.movers(at).filter((v) => at.job(v) !== null));
  const fewest = choices.reduce((a, b) => (b.length < a.length ? b : a));
  for (const vm of fewest) {
    const home = at.host[vm]!;
    for (const host of openHosts(at)) {
      if (host === home || !at.isEverFit(vm, host)) continue;
      if (--budget.tries < 0) return false;
      ledger.take([[vm, host]]);
      if (isMendedBy(ledger, left - 1, budget)) return true;
      ledger.take([[vm, home]]);
    }
  }
  return false;
};

/** The host that misses least, of one resource alone, for a move that would mend. */
const leastRoom = (ledger: Ledger, demand: Demand): string | null => {
  const { at } = ledger;
  const { ask, hosts } = at.shelf;
  let best: { share: number; words: string } | null = null;
  for (const vm of demand.movers(at)) {
    if (at.job(vm) === null) continue;
    for (const host of openHosts(at)) {
      if (host === at.host[vm] || !ledger.mends(vm, host)) continue;
      const short = UNITS.flatMap((unit, r) => {
        const by = ask[vm * R + r]! - at.free(host, r);
        return by > 0 ? [{ by, unit, share: by / ask[vm * R + r]! }] : [];
      });
      const [only] = short;
      if (only === undefined || short.length > 1 || (best !== null && only.share >= best.share)) continue;
      best = {
        share: only.share,
        words: `${Math.ceil(only.by)} ${only.unit} more on ${hosts[host]} would let ${at.shelf.vms[vm]!.name} move there`,
      };
    }
  }
  return best?.words ?? null;
};

/** Rules dropped one by one in search of the one in the way. */
const MOST_DROPPED = 16;

const conflictOf = (ledger: Ledger, without: (rule: number) => boolean, o: PlanOptions): Conflict => {
  const { at } = ledger;
  const [demand] = ledger.violated;
  const movers = demand?.movers(at) ?? [];
  const refused = new Map<string, number>();
  let stuck = 0;
  for (const vm of movers) {
    if (at.job(vm) === null) {
      stuck++;
      continue;
    }
    for (const host of openHosts(at)) {
      if (host === at.host[vm] || !ledger.mends(vm, host)) continue;
      const no = at.refuses(vm, host);
      if (no !== null) refused.set(no, (refused.get(no) ?? 0) + 1);
    }
  }
  const dropped = o.constraints.slice(0, MOST_DROPPED).findIndex((_, i) => without(i));
  return {
    vms: movers.map((v) => at.shelf.vms[v]!.name),
    because: [
      ...ledger.violated.map((d) => `does not hold: ${d.words}`),
      ...[...refused].sort(([, a], [, b]) => b - a).map(([code, n]) => `${code} refuses ${n} moves that would mend it`),
      ...(stuck > 0 ? [`${stuck} of its VMs cannot move`] : []),
    ],
    relaxation:
      dropped >= 0
        ? `without the rule "${explain(o.constraints[dropped]!)}" all others can be kept`
        : demand === undefined
          ? null
          : leastRoom(ledger, demand),
    proof:
      'none was found by single moves, moves together, and pairs that make room for each other; that none exists is not proven',
  };
};

/** Seeks the fewest moves after which every rule, server group and capacity holds. */
export const seekRepair = (state: ClusterState, shelf: Shelf, ways: Ways, o: PlanOptions): Sought => {
  const ledgerUnder = (options: PlanOptions): Ledger =>
    new Ledger(new Standing(shelf, ways, options, true), demandsOf(state, shelf, options.constraints));
  const quick = ledgerUnder(o);
  const { violated } = quick;
  let least = fewestMoves(quick);
  mend(quick);
  // One after another finds moves fast; all ways with fewer are looked at while there is time.
  let ledger = quick;
  const most = quick.violated.length === 0 ? quick.at.moved().length - 1 : least + BEYOND;
  const budget = { tries: MOST_TRIED };
  while (least <= most && violated.length > 0) {
    const fewer = ledgerUnder(o);
    const isMended = isMendedBy(fewer, least, budget);
    if (isMended) ledger = fewer;
    if (isMended || budget.tries < 0) break;
    least++;
  }
  const reached = ledger.violated.length === 0;
  const moves = ledger.at.moved().length;
  const without = (rule: number): boolean => {
    const other = ledgerUnder({ ...o, constraints: o.constraints.filter((_, i) => i !== rule) });
    mend(other);
    return other.violated.length === 0;
  };
  return {
    standing: ledger.at,
    reached,
    because: 'mends a violated rule',
    notes: [
      ...violated.map((d) => `violated before: ${d.words}`),
      violated.length === 0
        ? 'no rule, server group or capacity is violated'
        : `${moves} moves${reached ? (moves <= least ? '; no plan needs fewer' : `; no plan needs fewer than ${least}`) : ''}`,
    ],
    conflict: reached ? null : conflictOf(ledger, without, o),
  };
};
