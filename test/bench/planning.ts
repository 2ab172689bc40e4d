// How near to the best possible plans are, and how fast they are made: seeded instances, each beside the best fixed-parallelism plan.
import { rng, pick } from '../../domain/base/rng.ts';
import { assert } from '../../domain/base/result.ts';
import { shelfOf } from '../../domain/drill/sweep/shelf.ts';
import { checkPlan } from '../../domain/planning/checker.ts';
import { pathsIn, planDrain } from '../../domain/planning/drain.ts';
import { costOf, type Prices } from '../../domain/planning/jobs.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../domain/planning/options.ts';
import { planSwaps } from '../../domain/planning/rearrange.ts';
import type { Plan } from '../../domain/planning/plan.ts';
import { fixedParallelismMs } from '../../domain/planning/timing.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { NO_SURROUNDINGS, type Surroundings } from '../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../domain/drill/states.ts';
import { chargedState } from '../domain/planning/clusters.ts';

export type PlanningRow = {
  readonly name: string;
  readonly moves: number;
  readonly overBound: number;
  /** Share by which the plan is shorter than the best fixed-k plan; null where no such plan keeps to the room there is. */
  readonly shorter: number | null;
  readonly bestK: number | null;
  readonly planMs: number;
  readonly accepted: boolean;
};

type Instance = {
  readonly name: string;
  readonly state: ClusterState;
  readonly around: Surroundings;
  readonly options: PlanOptions;
  readonly plan: (i: Omit<Instance, 'plan'>) => Plan;
};

const SIZES = [2048, 4096, 8192, 16_384] as const;
const PARALLELISMS = [1, 2, 3, 5, 8, 12, 16, 24, 32, 48, 64, 96, 128] as const;

const build = (
  seed: string,
  hosts: number,
  loaded: number,
  perHost: number,
  racks: number,
): { state: ClusterState; around: Surroundings } => {
  const r = rng(seed);
  const names = Array.from({ length: hosts }, (_, i) => `h${String(i).padStart(4, '0')}`);
  const rates = new Map<string, number>();
  const vms = names.slice(0, loaded).flatMap((host, h) =>
    Array.from({ length: perHost }, (_, i) => {
      const id = `vm-${h}-${i}`;
      rates.set(id, pick(r, [500, 5000, 20_000]));
      return vmState(id, host, { vcpus: 1, ramMiB: pick(r, SIZES), storage: 'shared' });
    }),
  );
  const list = names.map((name, i) => hostState(name, { rack: `rack-${i % racks}`, ramMiB: 524_288, vcpus: 64 }));
  return { state: chargedState(list, vms), around: { ...NO_SURROUNDINGS, dirtyPagesPerS: rates } };
};

const drainOf =
  (count: number) =>
  ({ state, around, options }: Omit<Instance, 'plan'>): Plan => {
    const hosts = state.hosts.slice(0, count).map((h) => h.name);
    const plan = planDrain({ state, around, hosts, options });
    assert(plan.ok, 'the hosts are there');
    return plan.value;
  };

/** Pairs of full hosts whose VMs change places; one host in ten has room to pass through. */
const swaps = ({ state, around, options }: Omit<Instance, 'plan'>): Plan => {
  const wanted = new Map<string, string>();
  const full = state.hosts.filter((h) => h.vms.length > 0);
  for (let i = 0; i + 1 < full.length; i += 2) {
    const [a, b] = [full[i]!, full[i + 1]!];
    const [x, y] = [a.vms[0], b.vms[0]];
    if (x !== undefined && y !== undefined) {
      wanted.set(x, b.name);
      wanted.set(y, a.name);
    }
  }
  const plan = planSwaps({ state, around, wanted, options });
  assert(plan.ok, 'the hosts are there');
  return plan.value;
};

