// Whatever rules are written down, what the planner makes of them the checker accepts; once a rule is broken it refuses.
import { expect, test } from 'vitest';
import { below, pick, type Rng, rng } from '../../../domain/base/rng.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import type { Constraint, ConstraintKind } from '../../../domain/planning/constraints.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import type { Plan, PlannedMove } from '../../../domain/planning/plan.ts';
import { planGoals } from '../../../domain/planning/reach.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { chargedState, seededCluster } from './clusters.ts';

const KINDS = [
  'ban',
  'fence',
  'spread',
  'gather',
  'among',
  'split',
  'lonely',
  'preserve',
  'quarantine',
  'root',
  'maxOnline',
  'sequential',
  'noDelay',
] as const satisfies readonly ConstraintKind[];

const some = (r: Rng, from: readonly string[], n: number): readonly string[] =>
  [...from].sort(() => r.next() - 0.5).slice(0, n);

const DRAINED = ['h001', 'h004'];
const OFF = 'h009';

/** A rule about VMs of the hosts to empty and about the hosts that could take them. */
const ruleOf = (r: Rng, kind: (typeof KINDS)[number], state: ClusterState): Constraint => {
  const mine = state.vms.filter((vm) => DRAINED.includes(vm.host ?? '')).map((vm) => vm.id);
  const others = state.hosts.map((h) => h.name).filter((name) => !DRAINED.includes(name));
  const vms = some(r, mine, 2 + below(r, 2));
  switch (kind) {
    case 'ban':
      return { kind, vms, hosts: some(r, others, 3) };
    case 'fence':
      return { kind, vms, hosts: some(r, others, 3) };
    case 'among':
      return { kind, vms, groups: [others.slice(0, 4), others.slice(4)] };
    case 'split':
      return { kind, groups: [vms.slice(0, 1), vms.slice(1)] };
    case 'quarantine':
      return { kind, hosts: some(r, others, 2) };
    case 'maxOnline':
      return { kind, hosts: others, most: others.length - 1 };
    case 'noDelay':
      return { kind, vms: vms.slice(0, 1) };
    case 'spread':
    case 'gather':
    case 'lonely':
    case 'preserve':
    case 'root':
    case 'sequential':
      return { kind, vms };
  }
};

const PLACED = ['ban', 'fence', 'spread', 'gather', 'among', 'split', 'lonely', 'maxOnline'];

/** The rule as it stands, or said to hold on the way, or in the end alone. */
const sometimes = (r: Rng, rule: Constraint): Constraint => {
  const continuous = pick(r, [null, true, false]);
  return continuous === null || !PLACED.includes(rule.kind) ? rule : ({ ...rule, continuous } as Constraint);
};

const instance = (seed: string) => {
  const r = rng(seed);
  const when = rng(`${seed} when`);
  const state = seededCluster(seed, { hosts: 10, vms: pick(r, [20, 40]), groups: pick(r, [0, 3]), racks: 2 });
  const rules = some(r, KINDS, 1 + below(r, 3)).map((kind) =>
    sometimes(when, ruleOf(r, kind as (typeof KINDS)[number], state)),
  );
  const options: PlanOptions = { ...PLAN_DEFAULTS, perHost: pick(r, [1, 3]), constraints: rules };
  return { state, options };
};

