// Where VMs start at t = 0, while each still asks for its full nominal MIPS, RAM and bandwidth.
import { powerOf } from '../power.ts';
import { HOST_POWER, HOST_TYPES, vmTypeOf } from './machines.ts';
import type { World } from './world.ts';

/** First suitable host (DVFS, NPA), or the one whose watts grow least over an idle one (all migrating policies). */
export type InitialPlacement = 'first-fit' | 'least-watts';

/** Fills an empty world; false when a VM finds no host, and then the world is of no use. */
export const placeInitially = (w: World, how: InitialPlacement): boolean => {
  const reserved = new Float64Array(w.lists.length);
  const ramMB = new Float64Array(w.lists.length);
  const bandwidth = new Float64Array(w.lists.length);
  /** By kind of host: MIPS reserved when watts were last asked for, and those watts; most hosts hold the same. */
  const lastReserved = new Float64Array(HOST_TYPES.length);
  const lastWatts = new Float64Array(HOST_TYPES.length);
  for (let vm = 0; vm < w.vms; vm++) {
    const want = vmTypeOf(vm, w.vms);
    let best = -1;
    let bestWatts = Number.MAX_VALUE;
    lastReserved.fill(-1);
    for (let host = 0; host < w.lists.length; host++) {
      const kind = w.hostKind[host]!;
      const type = HOST_TYPES[kind]!;
      const held = reserved[host]!;
      const fits =
        type.totalMips - held >= want.mips &&
        type.peMips >= want.mips &&
        type.ramMB - ramMB[host]! >= want.ramMB &&
        type.bandwidth - bandwidth[host]! >= want.bandwidth;
      if (!fits) continue;
      // Nothing runs yet, so the increase is over an idle host: hosts with little reserved are preferred.
      if (held !== lastReserved[kind]) {
        lastReserved[kind] = held;
        lastWatts[kind] = powerOf(HOST_POWER, kind, (held + want.mips) / type.totalMips) - type.power[0]!;
      }
      const watts = lastWatts[kind]!;
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
