// N+1 on the way: could any one host fail before, between and after the moves of a plan, and who would be stranded?
import { placeAll, Trial } from '../drill/sweep/search.ts';
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import { claimCells } from '../scheduling/numa.ts';
import { seconds } from '../readout/words.ts';
import type { PlannedMove, SpareReport } from './plan.ts';

/** Placements tried for one report; beyond it only the beginning and the end are looked at. */
const MOST_TRIALS = 20_000;
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

/** The hosts of these whose failure could not be absorbed; `open` when the search ended undecided for some. */
const lossesOf = (
  at: Shelf,
  hosts: readonly number[],
  most = Infinity,
): { readonly lost: readonly Loss[]; readonly open: boolean } => {
  const trial = new Trial(at);
  const lost: Loss[] = [];
  let open = false;
  for (const h of hosts) {
    const verdict = placeAll(at, trial, [h], { budget: STEPS });
    if (verdict.says === 'does not fit') lost.push({ host: h, homeless: verdict.homeless });
    open ||= verdict.says === 'undecided';
    if (lost.length >= most) break;
  }
  return { lost, open };
};

const verdict = ({ lost, open }: ReturnType<typeof lossesOf>): boolean | null =>
  lost.length > 0 ? false : open ? null : true;

const upHosts = (state: ClusterState, shelf: Shelf): readonly number[] => {
  const up = new Set(state.hosts.filter((h) => h.up !== false && !h.forcedDown).map((h) => h.name));
  return shelf.hosts.flatMap((name, h) => (up.has(name) ? [h] : []));
};

const NOBODY: ReadonlySet<string> = new Set();

/** Hosts whose failure can be absorbed as things are: what a plan should not spoil. */
const absorbed = (shelf: Shelf, hosts: readonly number[]) => {
  const now = lossesOf(shelfAt(shelf, new Map(), [], 0, NOBODY), hosts);
  const lost = new Set(now.lost.map((l) => l.host));
  return { now, kept: hosts.filter((h) => !lost.has(h)) };
};

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

const noteOf = (
  report: Omit<SpareReport, 'note'>,
  shelf: Shelf,
  alreadyLost: readonly Loss[],
  instants: number,
  endMs: number,
): string => {
  const parts: string[] = [];
  const [first] = alreadyLost;
  if (first !== undefined)
    parts.push(
      `before the plan the failure of ${shelf.hosts[first.host]}${alreadyLost.length > 1 ? ` or ${alreadyLost.length - 1} other hosts` : ''} could not be absorbed either`,
    );
  const whose = first === undefined ? 'any one host' : 'any other host';
  if (report.looked === 0) parts.push(`${instants} instants are too many to look at one by one; only the end was`);
  if (report.lost.length === 0)
    parts.push(`${report.looked === 0 ? 'at the end' : 'at every instant'} the failure of ${whose} could be absorbed`);
  else {
    const end = report.after === false ? report.lost.findLast((l) => l.atMs === endMs) : undefined;
    const way = report.lost.filter((l) => l !== end);
    if (end !== undefined) parts.push(`not kept in the end: ${end.why}`);
    if (way.length > 0) parts.push(`not kept at ${way.length} of ${instants} instants on the way: ${way[0]!.why}`);
  }
  return parts.join('; ');
};

/**
 * N+1 before, after and at every start and end of a move, drained hosts taking nobody. A host whose failure could not be
 * absorbed before is not held against the plan. Null where nothing moves.
 */
export const spareReport = (
  state: ClusterState,
  shelf: Shelf,
  moves: readonly PlannedMove[],
  drained: ReadonlySet<string>,
): SpareReport | null => {
  if (moves.length === 0) return null;
  const rows = new Map(shelf.vms.map((vm, i) => [vm.id, i]));
  const hosts = upHosts(state, shelf);
  const { now, kept } = absorbed(shelf, hosts);
  const after = lossesOf(shelfAt(shelf, rows, moves, Infinity, drained), kept, 1);
  const all = [...new Set(moves.flatMap((m) => [m.startMs, m.endMs]))].sort((a, b) => a - b);
  const tooMany = all.length * kept.length > MOST_TRIALS;
  const instants = tooMany ? all.slice(-1) : all;
  const lost = instants.flatMap((atMs) => {
    const [loss] = lossesOf(shelfAt(shelf, rows, moves, atMs, drained), kept, 1).lost;
    return loss === undefined
      ? []
      : [{ atMs, host: shelf.hosts[loss.host]!, why: lossWords(shelf, moves, atMs, loss) }];
  });
  const before = verdict(now);
  const report = {
    before,
    after: before === false ? false : verdict(after),
    looked: tooMany ? 0 : instants.length,
    lost,
  };
  return { ...report, note: noteOf(report, shelf, now.lost, all.length, all.at(-1) ?? 0) };
};

/** Placements tried while destinations are chosen with N+1 in mind; beyond it they are chosen without. */
const MOST_GUARDED = 40_000;

/** Holds the choice of destinations to those that leave every failure absorbed that was before. */
export class SpareGuard {
  readonly #shelf: Shelf;
  readonly #kept: readonly number[];
  readonly #usable: Uint8Array;
  readonly #tenants: number[][];
  readonly #home: Int32Array;

  private constructor(shelf: Shelf, kept: readonly number[], drained: ReadonlySet<string>) {
    this.#shelf = shelf;
    this.#kept = kept;
    this.#usable = Uint8Array.from(shelf.usable, (u, h) => (drained.has(shelf.hosts[h]!) ? 0 : u));
    this.#tenants = shelf.tenants.map((list) => [...list]);
    this.#home = shelf.home.slice();
  }

  /** Null where asking would take too long. */
  static of(state: ClusterState, shelf: Shelf, jobs: number, drained: ReadonlySet<string>): SpareGuard | null {
    const hosts = upHosts(state, shelf);
    if (jobs * hosts.length > MOST_GUARDED) return null;
    return new SpareGuard(shelf, absorbed(shelf, hosts).kept, drained);
  }

  put(vm: number, host: number): void {
    const from = this.#home[vm]!;
    if (from >= 0 && this.#tenants[from]!.includes(vm)) {
      this.#tenants[from] = this.#tenants[from]!.filter((v) => v !== vm);
      this.#tenants[host]!.push(vm);
    }
    this.#home[vm] = host;
  }

  /** Whether the VM may run there: `free` is the room of every host before it comes. */
  allows(free: Float64Array, vm: number, host: number): boolean {
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
    const isKept = lossesOf(then, this.#kept, 1).lost.length === 0;
    if (from >= 0) this.put(vm, from);
    return isKept;
  }
}
