// Times drills on a generated cluster of 1,000 hosts and 20,000 VMs: one host, every host, a sample of all pairs.
import { instant, seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import { runDrill } from '../../domain/drill/play.ts';
import { BY_HAND } from '../../domain/drill/settings.ts';
import { sweepRange } from '../../domain/drill/sweep/sweep.ts';
import { generate } from '../../domain/generator/generate.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../domain/readout/state.ts';

const HOSTS = 1000;
const VMS = 20_000;
const START = instant(Date.UTC(2026, 10, 17));
const PAIRS = 499_500;
/** Every hundredth share of the pairs, from its middle: representative, and a hundredth of the time. */
const SHARES = 100;

type Row = { readonly name: string; readonly ms: number; readonly targetMs: number; readonly note: string };

/** The generated cluster before anything happens to it. */
export const bigState = (): ClusterState => {
  const cluster = emptyCluster();
  for (const event of generate({ hosts: HOSTS, vms: VMS, days: 1, seed: 'bench', start: START })) {
    if (event.at > START) break;
    const { key: _, ...fact } = event;
    fold(cluster, { ...fact, seq: seq(event.line), source: 'bench' });
  }
  return clusterState(cluster, { timeline: 'main', seq: seq(1), at: START });
};

const timed = <T>(work: () => T): { readonly ms: number; readonly value: T } => {
  const started = performance.now();
  const value = work();
  return { ms: performance.now() - started, value };
};

const swept = (state: ClusterState, kind: '1' | '2', index: number, of: number) => {
  const run = sweepRange(state, kind, { index, of });
  for (let step = run.next(); ; step = run.next()) if (step.done === true) return step.value;
};

export const bench = (): readonly Row[] => {
  const state = bigState();
  const [first] = state.hosts;
  assert(first !== undefined, 'there are hosts');
  const input = { state, at: START, fail: [first.name], settings: BY_HAND, name: 'bench' };
  const one = timed(() => runDrill(input));
  const all = timed(() => swept(state, '1', 0, 1));
  const some = timed(() => swept(state, '2', SHARES / 2, SHARES));
  const each = some.ms / some.value.checked;
  return [
    { name: 'drill of one host', ms: one.ms, targetMs: 100, note: `${first.vms.length} VMs, first run` },
    { name: 'sweep of every host', ms: all.ms, targetMs: 2000, note: `${all.value.failingCount} of ${HOSTS} fail` },
    {
      name: 'sweep of every pair, from a hundredth',
      ms: each * PAIRS,
      targetMs: 90_000,
      note: `one core of the two it may use; ${some.value.checked} pairs checked, ${some.value.failingCount} fail, ${some.value.undecided} undecided`,
    },
  ];
};
