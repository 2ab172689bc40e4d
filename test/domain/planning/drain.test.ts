// Plans keep what they promise: the checker accepts every one and refuses it once anything in it is changed for the worse.
import { expect, test } from 'vitest';
import { rng, pick } from '../../../domain/base/rng.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import type { Constraint } from '../../../domain/planning/constraints.ts';
import { planDrain } from '../../../domain/planning/drain.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import type { Plan, PlannedMove } from '../../../domain/planning/plan.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState, seededCluster } from './clusters.ts';

const planOf = (state: ClusterState, hosts: readonly string[], change: Partial<PlanOptions> = {}): Plan => {
  const plan = planDrain({ state, around: NO_SURROUNDINGS, hosts, options: { ...PLAN_DEFAULTS, ...change } });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const SEEDS = Array.from({ length: 24 }, (_, i) => `plan-${i}`);

const seeded = (seed: string): { state: ClusterState; hosts: readonly string[]; options: PlanOptions } => {
  const r = rng(seed);
  const state = seededCluster(seed, { hosts: 12, vms: pick(r, [40, 80, 110]), groups: pick(r, [0, 6, 12]), racks: 3 });
  const change: Partial<PlanOptions> = {
    perHost: pick(r, [1, 2, 4]),
    perDest: pick(r, [null, 1, 2]),
    uplinkBitsPerS: pick(r, [null, 15e9, 40e9]),
    placement: pick(r, ['planner', 'nova'] as const),
  };
  const own = rng(`${seed} links`);
  const nics = pick(own, [{}, { h000: 25e9, h006: 1e9 }, { h001: 1e9, h004: 40e9 }]);
  const perLink = pick(own, [null, 1, 3]);
  return {
    state,
    hosts: pick(r, [['h000'], ['h000', 'h005'], ['h001', 'h002', 'h003']]),
    options: { ...PLAN_DEFAULTS, ...change, nics, perLink },
  };
};

test.each(SEEDS)('%s: the checker accepts the plan, and it is no shorter than its bound', (seed) => {
  const { state, hosts, options } = seeded(seed);
  const plan = planOf(state, hosts, options);
  expect(checkPlan(state, plan, options)).toMatchObject({ ok: true });
  expect(plan.makespanMs).toBeGreaterThanOrEqual(plan.lowerBoundMs * 0.999);
  expect(plan.moves.length + plan.blocked.length).toBe(state.vms.filter((vm) => hosts.includes(vm.host ?? '')).length);
});

/** Each makes a plan worse in one way; null where this plan offers no such place. */
const MUTATIONS: Readonly<Record<string, (plan: Plan, state: ClusterState) => Plan | null>> = {
  'a move forgotten': (p) =>
    withMoves(
      p,
      p.moves.slice(1).map((m) => ({ ...m, after: [] })),
    ),
  'a move twice': (p) => withMoves(p, [...p.moves, ...p.moves.slice(0, 1)]),
  'a destination that is drained': (p) =>
    changed(p, (m) => ({ ...m, dest: p.drained.find((h) => h !== m.source) ?? m.source })),
  'a source it is not on': (p, s) =>
    changed(p, (m) => ({ ...m, source: s.hosts.find((h) => h.name !== m.source && h.name !== m.dest)?.name ?? '' })),
  'a host that is not there': (p) => changed(p, (m) => ({ ...m, dest: 'nowhere' })),
  'twice the speed of its link': (p) =>
    changed(p, (m) => ({ ...m, endMs: m.startMs + (m.endMs - m.startMs) / 8, downtimeMs: 0 })),
  'an end before its start': (p) => changed(p, (m) => ({ ...m, endMs: m.startMs - 1 })),
  'all at once': (p) =>
    p.moves.length < 6
      ? null
      : withMoves(
          p,
          p.moves.map((m) => ({ ...m, startMs: 0, endMs: m.endMs - m.startMs })),
        ),
  'everything onto one host': (p) =>
    p.moves.length < 10
      ? null
      : withMoves(
          p,
          p.moves.map((m) => ({ ...m, dest: p.moves[0]?.dest ?? '' })),
        ),
  'a shorter makespan than its moves': (p) => ({ ...p, makespanMs: p.makespanMs - 5000 }),
  'a bound above the plan': (p) => ({ ...p, lowerBoundMs: p.makespanMs * 1.5 }),
};

const withMoves = (p: Plan, moves: readonly PlannedMove[]): Plan => ({
  ...p,
  moves,
  makespanMs: moves.reduce((most, m) => Math.max(most, m.endMs), 0),
  lowerBoundMs: 0,
});

/** The largest live move changed: there the damage shows. */
const changed = (p: Plan, change: (m: PlannedMove) => PlannedMove): Plan => {
  const largest = p.moves.filter((m) => m.kind === 'live').reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return withMoves(
    p,
    p.moves.map((m) => (m === largest ? change(m) : m)),
  );
};

test.each(Object.keys(MUTATIONS))('the checker refuses %s, on every seed', (name) => {
  let tried = 0;
  for (const seed of SEEDS) {
    const { state, hosts, options } = seeded(seed);
    const worse = MUTATIONS[name]?.(planOf(state, hosts, options), state) ?? null;
    if (worse === null) continue;
    tried++;
    expect(checkPlan(state, worse, options).ok, seed).toBe(false);
  }
  expect(tried).toBeGreaterThan(10);
});

test('an empty host is drained by doing nothing', () => {
  const plan = planOf(chargedState([hostState('a'), hostState('b')], []), ['a']);
  expect(plan).toMatchObject({ feasible: true, moves: [], makespanMs: 0, lowerBoundMs: 0 });
});

const twoOnA = (change: Partial<ClusterState> = {}): ClusterState =>
  chargedState(
    [hostState('a'), hostState('b'), hostState('c')],
    [vmState('v1', 'a'), vmState('v2', 'a'), vmState('v3', 'b')],
    change,
  );

const destOf = (plan: Plan, vm: string): string | undefined => plan.moves.find((m) => m.vm === vm)?.dest;

test.each<[name: string, rule: Constraint, holds: (plan: Plan) => boolean]>([
  ['ban', { kind: 'ban', vms: ['v1'], hosts: ['b'] }, (p) => destOf(p, 'v1') === 'c'],
  ['fence', { kind: 'fence', vms: ['v2'], hosts: ['b'] }, (p) => destOf(p, 'v2') === 'b'],
  ['spread', { kind: 'spread', vms: ['v1', 'v2', 'v3'] }, (p) => !p.feasible && p.blocked.length === 1],
  ['gather', { kind: 'gather', vms: ['v1', 'v2'] }, (p) => destOf(p, 'v1') === destOf(p, 'v2')],
  ['among', { kind: 'among', vms: ['v1', 'v2'], groups: [['b'], ['c']] }, (p) => destOf(p, 'v1') === destOf(p, 'v2')],
  [
    'split',
    { kind: 'split', groups: [['v1', 'v2'], ['v3']] },
    (p) => destOf(p, 'v1') === 'c' && destOf(p, 'v2') === 'c',
  ],
  ['lonely', { kind: 'lonely', vms: ['v3'] }, (p) => destOf(p, 'v1') === 'c' && destOf(p, 'v2') === 'c'],
  ['quarantine', { kind: 'quarantine', hosts: ['b'] }, (p) => destOf(p, 'v1') === 'c' && destOf(p, 'v2') === 'c'],
  ['root', { kind: 'root', vms: ['v1'] }, (p) => p.blocked.map((b) => b.vm).join() === 'v1'],
  [
    'maxOnline',
    { kind: 'maxOnline', hosts: ['b', 'c'], most: 1 },
    (p) => destOf(p, 'v1') === 'b' && destOf(p, 'v2') === 'b',
  ],
  [
    'sequential',
    { kind: 'sequential', vms: ['v1', 'v2'] },
    (p) => (p.moves[0]?.endMs ?? 0) <= (p.moves[1]?.startMs ?? 0),
  ],
  ['noDelay', { kind: 'noDelay', vms: ['v2'] }, (p) => p.moves.find((m) => m.vm === 'v2')?.startMs === 0],
])('%s is kept by the planner and demanded by the checker', (_name, rule, holds) => {
  const options = { ...PLAN_DEFAULTS, perHost: rule.kind === 'sequential' ? 4 : 1, constraints: [rule] };
  const state = twoOnA();
  const plan = planOf(state, ['a'], options);
  expect(holds(plan)).toBe(true);
  expect(checkPlan(state, plan, options)).toMatchObject({ ok: true });
});

test.each<[name: string, rule: Constraint]>([
  ['ban', { kind: 'ban', vms: ['v1'], hosts: ['b', 'c'] }],
  ['fence', { kind: 'fence', vms: ['v2'], hosts: ['a'] }],
  ['spread', { kind: 'spread', vms: ['v1', 'v2', 'v3'] }],
  ['split', { kind: 'split', groups: [['v1'], ['v2'], ['v3']] }],
  ['lonely', { kind: 'lonely', vms: ['v1', 'v2'] }],
  ['quarantine', { kind: 'quarantine', hosts: ['a'] }],
  ['root', { kind: 'root', vms: ['v1'] }],
  ['preserve', { kind: 'preserve', vms: ['v2'] }],
  ['deadline', { kind: 'deadline', vms: ['v1'], atMs: 10 }],
])('the checker refuses a plan made without knowing of %s', (_name, rule) => {
  const stopped = vmState('v4', 'a', { vmState: 'stopped', powerState: 'SHUTDOWN' });
  const state = chargedState(
    [hostState('a'), hostState('b'), hostState('c', { enabled: false })],
    [vmState('v1', 'a'), vmState('v2', 'a', { ramMiB: 32_768 }), vmState('v3', 'b'), stopped],
  );
  const hot = { ...NO_SURROUNDINGS, dirtyPagesPerS: new Map([['v2', 1e7]]) };
  const plan = planDrain({ state, around: hot, hosts: ['a'], options: PLAN_DEFAULTS });
  if (!plan.ok) throw new Error(plan.error);
  expect(checkPlan(state, plan.value, PLAN_DEFAULTS).ok).toBe(true);
  expect(checkPlan(state, plan.value, { ...PLAN_DEFAULTS, constraints: [rule] }).ok).toBe(false);
});

test('no plan: the smallest set that fails together, and the least that would help', () => {
  const big = { ramMiB: 40_000, vcpus: 4 };
  const state = chargedState(
    [hostState('a'), hostState('b'), hostState('c')],
    [
      vmState('v1', 'a', { ramMiB: 1024 }),
      vmState('v2', 'a', { ramMiB: 22_000 }),
      vmState('v3', 'b', big),
      vmState('v4', 'c', big),
      vmState('v5', 'a', { ramMiB: 30_000 }),
    ],
  );
  const plan = planOf(state, ['a']);
  expect(plan.feasible).toBe(false);
  expect(plan.report.conflict?.vms).toEqual(['vm-v5']);
  expect(plan.report.conflict?.relaxation).toBe('4976 MiB RAM more on b would do for vm-v5');
  expect(plan.report.conflict?.proof).toContain('no placement of all VMs of the hosts exists');
  expect(plan.moves.map((m) => m.vm).sort()).toEqual(['v1', 'v2']);
});

test('a VM that writes faster than the link goes cold, stays under policy live, and is stopped where nothing else is left', () => {
  const sized = [vmState('v1', 'a', { ramMiB: 32_768 }), vmState('v2', 'a')];
  const state = chargedState([hostState('a'), hostState('b'), hostState('c')], sized);
  const hot = { ...NO_SURROUNDINGS, dirtyPagesPerS: new Map([['v1', 1e7]]) };
  const plan = (policy: 'live' | 'cold'): Plan => {
    const got = planDrain({ state, around: hot, hosts: ['a'], options: { ...PLAN_DEFAULTS, policy } });
    if (!got.ok) throw new Error(got.error);
    return got.value;
  };
  expect(plan('cold').moves.find((m) => m.vm === 'v1')?.kind).toBe('cold');
  expect(plan('live').blocked.map((b) => [b.vm, b.reasons[0]?.code])).toEqual([['v1', 'no-convergence']]);
  const full = chargedState([hostState('a'), hostState('b', { enabled: false })], [vmState('v1', 'a')]);
  const stopping = planOf(full, ['a'], { policy: 'stop' });
  expect(stopping).toMatchObject({ feasible: true, moves: [{ vm: 'v1', kind: 'stop' }] });
  expect(checkPlan(full, stopping, { ...PLAN_DEFAULTS, policy: 'stop' }).ok).toBe(true);
  expect(checkPlan(full, stopping, PLAN_DEFAULTS).notes).toContain('vm-v1 would be stopped, its policy is cold');
});

test('a host that is not there is a sentence', () => {
  const got = planDrain({ state: twoOnA(), around: NO_SURROUNDINGS, hosts: ['a', 'z'], options: PLAN_DEFAULTS });
  expect(got).toEqual({ ok: false, error: 'There is no host z at 2026-11-17T10:36:02Z. Known hosts: a, b, c.' });
});

test('a limit of links holds at every instant, and a plan made without it is refused under it', () => {
  const state = seededCluster('links', { hosts: 12, vms: 80, groups: 0, racks: 3 });
  const hosts = ['h000', 'h003'];
  const wide: Partial<PlanOptions> = { perHost: 4, uplinkBitsPerS: 40e9 };
  const free = planOf(state, hosts, wide);
  const limited = { ...PLAN_DEFAULTS, ...wide, perLink: 2 };
  const { ok, notes } = checkPlan(state, free, limited);
  expect(ok).toBe(false);
  expect(notes.join('\n')).toMatch(/\d+ moves at once go out of (h00\d|rack r0), at most 2 may/);
  const held = planOf(state, hosts, { ...wide, perLink: 2 });
  expect(checkPlan(state, held, limited)).toMatchObject({ ok: true });
  expect(held.feasible).toBe(true);
  expect(held.makespanMs).toBeGreaterThan(free.makespanMs);
});

test('hosts have adapters of their own: a slow one is the bound, and VMs go to quick ones', () => {
  const hosts = ['a', 'slow', 'quick'].map((name) => hostState(name, { ramMiB: 65_536 }));
  const vms = Array.from({ length: 4 }, (_, i) => vmState(`vm-${i}`, 'a', { ramMiB: 8192, storage: 'shared' }));
  const state = chargedState(hosts, vms);
  const plain = planOf(state, ['a']);
  const mixed = planOf(state, ['a'], { nics: { slow: 1e9 } });
  expect(plain.moves.some((m) => m.dest === 'slow')).toBe(true);
  expect(mixed.moves.map((m) => m.dest)).toEqual(['quick', 'quick', 'quick', 'quick']);
  expect(mixed.report.assumptions[0]).toBe(
    'every host but slow (1 Gbit/s) has one adapter of 10 Gbit/s for migrations, full duplex, with no other traffic on it',
  );
  const stuck = planOf(state, ['a'], { nics: { a: 1e9 } });
  expect(stuck.makespanMs).toBeGreaterThan(7 * plain.makespanMs);
  expect(stuck.lowerBoundMs).toBeGreaterThan(7 * plain.lowerBoundMs);
  // What a quick adapter carries is more than the checker lets a slow one carry.
  const { ok, notes } = checkPlan(state, plain, { ...PLAN_DEFAULTS, nics: { a: 1e9 } });
  expect(ok).toBe(false);
  expect(notes[0]).toMatch(/^a would carry/);
});

test('where migrations share the network with VMs, these keep their fair share, and the plan takes as much longer', () => {
  const hosts = ['a', 'b', 'c'].map((name) => hostState(name, { ramMiB: 131_072, vcpus: 64 }));
  const vms = [vmState('r', 'a', { ramMiB: 16_384, storage: 'shared' }), vmState('x', 'b', { ramMiB: 2048 })];
  const talking = { id: 'r > x', from: 'r', to: 'x', bytesPerS: 0.5e9, frameBytes: 1450 };
  const state = (bytesPerS: number) =>
    chargedState(hosts, vms, { traffic: bytesPerS === 0 ? [] : [{ ...talking, bytesPerS }] });
  const took = (bytesPerS: number, sharesNetwork: boolean): number =>
    planOf(state(bytesPerS), ['a'], { sharesNetwork, dirtyPagesPerS: 0, prepareMs: 0 }).makespanMs;
  const alone = took(0, true);
  expect(took(0.5e9, false)).toBe(alone);
  // 10 Gbit/s carry 1.18 GB/s. Of what is left a move takes what it can; where VMs want more than half, both have a half.
  expect(took(0.4e9, true) / alone).toBeGreaterThan(1.2);
  expect(took(0.4e9, true) / alone).toBeLessThan(1.7);
  expect(took(5e9, true) / took(2e9, true)).toBeCloseTo(1, 3);
  expect(took(5e9, true) / alone).toBeLessThan(2.1);
  const plan = planOf(state(0.4e9), ['a'], { sharesNetwork: true });
  expect(checkPlan(state(0.4e9), plan, { ...PLAN_DEFAULTS, sharesNetwork: true })).toMatchObject({ ok: true });
  expect(plan.report.assumptions[0]).toContain('shared fairly with the traffic of VMs');
});
