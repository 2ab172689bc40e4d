// Times what one move changes in the traffic of a large cluster: (VM, destination) evaluations a second.
import { below, rng } from '../../domain/base/rng.ts';
import { VXLAN } from '../../domain/datapath/frame.ts';
import { moveEffect, noEffect } from '../../domain/datapath/move-effect.ts';
import { pricesOf } from '../../domain/datapath/price.ts';
import { type Flow, talkingPairs, trafficMatrix } from '../../domain/datapath/traffic.ts';
import { fabricOf, trafficLoad, type TrafficLoad } from '../../domain/datapath/traffic-load.ts';

const HOSTS = 1000;
const VMS = 20_000;
const PAIRS = 200_000;
const HOSTS_A_RACK = 40;
const EVALUATIONS = 2_000_000;
const TARGET_PER_S = 1_000_000;

export type TrafficFigure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
};

/** CPU milliseconds so far: other processes on the machine do not count. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Any VM talks to any: the worst case for caches, since peers are spread over the whole placement. */
const bigLoad = (): TrafficLoad => {
  const r = rng('bench').child('traffic');
  const vms = Array.from({ length: VMS }, (_, i) => `vm${i}`);
  const seen = new Set<number>();
  const flows: Flow[] = [];
  while (seen.size < PAIRS) {
    const [a, b] = [below(r, VMS), below(r, VMS)];
    const key = Math.min(a, b) * VMS + Math.max(a, b);
    if (a === b || seen.has(key)) continue;
    seen.add(key);
    flows.push({ from: vms[a]!, to: vms[b]!, bytesPerS: 1e6 * r.next(), frameBytes: 1468 });
    flows.push({ from: vms[b]!, to: vms[a]!, bytesPerS: 5e4 * r.next(), frameBytes: 128 });
  }
  const fabric = fabricOf(
    Array.from({ length: HOSTS }, (_, h) => ({ name: `host${h}`, rack: `rack${Math.floor(h / HOSTS_A_RACK)}` })),
  );
  const placement = Int32Array.from({ length: VMS }, () => below(r, HOSTS));
  const prices = pricesOf({ datapath: 'kernel-ovs', encapsulation: VXLAN, guestMtu: 1450, pmdCores: 0 });
  return trafficLoad(trafficMatrix(flows, vms), placement, fabric, prices);
};

export const trafficBench = (): readonly TrafficFigure[] => {
  const building = cpuMs();
  const load = bigLoad();
  const builtMs = cpuMs() - building;
  const r = rng('bench').child('moves');
  const vms = Int32Array.from({ length: EVALUATIONS }, () => below(r, VMS));
  const dests = Int32Array.from({ length: EVALUATIONS }, () => below(r, HOSTS));
  const effect = noEffect();
  let least = 0;
  const started = cpuMs();
  for (let i = 0; i < EVALUATIONS; i++) {
    least = Math.min(least, moveEffect(load, vms[i]!, dests[i]!, effect).crossBitsPerS);
  }
  const seconds = (cpuMs() - started) / 1000;
  if (least === 0) throw new Error('some move is meant to save traffic');
  return [
    {
      name: 'effects of (VM, destination) on traffic',
      value: EVALUATIONS / seconds,
      unit: 'a CPU second',
      target: TARGET_PER_S,
    },
    {
      name: `matrix and load of ${talkingPairs(load.matrix)} pairs built`,
      value: builtMs,
      unit: 'CPU ms',
      target: null,
    },
  ];
};
