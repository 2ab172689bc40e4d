// Times the consolidation engine: a PlanetLab day beside CloudSim, packing beside Neat, one control tick at scale.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { rng } from '../../domain/base/rng.ts';
import { detectorOf } from '../../domain/consolidation/cloudsim/detectors.ts';
import { planTick } from '../../domain/consolidation/cloudsim/plan.ts';
import { parsePolicy } from '../../domain/consolidation/cloudsim/policy.ts';
import { CLOUDSIM_QUIRKS } from '../../domain/consolidation/cloudsim/quirks.ts';
import { recordHistory, setDemand, updateAll } from '../../domain/consolidation/cloudsim/refresh.ts';
import { runCloudSim } from '../../domain/consolidation/cloudsim/run.ts';
import { selectionOf } from '../../domain/consolidation/cloudsim/selection.ts';
import { createWorld, type World } from '../../domain/consolidation/cloudsim/world.ts';
import { bestFitDecreasing, type PackingProblem } from '../../domain/consolidation/placement.ts';
import type { Workload } from '../../domain/consolidation/workload.ts';
import { runOnThread } from '../../main/work/thread.ts';
import { runTrials, workersForTrials } from '../../main/work/trials.ts';
import { planetlabDay, planetlabDays } from '../conformance/planetlab.ts';

type Row = {
  readonly name: string;
  readonly oursMs: number;
  readonly targetMs: number;
  /** What a program we did not write takes for the same; null where there is none. */
  readonly peerMs: number | null;
  readonly note: string;
};

/** CPU milliseconds, garbage collection and compilation included: the peers' figures are CPU too. */
const cpuMs = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / 1000;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const repeated = (times: number, work: () => number): number => median(Array.from({ length: times }, work));

const planetlab = (): Row => {
  const workload = planetlabDay(join(import.meta.dirname, '../conformance/data'), '20110303');
  const policy = parsePolicy('lrr-mmt', 1.2);
  if (!policy.ok) throw new Error(policy.error);
  return {
    name: 'PlanetLab day 20110303, LRR-MMT 1.2',
    oursMs: cpuMs(() => runCloudSim({ workload, policy: policy.value })),
    targetMs: 600,
    peerMs: 21_900,
    note: 'CPU, first run; peer CloudSim 3.0.3 on the same two cores',
  };
};

const packingProblem = (hosts: number, vms: number): PackingProblem => {
  const r = rng('bench').child('packing');
  const names = (prefix: string, n: number): string[] =>
    Array.from({ length: n }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
  const amounts = (n: number, of: () => number): Float64Array => Float64Array.from({ length: n }, of);
  return {
    hosts: {
      names: names('host', hosts),
      cpu: amounts(hosts, () => 20_000 + Math.floor(r.next() * 20_000)),
      ram: amounts(hosts, () => 32_768 + Math.floor(r.next() * 32_768)),
    },
    inactive: { names: [], cpu: new Float64Array(), ram: new Float64Array() },
    vms: {
      names: names('vm', vms),
      cpu: amounts(vms, () => 100 + Math.floor(r.next() * 3000)),
      ram: amounts(vms, () => 512 * (1 + Math.floor(r.next() * 8))),
    },
  };
};

const packing = (): Row => {
  const problem = packingProblem(1000, 10_000);
  if (bestFitDecreasing(problem) === null) throw new Error('the packing problem is meant to be solvable');
  return {
    name: 'best fit decreasing, 1,000 hosts / 10,000 VMs',
    oursMs: repeated(41, () => cpuMs(() => bestFitDecreasing(problem))),
    targetMs: 5,
    peerMs: 114,
    note: 'CPU, median of 41; peer Neat',
  };
};

const BIG_HOSTS = 5000;
const BIG_VMS = 50_000;
/** Enough ticks for every detector to have its history. */
const BIG_STEPS = 14;

/** Demand around a level of its own per VM, in percent: about 40 % of the hosts' MIPS in all. */
const bigWorkload = (): Workload => {
  const r = rng('bench').child('tick');
  const samples = new Float64Array(BIG_VMS * BIG_STEPS);
  for (let vm = 0; vm < BIG_VMS; vm++) {
    const level = r.next() * 24;
    for (let s = 0; s < BIG_STEPS; s++) samples[vm * BIG_STEPS + s] = 1 + level + r.next() * 4;
  }
  return { vms: Array.from({ length: BIG_VMS }, (_, vm) => `vm${vm}`), steps: BIG_STEPS, samples };
};

/** Ten VMs a host, spread evenly, brought to the last tick. */
const bigWorld = (): World => {
  const w = createWorld(bigWorkload(), CLOUDSIM_QUIRKS, BIG_HOSTS);
  for (let vm = 0; vm < BIG_VMS; vm++) {
    w.registered[vm] = vm % BIG_HOSTS;
    w.lists[vm % BIG_HOSTS]!.push(vm);
  }
  for (let tick = 1; tick < BIG_STEPS; tick++) {
    const at = 0.1 + 300 * tick;
    setDemand(w, at);
    recordHistory(w, tick, at);
    updateAll(w, at);
  }
  return w;
};

const controlTick = (): Row => {
  const w = bigWorld();
  const detector = detectorOf('lr', w, 1.2);
  const selection = selectionOf('mmt', w, rng('bench'));
  let moves = 0;
  const oursMs = repeated(5, () => cpuMs(() => (moves = planTick(w, detector, selection, BIG_STEPS - 1).length)));
  return {
    name: `LR-MMT control tick, ${BIG_HOSTS} hosts / ${BIG_VMS} VMs`,
    oursMs,
    targetMs: 250,
    peerMs: null,
    note: `CPU, median of 5; ${moves} moves planned`,
  };
};

const SIX_POLICIES = ['dvfs', 'thr-mmt', 'iqr-mmt', 'mad-mmt', 'lr-mmt', 'lrr-mmt'];
const WATCHED_BY_NOBODY = { signal: new AbortController().signal, progress: () => {} };

/** As the command runs them: days read from their files, threads started, one trial a thread at a time. */
const tenDays = async (): Promise<Row> => {
  const started = performance.now();
  const before = process.cpuUsage();
  const data = join(import.meta.dirname, '../conformance/data');
  const orders = planetlabDays(data).flatMap((day) => {
    const workload = planetlabDay(data, day);
    return SIX_POLICIES.map((policy) => {
      const trial = { experiment: 'cloudsim', policy, param: null, seed: 'bench' } as const;
      return { workload, trial, says: `${policy} on ${day}` };
    });
  });
  const workers = workersForTrials(orders.length);
  const ran = await runTrials(runOnThread, orders, WATCHED_BY_NOBODY, workers);
  if (!ran.ok) throw new Error(ran.error.sentence);
  const spent = process.cpuUsage(before);
  const cpuS = (spent.user + spent.system) / 1e6;
  return {
    name: `${orders.length / SIX_POLICIES.length} PlanetLab days x ${SIX_POLICIES.length} policies`,
    oursMs: performance.now() - started,
    targetMs: 20_000,
    peerMs: null,
    note: `wall, ${workers} worker threads, ${cpuS.toFixed(1)} s of CPU; the target is for two idle cores`,
  };
};

export const bench = async (): Promise<readonly Row[]> => [planetlab(), packing(), controlTick(), await tenDays()];
