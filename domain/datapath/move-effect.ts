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
 * spends the same; only peers on the host left or entered change from local to remote or back.
 */
export const moveEffect = (load: TrafficLoad, vm: number, dest: number, effect: MoveEffect): MoveEffect => {
  const { placement, matrix, weights, fabric } = load;
  const { offsets, peers } = matrix;
  const { apart, peerApart, together, outBitsPerS, inBitsPerS } = weights;
  const source = placement[vm]!;
  let sourceCycles = 0;
  let destCycles = 0;
  let sourceOut = 0;
  let sourceIn = 0;
  let destOut = 0;
  let destIn = 0;
  let cross = 0;
  let interRack = 0;
  if (source >= 0 && source !== dest) {
    const sourceRack = fabric.rackOf[source]!;
    const destRack = fabric.rackOf[dest]!;
    for (let e = offsets[vm]!, end = offsets[vm + 1]!; e < end; e++) {
      const host = placement[peers[e]!]!;
      if (host < 0) continue;
      const out = outBitsPerS[e]!;
      const into = inBitsPerS[e]!;
      if (host === source) {
        sourceCycles += peerApart[e]! - together[e]!;
        destCycles += apart[e]!;
        sourceOut += into;
        sourceIn += out;
        destOut += out;
        destIn += into;
        cross += out + into;
      } else if (host === dest) {
        sourceCycles -= apart[e]!;
        destCycles += together[e]! - peerApart[e]!;
        sourceOut -= out;
        sourceIn -= into;
        destOut -= into;
        destIn -= out;
        cross -= out + into;
      } else {
        sourceCycles -= apart[e]!;
        destCycles += apart[e]!;
        sourceOut -= out;
        sourceIn -= into;
        destOut += out;
        destIn += into;
      }
      if (sourceRack !== destRack) {
        const rack = fabric.rackOf[host]!;
        if (rack === sourceRack) interRack += out + into;
        else if (rack === destRack) interRack -= out + into;
      }
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
