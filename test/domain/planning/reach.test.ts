// Goals are reached with the fewest moves that brute force finds, the checker agrees, and what needs nothing gets nothing.
import { expect, test } from 'vitest';
import { below, pick, rng } from '../../../domain/base/rng.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { ANYWHERE } from '../../../domain/capacity/flavors.ts';
import { asked } from '../../../domain/drill/world.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import type { Constraint } from '../../../domain/planning/constraints.ts';
import type { SoughtGoal as Goal } from '../../../domain/planning/goal.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planGoals } from '../../../domain/planning/reach.ts';
import { afterPlan } from '../../../domain/planning/reverse.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState, seededCluster } from './clusters.ts';

const planFor = (state: ClusterState, goals: readonly Goal[], change: Partial<PlanOptions> = {}): Plan => {
  const plan = planGoals({ state, around: NO_SURROUNDINGS, goals, options: { ...PLAN_DEFAULTS, ...change } });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const accepted = (state: ClusterState, plan: Plan, change: Partial<PlanOptions> = {}) =>
  checkPlan(state, plan, { ...PLAN_DEFAULTS, ...change });

const LARGE = { name: 'large', vcpus: 8, ramMiB: 24_576, diskGiB: 0, extraSpecs: {} };
const roomFor = (count: number, hosts: readonly string[] | null = null): Goal => ({
  kind: 'make-room',
  flavor: LARGE,
  count,
  hosts,
});
const fits = (state: ClusterState): number => fitOf(state, LARGE, { ...ANYWHERE, localDisk: false }).count;
const movedVms = (plan: Plan): number => new Set(plan.moves.map((m) => m.vm)).size;
const SEEDS = Array.from({ length: 16 }, (_, i) => `goal-${i}`);

test.each(SEEDS)('%s: room for more of a flavor is made as `fit` counts it, and the checker agrees', (seed) => {
  const state = seededCluster(seed, { hosts: 12, vms: pick(rng(seed), [60, 90, 120]), groups: 4, racks: 3 });
  const wanted = fits(state) + 2;
  const plan = planFor(state, [roomFor(wanted)]);
  expect(accepted(state, plan)).toMatchObject({ ok: true });
  expect(fits(afterPlan(state, plan)) >= wanted).toBe(plan.feasible);
  if (!plan.feasible) expect(plan.report.conflict).not.toBeNull();
});

test('room that is there already needs no move; room nobody has is refused with what is short', () => {
  const state = seededCluster('there', { hosts: 6, vms: 20, groups: 0, racks: 2 });
  expect(planFor(state, [roomFor(fits(state))])).toMatchObject({ feasible: true, moves: [] });
  const none = planFor(state, [roomFor(1000)]);
  expect(none.feasible).toBe(false);
  expect(none.report.conflict?.proof).toMatch(/^1000 of them need \d+ .* no rearrangement makes it fit$/);
});

test('room on a given host is made there, and a pinned or skipped VM is left alone', () => {
  const small = { ramMiB: 21_504, vcpus: 2 };
  const state = chargedState(
    [hostState('a'), hostState('b'), hostState('c')],
    [vmState('v1', 'a', small), vmState('v2', 'a', small), vmState('v3', 'a', { ramMiB: 8192 })],
  );
  const plan = planFor(state, [roomFor(1, ['a'])]);
  expect(plan).toMatchObject({ feasible: true, moves: [{ source: 'a' }] });
  const skipping = planFor(state, [roomFor(1, ['a'])], { skip: ['v1', 'v2', 'v3'] });
  expect(skipping).toMatchObject({ feasible: false, moves: [] });
  expect(skipping.report.conflict?.vms).toEqual(['vm-v1', 'vm-v2', 'vm-v3']);
});

/** A small cluster on which every set of up to three moves can be tried. */
const tiny = (seed: string): { state: ClusterState; rules: readonly Constraint[] } => {
  const r = rng(seed);
  const hosts = ['a', 'b', 'c', 'd'];
  const vms = Array.from({ length: 7 }, (_, i) =>
    vmState(`v${i}`, pick(r, hosts), { ramMiB: pick(r, [8192, 16_384]), vcpus: 1, storage: 'volume' }),
  );
  const ids = vms.map((vm) => vm.id);
  const some = (n: number): readonly string[] => ids.slice(below(r, 3), 3 + n);
  const rules: readonly Constraint[] = [
    pick(r, [
      { kind: 'spread', vms: some(1) },
      { kind: 'gather', vms: some(0).length > 1 ? some(0) : ids.slice(0, 2) },
      { kind: 'split', groups: [ids.slice(0, 2), ids.slice(2, 4)] },
      { kind: 'lonely', vms: ids.slice(0, 1) },
    ] as const),
    pick(r, [
      { kind: 'ban', vms: ids.slice(4, 6), hosts: hosts.slice(0, 2) },
      { kind: 'fence', vms: ids.slice(3, 5), hosts: hosts.slice(1, 3) },
      {
        kind: 'among',
        vms: ids.slice(4, 6),
        groups: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
    ] as const),
  ];
  return {
    state: chargedState(
      hosts.map((h) => hostState(h, { ramMiB: 49_664 })),
      vms,
    ),
    rules,
  };
};

const holds = (c: Constraint, at: ReadonlyMap<string, string>): boolean => {
  const on = (vm: string): string => at.get(vm) ?? '';
  switch (c.kind) {
    case 'ban':
      return c.vms.every((v) => !c.hosts.includes(on(v)));
    case 'fence':
      return c.vms.every((v) => c.hosts.includes(on(v)));
    case 'spread':
      return new Set(c.vms.map(on)).size === c.vms.length;
    case 'gather':
      return new Set(c.vms.map(on)).size === 1;
    case 'among':
      return c.groups.some((g) => c.vms.every((v) => g.includes(on(v))));
    case 'split':
      return c.groups.every((g, i) =>
        c.groups.every((h, j) => i === j || g.every((v) => h.every((w) => on(v) !== on(w)))),
      );
    case 'lonely':
      return [...at].every(([v, h]) => c.vms.includes(v) || c.vms.every((w) => on(w) !== h));
    case 'preserve':
    case 'quarantine':
    case 'root':
    case 'maxOnline':
    case 'sequential':
    case 'deadline':
    case 'noDelay':
      return true;
  }
};

/** The fewest VMs that have to stand elsewhere for `isGood`, capacities kept; null when more than `most`. */
const bruteForce = (
  state: ClusterState,
  isGood: (at: ReadonlyMap<string, string>) => boolean,
  most: number,
): number | null => {
  const limit = 49_152;
  const home = new Map(state.vms.map((vm) => [vm.id, vm.host ?? '']));
  const ram = new Map(state.vms.map((vm) => [vm.id, asked(vm).MEMORY_MB]));
  const roomy = (at: ReadonlyMap<string, string>): boolean =>
    state.hosts.every((h) => [...at].reduce((n, [vm, on]) => n + (on === h.name ? ram.get(vm)! : 0), 0) <= limit);
  const ids = state.vms.map((vm) => vm.id);
  const tryFrom = (at: ReadonlyMap<string, string>, from: number, left: number): boolean => {
    if (roomy(at) && isGood(at)) return true;
    if (left === 0) return false;
    for (let i = from; i < ids.length; i++)
      for (const { name } of state.hosts)
        if (home.get(ids[i]!) !== name && tryFrom(new Map(at).set(ids[i]!, name), i + 1, left - 1)) return true;
    return false;
  };
  for (let n = 0; n <= most; n++) if (tryFrom(home, 0, n)) return n;
  return null;
};

test('repair moves as few VMs as brute force on small clusters, and claims no bound above it', () => {
  let optimal = 0;
  let solvable = 0;
  for (let i = 0; i < 40; i++) {
    const { state, rules } = tiny(`tiny-${i}`);
    const least = bruteForce(state, (at) => rules.every((c) => holds(c, at)), 3);
    if (least === null) continue;
    solvable++;
    const plan = planFor(state, [{ kind: 'repair' }], { constraints: rules });
    expect(accepted(state, plan, { constraints: rules }), `tiny-${i}`).toMatchObject({ ok: true });
    if (plan.feasible) expect(movedVms(plan), `tiny-${i}`).toBeGreaterThanOrEqual(least);
    const claimed = /no plan needs fewer(?: than (\d+))?/.exec(plan.report.notes.join(' '));
    if (claimed) expect(claimed[1] === undefined ? movedVms(plan) : Number(claimed[1])).toBeLessThanOrEqual(least);
    if (plan.feasible && movedVms(plan) === least) optimal++;
    if (least === 0) expect(plan.moves).toEqual([]);
  }
  expect(solvable).toBeGreaterThan(25);
  expect(optimal / solvable).toBeGreaterThan(0.95);
});

test('making room moves as few VMs as brute force on small clusters, and claims no bound above it', () => {
  let optimal = 0;
  let solvable = 0;
  for (let i = 0; i < 40; i++) {
    const { state } = tiny(`room-${i}`);
    const ram = new Map(state.vms.map((vm) => [vm.id, asked(vm).MEMORY_MB]));
    const count = fits(state) + 1;
    const enough = (at: ReadonlyMap<string, string>): boolean =>
      state.hosts.reduce((sum, h) => {
        const used = [...at].reduce((n, [vm, on]) => n + (on === h.name ? ram.get(vm)! : 0), 0);
        return sum + Math.floor((49_152 - used) / LARGE.ramMiB);
      }, 0) >= count;
    const least = bruteForce(state, enough, 3);
    if (least === null) continue;
    solvable++;
    const plan = planFor(state, [roomFor(count)]);
    expect(accepted(state, plan)).toMatchObject({ ok: true });
    const claimed = /no plan needs fewer(?: than (\d+))?/.exec(plan.report.notes.join(' '));
    if (claimed) expect(claimed[1] === undefined ? movedVms(plan) : Number(claimed[1])).toBeLessThanOrEqual(least);
    if (plan.feasible && movedVms(plan) === least) optimal++;
  }
  expect(solvable).toBeGreaterThan(20);
  expect(optimal / solvable).toBeGreaterThan(0.9);
});

test('two VMs on the wrong full hosts change places; with no host between, the cycle is shown', () => {
  const full = { ramMiB: 40_000, vcpus: 4 };
  const rules: readonly Constraint[] = [
    { kind: 'fence', vms: ['v1'], hosts: ['b'] },
    { kind: 'fence', vms: ['v2'], hosts: ['a'] },
  ];
  const state = (spare: readonly string[]): ClusterState =>
    chargedState(
      ['a', 'b', ...spare].map((h) => hostState(h)),
      [vmState('v1', 'a', full), vmState('v2', 'b', full)],
    );
  const stuck = planFor(state([]), [{ kind: 'repair' }], { constraints: rules });
  expect(stuck).toMatchObject({ feasible: false, moves: [] });
  expect(stuck.blocked[0]?.reasons[0]).toMatchObject({
    code: 'cycle',
    detail: expect.stringContaining('waits for room'),
  });
});

test('a server group that stands wrongly is mended; what holds already is left alone', () => {
  const state = seededCluster('groups', { hosts: 8, vms: 30, groups: 0, racks: 2 });
  const [host] = state.hosts.filter((h) => h.vms.length > 2);
  const members = host!.vms.slice(0, 3);
  const group = { id: 'g', name: 'g', policy: 'anti-affinity' as const, maxServerPerHost: 1, members };
  const broken = { ...state, serverGroups: [group] };
  const plan = planFor(broken, [{ kind: 'repair' }]);
  expect(plan).toMatchObject({ feasible: true });
  expect(movedVms(plan)).toBe(2);
  expect(accepted(broken, plan)).toMatchObject({ ok: true });
  expect(planFor(afterPlan(broken, plan), [{ kind: 'repair' }])).toMatchObject({ feasible: true, moves: [] });
});

test('a host overfull after its ratio fell is relieved by the fewest VMs', () => {
  const state = chargedState(
    [hostState('a', { ramMiB: 40_960 }), hostState('b')],
    [
      vmState('v1', 'a', { ramMiB: 8192 }),
      vmState('v2', 'a', { ramMiB: 32_768 }),
      vmState('v3', 'a', { ramMiB: 4096 }),
    ],
  );
  const plan = planFor(state, [{ kind: 'repair' }]);
  expect(plan).toMatchObject({ feasible: true, moves: [{ vm: 'v1', dest: 'b' }] });
  expect(accepted(state, plan)).toMatchObject({ ok: true });
});

test('a rule that cannot hold is refused with the VMs, why, and the rule in its way', () => {
  const state = chargedState([hostState('a'), hostState('b')], [vmState('v1', 'a'), vmState('v2', 'a')]);
  const rules: readonly Constraint[] = [
    { kind: 'spread', vms: ['v1', 'v2'] },
    { kind: 'fence', vms: ['v1', 'v2'], hosts: ['a'] },
  ];
  const plan = planFor(state, [{ kind: 'repair' }], { constraints: rules });
  expect(plan).toMatchObject({ feasible: false, moves: [] });
  expect(plan.report.conflict).toMatchObject({
    vms: ['vm-v1', 'vm-v2'],
    relaxation: 'without the rule "vm-v1, vm-v2 on different hosts" all others can be kept',
  });
});

test.each(SEEDS)('%s: rebalancing evens out, one VM at most once, and stops where the margin does', (seed) => {
  const state = seededCluster(seed, { hosts: 10, vms: 60, groups: 3, racks: 2 });
  const goal: Goal = { kind: 'rebalance', margin: 0.02, mostMoves: 8 };
  const plan = planFor(state, [goal]);
  expect(accepted(state, plan)).toMatchObject({ ok: true });
  expect(movedVms(plan)).toBeLessThanOrEqual(8);
  const stricter = planFor(state, [{ ...goal, margin: 0.2 }]);
  expect(movedVms(stricter)).toBeLessThanOrEqual(movedVms(plan));
  expect(planFor(state, [{ ...goal, margin: 1 }]).moves).toEqual([]);
});

test('a drain, then a rebalancing, is one plan in which the emptied host stays empty', () => {
  const state = seededCluster('chain', { hosts: 10, vms: 60, groups: 3, racks: 2 });
  const goals: readonly Goal[] = [
    { kind: 'drain', hosts: ['h002'] },
    { kind: 'rebalance', margin: 0.02, mostMoves: 6 },
  ];
  const plan = planFor(state, goals);
  expect(plan.feasible).toBe(true);
  expect(plan.goals).toEqual(goals);
  expect(accepted(state, plan)).toMatchObject({ ok: true });
  expect(plan.moves.some((m) => m.source !== 'h002')).toBe(true);
  expect(afterPlan(state, plan).hosts.find((h) => h.name === 'h002')?.vms).toEqual([]);
});

test('the checker refuses plans that miss their goal', () => {
  const state = seededCluster('goal-3', { hosts: 12, vms: 90, groups: 4, racks: 3 });
  const room = planFor(state, [roomFor(fits(state) + 2)]);
  expect(room.feasible).toBe(true);
  const without = { ...room, moves: room.moves.slice(0, -1).map((m) => ({ ...m, after: [] })) };
  const shorter = {
    ...without,
    makespanMs: without.moves.reduce((most, m) => Math.max(most, m.endMs), 0),
    lowerBoundMs: 0,
  };
  expect(accepted(state, shorter).notes.join()).toMatch(/large fits \d+ times in the end/);
  const needless: Plan = { ...room, goals: [{ kind: 'repair' }] };
  expect(accepted(state, needless).notes).toContain('the plan moves VMs though nothing is violated');
  const uneven: Plan = { ...room, goals: [{ kind: 'rebalance', margin: 0.5, mostMoves: 99 }] };
  expect(accepted(state, uneven).notes.join()).toContain('does not become more even');
});
