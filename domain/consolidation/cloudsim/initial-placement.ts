// Where VMs start at t = 0, while each still asks for its full nominal MIPS, RAM and bandwidth.
import { powerOf } from '../power.ts';
import { HOST_POWER, vmTypeOf } from './machines.ts';
import type { World } from './world.ts';

/** First suitable host (DVFS, NPA), or the one whose watts grow least over an idle one (all migrating policies). */
export type InitialPlacement = 'first-fit' | 'least-watts';

/** Fills an empty world; false when a VM finds no host, and then the world is of no use. */
export const placeInitially = (w: World, how: InitialPlacement): boolean => {
  const reserved = new Float64Array(w.lists.length);
  const ramMB = new Float64Array(w.lists.length);
  const bandwidth = new Float64Array(w.lists.length);
  for (let vm = 0; vm < w.vms; vm++) {
    const want = vmTypeOf(vm, w.vms);
    let best = -1;
    let bestWatts = Number.MAX_VALUE;
    for (let host = 0; host < w.lists.length; host++) {
      const type = w.hostType[host]!;
      const fits =
        type.peMips >= want.mips &&
        type.totalMips - reserved[host]! >= want.mips &&
        type.ramMB - ramMB[host]! >= want.ramMB &&
        type.bandwidth - bandwidth[host]! >= want.bandwidth;
      if (!fits) continue;
      // Nothing runs yet, so the increase is over an idle host: hosts with little reserved are preferred.
      const watts =
        powerOf(HOST_POWER, w.hostKind[host]!, (reserved[host]! + want.mips) / type.totalMips) - type.power[0]!;
      if (watts >= bestWatts) continue;
      best = host;
      bestWatts = watts;
      if (how === 'first-fit') break;
    }
    if (best < 0) return false;
    w.lists[best]!.push(vm);
    w.registered[vm] = best;
    reserved[best]! += want.mips;
    ramMB[best]! += want.ramMB;
    bandwidth[best]! += want.bandwidth;
  }
  return true;
};
