// CPU that datapaths spend on the traffic of an experiment's VMs, by where the VMs are.
import { rng } from '../../base/rng.ts';
import { VXLAN } from '../../datapath/frame.ts';
import { type PriceOptions, type Prices, pricesOf, streamCycles } from '../../datapath/price.ts';
import { REFERENCE_CLOCK_GHZ } from '../../datapath/stages.ts';
import { FRAME_BYTES_DEFAULT, trafficMatrix } from '../../datapath/traffic.ts';
import { fabricOf, trafficLoad } from '../../datapath/traffic-load.ts';
import { patternTraffic } from '../../datapath/traffic-patterns.ts';

/** Kernel Open vSwitch through VXLAN, frames priced one by one: what most clouds forward with. */
export const TALK_PRICES: PriceOptions = { datapath: 'kernel-ovs', encapsulation: VXLAN, guestMtu: 1450, pmdCores: 0 };

const CYCLES_PER_CORE = REFERENCE_CLOCK_GHZ * 1e9;
const BYTES_PER_GBIT = 1e9 / 8;

/** Reference cores that both hosts together spend on a gigabyte a second between them, in full frames. */
export const coresPerGBps = ({ send, receive }: Prices): number => {
  const frames = 1e9 / FRAME_BYTES_DEFAULT;
  return (streamCycles(send, frames, 1e9) + streamCycles(receive, frames, 1e9)) / CYCLES_PER_CORE;
};

/** MIPS one host spends per Gbit/s that crosses to another or comes from it, a cycle taken for an instruction. */
export const mipsPerGbps = (prices: Prices): number => {
  const frames = BYTES_PER_GBIT / FRAME_BYTES_DEFAULT;
  const { send, receive } = prices;
  return (streamCycles(send, frames, BYTES_PER_GBIT) + streamCycles(receive, frames, BYTES_PER_GBIT)) / 2 / 1e6;
};

/** Pairs of VMs that talk, by index, with the cores that both hosts together spend on a pair that is apart. */
export type Talk = {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly apart: Float64Array;
};

/** Assumed where traces tell CPU only: groups of six exchange 5 MB/s a pair on average, and nobody else. */
const ASSUMED = { pattern: 'shuffle', groupSize: 6, meanBytesPerS: 5e6 } as const;
export const TALK_ASSUMED =
  'No trace tells who talks to whom: groups of six VMs, drawn from a seed, exchange 5 MB/s a pair on average.';

/** The same groups for the same number of VMs, whatever the policy. */
export const assumedTalk = (vms: number): Talk => {
  const names = Array.from({ length: vms }, (_, vm) => String(vm));
  const matrix = trafficMatrix(patternTraffic(names, rng('talk'), ASSUMED), names);
  const { weights } = trafficLoad(matrix, new Int32Array(vms).fill(-1), fabricOf([]), pricesOf(TALK_PRICES));
  const a: number[] = [];
  const b: number[] = [];
  const apart: number[] = [];
  for (let vm = 0; vm < vms; vm++) {
    for (let e = matrix.offsets[vm]!; e < matrix.offsets[vm + 1]!; e++) {
      if (matrix.peers[e]! <= vm) continue;
      a.push(vm);
      b.push(matrix.peers[e]!);
      apart.push((weights.apart[e]! + weights.peerApart[e]!) / CYCLES_PER_CORE);
    }
  }
  return { a: Int32Array.from(a), b: Int32Array.from(b), apart: Float64Array.from(apart) };
};

/** Cores all datapaths take for traffic between hosts; a VM on no host (-1) is silent. */
export const talkCores = ({ a, b, apart }: Talk, hostOf: Int32Array): number => {
  let cores = 0;
  for (let pair = 0; pair < a.length; pair++) {
    const from = hostOf[a[pair]!]!;
    const to = hostOf[b[pair]!]!;
    if (from >= 0 && to >= 0 && from !== to) cores += apart[pair]!;
  }
  return cores;
};
