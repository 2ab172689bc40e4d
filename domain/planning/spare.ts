// N+1 on the way: could any one host fail before, between and after the moves of a plan, and who would be stranded?
import { placeAll, Trial } from '../drill/sweep/search.ts';
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import { claimCells } from '../scheduling/numa.ts';
import { plural, seconds } from '../readout/words.ts';
import type { PlannedMove, SpareReport } from './plan.ts';
import { looksWords, Work } from './work.ts';

/**
 * Looks of a VM at a host that the questions about N+1 of one plan may cost together: a second or two of work. Where they do
 * not suffice, the report says how far they went.
 */
const MOST_LOOKS = 5_000_000;
/** Nodes of the exact search for each: the question is asked often, so it may stay open. */
const STEPS = 2000;

/** The shelf with each VM where it is charged at an instant. */
const shelfAt = (
  shelf: Shelf,
  rows: ReadonlyMap<string, number>,
  moves: readonly PlannedMove[],
  atMs: number,
  drained: ReadonlySet<string>,
): Shelf => {
  const host = new Map(shelf.hosts.map((name, h) => [name, h]));
  const free = shelf.free.slice();
  const tenants = shelf.tenants.map((list) => [...list]);
  const home = shelf.home.slice();
  const rooms = shelf.cells === null ? null : [...shelf.cells.rooms];
  const members = shelf.groups.map((g) => ({ ...g, members: [...g.members] }));
  const charge = (vm: number, h: number, sign: 1 | -1): void => {
    for (let r = 0; r < R; r++) free[h * R + r]! -= sign * shelf.ask[vm * R + r]!;
    const group = shelf.group[vm]!;
    if (group < 0) return;
    const list = members[group]!.members;
    if (sign === 1) list.push(h);
    else list.splice(list.indexOf(h), 1);
  };
  for (const move of moves) {
    const vm = rows.get(move.vm)!;
    if (move.kind === 'stop' || move.startMs > atMs) continue;
    const [from, to] = [host.get(move.source)!, host.get(move.dest)!];
    charge(vm, to, 1);
    const [room, demand] = [rooms?.[to] ?? null, shelf.cells?.demands[vm] ?? null];
    if (rooms && room !== null && demand !== null) rooms[to] = claimCells(room, demand) ?? room;
    if (move.endMs > atMs) continue; // both ends are charged; it runs on the source
    charge(vm, from, -1);
    const list = tenants[from]!;
    if (list.includes(vm)) {
      list.splice(list.indexOf(vm), 1);
      tenants[to]!.push(vm);
    }
    home[vm] = to;
  }
  const usable = Uint8Array.from(shelf.usable, (u, h) => (drained.has(shelf.hosts[h]!) ? 0 : u));
  const emptiest = Int32Array.from(shelf.emptiest.filter((h) => usable[h] === 1)).sort(
    (a, b) => free[b * R + 1]! - free[a * R + 1]! || a - b,
  );
  // Refuges were found before anything moved; a row that no host has never fails, so the short cut proves nothing.
  const refuges = new Int32Array(shelf.refuges.length).fill(shelf.hosts.length);
  const cells = shelf.cells !== null && rooms !== null ? { ...shelf.cells, rooms } : null;
  return { ...shelf, free, tenants, home, groups: members, cells, usable, emptiest, refuges };
};

type Loss = { readonly host: number; readonly homeless: readonly number[] };

type Losses = {
  readonly lost: readonly Loss[];
  /** A search ended undecided for some. */
  readonly open: boolean;
  /** Hosts looked at, from the first: less than all once `most` are lost, or the work is spent. */
  readonly looked: number;
};

/** The hosts of these whose failure could not be absorbed. */
const lossesOf = (at: Shelf, hosts: readonly number[], work: Work, most = Infinity): Losses => {
  const trial = new Trial(at);
  const lost: Loss[] = [];
  let open = false;
  let looked = 0;
  for (; looked < hosts.length && lost.length < most && !work.isSpent; looked++) {
    const h = hosts[looked]!;
    const before = trial.looks;
    const verdict = placeAll(at, trial, [h], { budget: STEPS });
    work.spend(trial.looks - before);
    if (verdict.says === 'does not fit') lost.push({ host: h, homeless: verdict.homeless });
    open ||= verdict.says === 'undecided';
  }
  return { lost, open, looked };
};

