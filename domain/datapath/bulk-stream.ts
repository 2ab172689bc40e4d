// A bulk TCP stream between two hosts' own processes, as a live migration is one: no guest, no vswitch. What it costs both.
import { type Context, contextCycles, type StageUse } from './context.ts';
import { ETHERNET_BYTES, FCS_BYTES } from './frame.ts';
import { cutOf, type Offloads, SKB_BYTES_MAX, TCP_IP_BYTES } from './path.ts';
import type { StageName } from './stages.ts';

/** The two ends of a stream by thread and softirq, laid out for one packet as the sender hands it over. */
export type StreamWork = {
  readonly send: readonly Context[];
  readonly receive: readonly Context[];
  /** Payload of that packet. */
  readonly payloadBytes: number;
};

const HEADER_BYTES = ETHERNET_BYTES + FCS_BYTES + TCP_IP_BYTES;

/**
 * With segmentation offload (GSO and TSO out, GRO in) a packet has 64 KiB for the stacks and is cut and merged at the cards;
 * without, each frame of the MTU is one. The receiver's softirq meets every frame in either case.
 */
export const streamWork = (mtu: number, offloads: Pick<Offloads, 'segmentation' | 'checksum'>): StreamWork => {
  const sizeBytes = offloads.segmentation ? SKB_BYTES_MAX : mtu + ETHERNET_BYTES + FCS_BYTES;
  const { frames, frameBytes } = cutOf(sizeBytes, mtu, true);
  const whole = (...stages: readonly StageName[]): readonly StageUse[] =>
    stages.map((stage) => ({ stage, times: 1, bytes: sizeBytes }));
  const cut = (...stages: readonly StageName[]): readonly StageUse[] =>
    stages.map((stage) => ({ stage, times: frames, bytes: frameBytes }));
  const sums = offloads.checksum ? [] : whole('g_checksum');
  const context = (name: string, host: string, uses: readonly StageUse[]): Context => ({
    name,
    host,
    uses,
    cores: 1,
    pollingCores: 0,
  });
  return {
    send: [context('sending thread', 'source', [...whole('q_send', 'g_stack'), ...sums, ...whole('k_tx', 'drv_tx')])],
    receive: [
      context('softirq', 'destination', [...cut('drv_rx', 'touch', 'skb'), ...sums]),
      context('receiving thread', 'destination', whole('g_stack', 'q_receive')),
    ],
    payloadBytes: sizeBytes - HEADER_BYTES,
  };
};

/** Cycles that a byte of payload costs an end. */
export const cyclesPerByte = (contexts: readonly Context[], { payloadBytes }: StreamWork): number =>
  contexts.reduce((sum, c) => sum + contextCycles(c), 0) / payloadBytes;

/** A figure of each end: GHz of its cores, or how many of them are busy. */
export type Ends = { readonly source: number; readonly dest: number };

/** Bytes a second that `connections`, each with a thread of its own at both ends, can carry; they are not slowed by one another. */
export const streamBytesPerS = (work: StreamWork, connections: number, clocks: Ends): number => {
  const least = (contexts: readonly Context[], ghz: number): number =>
    Math.min(...contexts.map((c) => (ghz * 1e9) / cyclesPerByte([c], work)));
  return connections * Math.min(least(work.send, clocks.source), least(work.receive, clocks.dest));
};

/** Cores busy at either end with a stream of so many bytes a second. */
export const streamCores = (work: StreamWork, bytesPerS: number, clocks: Ends): Ends => ({
  source: (bytesPerS * cyclesPerByte(work.send, work)) / (clocks.source * 1e9),
  dest: (bytesPerS * cyclesPerByte(work.receive, work)) / (clocks.dest * 1e9),
});
