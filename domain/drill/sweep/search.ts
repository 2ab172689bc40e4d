// Can these VMs be placed on the hosts that are left? Exact: a placement, a proof that there is none, or "undecided".
import { tallied } from '../../scheduling/candidate.ts';
import { claimCells, type NumaRoom } from '../../scheduling/numa.ts';
import { admits, R, REFUGES, type Shelf } from './shelf.ts';

export type Fits = { readonly says: 'fits' };

export type Verdict =
  | Fits
  /** `homeless` is the smallest set found that has to stay out; with `proof` the reason no placement of all exists. */
  | {
      readonly says: 'does not fit';
      readonly homeless: readonly number[];
      readonly proof: 'no host' | 'too little room' | 'searched';
    }
  | { readonly says: 'undecided'; readonly homeless: readonly number[]; readonly steps: number };

/** Nodes of the exact search before it gives up and says so. */
export const SEARCH_STEPS = 200_000;

/** A trial: what has been put where so far, kept as differences so that starting over costs nothing. */
export class Trial {
  readonly #shelf: Shelf;
  readonly #taken: Float64Array;
  readonly #touched: number[] = [];
  readonly #failed: Uint8Array;
  #down: readonly number[] = [];
  /** Members of each group placed in this trial, as hosts. */
  readonly #placedMembers = new Map<number, number[]>();
  /** Cells of each host after each claim of this trial, the last one as they are now. */
  readonly #claims = new Map<number, NumaRoom[]>();
  /** Looks of a VM at a host so far: what whoever asks again and again may count. */
  looks = 0;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.#taken = new Float64Array(shelf.hosts.length * R);
    this.#failed = new Uint8Array(shelf.hosts.length);
  }

  /** Begins anew with these hosts failed. */
  begin(failed: readonly number[]): void {
    for (const h of this.#down) this.#failed[h] = 0;
    for (const h of failed) this.#failed[h] = 1;
    this.#down = failed;
    this.clear();
  }

  clear(): void {
    for (const h of this.#touched) this.#taken.fill(0, h * R, h * R + R);
    this.#touched.length = 0;
    this.#placedMembers.clear();
    this.#claims.clear();
  }

  fits(vm: number, host: number): boolean {
    const { free, ask, maxUnit, usable } = this.#shelf;
    if (usable[host] === 0 || this.#failed[host] === 1) return false;
    for (let r = 0; r < R; r++) {
      const want = ask[vm * R + r]!;
      if (want === 0) continue;
      if (want > maxUnit[host * R + r]! || want + this.#taken[host * R + r]! > free[host * R + r]!) return false;
    }
    if (!admits(this.#shelf, vm, host)) return false;
    const group = this.#shelf.group[vm]!;
    if (group >= 0 && !this.#groupAllows(group, host)) return false;
    return !this.asksCells(vm, host) || this.#claimed(vm, host) !== null;
  }

  /** Whether the VM asks for cells and the host tells its own. */
  asksCells(vm: number, host: number): boolean {
    const { cells } = this.#shelf;
    return cells !== null && cells.demands[vm] !== null && cells.rooms[host] !== null;
  }

  /** The cells with the VM on them, as Nova gives them out: the first that hold it. */
  #claimed(vm: number, host: number): NumaRoom | null {
    const { demands, rooms } = this.#shelf.cells!;
    return claimCells(this.#claims.get(host)?.at(-1) ?? rooms[host]!, demands[vm]!);
  }

  #groupAllows(group: number, host: number): boolean {
    const { affinity, maxServerPerHost, members } = this.#shelf.groups[group]!;
    const placed = this.#placedMembers.get(group) ?? [];
    let here = 0;
    let elsewhere = 0;
    for (const list of [members, placed]) {
      for (const h of list) {
        if (this.#failed[h] === 1) continue;
        if (h === host) here++;
        else elsewhere++;
      }
    }
    return affinity ? here > 0 || elsewhere === 0 : here < maxServerPerHost;
  }

  put(vm: number, host: number): void {
    this.#touched.push(host);
    for (let r = 0; r < R; r++) this.#taken[host * R + r]! += this.#shelf.ask[vm * R + r]!;
    if (this.asksCells(vm, host)) {
      const claims = this.#claims.get(host) ?? [];
      claims.push(this.#claimed(vm, host)!);
      this.#claims.set(host, claims);
    }
    const group = this.#shelf.group[vm]!;
    if (group < 0) return;
    const placed = this.#placedMembers.get(group);
    if (placed) placed.push(host);
    else this.#placedMembers.set(group, [host]);
  }

  /** Undoes the last `put` of exactly this VM onto this host. */
  take(vm: number, host: number): void {
    if (this.asksCells(vm, host)) this.#claims.get(host)!.pop();
    for (let r = 0; r < R; r++) this.#taken[host * R + r]! -= this.#shelf.ask[vm * R + r]!;
    const group = this.#shelf.group[vm]!;
    if (group >= 0) this.#placedMembers.get(group)!.pop();
  }

  left(host: number, r: number): number {
    return this.#shelf.free[host * R + r]! - this.#taken[host * R + r]!;
  }

  isFailed(host: number): boolean {
    return this.#failed[host] === 1;
  }

  /** How many of a group are where on hosts that are left, residents and placed alike. */
  membersOf(group: number): Map<string, number> {
    const homes = group < 0 ? [] : [...this.#shelf.groups[group]!.members, ...(this.#placedMembers.get(group) ?? [])];
    return tallied(homes.filter((h) => this.#failed[h] === 0).map((h) => this.#shelf.hosts[h]!));
  }

  isOpen(host: number): boolean {
    return this.#shelf.usable[host] === 1 && this.#failed[host] === 0;
  }
}

/** First fit from the emptiest host on; returns the VMs left over. */
export const firstFit = (shelf: Shelf, trial: Trial, vms: readonly number[]): number[] => {
  const left: number[] = [];
  for (const vm of vms) {
    let found = -1;
    let i = 0;
    for (; i < shelf.emptiest.length; i++) {
      const host = shelf.emptiest[i]!;
      if (trial.fits(vm, host)) {
        found = host;
        break;
      }
    }
    trial.looks += i + 1;
    if (found < 0) left.push(vm);
    else trial.put(vm, found);
  }
  return left;
};

/** Best fit: each VM where the least of resource `r` stays free. */
const bestFit = (shelf: Shelf, trial: Trial, vms: readonly number[], r: number): number[] => {
  const left: number[] = [];
  for (const vm of vms) {
    let found = -1;
    let least = Infinity;
    for (const host of shelf.emptiest) {
      if (!trial.fits(vm, host)) continue;
      const rest = trial.left(host, r);
      if (found < 0 || rest < least) {
        found = host;
        least = rest;
      }
    }
    trial.looks += shelf.emptiest.length;
    if (found < 0) left.push(vm);
    else trial.put(vm, found);
  }
  return left;
};

/** The VMs that fit on no open host even alone: a proof that needs no search. */
const hopeless = (shelf: Shelf, trial: Trial, vms: readonly number[]): number[] => {
  trial.clear();
  return vms.filter((vm) => !shelf.emptiest.some((host) => trial.fits(vm, host)));
};

/** True when some VM's every refuge is among the failed hosts: proven without a look at any other host. */
const trapped = (shelf: Shelf, failed: readonly number[], vms: readonly number[]): boolean =>
  vms.some((vm) => {
    for (let i = 0; i < REFUGES; i++) {
      const refuge = shelf.refuges[vm * REFUGES + i]!;
      if (refuge < 0) return true;
      if (!failed.includes(refuge)) return false;
    }
    return false; // there may be more refuges than were kept
  });

/** True when the VMs together want more of some resource than all hosts that could take any of them have. */
const outweighs = (shelf: Shelf, trial: Trial, vms: readonly number[]): boolean => {
  trial.clear();
  const hosts = [...shelf.emptiest].filter((host) => vms.some((vm) => trial.fits(vm, host)));
  for (let r = 0; r < R; r++) {
    let want = 0;
    for (const vm of vms) want += shelf.ask[vm * R + r]!;
    let have = 0;
    for (const host of hosts) have += Math.max(0, trial.left(host, r));
    if (want > have) return true;
  }
  return false;
};

/** Two hosts with the same room left, that take the same VMs, are the same choice without groups and cells; only the first is tried. */
const twinOf = ({ admission, maxUnit }: Shelf, trial: Trial, host: number, tried: readonly number[]): boolean =>
  tried.some((other) => {
    if (admission !== null && admission.sort[other] !== admission.sort[host]) return false;
    for (let r = 0; r < R; r++) {
      if (trial.left(other, r) !== trial.left(host, r)) return false;
      if (maxUnit[other * R + r] !== maxUnit[host * R + r]) return false;
    }
    return true;
  });

/**
 * Depth-first search over VMs in order of size; null when the budget ended first. VMs that ask for cells come before all
 * others and in every order: each takes the first cells that hold it, so that who comes first decides what is left.
 */
const searched = (shelf: Shelf, trial: Trial, vms: readonly number[], budget: number): boolean | null => {
  trial.clear();
  let steps = 0;
  const celled = vms.filter((vm) => (shelf.cells?.demands[vm] ?? null) !== null);
  const rest = vms.filter((vm) => !celled.includes(vm));
  const hasTwins = celled.length === 0 && !vms.some((vm) => shelf.group[vm]! >= 0);
  const placeOne = (vm: number, onwards: () => boolean | null): boolean | null => {
    const tried: number[] = [];
    trial.looks += shelf.emptiest.length;
    for (const host of shelf.emptiest) {
      if (!trial.fits(vm, host)) continue;
      if (hasTwins && twinOf(shelf, trial, host, tried)) continue;
      if (++steps > budget) return null;
      tried.push(host);
      trial.put(vm, host);
      const below = onwards();
      trial.take(vm, host);
      if (below !== false) return below;
    }
    return false;
  };
  const placeRest = (depth: number): boolean | null =>
    depth === rest.length || placeOne(rest[depth]!, () => placeRest(depth + 1));
  const placeCelled = (open: readonly number[]): boolean | null => {
    if (open.length === 0) return placeRest(0);
    for (const vm of open) {
      const below = placeOne(vm, () => placeCelled(open.filter((other) => other !== vm)));
      if (below !== false) return below;
    }
    return false;
  };
  return placeCelled(celled);
};

/** The VMs left over by the best of first fit and a best fit for each resource; empty when one of them places all. */
const leftovers = (shelf: Shelf, trial: Trial, vms: readonly number[]): number[] => {
  trial.clear();
  let fewest = firstFit(shelf, trial, vms);
  for (let r = 0; r < R && fewest.length > 0; r++) {
    if (!vms.some((vm) => shelf.ask[vm * R + r]! > 0)) continue; // a class nobody asks for orders no hosts
    trial.clear();
    const left = bestFit(shelf, trial, vms, r);
    if (left.length < fewest.length) fewest = left;
  }
  return fewest;
};

/**
 * Whether every evacuable VM of the failed hosts finds a home among the others. Fits are found by first and best fit,
 * refusals proven by a VM that fits nowhere, by total room, or by exhaustive search within `budget` nodes. Without
 * `details` a refusal proven at a glance names no homeless VM.
 */
export const placeAll = (
  shelf: Shelf,
  trial: Trial,
  failed: readonly number[],
  { details = true, budget = SEARCH_STEPS }: { readonly details?: boolean; readonly budget?: number } = {},
): Verdict => {
  trial.begin(failed);
  const vms = failed.flatMap((h) => shelf.tenants[h]!);
  if (trapped(shelf, failed, vms)) {
    return { says: 'does not fit', homeless: details ? firstFit(shelf, trial, vms) : [], proof: 'no host' };
  }
  const homeless = leftovers(shelf, trial, vms);
  if (homeless.length === 0) return { says: 'fits' };
  if (hopeless(shelf, trial, vms).length > 0) return { says: 'does not fit', homeless, proof: 'no host' };
  if (outweighs(shelf, trial, vms)) return { says: 'does not fit', homeless, proof: 'too little room' };
  const answer = searched(shelf, trial, vms, budget);
  if (answer === true) return { says: 'fits' };
  return answer === false
    ? { says: 'does not fit', homeless, proof: 'searched' }
    : { says: 'undecided', homeless, steps: budget };
};
