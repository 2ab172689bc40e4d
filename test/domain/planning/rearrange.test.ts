// Moves to given destinations: a cycle on full hosts goes through a third host, or is shown; the way back leads home.
import { expect, test } from 'vitest';
import { checkPlan } from '../../../domain/planning/checker.ts';
import { planDrain } from '../../../domain/planning/drain.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planSwaps } from '../../../domain/planning/rearrange.ts';
import { planRolling } from '../../../domain/planning/rolling.ts';
import { afterPlan, reversePlan } from '../../../domain/planning/reverse.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState, seededCluster } from './clusters.ts';

const full = { ramMiB: 40_000, vcpus: 4 };

/** Two full hosts whose VMs want to change places, and as many empty ones as asked. */
const swap = (empty: number): ClusterState =>
  chargedState(
    ['a', 'b', ...Array.from({ length: empty }, (_, i) => `spare-${i}`)].map((name) => hostState(name)),
    [vmState('v1', 'a', full), vmState('v2', 'b', full)],
  );

const swapped = (state: ClusterState): Plan => {
  const wanted = new Map([
    ['v1', 'b'],
    ['v2', 'a'],
  ]);
  const plan = planSwaps({ state, around: NO_SURROUNDINGS, wanted, options: PLAN_DEFAULTS });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const homes = (state: ClusterState): readonly (readonly [string, string | null])[] =>
  state.vms.map((vm) => [vm.id, vm.host]);

test('a cycle on full hosts goes through a pivot, in three moves, and arrives', () => {
  const plan = swapped(swap(1));
  expect(plan.feasible).toBe(true);
  expect(plan.moves.map((m) => [m.source, m.dest])).toEqual([
    ['a', 'spare-0'],
    ['b', 'a'],
    ['spare-0', 'b'],
  ]);
  expect(checkPlan(swap(1), plan, PLAN_DEFAULTS)).toMatchObject({ ok: true });
  expect(homes(afterPlan(swap(1), plan))).toEqual([
    ['v1', 'b'],
    ['v2', 'a'],
  ]);
  expect(plan.makespanMs).toBeLessThan(plan.lowerBoundMs * 1.05);
});

test('without a host to pass through the cycle is impossible, and shown', () => {
  const plan = swapped(swap(0));
  expect(plan).toMatchObject({ feasible: false, moves: [] });
  expect(plan.blocked[0]?.reasons[0]?.detail).toBe('vm-v1 on a waits for room on b; vm-v2 on b waits for room on a');
});

test('the way back of a drain is accepted by the checker and leads home', () => {
  const state = seededCluster('back', { hosts: 12, vms: 80, groups: 8, racks: 3 });
  const drained = planDrain({ state, around: NO_SURROUNDINGS, hosts: ['h000', 'h004'], options: PLAN_DEFAULTS });
  if (!drained.ok) throw new Error(drained.error);
  expect(drained.value.moves.length).toBeGreaterThan(5);
  const back = reversePlan(state, NO_SURROUNDINGS, drained.value, PLAN_DEFAULTS);
  if (!back.ok) throw new Error(back.error);
  expect(checkPlan(back.value.state, back.value.plan, PLAN_DEFAULTS)).toMatchObject({ ok: true });
  expect(homes(afterPlan(back.value.state, back.value.plan))).toEqual(homes(state));
  expect(afterPlan(back.value.state, back.value.plan).hosts.map((h) => h.ramMiBUsed)).toEqual(
    state.hosts.map((h) => h.ramMiBUsed),
  );
});

test('rolling maintenance plans each host on the state the last one left, and stops at one that cannot be emptied', () => {
  const state = seededCluster('rolling', { hosts: 6, vms: 30, groups: 3, racks: 2 });
  const hosts = state.hosts.map((h) => h.name);
  const rolling = planRolling(state, NO_SURROUNDINGS, hosts, PLAN_DEFAULTS, 1000);
  if (!rolling.ok) throw new Error(rolling.error);
  expect(rolling.value.feasible).toBe(true);
  expect(rolling.value.windows.map((w) => w.host)).toEqual(hosts);
  expect(rolling.value.windows.every((w) => w.checker.ok)).toBe(true);
  const first = rolling.value.windows[0]?.plan.moves ?? [];
  const passedOn = first.filter((m) => m.dest === hosts[1]).map((m) => m.vm);
  const second = rolling.value.windows[1]?.plan.moves.map((m) => m.vm) ?? [];
  expect(second).toEqual(expect.arrayContaining(passedOn));
  const tight = planRolling(swap(0), NO_SURROUNDINGS, ['a', 'b'], PLAN_DEFAULTS, 1000);
  expect(tight).toMatchObject({ ok: true, value: { feasible: false, windows: [{ host: 'a' }] } });
});
