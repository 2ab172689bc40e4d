// Discrete and continuous rules: what holds only in the end is a plan for the one and none for the other, planner and checker agreeing.
import { expect, test } from 'vitest';
import { checkPlan } from '../../../domain/planning/checker.ts';
import { type Constraint, explain, type Placement, readConstraints } from '../../../domain/planning/constraints.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planSwaps } from '../../../domain/planning/rearrange.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';

const RAM_MIB = 8192;
const shared = { ramMiB: RAM_MIB, storage: 'shared' } as const;
/** Four hosts with room for three VMs each; a and b on the first, c on the second, d on the third. */
const state = chargedState(
  ['h1', 'h2', 'h3', 'h4'].map((name) => hostState(name, { ramMiB: 3 * RAM_MIB + 512, vcpus: 64 })),
  [vmState('a', 'h1', shared), vmState('b', 'h1', shared), vmState('c', 'h2', shared), vmState('d', 'h3', shared)],
);

const planned = (wanted: Readonly<Record<string, string>>, constraints: readonly Constraint[]): Plan => {
  const options: PlanOptions = { ...PLAN_DEFAULTS, constraints };
  const plan = planSwaps({ state, around: NO_SURROUNDINGS, wanted: new Map(Object.entries(wanted)), options });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const accepts = (plan: Plan, constraint: Constraint): boolean =>
  checkPlan(state, plan, { ...PLAN_DEFAULTS, constraints: [constraint] }).ok;

type Case = { readonly rule: Placement; readonly wanted: Readonly<Record<string, string>>; readonly waits: boolean };

/** Moves that break the rule only on the way; `waits`: in another order they do not. */
const CASES: readonly Case[] = [
  { rule: { kind: 'spread', vms: ['c', 'd'] }, wanted: { c: 'h3', d: 'h4' }, waits: true },
  { rule: { kind: 'split', groups: [['c'], ['d']] }, wanted: { c: 'h3', d: 'h4' }, waits: true },
  { rule: { kind: 'lonely', vms: ['c'] }, wanted: { c: 'h3', d: 'h4' }, waits: true },
  { rule: { kind: 'gather', vms: ['a', 'b'] }, wanted: { a: 'h4', b: 'h4' }, waits: false },
  {
    rule: {
      kind: 'among',
      vms: ['a', 'b'],
      groups: [
        ['h1', 'h2'],
        ['h3', 'h4'],
      ],
    },
    wanted: { a: 'h4', b: 'h4' },
    waits: false,
  },
  { rule: { kind: 'maxOnline', hosts: ['h3', 'h4'], most: 1 }, wanted: { d: 'h4' }, waits: true },
];

test.each(CASES)('$rule.kind: discrete it holds in the end, continuous on the way too', ({ rule, wanted, waits }) => {
  const discrete = { ...rule, continuous: false };
  const continuous = { ...rule, continuous: true };
  const free = planned(wanted, [discrete]);
  expect(free.feasible).toBe(true);
  expect(accepts(free, discrete)).toBe(true);
  expect(accepts(free, continuous)).toBe(false);
  const strict = planned(wanted, [continuous]);
  expect(strict.feasible).toBe(waits);
  expect(accepts(strict, continuous)).toBe(true);
  if (waits) expect(strict.makespanMs).toBeGreaterThan(free.makespanMs * 1.5);
});

test('ban and fence: a discrete one lets a VM pass through, a continuous one does not', () => {
  const [there] = planned({ a: 'h3' }, []).moves;
  const onwards = { ...there!, source: 'h3', dest: 'h4', startMs: there!.endMs, endMs: 2 * there!.endMs, after: [0] };
  const through: Plan = { ...planned({ a: 'h4' }, []), moves: [there!, onwards], makespanMs: onwards.endMs };
  const rules: readonly Placement[] = [
    { kind: 'ban', vms: ['a'], hosts: ['h3'] },
    { kind: 'fence', vms: ['a'], hosts: ['h4'] },
  ];
  for (const rule of rules) {
    expect(accepts(through, { ...rule, continuous: false })).toBe(true);
    expect(accepts(through, rule)).toBe(false);
    expect(accepts(planned({ a: 'h3' }, []), { ...rule, continuous: false })).toBe(false);
  }
});

test('what is broken from the start may stay so on the way, and not get worse', () => {
  const apart: Constraint = { kind: 'gather', vms: ['a', 'c'], continuous: true };
  expect(accepts(planned({ c: 'h1' }, [apart]), apart)).toBe(true);
  expect(accepts(planned({ c: 'h3' }, []), apart)).toBe(false);
  // Two of these are online where one may be: a VM may join one of them, and none may go to a third.
  const online: Constraint = { kind: 'maxOnline', hosts: ['h1', 'h2', 'h4'], most: 1 };
  expect(accepts(planned({ d: 'h1' }, []), online)).toBe(true);
  expect(accepts(planned({ d: 'h4' }, []), online)).toBe(false);
});

test('the switch is read and told; on rules about moves it is refused', () => {
  const read = readConstraints([{ kind: 'spread', vms: ['a', 'b'], continuous: false }]);
  expect(read.ok && read.value.map(explain)).toEqual(['a, b on different hosts, once the plan has ended']);
  expect(readConstraints([{ kind: 'root', vms: ['a'], continuous: false }])).toEqual({
    ok: false,
    error: 'Constraint 1 (root) is about moves themselves, so it takes no continuous.',
  });
  expect(readConstraints([{ kind: 'ban', vms: ['a'], hosts: ['h1'], continuous: 'no' }])).toEqual({
    ok: false,
    error: 'Constraint 1 (ban): continuous is "no"; it is true or false.',
  });
  expect(readConstraints([{ kind: 'gather', vms: ['a'], continous: true }])).toEqual({
    ok: false,
    error: 'Constraint 1 (gather): continous is no field of it; it has kind, vms, continuous.',
  });
});