const upHosts = (state: ClusterState, shelf: Shelf): readonly number[] => {
  const up = new Set(state.hosts.filter((h) => h.up !== false && !h.forcedDown).map((h) => h.name));
  return shelf.hosts.flatMap((name, h) => (up.has(name) ? [h] : []));
};

const NOBODY: ReadonlySet<string> = new Set();

/** Why N+1 is not kept at an instant: what is charged twice then, or that nothing is and room is short anyway. */
const lossWords = (shelf: Shelf, moves: readonly PlannedMove[], atMs: number, { host, homeless }: Loss): string => {
  const underWay = moves.filter((m) => m.kind !== 'stop' && m.startMs <= atMs && m.endMs > atMs);
  const vm = homeless[0] === undefined ? 'a VM' : shelf.vms[homeless[0]]!.name;
  const why =
    underWay.length === 0
      ? 'with what has moved by then'
      : underWay.length === 1
        ? `while ${underWay[0]!.name} is charged on both ${underWay[0]!.source} and ${underWay[0]!.dest}, though it moves alone`
        : `while ${underWay.length} moves are charged on both ends`;
  return `at ${seconds(atMs)} the failure of ${shelf.hosts[host]} would strand ${vm}, ${why}`;
};

type Noted = Omit<SpareReport, 'note'> & {
  readonly alreadyLost: readonly Loss[];
  /** Hosts of which it is not known whether their failure could be absorbed before the plan. */
  readonly unknown: number;
};

const lookedWords = (looked: number): string => {
  if (looked < 2) return looked === 0 ? 'no instant' : 'only the end';
  return `only the end and ${looked - 1} ${looked === 2 ? 'other' : 'others'}`;
};

const noteOf = (
  shelf: Shelf,
  { alreadyLost, unknown, looked, instants, lost, after }: Noted,
  endMs: number,
  work: Work,
): string => {
  const parts: string[] = [];
  const [first] = alreadyLost;
  if (first !== undefined)
    parts.push(
      `before the plan the failure of ${shelf.hosts[first.host]}${alreadyLost.length > 1 ? ` or ${plural(alreadyLost.length - 1, 'other host')}` : ''} could not be absorbed either`,
    );
  if (unknown > 0)
    parts.push(
      `for ${unknown} hosts it was not found out, within ${looksWords(work.most)}, whether their failure could be absorbed before`,
    );
  else if (looked < instants)
    parts.push(`${lookedWords(looked)} of ${instants} instants could be looked at within ${looksWords(work.most)}`);
  if (looked === 0) return parts.join('; ');
  const whose = alreadyLost.length + unknown === 0 ? 'any one host' : 'any other host';
  if (lost.length === 0)
    parts.push(`${looked < instants ? 'there' : 'at every instant'} the failure of ${whose} could be absorbed`);
  else {
    const end = after === false ? lost.findLast((l) => l.atMs === endMs) : undefined;
    const way = lost.filter((l) => l !== end);
    if (end !== undefined) parts.push(`not kept in the end: ${end.why}`);
    if (way.length > 0) parts.push(`not kept at ${way.length} of ${instants} instants on the way: ${way[0]!.why}`);
  }
  return parts.join('; ');
};

/** Whether N+1 stays, asked of one plan after another for the same hosts to empty, with one budget of looks for all. */
export class SpareWatch {
  readonly #shelf: Shelf;
  readonly #drained: ReadonlySet<string>;
  readonly #hosts: readonly number[];
  readonly #rows: ReadonlyMap<string, number>;
  readonly #work: Work;
  #now: Losses | null = null;

  constructor(state: ClusterState, shelf: Shelf, drained: ReadonlySet<string>, looks = MOST_LOOKS) {
    this.#shelf = shelf;
    this.#drained = drained;
    this.#hosts = upHosts(state, shelf);
    this.#rows = new Map(shelf.vms.map((vm, i) => [vm.id, i]));
    this.#work = new Work(looks);
  }

  get isSpent(): boolean {
    return this.#work.isSpent;
  }

  /** Counts what else is done to keep N+1. */
  spend(looks: number): void {
    this.#work.spend(looks);
  }

