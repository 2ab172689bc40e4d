// Every goal under random rules, limits of links and adapters of single hosts: whatever comes out, the checker accepts.
import { expect, test } from 'vitest';
import { below, pick, type Rng, rng } from '../../../domain/base/rng.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import type { Constraint } from '../../../domain/planning/constraints.ts';
import type { SoughtGoal } from '../../../domain/planning/goal.ts';
import { PLAN_DEFAULTS, type PlanOptions } from '../../../domain/planning/options.ts';
import { planGoals } from '../../../domain/planning/reach.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { seededCluster } from './clusters.ts';

const HOSTS = ['h000', 'h001', 'h002', 'h003', 'h004', 'h005', 'h006', 'h007'];

const some = (r: Rng, from: readonly string[], n: number): readonly string[] => {
  const left = [...from];
  return Array.from({ length: n }, () => left.splice(below(r, left.length), 1)[0]!);
};

const ruleOf = (r: Rng, ids: readonly string[]): Constraint => {
  const vms = some(r, ids, 2 + below(r, 2));
  const when = pick(r, [{}, { continuous: true }, { continuous: false }]);
  return pick(r, [
    (): Constraint => ({ kind: 'ban', vms, hosts: some(r, HOSTS, 3), ...when }),
    (): Constraint => ({ kind: 'fence', vms, hosts: some(r, HOSTS, 3), ...when }),
    (): Constraint => ({ kind: 'spread', vms, ...when }),
    (): Constraint => ({ kind: 'gather', vms, ...when }),
    (): Constraint => ({ kind: 'among', vms, groups: [HOSTS.slice(0, 4), HOSTS.slice(4)], ...when }),
    (): Constraint => ({ kind: 'split', groups: [vms.slice(0, 1), vms.slice(1)], ...when }),
    (): Constraint => ({ kind: 'lonely', vms, ...when }),
    (): Constraint => ({ kind: 'maxOnline', hosts: HOSTS.slice(2), most: pick(r, [4, 5, 6]), ...when }),
    (): Constraint => ({ kind: 'quarantine', hosts: some(r, HOSTS, 1) }),
    (): Constraint => ({ kind: 'root', vms }),
    (): Constraint => ({ kind: 'sequential', vms }),
  ])();
};

const goalOf = (r: Rng): SoughtGoal =>
  pick(r, [
    (): SoughtGoal => ({ kind: 'repair' }),
    (): SoughtGoal => ({ kind: 'rebalance', margin: 0.01, mostMoves: 8 }),
    (): SoughtGoal => ({ kind: 'drain', hosts: some(r, HOSTS, 2) }),
    (): SoughtGoal => ({
      kind: 'make-room',
      flavor: { name: 'large', vcpus: 2, ramMiB: pick(r, [20_000, 40_000]), diskGiB: 0 },
      count: 1 + below(r, 2),
      hosts: null,
    }),
  ])();

test.each(Array.from({ length: 120 }, (_, i) => `goal-${i}`))('%s: the checker accepts what is planned', (seed) => {
  const r = rng(seed);
  const state = seededCluster(seed, {
    hosts: HOSTS.length,
    vms: pick(r, [16, 30, 45]),
    groups: pick(r, [0, 3]),
    racks: 2,
  });
  const ids = state.vms.map((vm) => vm.id);
  const options: PlanOptions = {
    ...PLAN_DEFAULTS,
    constraints: Array.from({ length: 1 + below(r, 3) }, () => ruleOf(r, ids)),
    perLink: pick(r, [null, 1, 2]),
    nics: pick(r, [{}, { h001: 1e9 }]),
  };
  const plan = planGoals({ state, around: NO_SURROUNDINGS, goals: [goalOf(r)], options });
  if (!plan.ok) throw new Error(plan.error);
  expect(checkPlan(state, plan.value, options), JSON.stringify(options.constraints)).toMatchObject({ ok: true });
});
