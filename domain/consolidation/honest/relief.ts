// Moves for a lasting shortage only: patience, a remembered peak per VM, and a budget of moves a day.
import type { Move } from '../cloudsim/plan.ts';
import type { World } from '../cloudsim/world.ts';
import { powerAt } from '../power.ts';

export type ReliefParams = {
  /** Ticks in a row a host must lack CPU before a VM leaves it: short peaks pass by themselves. */
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

/** Cheapest host on which neither RAM nor remembered peaks forbid the VM. Empty hosts count with their idle watts. */
const findTarget = (w: World, vm: number, tick: number, reserved: Float64Array, p: ReliefParams): number | null => {
  const peak = peakMips(w, vm, tick, p.memoryTicks);
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [host, list] of w.lists.entries()) {
    const type = w.hostType[host]!;
    if (host === w.registered[vm] || peak > type.peMips) continue;
    if (reserved[host]! + w.vmRamMB[vm]! > type.ramMB) continue;
    const watts = extraWatts(w, host, w.demand[vm]!);
    if (watts >= least) continue;
    let peaks = peak;
    for (const other of list) peaks += peakMips(w, other, tick, p.memoryTicks);
    if (peaks > p.arrivalShare * type.totalMips) continue;
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

/** At most one VM leaves a host at a tick, and only after the host lacked CPU for as long as patience lasts. */
export const reliefPlanner = (w: World, p: ReliefParams): ((tick: number) => readonly Move[]) => {
  const lackingFor = new Int32Array(w.lists.length);
  let left = p.budget;
  return (tick) => {
    const moves: Move[] = [];
    const reserved = ramInUse(w);
    for (const [host, list] of w.lists.entries()) {
      const lacks = list.length > 1 && lackingMips(w, host) > p.lackingShare * w.hostType[host]!.totalMips;
      lackingFor[host] = lacks ? lackingFor[host]! + 1 : 0;
      if (lackingFor[host] < p.patienceTicks || left === 0) continue;
      const vm = chooseLeaver(w, host);
      const target = findTarget(w, vm, tick, reserved, p);
      if (target === null) continue;
      reserved[target]! += w.vmRamMB[vm]!;
      lackingFor[host] = 0;
      left--;
      moves.push({ vm, target });
    }
    return moves;
  };
};
