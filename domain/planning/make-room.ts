// Room for a flavor: the fewest VMs that have to step aside so that it fits so many times.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import { UNIT } from '../scheduling/filters.ts';
import { RESOURCES } from '../scheduling/inventory.ts';
import type { NumaDemand } from '../scheduling/numa.ts';
import { explain } from './constraints.ts';
import type { Goal } from './goal.ts';
import type { PlanOptions } from './options.ts';
import type { Conflict } from './plan.ts';
import { timesInCells, type Wanted, wantedOf } from './room-request.ts';
import type { Sought } from './sought.ts';
import { Standing } from './standing.ts';
import type { Ways } from './ways.ts';

type MakeRoom = Extract<Goal, { kind: 'make-room' }>;

const UNITS = RESOURCES.map((r) => UNIT[r]);

/** How often the ask fits into what is free. A host whose inventory the log does not know promises nothing. */
const slotsIn = (free: (r: number) => number, unit: (r: number) => number, ask: readonly number[]): number => {
  let least = Infinity;
  for (const [r, want] of ask.entries()) {
    if (want === 0) continue;
    if (!Number.isFinite(unit(r))) return 0;
    least = Math.min(least, want > unit(r) ? 0 : Math.floor(Math.max(0, free(r)) / want));
  }
  return least === Infinity ? 0 : least;
};

class Room {
  readonly at: Standing;
  readonly #ask: readonly number[];
  readonly #demand: NumaDemand | null;
  /** Hosts on which room counts. */
  readonly #counted: Uint8Array;
  readonly #slots: Int32Array;
  total = 0;

