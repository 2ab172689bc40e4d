// What fits, against placing one by one; the runway, against lines whose end is known.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { below, normal, rng } from '../../../domain/base/rng.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { ANYWHERE as anywhere, type FlavorSize } from '../../../domain/capacity/flavors.ts';
import { fitKeeping } from '../../../domain/capacity/keep.ts';
import { runwayOf } from '../../../domain/capacity/runway.ts';
import { sweep } from '../../../domain/drill/sweep/sweep.ts';
import { charge, worldOf } from '../../../domain/drill/world.ts';
import { selectDestination } from '../../../domain/scheduling/select.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';
import { request as askFor } from '../scheduling/hosts.ts';

const medium: FlavorSize = { name: 'm1.medium', vcpus: 2, ramMiB: 4096, diskGiB: 40, extraSpecs: {} };

test('the count is what placing one by one reaches, on 300 random clusters', () => {
  const r = rng('fit');
  for (let i = 0; i < 300; i++) {
    const hosts = Array.from({ length: 1 + below(r, 5) }, (_, h) =>
      hostState(`h${h}`, {
        vcpus: 4 + below(r, 12),
        ramMiB: 16_384 + below(r, 32_768),
        diskGiB: 100 + below(r, 400),
        vcpusUsed: below(r, 8),
        ramMiBUsed: below(r, 20_000),
        diskGiBUsed: below(r, 200),
        enabled: r.next() < 0.85,
      }),
    );
    const state = clusterOf(hosts, []);
    const world = worldOf(state);
    const request = askFor({ asked: { VCPU: 2, MEMORY_MB: 4096, DISK_GB: 40, PCPU: 0 } });
    let placed = 0;
    for (;;) {
      const dest = selectDestination([...world.hosts.values()], request);
      if (!dest.ok) break;
      charge(world, dest.value.name, request);
      placed++;
    }
    const fit = fitOf(state, medium, anywhere);
    expect(fit.count).toBe(placed);
    expect(fit.bound).toBeGreaterThanOrEqual(fit.count);
  }
});

test('it says what limits, apart by zone, and does not count hosts it knows nothing of', () => {
  const hosts = [
    hostState('a', { az: 'az-1', ramMiBUsed: 60_000 }),
    hostState('b', { az: 'az-2', ramMiBUsed: 50_000 }),
    hostState('c', { az: 'az-2', vcpus: null, ramMiB: null, diskGiB: null }),
  ];
  const fit = fitOf(clusterOf(hosts, []), medium, anywhere);
  expect(fit).toEqual({
    name: 'm1.medium',
    count: 4,
    bound: 4,
    limitedBy: 'MEMORY_MB',
    byZone: { 'az-1': 1, 'az-2': 3 },
    stranded: { VCPU: 120, MEMORY_MB: 3664, DISK_GB: 1840, PCPU: 0 },
    unknownHosts: ['c'],
    byAggregate: {},
    offline: { hosts: 0, count: 0 },
    next: { byFilter: { Placement: 2 }, smallestChange: 'free 1360 MiB RAM on b' },
  });
  expect(fitOf(clusterOf(hosts, []), medium, { ...anywhere, zone: 'az-1' }).count).toBe(1);
});

test('room that is scattered is stranded: the bound is higher than the count', () => {
  const hosts = ['a', 'b', 'c'].map((name) => hostState(name, { ramMiBUsed: 65_024 - 3000 }));
  expect(fitOf(clusterOf(hosts, []), medium, anywhere)).toMatchObject({ count: 0, bound: 2 });
});

test('keeping N+1, the answer is the last count that the sweep calls safe', () => {
  const hosts = ['a', 'b', 'c'].map((name) => hostState(name, { ramMiBUsed: 8192 }));
  const vms = hosts.map((h) => vmState(`v-${h.name}`, h.name, { ramMiB: 8192 }));
  const state = clusterOf(hosts, vms);
  expect(sweep(state, '1').safe).toBe(true);
  const kept = fitKeeping(state, medium, anywhere);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(fitOf(state, medium, anywhere).count);
  // Two hosts' worth of RAM must hold all: 2 x 65,024 MiB, three 8 GiB VMs in it, in whole 4 GiB steps.
  expect(kept).toBe(24);
});

test('a cluster that is not N+1 safe has room for none while keeping it', () => {
  const hosts = [hostState('a', { ramMiBUsed: 40_000 }), hostState('b', { ramMiBUsed: 40_000 })];
  const vms = [vmState('v', 'a', { ramMiB: 40_000 }), vmState('w', 'b', { ramMiB: 40_000 })];
  expect(fitKeeping(clusterOf(hosts, vms), medium, anywhere)).toBe(0);
});

const day = 86_400_000;

test('a straight line ends where it must, and noise brings the P90 nearer', () => {
  const line = Array.from({ length: 30 }, (_, d) => ({ at: instant(d * day), used: 1000 + 10 * d }));
  expect(runwayOf(line, 1490)).toMatchObject({
    ok: true,
    value: { daysP50: expect.closeTo(20, 6), daysP90: expect.closeTo(20, 6) },
  });
  const r = rng('noise');
  const noisy = line.map((p) => ({ ...p, used: p.used + 15 * normal(r) }));
  const runway = runwayOf(noisy, 1490);
  if (!runway.ok) throw new Error(runway.error);
  expect(runway.value.daysP90!).toBeLessThan(runway.value.daysP50!);
  expect(Math.abs(runway.value.daysP50! - 20)).toBeLessThan(3);
});

test('a shrinking or very slow use never runs out on this trend; a full one is out today', () => {
  const shrinking = Array.from({ length: 10 }, (_, d) => ({ at: instant(d * day), used: 100 - d }));
  expect(runwayOf(shrinking, 200)).toMatchObject({ ok: true, value: { daysP50: null } });
  expect(runwayOf(shrinking, 90)).toMatchObject({ ok: true, value: { daysP50: 0 } });
});

test('too little history is refused with what there is', () => {
  const short = Array.from({ length: 24 }, (_, h) => ({ at: instant((h * day) / 24), used: h }));
  expect(runwayOf(short, 100)).toEqual({
    ok: false,
    error: 'The log covers 1.0 days in 24 points; a trend needs at least 7 days and 8 points.',
  });
});
