// Exchanges VMs that are alike between hosts until those that talk are together: what hosts hold stays the same.
import type { Talk } from './talk.ts';

/** Times through all VMs at most; few are ever needed. */
const PASSES_MAX = 10;
/** Differences below this are rounding. */
const NO_GAIN = 1e-12;

type Peers = readonly (readonly (readonly [peer: number, cores: number])[])[];

const peersOf = ({ a, b, apart }: Talk, vms: number): Peers => {
  const peers: (readonly [number, number])[][] = Array.from({ length: vms }, () => []);
  for (let pair = 0; pair < a.length; pair++) {
    peers[a[pair]!]!.push([b[pair]!, apart[pair]!]);
    peers[b[pair]!]!.push([a[pair]!, apart[pair]!]);
  }
  return peers;
};

/** Cores spent on a VM's traffic if it were on `host`; `absent` is leaving just then and counts as gone. */
const coresAt = (peers: Peers, hostOf: Int32Array, vm: number, host: number, absent: number): number => {
  let cores = 0;
  for (const [peer, apart] of peers[vm]!) if (hostOf[peer] !== host || peer === absent) cores += apart;
  return cores;
};

/**
 * Changes `hostOf`. Only VMs of the same `kind` change places, so RAM and expected load of every host stay what they are.
 *
 * @param kind of each VM: VMs of one kind are expected to be alike
 */
export const bringTogether = (hostOf: Int32Array, kind: ArrayLike<number>, talk: Talk): void => {
  const peers = peersOf(talk, hostOf.length);
  const tenants = new Map<number, Set<number>>();
  for (const [vm, host] of hostOf.entries()) tenants.set(host, (tenants.get(host) ?? new Set()).add(vm));
  const exchange = (vm: number, other: number): void => {
    const [from, to] = [hostOf[vm]!, hostOf[other]!];
    tenants.get(from)!.delete(vm);
    tenants.get(to)!.delete(other);
    tenants.get(from)!.add(other);
    tenants.get(to)!.add(vm);
    hostOf[vm] = to;
    hostOf[other] = from;
  };
  const improve = (vm: number): boolean => {
    const from = hostOf[vm]!;
    let best = -1;
    let most = NO_GAIN;
    for (const host of new Set(peers[vm]!.map(([peer]) => hostOf[peer]!))) {
      if (host === from) continue;
      for (const other of tenants.get(host)!) {
        if (kind[other] !== kind[vm]) continue;
        const now = coresAt(peers, hostOf, vm, from, -1) + coresAt(peers, hostOf, other, host, -1);
        const then = coresAt(peers, hostOf, vm, host, other) + coresAt(peers, hostOf, other, from, vm);
        if (now - then <= most) continue;
        most = now - then;
        best = other;
      }
    }
    if (best < 0) return false;
    exchange(vm, best);
    return true;
  };
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    let improved = false;
    for (let vm = 0; vm < hostOf.length; vm++) if (improve(vm)) improved = true;
    if (!improved) return;
  }
};
