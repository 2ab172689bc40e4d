// N+1 on the way: destinations and delays keep what the cluster had, told apart from what cannot be helped.
import { expect, test } from 'vitest';
import { sweep } from '../../../domain/drill/sweep/sweep.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { Plan } from '../../../domain/planning/plan.ts';
import { planGoals } from '../../../domain/planning/reach.ts';
import { afterPlan } from '../../../domain/planning/reverse.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';
import { shelfOf } from '../../../domain/drill/sweep/shelf.ts';
import { SpareWatch } from '../../../domain/planning/spare.ts';

const drained = (state: ClusterState, host: string, perHost = 4): Plan => {
  const options = { ...PLAN_DEFAULTS, perHost };
  const plan = planGoals({ state, around: NO_SURROUNDINGS, goals: [{ kind: 'drain', hosts: [host] }], options });
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

const GIB = 1024;
const size = {
  hosts: { ramMiB: 32 * GIB + 512, vcpus: 64 },
  vm: { ramMiB: 8 * GIB, vcpus: 1, storage: 'volume' as const },
};
const cluster = (on: Readonly<Record<string, number>>): ClusterState =>
  chargedState(
    Object.keys(on).map((name) => hostState(name, size.hosts)),
    Object.entries(on).flatMap(([host, n]) =>
      Array.from({ length: n }, (_, i) => vmState(`${host}${i}`, host, size.vm)),
    ),
  );

test('what was kept before is kept at every instant where there is room, and so says the sweep at the end', () => {
  const state = cluster({ a: 2, b: 1, c: 1, d: 1, e: 1 });
  const plan = drained(state, 'a');
  expect(plan.report.spare).toMatchObject({ before: true, after: true, lost: [] });
  const after = afterPlan(state, plan);
  const hosts = after.hosts.map((h) => (h.name === 'a' ? { ...h, enabled: false } : h));
  expect(sweep({ ...after, hosts }, '1').safe).toBe(true);
});

test('where the rest has no room for a failure once the host is empty, the report says who would be stranded and when', () => {
  const plan = drained(cluster({ a: 2, b: 3, c: 3 }), 'a');
  expect(plan.feasible).toBe(true);
  expect(plan.report.spare?.after).toBe(false);
  expect(plan.report.spare?.note).toMatch(/^not kept in the end: at [\d.]+ s the failure of [bc] would strand vm-/);
});

test('a budget that ends is told, with how far it went: what was not looked at is neither promised nor denied', () => {
  const state = cluster({ a: 2, b: 1, c: 1, d: 1, e: 1 });
  const { moves } = drained(state, 'a', 1);
  const watch = (looks: number) => new SpareWatch(state, shelfOf(state), new Set(['a']), looks).report(moves);
  expect(watch(1e6)).toMatchObject({ before: true, after: true, looked: 3, instants: 3 });
  const begun = watch(50);
  expect(begun).toMatchObject({ before: true, looked: 2, lost: [] });
  expect(begun?.note).toBe(
    'only the end and 1 other of 3 instants could be looked at within 50 looks of a VM at a host; there the failure of any one host could be absorbed',
  );
  const none = watch(1);
  expect(none).toMatchObject({ before: null, after: null, looked: 0, lost: [] });
  expect(none?.note).toMatch(/^for \d hosts it was not found out, within 1 look of a VM at a host/);
});
