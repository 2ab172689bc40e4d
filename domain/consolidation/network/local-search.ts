// Improves a placement by moves and swaps towards hosts where a VM's peers are.
import type { Rng } from '../../base/rng.ts';
import { below } from '../../base/rng.ts';
import { powerAt } from '../power.ts';
import type { NetProblem, Placement, Weights } from './objective.ts';

/** Differences below this are rounding. */
const NO_GAIN = 1e-9;

type Peer = { readonly vm: number; readonly gbps: number };

type Search = {
  readonly p: NetProblem;
  readonly w: Weights;
  readonly before: Placement;
  readonly at: Placement;
  readonly peers: readonly (readonly Peer[])[];
  readonly members: readonly Set<number>[];
  readonly mips: Float64Array;
  readonly ramMB: Float64Array;
};

const searchFrom = (p: NetProblem, w: Weights, start: Placement): Search => {
  const peers: Peer[][] = p.vms.map(() => []);
  for (const { a, b, gbps } of p.flows) {
    peers[a]!.push({ vm: b, gbps });
    peers[b]!.push({ vm: a, gbps });
  }
  const s: Search = {
    p,
    w,
    before: start,
    at: start.slice(),
    peers,
    members: p.hosts.map(() => new Set<number>()),
    mips: new Float64Array(p.hosts.length),
    ramMB: new Float64Array(p.hosts.length),
  };
  for (const vm of p.vms.keys()) enter(s, vm, start[vm]!);
  return s;
};

const enter = (s: Search, vm: number, host: number): void => {
  s.at[vm] = host;
  s.members[host]!.add(vm);
  s.mips[host]! += s.p.vms[vm]!.mips;
  s.ramMB[host]! += s.p.vms[vm]!.ramMB;
};

const leave = (s: Search, vm: number): void => {
  const host = s.at[vm]!;
  s.members[host]!.delete(vm);
  s.mips[host]! -= s.p.vms[vm]!.mips;
  s.ramMB[host]! -= s.p.vms[vm]!.ramMB;
};

/** Weighed watts and shortage of a host by the demand of its VMs alone. */
const hostCost = (s: Search, host: number): number => {
  if (s.members[host]!.size === 0) return 0;
  const h = s.p.hosts[host]!;
  const wanted = s.mips[host]!;
  const watts = powerAt(h.power, Math.min(1, Math.max(0, wanted / h.totalMips)));
  return s.w.watts * watts + s.w.lackingMips * Math.max(0, wanted - h.totalMips);
};

/** Weighed price of a VM's crossing traffic and of its having moved. */
const vmCost = (s: Search, vm: number): number => {
  let gbps = 0;
  for (const peer of s.peers[vm]!) if (s.at[peer.vm] !== s.at[vm]) gbps += peer.gbps;
  const moved = s.at[vm] === s.before[vm] ? 0 : s.p.vms[vm]!.ramMB;
  return gbps * (s.w.crossGbps + 2 * s.p.mipsPerGbps * s.w.datapathMips) + s.w.movedMB * moved;
};

const fits = (s: Search, host: number): boolean => s.ramMB[host]! <= s.p.hosts[host]!.ramMB;

/** Does it, and keeps it if it pays; `other` null is a plain move. */
const tryExchange = (s: Search, vm: number, target: number, other: number | null): boolean => {
  const source = s.at[vm]!;
  const price = (): number =>
    hostCost(s, source) + hostCost(s, target) + vmCost(s, vm) + (other === null ? 0 : vmCost(s, other));
  const exchange = (from: number, to: number): void => {
    leave(s, vm);
    if (other !== null) leave(s, other);
    enter(s, vm, to);
    if (other !== null) enter(s, other, from);
  };
  const before = price();
  exchange(source, target);
  if (fits(s, source) && fits(s, target) && price() < before - NO_GAIN) return true;
  exchange(target, source);
  return false;
};

/** Where a VM's peers are, the ones it talks to most first. */
const peerHosts = (s: Search, vm: number): readonly number[] => {
  const gbps = new Map<number, number>();
  for (const peer of s.peers[vm]!) gbps.set(s.at[peer.vm]!, (gbps.get(s.at[peer.vm]!) ?? 0) + peer.gbps);
  gbps.delete(s.at[vm]!);
  return [...gbps.keys()].sort((a, b) => gbps.get(b)! - gbps.get(a)!);
};

const improveVm = (s: Search, vm: number): boolean => {
  for (const host of peerHosts(s, vm)) {
    if (tryExchange(s, vm, host, null)) return true;
    for (const other of Array.from(s.members[host]!)) if (tryExchange(s, vm, host, other)) return true;
  }
  return false;
};

/**
 * Moves and swaps single VMs until none pays, at most `passes` times through all VMs in random order. RAM always holds. With
 * network-blind weights nothing attracts a VM to its peers and the placement hardly changes.
 */
export const improvePlacement = (
  p: NetProblem,
  start: Placement,
  weights: Weights,
  rng: Rng,
  passes: number,
): Placement => {
  const s = searchFrom(p, weights, start);
  const order = [...p.vms.keys()];
  for (let pass = 0; pass < passes; pass++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(rng, i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let improved = false;
    for (const vm of order) if (improveVm(s, vm)) improved = true;
    if (!improved) break;
  }
  return s.at;
};
