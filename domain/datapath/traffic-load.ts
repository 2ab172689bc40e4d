// A traffic matrix on a placement: what every link carries and how much CPU every host's datapath takes.
import { assert } from '../base/result.ts';
import { type Prices, streamCycles } from './price.ts';
import type { TrafficMatrix } from './traffic.ts';

/** Hosts and their racks by index; a host of no known rack is a rack of its own. */
export type Fabric = {
  readonly hosts: readonly string[];
  readonly rackOf: Int32Array;
  readonly racks: readonly string[];
};

export const fabricOf = (hosts: readonly { readonly name: string; readonly rack: string | null }[]): Fabric => {
  const racks = [...new Set(hosts.map((h) => h.rack ?? h.name))];
  const index = new Map(racks.map((rack, i) => [rack, i]));
  return {
    hosts: hosts.map((h) => h.name),
    rackOf: Int32Array.from(hosts, (h) => index.get(h.rack ?? h.name) ?? 0),
    racks,
  };
};

/** What each entry of the matrix weighs: cycles a second and bits a second, by whether its two VMs share a host. */
export type Weights = {
  /** On the row's host when the peer is elsewhere: sending to it and receiving from it. */
  readonly apart: Float64Array;
  /** On the peer's host when it is elsewhere: the same two streams seen from there. */
  readonly peerApart: Float64Array;
  /** On the one host when they share it: both streams. */
  readonly together: Float64Array;
  /** On the wire when they are apart, tunnel and gaps included. */
  readonly outBitsPerS: Float64Array;
  readonly inBitsPerS: Float64Array;
  /** Sums over all peers of a VM: what it weighs where none of them is. */
  readonly vmApart: Float64Array;
  readonly vmOutBitsPerS: Float64Array;
  readonly vmInBitsPerS: Float64Array;
};

/** Mutable: `applyMove` keeps it true. */
export type TrafficLoad = {
  readonly matrix: TrafficMatrix;
  readonly fabric: Fabric;
  readonly weights: Weights;
  readonly pollingCores: number;
  /** Host index of every VM; -1 on none, whose traffic is nowhere. */
  readonly placement: Int32Array;
  /** Cycles a second the datapath spends on demand, poll-mode threads apart. */
  readonly hostCyclesPerS: Float64Array;
  readonly hostOutBitsPerS: Float64Array;
  readonly hostInBitsPerS: Float64Array;
  /** Between the rack and the rest. */
  readonly rackOutBitsPerS: Float64Array;
  readonly rackInBitsPerS: Float64Array;
};

const weightsOf = (m: TrafficMatrix, p: Prices): Weights => {
  const each = (f: (sentFrames: number, sentBytes: number, gotFrames: number, gotBytes: number) => number) =>
    Float64Array.from(m.peers, (_, e) =>
      f(m.sentFramesPerS[e]!, m.sentBytesPerS[e]!, m.receivedFramesPerS[e]!, m.receivedBytesPerS[e]!),
    );
  const bits = (frames: number, bytes: number): number => 8 * (bytes + frames * p.wireOverheadBytes);
  const perVm = (entries: Float64Array): Float64Array =>
    Float64Array.from(m.vms, (_, vm) =>
      entries.subarray(m.offsets[vm], m.offsets[vm + 1]).reduce((sum, weight) => sum + weight, 0),
    );
  const apart = each((sf, sb, gf, gb) => streamCycles(p.send, sf, sb) + streamCycles(p.receive, gf, gb));
  const outBitsPerS = each((sf, sb) => bits(sf, sb));
  const inBitsPerS = each((_sf, _sb, gf, gb) => bits(gf, gb));
  return {
    apart,
    peerApart: each((sf, sb, gf, gb) => streamCycles(p.receive, sf, sb) + streamCycles(p.send, gf, gb)),
    together: each((sf, sb, gf, gb) => streamCycles(p.local, sf + gf, sb + gb)),
    outBitsPerS,
    inBitsPerS,
    vmApart: perVm(apart),
    vmOutBitsPerS: perVm(outBitsPerS),
    vmInBitsPerS: perVm(inBitsPerS),
  };
};