  /** Hosts whose failure can be absorbed as things are: what a plan should not spoil. */
  #before(): { readonly now: Losses; readonly kept: readonly number[] } {
    const now = (this.#now ??= lossesOf(shelfAt(this.#shelf, new Map(), [], 0, NOBODY), this.#hosts, this.#work));
    const lost = new Set(now.lost.map((l) => l.host));
    return { now, kept: this.#hosts.slice(0, now.looked).filter((h) => !lost.has(h)) };
  }

  #lossAt(moves: readonly PlannedMove[], atMs: number, kept: readonly number[]): Losses {
    this.#work.spend(this.#shelf.hosts.length + this.#shelf.vms.length + moves.length);
    return lossesOf(shelfAt(this.#shelf, this.#rows, moves, atMs, this.#drained), kept, this.#work, 1);
  }

  /**
   * N+1 before, after and at every start and end of a move, drained hosts taking nobody. A host whose failure could not be
   * absorbed before is not held against the plan. Null where nothing moves.
   */
  report(moves: readonly PlannedMove[]): SpareReport | null {
    if (moves.length === 0) return null;
    const { now, kept } = this.#before();
    const unknown = this.#hosts.length - now.looked;
    const all = [...new Set(moves.flatMap((m) => [m.startMs, m.endMs]))].sort((a, b) => a - b);
    const endMs = all.at(-1)!;
    const lost: SpareReport['lost'][number][] = [];
    let after: boolean | null = null;
    let looked = 0;
    for (const atMs of [endMs, ...all.slice(0, -1)]) {
      if (this.#work.isSpent) break;
      const at = this.#lossAt(moves, atMs, kept);
      const [loss] = at.lost;
      if (loss === undefined && at.looked < kept.length) break;
      looked++;
      if (atMs === endMs) after = loss !== undefined ? false : at.open || unknown > 0 ? null : true;
      if (loss !== undefined)
        lost.push({ atMs, host: this.#shelf.hosts[loss.host]!, why: lossWords(this.#shelf, moves, atMs, loss) });
    }
    lost.sort((a, b) => a.atMs - b.atMs);
    const before = now.lost.length > 0 ? false : now.open || unknown > 0 ? null : true;
    const report = { before, after: before === false ? false : after, instants: all.length, looked, lost };
    const note = noteOf(this.#shelf, { ...report, alreadyLost: now.lost, unknown }, endMs, this.#work);
    return { ...report, note };
  }

  /** Holds a choice of destinations to N+1; null where the work is spent. */
  guard(): SpareGuard | null {
    const { kept } = this.#before();
    return this.isSpent ? null : new SpareGuard(this.#shelf, kept, this.#drained, this.#work);
  }
}

/** Holds the choice of destinations to those that leave every failure absorbed that was before. */
export class SpareGuard {
  readonly #shelf: Shelf;
  readonly #kept: readonly number[];
  readonly #usable: Uint8Array;
  readonly #tenants: number[][];
  readonly #home: Int32Array;
  readonly #work: Work;

  constructor(shelf: Shelf, kept: readonly number[], drained: ReadonlySet<string>, work: Work) {
    this.#shelf = shelf;
    this.#kept = kept;
    this.#work = work;
    this.#usable = Uint8Array.from(shelf.usable, (u, h) => (drained.has(shelf.hosts[h]!) ? 0 : u));
    this.#tenants = shelf.tenants.map((list) => [...list]);
    this.#home = shelf.home.slice();
  }

  put(vm: number, host: number): void {
    const from = this.#home[vm]!;
    if (from >= 0 && this.#tenants[from]!.includes(vm)) {
      this.#tenants[from] = this.#tenants[from]!.filter((v) => v !== vm);
      this.#tenants[host]!.push(vm);
    }
    this.#home[vm] = host;
  }

  /** Whether the VM may run there, or the work is spent: `free` is the room of every host before it comes. */
  allows(free: Float64Array, vm: number, host: number): boolean {
    if (this.#work.isSpent) return true;
    const from = this.#home[vm]!;
    const room = free.slice();
    for (let r = 0; r < R; r++) room[host * R + r]! -= this.#shelf.ask[vm * R + r]!;
    this.put(vm, host);
    const emptiest = Int32Array.from([...this.#usable.keys()].filter((h) => this.#usable[h] === 1)).sort(
      (a, b) => room[b * R + 1]! - room[a * R + 1]! || a - b,
    );
    const refuges = new Int32Array(this.#shelf.refuges.length).fill(this.#shelf.hosts.length);
    const then: Shelf = {
      ...this.#shelf,
      free: room,
      tenants: this.#tenants,
      home: this.#home,
      usable: this.#usable,
      emptiest,
      refuges,
    };
    const isKept = lossesOf(then, this.#kept, this.#work, 1).lost.length === 0;
    if (from >= 0) this.put(vm, from);
    return isKept;
  }
}
