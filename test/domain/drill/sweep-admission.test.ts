// Sweeps over zone pins, aggregates, units and NUMA cells: the same verdict as trying every placement with the scheduler's own filters.
import { expect, test } from 'vitest';
import { rng } from '../../../domain/base/rng.ts';
import { sweep, sweepPlan } from '../../../domain/drill/sweep/sweep.ts';
import { shelfOf } from '../../../domain/drill/sweep/shelf.ts';
import { sweepNotes, sweepVerdict } from '../../../domain/drill/sweep/words.ts';
import { charge, evacuationRequest, type World, worldOf } from '../../../domain/drill/world.ts';
import type { ClusterState, VmState } from '../../../domain/readout/state.ts';
import { refusal } from '../../../domain/scheduling/filters.ts';
import { AGGREGATES, cell, particular } from './particular.ts';
import { clusterOf, hostState, vmState } from './states.ts';

/** Every order of arrival and every host, one filter run at a time, as nova-scheduler would see it. */
const bruteForce = (state: ClusterState, failed: readonly string[]): boolean => {
  const place = (world: World, left: readonly VmState[]): boolean =>
    left.length === 0 ||
    left.some((vm) => {
      const request = evacuationRequest(world, vm, failed);
      return [...world.hosts.values()].some((host) => {
        if (refusal(host, request, world.release.filters) !== null) return false;
        const next = { ...world, hosts: new Map(world.hosts), groups: world.groups.fork() };
        charge(next, host.name, request);
        return place(
          next,
          left.filter((other) => other !== vm),
        );
      });
    });
  return place(
    worldOf(state),
    state.vms.filter((vm) => failed.includes(vm.host ?? '')),
  );
};

test.each([
  ['zone pins, aggregates and units', false, 500],
  ['NUMA cells too', true, 300],
])('every host and pair agrees with the filters themselves: %s', (_, numa, clusters) => {
  const r = rng(`particular ${numa}`);
  let sets = 0;
  let unsafe = 0;
  let celled = 0;
  for (let i = 0; i < clusters; i++) {
    const state = particular(r, numa);
    const shelf = shelfOf(state);
    if (shelf.cells !== null) celled++;
    for (const kind of ['1', '2'] as const) {
      const result = sweep(state, kind);
      expect(result.undecided).toBe(0);
      const failing = new Set(result.failing.map((f) => f.hosts.join()));
      const plan = sweepPlan(shelf, state, kind);
      for (let k = 0; k < plan.total; k++) {
        const names = plan.set(k).map((h) => shelf.hosts[h]!);
        const fits = bruteForce(state, names);
        sets++;
        if (!fits) unsafe++;
        expect({ i, names, fits }).toEqual({ i, names, fits: !failing.has(names.join()) });
      }
    }
  }
  expect(sets).toBeGreaterThan(clusters * 4);
  expect(unsafe).toBeGreaterThan(clusters);
  expect(celled > clusters / 2).toBe(numa);
});

test('a cluster in which nothing is particular costs no look, and one aggregate that refuses is noticed', () => {
  const hosts = ['a', 'b', 'c'].map((name) => hostState(name, { aggregates: ['tenants'] }));
  const vms = [vmState('v', 'a', { project: 'p2' })];
  expect(shelfOf(clusterOf(hosts, vms))).toMatchObject({ admission: null, cells: null });
  const kept = clusterOf(hosts, vms, { aggregates: AGGREGATES });
  expect(sweep(kept, '1').failing.map((f) => f.hosts)).toEqual([['a']]);
  expect(sweep(kept, '1').failing[0]).toMatchObject({ relaxation: null, extraHosts: null });
});

test('a safe verdict says that it leans on how NUMA cells are given out, whether hosts tell theirs or not', () => {
  const vms = [vmState('v', 'a', { ramMiB: 2048, extraSpecs: { 'hw:numa_nodes': '1' } })];
  for (const numaCells of [null, [cell(8)]]) {
    const result = sweep(
      clusterOf(
        ['a', 'b'].map((n) => hostState(n, { numaCells })),
        vms,
      ),
      '1',
    );
    expect(result).toMatchObject({ safe: true, numaVms: 1 });
    expect(sweepVerdict(result)).toContain('Safe if NUMA cells are as assumed');
    expect(sweepNotes(result).join()).toContain('1 VM asks for NUMA cells');
  }
  const grizzly = { ...clusterOf([hostState('a'), hostState('b')], vms), release: 'grizzly' };
  expect(sweep(grizzly, '1')).toMatchObject({ safe: true, numaVms: 0 }); // no such filter then
});
