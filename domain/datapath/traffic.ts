// Who talks to whom and how much, as a sparse matrix: for each VM the peers it exchanges traffic with, both ways together.

import type { TrafficState } from '../readout/state.ts';

/** One direction of one pair. */
export type Flow = Omit<TrafficState, 'id'>;

/** Rows are VMs; entries `offsets[v]` to `offsets[v + 1]` are the peers of VM `v`, each pair being in both rows. */
export type TrafficMatrix = {
  readonly vms: readonly string[];
  readonly offsets: Int32Array;
  readonly peers: Int32Array;
  /** From the row's VM to the peer, bytes of frames a second, and frames a second. */
  readonly sentBytesPerS: Float64Array;
  readonly sentFramesPerS: Float64Array;
  readonly receivedBytesPerS: Float64Array;
  readonly receivedFramesPerS: Float64Array;
};

/** Frames where a source gives only bytes: a full one on a VXLAN network of MTU 1450. */
export const FRAME_BYTES_DEFAULT = 1468;

type Exchange = { peer: number; sentBytes: number; sentFrames: number; receivedBytes: number; receivedFrames: number };

/** VMs in the order they are first named, unless `vms` gives an order (and further VMs that are silent). Flows of one pair add up. */
export const trafficMatrix = (flows: readonly Flow[], vms: readonly string[] = []): TrafficMatrix => {
  const index = new Map(vms.map((vm, i) => [vm, i]));
  const rowOf = (vm: string): number => {
    const known = index.get(vm);
    if (known !== undefined) return known;
    index.set(vm, index.size);
    return index.size - 1;
  };
  const rows: Map<number, Exchange>[] = [];
  const exchange = (row: number, peer: number): Exchange => {
    const known = (rows[row] ??= new Map()).get(peer);
    if (known !== undefined) return known;
    const fresh = { peer, sentBytes: 0, sentFrames: 0, receivedBytes: 0, receivedFrames: 0 };
    rows[row].set(peer, fresh);
    return fresh;
  };
  for (const { from, to, bytesPerS, frameBytes } of flows) {
    const [a, b] = [rowOf(from), rowOf(to)];
    if (a === b) continue; // what a VM tells itself never leaves it
    const sent = exchange(a, b);
    sent.sentBytes += bytesPerS;
    sent.sentFrames += bytesPerS / frameBytes;
    const received = exchange(b, a);
    received.receivedBytes += bytesPerS;
    received.receivedFrames += bytesPerS / frameBytes;
  }
  const names = [...index.keys()];
  const offsets = new Int32Array(names.length + 1);
  for (let v = 0; v < names.length; v++) offsets[v + 1] = offsets[v]! + (rows[v]?.size ?? 0);
  const entries = rows.flatMap((row) => [...row.values()].toSorted((x, y) => x.peer - y.peer));
  return {
    vms: names,
    offsets,
    peers: Int32Array.from(entries, (e) => e.peer),
    sentBytesPerS: Float64Array.from(entries, (e) => e.sentBytes),
    sentFramesPerS: Float64Array.from(entries, (e) => e.sentFrames),
    receivedBytesPerS: Float64Array.from(entries, (e) => e.receivedBytes),
    receivedFramesPerS: Float64Array.from(entries, (e) => e.receivedFrames),
  };
};

/** Pairs of VMs that talk. */
export const talkingPairs = (matrix: TrafficMatrix): number => matrix.peers.length / 2;
