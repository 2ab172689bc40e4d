// Moves for a lasting shortage only: patience, a remembered peak per VM, and a budget of moves a day.
import type { Move } from '../cloudsim/plan.ts';
import type { World } from '../cloudsim/world.ts';
import { powerAt } from '../power.ts';

export type ReliefParams = {
  /** Ticks in a row a host must lack CPU before a VM leaves it. */
  readonly patienceTicks: number;
  /** Share of its MIPS a host must lack to be relieved. */
  readonly lackingShare: number;
  /** Share of its MIPS a host may be filled to, by remembered peaks, when a VM arrives. */
  readonly arrivalShare: number;
  /** Newest samples over which a VM's peak is remembered. */
  readonly memoryTicks: number;
  /** Moves a day. */
  readonly budget: number;
};

/** MIPS that VMs ask for and do not get, on single cores and on the host together. */
const lackingMips = (w: World, host: number): number => {
  const type = w.hostType[host]!;
  let asked = 0;
  let usable = 0;
  for (const vm of w.lists[host]!) {
    asked += w.demand[vm]!;
    usable += Math.min(w.demand[vm]!, type.peMips);
  }
  return asked - Math.min(usable, type.totalMips);
};

/** The most a VM asked for within the memory: our forecast for as long as it will stay where it goes. */
const peakMips = (w: World, vm: number, tick: number, memory: number): number => {
  let peak = 0;
  for (let t = Math.max(0, tick - memory + 1); t <= tick; t++) peak = Math.max(peak, w.history[vm * w.steps + t]!);
  return peak * w.vmMips[vm]!;
};

/** Watts the host draws more with this much more demand; an empty one draws its idle watts too. */
const extraWatts = (w: World, host: number, mips: number): number => {
  const type = w.hostType[host]!;
  const after = powerAt(type.power, Math.min(1, w.utilization[host]! + mips / type.totalMips));
  return after - (w.lists[host]!.length === 0 ? 0 : powerAt(type.power, w.utilization[host]!));
};

/** Do RAM and remembered peaks allow the VM on the host? */
const isWelcome = (
  w: World,
  vm: number,
  host: number,
  tick: number,
  reserved: Float64Array,
  p: ReliefParams,
): boolean => {
  const type = w.hostType[host]!;
  const peak = peakMips(w, vm, tick, p.memoryTicks);
  if (peak > type.peMips || reserved[host]! + w.vmRamMB[vm]! > type.ramMB) return false;
  let peaks = peak;
  for (const other of w.lists[host]!) peaks += peakMips(w, other, tick, p.memoryTicks);
  return peaks <= p.arrivalShare * type.totalMips;
};

/** Cheapest host on which the VM is welcome. Empty hosts count with their idle watts. */
const findTarget = (w: World, vm: number, tick: number, reserved: Float64Array, p: ReliefParams): number | null => {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const host of w.lists.keys()) {
    if (host === w.registered[vm]) continue;
    const watts = extraWatts(w, host, w.demand[vm]!);
    if (watts >= least || !isWelcome(w, vm, host, tick, reserved, p)) continue;
    best = host;
    least = watts;
  }
  return best;
};

/** The VM whose leaving ends the shortage with least memory to send, or helps most if no single one ends it. */
const chooseLeaver = (w: World, host: number): number => {
  const type = w.hostType[host]!;
  const lacking = lackingMips(w, host);
  const relief = (vm: number): number => Math.min(w.demand[vm]!, lacking);
  const onCore = w.lists[host]!.filter((vm) => w.demand[vm]! > type.peMips);
  const candidates = onCore.length > 0 ? onCore : w.lists[host]!;
  return candidates.reduce((a, b) => {
    const gain = relief(b) - relief(a);
    return gain > 0 || (gain === 0 && w.vmRamMB[b]! < w.vmRamMB[a]!) ? b : a;
  });
};

/** RAM of each host with everything present; the moves of one tick reserve theirs on top. */
const ramInUse = (w: World): Float64Array => {
  const ramMB = new Float64Array(w.lists.length);
  for (let vm = 0; vm < w.vms; vm++) ramMB[w.registered[vm]!]! += w.vmRamMB[vm]!;
  return ramMB;
};

/**
 * All guests of a host home again, so that it can sleep; none if one of them is not a guest, or not welcome at home. A
 * remembered peak is the hysteresis: a VM returns only when its demand has been low for the whole memory.
 */
const sendHome = (
  w: World,
  host: number,
  homes: ReadonlyMap<number, number>,
  tick: number,
  reserved: Float64Array,
  p: ReliefParams,
): readonly Move[] => {
  const trial = reserved.slice();
  const moves: Move[] = [];
  for (const vm of w.lists[host]!) {
    const home = homes.get(vm);
    if (home === undefined || w.lists[home]!.length === 0 || !isWelcome(w, vm, home, tick, trial, p)) return [];
    trial[home]! += w.vmRamMB[vm]!;
    moves.push({ vm, target: home });
  }
  return moves;
};

/**
 * At most one VM leaves a host at a tick, and only after the host lacked CPU for as long as patience lasts. Its host of
 * origin is remembered; once all guests of a host may go home they do, and the host sleeps. A VM returns once a day: who
 * has to leave again stays away.
 */
export const reliefPlanner = (w: World, p: ReliefParams): ((tick: number) => readonly Move[]) => {
  const lackingFor = new Int32Array(w.lists.length);
  const homes = new Map<number, number>();
  const relieved = new Set<number>();
  let left = p.budget;
  return (tick) => {
    const moves: Move[] = [];
    const reserved = ramInUse(w);
    const start = (move: Move): void => {
      reserved[move.target]! += w.vmRamMB[move.vm]!;
      left--;
      moves.push(move);
    };
    for (const [host, list] of w.lists.entries()) {
      const lacks = list.length > 1 && lackingMips(w, host) > p.lackingShare * w.hostType[host]!.totalMips;
      lackingFor[host] = lacks ? lackingFor[host]! + 1 : 0;
      if (lackingFor[host] < p.patienceTicks || left === 0) continue;
      const vm = chooseLeaver(w, host);
      const target = findTarget(w, vm, tick, reserved, p);
      if (target === null) continue;
      lackingFor[host] = 0;
      if (!relieved.has(vm)) homes.set(vm, host);
      else homes.delete(vm);
      relieved.add(vm);
      start({ vm, target });
    }
    const leaving = new Set(moves.map((move) => move.vm));
    for (const host of new Set([...homes.keys()].map((vm) => w.registered[vm]!))) {
      if (w.lists[host]!.some((vm) => leaving.has(vm) || homes.get(vm) === host)) continue;
      const returns = sendHome(w, host, homes, tick, reserved, p);
      if (returns.length > left) continue;
      for (const move of returns) {
        start(move);
        homes.delete(move.vm);
      }
    }
    return moves;
  };
};
