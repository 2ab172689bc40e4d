// N+1 on the way: could any one host fail before, between and after the moves of a plan?
import { placeAll, Trial } from '../drill/sweep/search.ts';
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
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
  return { ...shelf, free, tenants, home, groups: members, usable, emptiest, refuges };
};

/** The first host whose failure could not be absorbed; `open` when the search ended undecided for some. */
const firstLoss = (at: Shelf, hosts: readonly number[]): { readonly lost: number | null; readonly open: boolean } => {
  const trial = new Trial(at);
  let open = false;
  for (const h of hosts) {
    const verdict = placeAll(at, trial, [h], { details: false, budget: STEPS });
    if (verdict.says === 'does not fit') return { lost: h, open };
    open ||= verdict.says === 'undecided';
  }
  return { lost: null, open };
};

const verdict = (loss: ReturnType<typeof firstLoss>): boolean | null =>
  loss.lost !== null ? false : loss.open ? null : true;

/** N+1 before, after and at every end of a move, drained hosts taking nobody. */
export const spareReport = (
  state: ClusterState,
  shelf: Shelf,
  moves: readonly PlannedMove[],
  drained: ReadonlySet<string>,
): SpareReport | null => {
  if (moves.length === 0) return null;
  const rows = new Map(shelf.vms.map((vm, i) => [vm.id, i]));
  const up = new Set(state.hosts.filter((h) => h.up !== false && !h.forcedDown).map((h) => h.name));
  const hosts = shelf.hosts.flatMap((name, h) => (up.has(name) ? [h] : []));
  const look = (atMs: number): ReturnType<typeof firstLoss> =>
    firstLoss(shelfAt(shelf, rows, moves, atMs, drained), hosts);
  const nobody: ReadonlySet<string> = new Set();
  const first = firstLoss(shelfAt(shelf, rows, [], 0, nobody), hosts);
  const before = verdict(first);
  const after = verdict(look(Infinity));
  const instants = [...new Set(moves.flatMap((m) => [m.startMs, m.endMs]))].sort((a, b) => a - b);
  const tooMany = instants.length * hosts.length > MOST_TRIALS;
  const lost: { atMs: number; host: string }[] = [];
  if (before !== false && !tooMany) {
    for (const atMs of instants) {
      const loss = look(atMs);
      if (loss.lost !== null) lost.push({ atMs, host: shelf.hosts[loss.lost]! });
    }
  }
  const note =
    before === false
      ? `before the plan the failure of ${shelf.hosts[first.lost ?? -1]} could not be absorbed either`
      : tooMany
        ? `${instants.length} instants with ${hosts.length} hosts each are too many to look at; only beginning and end were`
        : lost.length === 0
          ? 'at every instant the failure of any one host could be absorbed'
          : `at ${lost.length} of ${instants.length} instants the failure of ${lost[0]?.host} could not be absorbed`;
  return { before, after, looked: before === false || tooMany ? 0 : instants.length, lost, note };
};