const drained = (state: ClusterState, options: PlanOptions): Plan => {
  const plan = planGoals({ state, around: NO_SURROUNDINGS, goals: [{ kind: 'drain', hosts: DRAINED }], options });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

test.each(Array.from({ length: 60 }, (_, i) => `rules-${i}`))(
  '%s: the planner keeps what the checker demands',
  (seed) => {
    const { state, options } = instance(seed);
    const plan = drained(state, options);
    expect(checkPlan(state, plan, options), JSON.stringify(options.constraints)).toMatchObject({ ok: true });
    // Who stays has a reason, whoever goes is not told to stay.
    expect(plan.blocked.every((b) => b.reasons.length > 0)).toBe(true);
  },
);

/** The plan with one move changed, its times kept consistent. */
const changed = (plan: Plan, vm: string, change: (m: PlannedMove) => PlannedMove): Plan => {
  const moves = plan.moves.map((m) => (m.vm === vm ? change(m) : m));
  return { ...plan, moves, makespanMs: moves.reduce((most, m) => Math.max(most, m.endMs), 0), lowerBoundMs: 0 };
};

/** A plan made without the rule, or bent, that breaks it; null where this instance offers no such plan. */
const breaking = (plan: Plan, rule: Constraint): Plan | null => {
  const moved = plan.moves.filter((m) => 'vms' in rule && rule.vms.includes(m.vm));
  const [first, second] = moved;
  if (rule.kind === 'quarantine')
    return changed(plan, plan.moves[0]?.vm ?? '', (m) => ({ ...m, dest: rule.hosts[0]! }));
  if (rule.kind === 'maxOnline') return changed(plan, plan.moves[0]?.vm ?? '', (m) => ({ ...m, dest: OFF }));
  if (rule.kind === 'split') {
    const [a, b] = rule.groups.map((g) => plan.moves.find((m) => g.includes(m.vm)));
    return a && b ? changed(plan, b.vm, (m) => ({ ...m, dest: a.dest })) : null;
  }
  if (first === undefined) return null;
  switch (rule.kind) {
    case 'ban':
      return changed(plan, first.vm, (m) => ({ ...m, dest: rule.hosts[0]! }));
    case 'fence':
      return changed(plan, first.vm, (m) => ({
        ...m,
        dest: ['h000', 'h002', 'h003', 'h005'].find((h) => !rule.hosts.includes(h))!,
      }));
    case 'spread':
      return second ? changed(plan, second.vm, (m) => ({ ...m, dest: first.dest })) : null;
    case 'gather':
      return second ? changed(plan, second.vm, (m) => ({ ...m, dest: first.dest === 'h000' ? 'h002' : 'h000' })) : null;
    case 'sequential':
      return second
        ? changed(plan, second.vm, (m) => ({
            ...m,
            startMs: first.startMs,
            endMs: first.startMs + (m.endMs - m.startMs),
            after: [],
          }))
        : null;
    case 'preserve':
      return first.kind === 'live' ? changed(plan, first.vm, (m) => ({ ...m, kind: 'cold' })) : null;
    case 'noDelay':
      return changed(plan, first.vm, (m) => ({ ...m, startMs: m.startMs + 1000, endMs: m.endMs + 1000 }));
    case 'among':
      return second
        ? changed(
            changed(plan, first.vm, (m) => ({ ...m, dest: rule.groups[0]![0]! })),
            second.vm,
            (m) => ({
              ...m,
              dest: rule.groups[1]![0]!,
            }),
          )
        : null;
    case 'root':
    case 'deadline':
    case 'lonely':
      return plan; // none of the hosts it goes to is empty
  }
};

test.each([
  'ban',
  'fence',
  'spread',
  'gather',
  'among',
  'split',
  'lonely',
  'maxOnline',
  'quarantine',
  'sequential',
  'preserve',
  'root',
  'noDelay',
] as const)('%s: the checker names the rule in a plan bent to break it', (kind) => {
  let tried = 0;
  for (let i = 0; i < 12; i++) {
    const seed = `bent-${kind}-${i}`;
    const full = seededCluster(seed, { hosts: 10, vms: 40, groups: 0, racks: 2 });
    // One host is off, and a rule may keep it so.
    const state = chargedState(
      full.hosts,
      full.vms.filter((vm) => vm.host !== OFF),
    );
    const rule = ruleOf(rng(seed), kind, state);
    const bent = breaking(drained(state, PLAN_DEFAULTS), rule);
    if (bent === null) continue;
    const { ok, notes } = checkPlan(state, bent, { ...PLAN_DEFAULTS, constraints: [rule] });
    expect(ok, seed).toBe(false);
    if (notes.some((n) => n.includes('does not hold'))) tried++;
  }
  expect(tried).toBeGreaterThan(2);
});

test('a deadline nobody can keep is no plan: told with the time it takes', () => {
  const state = seededCluster('late', { hosts: 10, vms: 40, groups: 0, racks: 2 });
  const free = drained(state, PLAN_DEFAULTS);
  const last = free.moves.at(-1);
  const rule: Constraint = { kind: 'deadline', vms: [last?.vm ?? ''], atMs: 10 };
  const plan = drained(state, { ...PLAN_DEFAULTS, constraints: [rule] });
  expect(plan.feasible).toBe(false);
  expect(plan.report.conflict?.vms).toEqual([last?.name]);
  expect(plan.report.conflict?.relaxation).toMatch(/^a deadline of [\d.]+ s$/);
});

test('who is held together with a VM that cannot leave stays too, and says so', () => {
  const state = seededCluster('together', { hosts: 10, vms: 40, groups: 0, racks: 2 });
  const [a, b] = drained(state, PLAN_DEFAULTS).moves.filter((m) => m.source === 'h001');
  const rules: readonly Constraint[] = [
    { kind: 'gather', vms: [a!.vm, b!.vm] },
    { kind: 'root', vms: [b!.vm] },
  ];
  const options = { ...PLAN_DEFAULTS, constraints: rules };
  const plan = drained(state, options);
  expect(checkPlan(state, plan, options)).toMatchObject({ ok: true });
  expect(plan.blocked.find((other) => other.vm === a!.vm)?.reasons).toMatchObject([
    { code: 'stays-with-others', detail: 'others that a rule holds together with it cannot leave' },
  ]);
});