  constructor(at: Standing, { ask, demand, refused }: Wanted, within: readonly string[] | null) {
    this.at = at;
    this.#ask = ask;
    this.#demand = demand;
    const { hosts } = at.shelf;
    this.#counted = Uint8Array.from(hosts, (name, h) =>
      at.isOpen(h) && refused[h] === null && (within === null || within.includes(name)) ? 1 : 0,
    );
    this.#slots = new Int32Array(hosts.length);
    for (let h = 0; h < hosts.length; h++) this.#count(h);
  }

  #count(host: number): void {
    const { maxUnit } = this.at.shelf;
    this.total -= this.#slots[host]!;
    this.#slots[host] =
      this.#counted[host] === 1
        ? this.#inCells(
            host,
            slotsIn(
              (r) => this.at.free(host, r),
              (r) => maxUnit[host * R + r]!,
              this.#ask,
            ),
          )
        : 0;
    this.total += this.#slots[host];
  }

  /** No more than the host's cells take. */
  #inCells(host: number, slots: number): number {
    const cells = this.#demand === null ? null : this.at.cells(host);
    return this.#demand === null || cells === null ? slots : timesInCells(cells, this.#demand, slots);
  }

  get counted(): readonly number[] {
    return [...this.#counted.keys()].filter((h) => this.#counted[h] === 1);
  }

  slots(host: number): number {
    return this.#slots[host]!;
  }

  move(vm: number, host: number): void {
    const from = this.at.host[vm]!;
    this.at.move(vm, host);
    this.#count(from);
    this.#count(host);
  }

  back(vm: number): void {
    this.move(vm, this.at.shelf.home[vm]!);
  }

  /** Slots lost on a host if the VM came. */
  lossOf(vm: number, host: number): number {
    if (this.#counted[host] === 0) return 0;
    const { ask, maxUnit } = this.at.shelf;
    const after = slotsIn(
      (r) => this.at.free(host, r) - ask[vm * R + r]!,
      (r) => maxUnit[host * R + r]!,
      this.#ask,
    );
    return this.#slots[host]! - Math.min(this.#slots[host]!, after);
  }

  /** What a host lacks for one more, by resource; null where no VM that leaves could help. */
  lacks(host: number): readonly number[] | null {
    const { maxUnit } = this.at.shelf;
    const lacking = this.#ask.map((want, r) =>
      want === 0
        ? 0
        : want > maxUnit[host * R + r]!
          ? Infinity
          : Math.max(0, want * (this.#slots[host]! + 1) - this.at.free(host, r)),
    );
    // Where nothing lacks the cells are what is full, and those of a VM that leaves stay taken.
    return lacking.every(Number.isFinite) && lacking.some((need) => need > 0) ? lacking : null;
  }
}

/** Pairs and triples are looked at one by one up to so many VMs on a host; beyond, the largest go first. */
const MOST_PAIRED = 64;
const MOST_TRIPLED = 28;

/** The fewest of these VMs that together give back what is lacking; ties by bytes to copy. Null when all of them do not. */
const fewestThatCover = (
  shelf: Shelf,
  vms: readonly { readonly row: number; readonly bytes: number }[],
  lacking: readonly number[],
): readonly number[] | null => {
  const gives = (rows: readonly number[]): boolean =>
    lacking.every((need, r) => rows.reduce((sum, v) => sum + shelf.ask[v * R + r]!, 0) >= need);
  const sorted = [...vms].sort((a, b) => a.bytes - b.bytes || a.row - b.row).map((v) => v.row);
  if (!gives(sorted)) return null;
  const one = sorted.find((v) => gives([v]));
  if (one !== undefined) return [one];
  if (sorted.length <= MOST_PAIRED) {
    for (const [i, a] of sorted.entries()) for (const b of sorted.slice(0, i)) if (gives([b, a])) return [b, a];
  }
  if (sorted.length <= MOST_TRIPLED) {
    for (const [i, a] of sorted.entries())
      for (const [j, b] of sorted.slice(0, i).entries())
        for (const c of sorted.slice(0, j)) if (gives([c, b, a])) return [c, b, a];
  }
  const worth = (v: number): number =>
    lacking.reduce((sum, need, r) => sum + (need > 0 ? Math.min(1, shelf.ask[v * R + r]! / need) : 0), 0);
  const chosen: number[] = [];
  for (const v of [...sorted].sort((a, b) => worth(b) - worth(a))) {
    if (gives(chosen)) break;
    chosen.push(v);
  }
  return chosen.reduce<readonly number[]>((kept, v) => {
    const less = kept.filter((k) => k !== v);
    return gives(less) ? less : kept;
  }, chosen);
};

/** Hosts whose fewest are equally few are tried up to this many: one of them has places to go to. */
const TRIED_ALIKE = 24;

type Try = { readonly moves: readonly (readonly [vm: number, host: number])[]; readonly gain: number };

/** Takes the VMs off their host one by one to where the least is lost; null, and nothing changed, when one finds no place. */
const stepAside = (room: Room, vms: readonly number[]): Try | null => {
  const before = room.total;
  const moves: (readonly [number, number])[] = [];
  const undo = (): void => {
    for (const [vm] of moves) room.back(vm);
  };
  const { shelf } = room.at;
  for (const vm of [...vms].sort((a, b) => shelf.ask[b * R + 1]! - shelf.ask[a * R + 1]!)) {
    let best: { host: number; loss: number; left: number } | null = null;
    for (let host = 0; host < shelf.hosts.length; host++) {
      if (room.at.refuses(vm, host) !== null) continue;
      const loss = room.lossOf(vm, host);
      const left = room.at.roomAfter(vm, host);
      if (best === null || loss < best.loss || (loss === best.loss && left < best.left)) best = { host, loss, left };
    }
    if (best === null) {
      undo();
      return null;
    }
    room.move(vm, best.host);
    moves.push([vm, best.host]);
  }
  const gain = room.total - before;
  undo();
  return { moves, gain };
};

/** No fewer of these VMs cover what is lacking: of each resource the largest asks, each resource by itself. */
const atLeast = (shelf: Shelf, vms: readonly number[], lacking: readonly number[]): number => {
  let most = 0;
  for (const [r, need] of lacking.entries()) {
    if (need <= 0) continue;
    const asks = vms.map((v) => shelf.ask[v * R + r]!).sort((a, b) => b - a);
    let given = 0;
    let k = 0;
    while (given < need && k < asks.length) given += asks[k++]!;
    most = Math.max(most, given < need ? Infinity : k);
  }
  return most;
};

/** The next step towards more room: fewest moves for each slot won. Hosts that promise the fewest are looked at first. */
const nextStep = (room: Room): Try | null => {
  const { shelf } = room.at;
  const hosts = room.counted.flatMap((host) => {
    const lacking = room.lacks(host);
    if (lacking === null) return [];
    const vms = [...room.at.tenants(host)].flatMap((row) => {
      const job = room.at.job(row);
      return job === null ? [] : [{ row, bytes: job.bytes }];
    });
    const rows = vms.map((v) => v.row);
    const least = atLeast(shelf, rows, lacking);
    return least === Infinity ? [] : [{ vms, lacking, least }];
  });
  hosts.sort((a, b) => a.least - b.least);
  const perSlot = (t: Try): number => t.moves.length / t.gain;
  let best: Try | null = null;
  let tried = 0;
  for (const { vms, lacking, least } of hosts) {
    if (best !== null && (tried >= TRIED_ALIKE || least > Math.ceil(perSlot(best)))) break;
    const few = fewestThatCover(shelf, vms, lacking);
    const step = few === null ? null : stepAside(room, few);
    if (step === null || step.gain <= 0) continue;
    tried++;
    if (best === null || perSlot(step) < perSlot(best)) best = step;
  }
  return best;
};

/** Above this many slots to win the least number of moves is not worked out. */
const MOST_BOUNDED = 400;

/**
 * No plan makes the room with fewer moves: on each host k leaving VMs give at most their k largest asks of each resource,
 * and the cheapest hosts are taken, whether or not those VMs could go anywhere. Null when it was not worked out.
 */
const fewestMoves = (room: Room, ask: readonly number[], wanted: number): number | null => {
  const need = wanted - room.total;
  if (need <= 0) return 0;
  if (need > MOST_BOUNDED) return null;
  const { shelf } = room.at;
  let best = new Array<number>(need + 1).fill(Infinity);
  best[0] = 0;
  for (const host of room.counted) {
    const tenants = [...room.at.tenants(host)].filter((v) => room.at.job(v) !== null);
    const largest = ask.map((_, r) => tenants.map((v) => shelf.ask[v * R + r]!).sort((a, b) => b - a));
    const given = ask.map(() => 0);
    const gains: number[] = [];
    for (let k = 0; k < tenants.length; k++) {
      for (const r of ask.keys()) given[r]! += largest[r]![k]!;
      const slots = slotsIn(
        (r) => room.at.free(host, r) + given[r]!,
        (r) => shelf.maxUnit[host * R + r]!,
        ask,
      );
      const gain = slots - room.slots(host);
      if (gain > (gains.at(-1) ?? 0)) gains.push(gain);
      else gains.push(gains.at(-1) ?? 0);
    }
    if ((gains.at(-1) ?? 0) === 0) continue;
    const next = [...best];
    for (let have = 0; have <= need; have++) {
      if (best[have] === Infinity) continue;
      for (const [k, gain] of gains.entries()) {
        if (gain === 0 || gain === (gains[k - 1] ?? 0)) continue;
        const to = Math.min(need, have + gain);
        next[to] = Math.min(next[to]!, best[have]! + k + 1);
      }
    }
    best = next;
  }
  return best[need] === Infinity ? null : best[need]!;
};

/** Makes room until it fits so often; returns how often it fits in the end. */
const widen = (room: Room, count: number): number => {
  while (room.total < count) {
    const step = nextStep(room);
    if (step === null) break;
    for (const [vm, host] of step.moves) room.move(vm, host);
  }
  for (const vm of room.at.moved()) {
    const to = room.at.host[vm]!;
    room.back(vm);
    if (room.total < count) room.move(vm, to);
  }
  return room.total;
};

/** Why there is not room for all, and the least that would help. */
const conflictOf = (
  fits: number,
  goal: MakeRoom,
  state: ClusterState,
  at: (o: PlanOptions) => Room,
  { ask, refused }: Wanted,
  o: PlanOptions,
): Conflict => {
  const room = at(o);
  const { shelf } = room.at;
  const sum = (r: number): number =>
    room.counted.reduce((all, h) => {
      const free = room.at.free(h, r);
      return all + (Number.isFinite(free) ? Math.max(0, free) : 0);
    }, 0);
  const everywhere = (r: number): number =>
    [...shelf.usable.keys()].reduce((all, h) => {
      const free = shelf.free[h * R + r]!;
      return all + (shelf.usable[h] === 1 && Number.isFinite(free) ? Math.max(0, free) : 0);
    }, 0);
  const short = ask.findIndex((want, r) => want > 0 && want * goal.count > everywhere(r));
  const stuck = room.counted.flatMap((h) => [...room.at.tenants(h)]).filter((v) => room.at.job(v) === null);
  const because = [
    `${goal.flavor.name} asks ${ask.flatMap((want, r) => (want > 0 ? [`${want} ${UNITS[r]}`] : [])).join(', ')}; free on the ${room.counted.length} hosts: ${ask.flatMap((want, r) => (want > 0 ? [`${Math.round(sum(r))} ${UNITS[r]}`] : [])).join(', ')}`,
    ...[
      ...Map.groupBy(
        refused.filter((code) => code !== null),
        (code) => code,
      ),
    ].map(([code, hosts]) => `${hosts.length} of ${refused.length} hosts take no such VM: ${code}`),
    ...(stuck.length === 0 ? [] : [`${stuck.length} VMs there cannot move`]),
  ];
  const dropped = o.constraints.find((rule) => {
    const without = at({ ...o, constraints: o.constraints.filter((c) => c !== rule) });
    return widen(without, goal.count) >= goal.count;
  });
  const shut = state.hosts.filter((h) => h.enabled === false && h.up !== false && !h.forcedDown).map((h) => h.name);
  const opened = shut.length === 0 ? null : `enabling ${shut[0]}`;
  const relaxation =
    dropped !== undefined
      ? `without the rule "${explain(dropped)}" it fits ${goal.count} times`
      : fits > 0
        ? `${fits} instead of ${goal.count}${opened === null ? '' : `, or ${opened}`}`
        : opened === null
          ? null
          : `${opened} gives more room`;
  return {
    vms: stuck.map((v) => shelf.vms[v]!.name),
    because,
    relaxation,
    proof:
      short >= 0
        ? `${goal.count} of them need ${ask[short]! * goal.count} ${UNITS[short]}, and all hosts that are up and enabled have ${Math.round(everywhere(short))} free: no rearrangement makes it fit`
        : 'none was found; that none exists is not proven',
  };
};

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);

/** Seeks the fewest moves after which the flavor fits. */
export const seekRoom = (goal: MakeRoom, state: ClusterState, shelf: Shelf, ways: Ways, o: PlanOptions): Sought => {
  const wanted = wantedOf(goal.flavor, state, shelf.hosts);
  const at = (options: PlanOptions): Room => new Room(new Standing(shelf, ways, options), wanted, goal.hosts);
  const room = at(o);
  const before = room.total;
  const least = fewestMoves(room, wanted.ask, goal.count);
  const fits = widen(room, goal.count);
  const moved = room.at.moved();
  const reached = fits >= goal.count;
  return {
    standing: room.at,
    reached,
    because: `steps aside for ${goal.flavor.name}: here the least room for it is lost`,
    notes: [
      `the flavor ${goal.flavor.name} fits ${times(before)} now and ${times(fits)} after ${moved.length === 1 ? '1 move' : `${moved.length} moves`}${reached && least !== null && moved.length > 0 ? (least === moved.length ? '; no plan needs fewer' : `; no plan needs fewer than ${least}`) : ''}`,
    ],
    conflict: reached ? null : conflictOf(fits, goal, state, at, wanted, o),
  };
};
