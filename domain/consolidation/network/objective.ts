// What a placement costs when VMs talk: watts, SLA risk, moves and traffic between hosts, in one currency: watts.
import { powerAt, type PowerTable } from '../power.ts';

export type NetHost = {
  readonly totalMips: number;
  readonly peMips: number;
  readonly ramMB: number;
  readonly power: PowerTable;
};
export type NetVm = { readonly mips: number; readonly ramMB: number };
/** Traffic between two VMs, both directions together. */
export type Flow = { readonly a: number; readonly b: number; readonly gbps: number };

export type NetProblem = {
  readonly hosts: readonly NetHost[];
  readonly vms: readonly NetVm[];
  readonly flows: readonly Flow[];
  /** CPU that the datapath of each of the two hosts spends per Gbit/s that crosses between them. */
  readonly mipsPerGbps: number;
};

/** Host index per VM. */
export type Placement = Int32Array;

export type Weights = {
  /** 1: a watt is a watt. */
  readonly watts: number;
  /** Watts one lacking MIPS is worth: SLA risk. */
  readonly lackingMips: number;
  /** Watts one MB of memory to move is worth: the move's energy spread over the time the placement is to last. */
  readonly movedMB: number;
  /** Watts one MIPS of datapath work is worth beyond what it draws: cores that cannot be sold. 0 is network-blind. */
  readonly datapathMips: number;
  /** Watts one Gbit/s on the links between hosts is worth: capacity others could use. */
  readonly crossGbps: number;
};

/**
 * A watt of datapath work is weighed like the watts of a core that could have been sold: about its full-load share. Memory to
 * move is weighed as in the live plan, 0.25 W a GiB (`../live/weights.ts`).
 */
export const DEFAULT_WEIGHTS: Weights = {
  watts: 1,
  lackingMips: 0.5,
  movedMB: 0.25 / 1024,
  datapathMips: 0.03,
  crossGbps: 1,
};

/** What each weight weighs, for reports. */
export const WEIGHT_WORDS: readonly (readonly [keyof Weights, string])[] = [
  ['watts', 'a watt the hosts draw'],
  ['lackingMips', 'a MIPS that VMs ask for and hosts lack: SLA risk, in watts'],
  ['movedMB', 'a megabyte of memory to move, in watts over the time the placement is to last'],
  ['datapathMips', 'a MIPS of forwarding between hosts beyond what it draws: CPU that cannot be sold, in watts'],
  ['crossGbps', 'a Gbit/s on the links between hosts: capacity others could use, in watts'],
];

export const NETWORK_BLIND: Weights = { ...DEFAULT_WEIGHTS, datapathMips: 0, crossGbps: 0 };

export type PlacementCost = {
  readonly watts: number;
  /** Of these, what would be drawn if forwarding took no CPU: what the packing of the VMs alone costs. */
  readonly vmWatts: number;
  readonly lackingMips: number;
  readonly movedMB: number;
  /** Both ends of all crossing traffic. */
  readonly datapathMips: number;
  readonly crossGbps: number;
  readonly hostsOn: number;
};

/** The cost of a placement as it is, datapath work included in the hosts' load; `before` is where VMs are now. */
export const costOf = (p: NetProblem, at: Placement, before: Placement = at): PlacementCost => {
  const load = new Float64Array(p.hosts.length);
  const datapath = new Float64Array(p.hosts.length);
  const holds = new Uint8Array(p.hosts.length);
  let movedMB = 0;
  for (const [vm, { mips, ramMB }] of p.vms.entries()) {
    load[at[vm]!]! += mips;
    holds[at[vm]!] = 1;
    if (at[vm] !== before[vm]) movedMB += ramMB;
  }
  let crossGbps = 0;
  for (const { a, b, gbps } of p.flows) {
    if (at[a] === at[b]) continue;
    crossGbps += gbps;
    datapath[at[a]!]! += gbps * p.mipsPerGbps;
    datapath[at[b]!]! += gbps * p.mipsPerGbps;
  }
  let watts = 0;
  let vmWatts = 0;
  let lackingMips = 0;
  let datapathMips = 0;
  for (const [host, h] of p.hosts.entries()) {
    if (holds[host] === 0) continue;
    const wanted = load[host]! + datapath[host]!;
    watts += powerAt(h.power, Math.min(1, wanted / h.totalMips));
    vmWatts += powerAt(h.power, Math.min(1, load[host]! / h.totalMips));
    lackingMips += Math.max(0, wanted - h.totalMips);
    datapathMips += datapath[host]!;
  }
  const hostsOn = holds.reduce((n, on) => n + on, 0);
  return { watts, vmWatts, lackingMips, movedMB, datapathMips, crossGbps, hostsOn };
};

/** The one number a search makes small. */
export const weigh = (c: PlacementCost, w: Weights): number =>
  w.watts * c.watts +
  w.lackingMips * c.lackingMips +
  w.movedMB * c.movedMB +
  w.datapathMips * c.datapathMips +
  w.crossGbps * c.crossGbps;
