// Plans send no VM where its zone, an aggregate or the cells of a host forbid it, and the checker refuses a plan that does.
import { expect, test } from 'vitest';
import { pick, rng } from '../../../domain/base/rng.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { ANYWHERE } from '../../../domain/capacity/flavors.ts';
import { charge, worldOf } from '../../../domain/drill/world.ts';
import { checkPlan } from '../../../domain/planning/checker.ts';
import { planDrain } from '../../../domain/planning/drain.ts';
import { groupsByVm, moveRequest } from '../../../domain/planning/move-request.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planGoals } from '../../../domain/planning/reach.ts';
import { afterPlan } from '../../../domain/planning/reverse.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { refusal, STANDING } from '../../../domain/scheduling/filters.ts';
import { AGGREGATES, cell, particular } from '../drill/particular.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const drained = (state: ClusterState, host: string): Plan => {
  const plan = planDrain({ state, around: NO_SURROUNDINGS, hosts: [host], options: PLAN_DEFAULTS });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

test.each([false, true])('the moves of 300 drains pass the filters one after another (NUMA cells: %s)', (numa) => {
  const r = rng(`plans ${numa}`);
  let moves = 0;
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const state = particular(r, numa);
    const plan = drained(state, 'h0');
    expect({ i, ...checkPlan(state, plan, PLAN_DEFAULTS) }).toMatchObject({ i, ok: true });
    const world = worldOf(state);
    const groups = groupsByVm(world);
    for (const { vm: id, dest } of [...plan.moves].sort((a, b) => a.startMs - b.startMs)) {
      const vm = world.vms.get(id)!;
      const request = moveRequest(world, vm, groups.get(id));
      const looked = ['NUMATopologyFilter', ...STANDING] as const;
      expect({ i, id, no: refusal(world.hosts.get(dest)!, request, looked) }).toEqual({ i, id, no: null });
      charge(world, dest, request);
      moves++;
    }
    refused += plan.blocked.length;
  }
  expect(moves).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(20);
});

const elsewhere = (plan: Plan, dest: string): Plan => ({ ...plan, moves: plan.moves.map((m) => ({ ...m, dest })) });

test('a plan edited to send a VM out of its zone, or among hosts kept for others, is refused in words', () => {
  const hosts = [
    hostState('a', { az: 'z1' }),
    hostState('b', { az: 'z1' }),
    hostState('c', { az: 'z2' }),
    hostState('d', { az: 'z1', aggregates: ['tenants'] }),
  ];
  const state = clusterOf(hosts, [vmState('v', 'a', { requestedZone: 'z1', project: 'p9' })], {
    aggregates: AGGREGATES,
  });
  const plan = drained(state, 'a');
  expect(plan.moves).toMatchObject([{ dest: 'b' }]);
  const said = (dest: string) => checkPlan(state, elsewhere(plan, dest), PLAN_DEFAULTS).notes.join();
  expect(said('c')).toContain('c may not take vm-v: is in zone z2, the VM is pinned to z1');
  expect(said('d')).toContain('d may not take vm-v: is kept for project p1');
});

test('two VMs that each want a whole cell do not both go where one cell is free', () => {
  const vms = ['v', 'w'].map((id) =>
    vmState(id, 'a', { vcpus: 4, ramMiB: 1024, extraSpecs: { 'hw:numa_nodes': '1' } }),
  );
  const host = (name: string) => hostState(name, { vcpus: 8, vcpuRatio: 1, numaCells: [cell(4)] });
  const state = clusterOf([host('a'), host('b'), host('c')], vms);
  const plan = drained(state, 'a');
  expect(plan.moves.map((m) => m.dest).sort()).toEqual(['b', 'c']);
  expect(checkPlan(state, elsewhere(plan, 'b'), PLAN_DEFAULTS).notes.join()).toContain('b has no NUMA cells for vm-');
});

const FLAVORS = [
  { 'hw:cpu_policy': 'dedicated' },
  { 'aggregate_instance_extra_specs:ssd': 'true' },
  { 'hw:numa_nodes': '2' },
  {},
];

test('room for a flavor with own CPUs, cells or aggregates is counted before and after as `fit` counts it', () => {
  const r = rng('room');
  let [made, none, moved] = [0, 0, 0];
  for (let i = 0; i < 400; i++) {
    const plain = particular(r, true);
    const apart = r.next() < 0.6;
    const state = { ...plain, hosts: plain.hosts.map((h) => ({ ...h, pcpus: apart ? pick(r, [null, 2, 4]) : null })) };
    const project = pick(r, ['p1', 'p3']);
    const flavor = { name: 'odd', vcpus: 2, ramMiB: 2048, diskGiB: 0, extraSpecs: pick(r, FLAVORS) };
    const fits = (of: ClusterState) => fitOf(of, flavor, { ...ANYWHERE, project, localDisk: false }).count;
    const now = fits(state);
    const goal = { kind: 'make-room', flavor: { ...flavor, project }, count: now + 1, hosts: null } as const;
    const plan = planGoals({ state, around: NO_SURROUNDINGS, goals: [goal], options: PLAN_DEFAULTS });
    if (!plan.ok) throw new Error(plan.error);
    const told = now === 1 ? 'once now' : `${now} times now`;
    expect({ i, notes: plan.value.report.notes.join() }).toMatchObject({ i, notes: expect.stringContaining(told) });
    expect({ i, ...checkPlan(state, plan.value, PLAN_DEFAULTS) }).toMatchObject({ i, ok: true });
    if (!plan.value.feasible) none++;
    else {
      made++;
      moved += plan.value.moves.length;
      expect({ i, fits: fits(afterPlan(state, plan.value)) >= now + 1 }).toEqual({ i, fits: true });
    }
  }
  expect(made).toBeGreaterThan(40);
  expect(none).toBeGreaterThan(100);
  expect(moved).toBeGreaterThan(40);
});
