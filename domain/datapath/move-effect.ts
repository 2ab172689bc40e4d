// What one move would change in traffic: told in time of the VM's peers, without touching the load or making garbage.
import type { TrafficLoad } from './traffic-load.ts';

/** Differences, positive where the move adds. Reused between calls: read it before the next. */
export type MoveEffect = {
  /** Datapath work of the host left and of the host entered; no other host's changes. */
  sourceCyclesPerS: number;
  destCyclesPerS: number;
  /** On the links of the two hosts. */
  sourceOutBitsPerS: number;
  sourceInBitsPerS: number;
  destOutBitsPerS: number;
  destInBitsPerS: number;
  /** Between any two hosts, and between any two racks: each stream once. */
  crossBitsPerS: number;
  interRackBitsPerS: number;
};

export const noEffect = (): MoveEffect => ({
  sourceCyclesPerS: 0,
  destCyclesPerS: 0,
  sourceOutBitsPerS: 0,
  sourceInBitsPerS: 0,
  destOutBitsPerS: 0,
  destInBitsPerS: 0,
  crossBitsPerS: 0,
  interRackBitsPerS: 0,
});

/**
 * Fills `effect` with what moving `vm` to host `dest` would change. A peer elsewhere sees a host exchanged for another and
 * spends the same, so the VM's sums move as they are; only peers on the host left or entered, or on none, are looked at closely.
 */
export const moveEffect = (load: TrafficLoad, vm: number, dest: number, effect: MoveEffect): MoveEffect => {
  const { placement, matrix, weights, fabric } = load;
  const { offsets, peers } = matrix;
  const { apart, peerApart, together, outBitsPerS, inBitsPerS } = weights;
  const { rackOf } = fabric;
  const source = placement[vm]!;
  const moves = source >= 0 && source !== dest;
  const sourceRack = moves ? rackOf[source]! : -1;
  const destRack = moves ? rackOf[dest]! : -1;
  let sourceCycles = moves ? -weights.vmApart[vm]! : 0;
  let destCycles = -sourceCycles;
  let sourceOut = moves ? -weights.vmOutBitsPerS[vm]! : 0;
  let sourceIn = moves ? -weights.vmInBitsPerS[vm]! : 0;
  let destOut = -sourceOut;
  let destIn = -sourceIn;
  let cross = 0;
  let interRack = 0;
  for (let e = offsets[vm]!, end = moves ? offsets[vm + 1]! : e; e < end; e++) {
    const host = placement[peers[e]!]!;
    if (host < 0) {
      sourceCycles += apart[e]!;
      destCycles -= apart[e]!;
      sourceOut += outBitsPerS[e]!;
      sourceIn += inBitsPerS[e]!;
      destOut -= outBitsPerS[e]!;
      destIn -= inBitsPerS[e]!;
      continue;
    }
    const rack = rackOf[host]!;
    if (rack !== sourceRack && rack !== destRack) continue;
    const both = outBitsPerS[e]! + inBitsPerS[e]!;
    if (sourceRack !== destRack) interRack += rack === sourceRack ? both : -both;
    if (host === source) {
      sourceCycles += apart[e]! + peerApart[e]! - together[e]!;
      sourceOut += both;
      sourceIn += both;
      cross += both;
    } else if (host === dest) {
      destCycles += together[e]! - peerApart[e]! - apart[e]!;
      destOut -= both;
      destIn -= both;
      cross -= both;
    }
  }
  effect.sourceCyclesPerS = sourceCycles;
  effect.destCyclesPerS = destCycles;
  effect.sourceOutBitsPerS = sourceOut;
  effect.sourceInBitsPerS = sourceIn;
  effect.destOutBitsPerS = destOut;
  effect.destInBitsPerS = destIn;
  effect.crossBitsPerS = cross;
  effect.interRackBitsPerS = interRack;
  return effect;
};