const fullCluster = (): { state: ClusterState; around: Surroundings } => {
  const hosts = Array.from({ length: 50 }, (_, i) =>
    hostState(`h${String(i).padStart(2, '0')}`, { ramMiB: 65_536 + 512 }),
  );
  const vms = hosts
    .slice(0, 40)
    .flatMap((h, i) =>
      Array.from({ length: 4 }, (_, j) => vmState(`vm-${i}-${j}`, h.name, { ramMiB: 16_384, storage: 'shared' })),
    );
  return { state: chargedState(hosts, vms), around: NO_SURROUNDINGS };
};

const gigabit: PlanOptions = { ...PLAN_DEFAULTS, nicBitsPerS: 1e9 };

const instances = (): readonly Instance[] => [
  {
    name: '96 VMs on 72 hosts, 1 Gbit/s, two racks',
    ...build('mvm', 72, 24, 4, 2),
    options: gigabit,
    plan: drainOf(24),
  },
  {
    name: '500 VMs drained from 25 hosts',
    ...build('drain', 125, 25, 20, 5),
    options: PLAN_DEFAULTS,
    plan: drainOf(25),
  },
  {
    name: '500 VMs from 25 hosts, Nova with 4 at once',
    ...build('drain4', 125, 25, 20, 5),
    options: { ...PLAN_DEFAULTS, perHost: 4 },
    plan: drainOf(25),
  },
  {
    name: 'fat tree, 4:1, 128 hosts in 8 racks',
    ...build('tree', 128, 16, 12, 8),
    options: { ...PLAN_DEFAULTS, uplinkBitsPerS: 40e9 },
    plan: drainOf(16),
  },
  { name: 'full cluster, 40 swaps through pivots', ...fullCluster(), options: PLAN_DEFAULTS, plan: swaps },
  {
    name: '1 000 VMs over 1 000 hosts',
    ...build('large', 1000, 250, 4, 25),
    options: PLAN_DEFAULTS,
    plan: drainOf(250),
  },
];

/** The same moves in the order of a listing, k at a time over the whole cluster, for the best k. */
const bestFixed = (i: Instance, plan: Plan): { k: number; ms: number } => {
  const shelf = shelfOf(i.state);
  const paths = pathsIn(i.state, i.options);
  const rows = new Map(shelf.vms.map((vm, row) => [vm.id, row]));
  const host = new Map(shelf.hosts.map((name, row) => [name, row]));
  const prices: Prices = new Map();
  const legs = plan.moves
    .map((m) => {
      const row = rows.get(m.vm)!;
      const vm = shelf.vms[row]!;
      const cost = costOf(vm, 'live', i.options, i.around.dirtyPagesPerS.get(vm.id) ?? null, prices);
      const source = host.get(m.source)!;
      return { job: { ...cost, row, vm, source, kind: 'live' as const }, source, dest: host.get(m.dest)!, because: '' };
    })
    .sort((a, b) => a.source - b.source || a.job.row - b.job.row);
  let best = { k: 0, ms: Infinity };
  // Two orders people use: host after host, and one VM of each host in turn.
  const turn = new Map<number, number>();
  const round = legs.map((leg) => {
    const n = turn.get(leg.source) ?? 0;
    turn.set(leg.source, n + 1);
    return { leg, n };
  });
  const inTurn = round.sort((a, b) => a.n - b.n).map(({ leg }) => leg);
  for (const k of PARALLELISMS) {
    for (const list of [legs, inTurn]) {
      const ms = fixedParallelismMs(shelf, paths, list, i.options, k);
      if (ms < best.ms) best = { k, ms };
    }
  }
  return best;
};

export const planningBench = (): readonly PlanningRow[] =>
  instances().map((i) => {
    const began = performance.now();
    const plan = i.plan(i);
    const planMs = performance.now() - began;
    const fixed = i.plan === swaps ? null : bestFixed(i, plan);
    return {
      name: i.name,
      moves: plan.moves.length,
      overBound: plan.makespanMs / plan.lowerBoundMs,
      shorter: fixed === null ? null : 1 - plan.makespanMs / fixed.ms,
      bestK: fixed?.k ?? null,
      planMs,
      accepted: checkPlan(i.state, plan, i.options).ok,
    };
  });
