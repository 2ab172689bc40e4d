// The lower bound holds: whatever cluster and whatever is asked, no plan is shorter, and where it is known exactly it is met.
import { expect, test } from 'vitest';
import { below, pick, rng } from '../../../domain/base/rng.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planSwaps } from '../../../domain/planning/rearrange.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';

const RESERVED_MIB = 512;

/** Hosts with these VMs (MiB each) and this much room left. */
const cluster = (hosts: readonly { readonly vms: readonly number[]; readonly free: number }[]): ClusterState =>
  chargedState(
    hosts.map(({ vms, free }, i) =>
      hostState(`h${i}`, { ramMiB: vms.reduce((a, b) => a + b, free) + RESERVED_MIB, vcpus: 64 }),
    ),
    hosts.flatMap(({ vms }, i) =>
      vms.map((ramMiB, j) => vmState(`vm-${i}-${j}`, `h${i}`, { vcpus: 1, ramMiB, storage: 'shared' })),
    ),
  );

const swap = (
  state: ClusterState,
  wanted: readonly (readonly [vm: string, host: string])[],
  o = PLAN_DEFAULTS,
): Plan => {
  const plan = planSwaps({ state, around: NO_SURROUNDINGS, wanted: new Map(wanted), options: o });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const full = (n: number): { vms: number[]; free: number }[] =>
  Array.from({ length: n }, () => ({ vms: [8192, 8192], free: 0 }));

test('two VMs that change places on full hosts take three moves one after another, and the plan takes no longer', () => {
  const plan = swap(cluster([...full(2), { vms: [], free: 8192 }]), [
    ['vm-0-0', 'h1'],
    ['vm-1-0', 'h0'],
  ]);
  expect(plan.moves).toHaveLength(3);
  expect(plan.makespanMs / plan.lowerBoundMs).toBeCloseTo(1, 2);
  expect(plan.report.lowerBound).toBe('vm-vm-0-0 and vm-vm-1-0 change places on full hosts: 3 moves one after another');
});

test('four VMs in a ring take five moves', () => {
  const ring = [0, 1, 2, 3].map((i) => [`vm-${i}-1`, `h${(i + 1) % 4}`] as const);
  const plan = swap(cluster([...full(4), { vms: [], free: 8192 }]), ring);
  expect(plan.moves).toHaveLength(5);
  expect(plan.makespanMs / plan.lowerBoundMs).toBeCloseTo(1, 2);
});

test('six pairs with one free place between them follow one another: room is what binds', () => {
  const pairs = [0, 2, 4, 6, 8, 10].flatMap((i) => [
    [`vm-${i}-0`, `h${i + 1}`] as const,
    [`vm-${i + 1}-0`, `h${i}`] as const,
  ]);
  const plan = swap(cluster([...full(12), { vms: [], free: 8192 }]), pairs);
  expect(plan.moves).toHaveLength(18);
  expect(plan.report.lowerBound).toContain('room');
  expect(plan.makespanMs / plan.lowerBoundMs).toBeLessThan(1.02);
});

test('two pairs that stand aside on one host leave it one after another', () => {
  const pairs = [0, 2].flatMap((i) => [[`vm-${i}-0`, `h${i + 1}`] as const, [`vm-${i + 1}-0`, `h${i}`] as const]);
  const plan = swap(cluster([...full(4), { vms: [], free: 65_536 }]), pairs);
  expect(plan.report.lowerBound).toContain('stand aside');
  expect(plan.makespanMs / plan.lowerBoundMs).toBeCloseTo(1, 2);
});

test('no plan undercuts the bound: random clusters, sizes, rooms and wishes', () => {
  const r = rng('bound');
  let cycles = 0;
  for (let n = 0; n < 300; n++) {
    const first = pick(r, [4096, 16_384]);
    const hosts = Array.from({ length: 4 + below(r, 8) }, () => ({
      vms: [r.next() < 0.8 ? first : 2048, ...Array.from({ length: below(r, 3) }, () => pick(r, [2048, 8192]))],
      free: pick(r, [0, 0, 0, 0, 2048, 16_384, 65_536]),
    }));
    const state = cluster(hosts);
    // Rings over the first VMs of some hosts, and a few wishes beside them.
    const order = hosts
      .map((_, i) => ({ i, at: r.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ i }) => i);
    const wanted = new Map<string, string>();
    for (let at = 0; at + 1 < order.length;) {
      const ring = order.slice(at, at + 2 + below(r, 3));
      at += ring.length;
      if (r.next() < 0.7) ring.forEach((h, i) => wanted.set(`vm-${h}-0`, `h${ring[(i + 1) % ring.length]}`));
    }
    for (const vm of state.vms) if (r.next() < 0.1 && !wanted.has(vm.id)) wanted.set(vm.id, pick(r, state.hosts).name);
    const options: PlanOptions = {
      ...PLAN_DEFAULTS,
      nicBitsPerS: pick(r, [1e9, 10e9, 25e9]),
      perHost: pick(r, [1, 2, 8]),
      prepareMs: pick(r, [0, 2000, 10_000]),
      dirtyPagesPerS: pick(r, [0, 2000, 20_000]),
    };
    const plan = swap(state, [...wanted], options);
    if (!plan.feasible || plan.moves.length === 0) continue;
    if (/change places|aside|room/.test(plan.report.lowerBound)) cycles++;
    expect(checkPlan(state, plan, options).notes.join('; ')).toMatch(/^replayed/);
    expect(plan.lowerBoundMs).toBeLessThanOrEqual(plan.makespanMs * (1 + 1e-6));
  }
  expect(cycles).toBeGreaterThan(30);
});