/** Adds (`sign` 1) or takes away (-1) all of a VM's exchanges with its peers, both ends of each. */
const addVm = (load: TrafficLoad, vm: number, sign: 1 | -1): void => {
  const { matrix, weights, placement, fabric } = load;
  const host = placement[vm]!;
  if (host < 0) return;
  for (let e = matrix.offsets[vm]!; e < matrix.offsets[vm + 1]!; e++) {
    const peer = placement[matrix.peers[e]!]!;
    if (peer < 0) continue;
    if (peer === host) {
      load.hostCyclesPerS[host]! += sign * weights.together[e]!;
      continue;
    }
    const [out, into] = [sign * weights.outBitsPerS[e]!, sign * weights.inBitsPerS[e]!];
    load.hostCyclesPerS[host]! += sign * weights.apart[e]!;
    load.hostCyclesPerS[peer]! += sign * weights.peerApart[e]!;
    load.hostOutBitsPerS[host]! += out;
    load.hostInBitsPerS[host]! += into;
    load.hostOutBitsPerS[peer]! += into;
    load.hostInBitsPerS[peer]! += out;
    const [rack, peerRack] = [fabric.rackOf[host]!, fabric.rackOf[peer]!];
    if (rack === peerRack) continue;
    load.rackOutBitsPerS[rack]! += out;
    load.rackInBitsPerS[rack]! += into;
    load.rackOutBitsPerS[peerRack]! += into;
    load.rackInBitsPerS[peerRack]! += out;
  }
};

/** The load of a placement from nothing; `placement` (host index per VM of the matrix) is copied. */
export const trafficLoad = (
  matrix: TrafficMatrix,
  placement: Int32Array,
  fabric: Fabric,
  prices: Prices,
): TrafficLoad => {
  assert(placement.length === matrix.vms.length, 'every VM of the matrix has a place or -1');
  const perHost = () => new Float64Array(fabric.hosts.length);
  const perRack = () => new Float64Array(fabric.racks.length);
  const load: TrafficLoad = {
    matrix,
    fabric,
    weights: weightsOf(matrix, prices),
    pollingCores: prices.pollingCores,
    placement: new Int32Array(placement.length).fill(-1),
    hostCyclesPerS: perHost(),
    hostOutBitsPerS: perHost(),
    hostInBitsPerS: perHost(),
    rackOutBitsPerS: perRack(),
    rackInBitsPerS: perRack(),
  };
  // A VM meets only peers placed before it, so each pair is counted once.
  for (const [vm, host] of placement.entries()) {
    load.placement[vm] = host;
    addVm(load, vm, 1);
  }
  return load;
};

/** Cores of a host its datapath takes: what traffic asks for, and what polls in any case. */
export const hostCores = (load: TrafficLoad, host: number, clockGhz: number): number =>
  load.pollingCores + load.hostCyclesPerS[host]! / (clockGhz * 1e9);

/** A copy to try moves on. */
export const forkLoad = (load: TrafficLoad): TrafficLoad => ({
  ...load,
  placement: load.placement.slice(),
  hostCyclesPerS: load.hostCyclesPerS.slice(),
  hostOutBitsPerS: load.hostOutBitsPerS.slice(),
  hostInBitsPerS: load.hostInBitsPerS.slice(),
  rackOutBitsPerS: load.rackOutBitsPerS.slice(),
  rackInBitsPerS: load.rackInBitsPerS.slice(),
});

/** Moves a VM and keeps every load true, in time of its peers. */
export const applyMove = (load: TrafficLoad, vm: number, dest: number): void => {
  addVm(load, vm, -1);
  load.placement[vm] = dest;
  addVm(load, vm, 1);
};
