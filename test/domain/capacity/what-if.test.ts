// Which flavors can be asked for, what other assumptions change, and runways of a history with a known end.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { allocatedIn } from '../../../domain/capacity/allocated.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { ANYWHERE as anywhere, flavorNamed, flavorsOf } from '../../../domain/capacity/flavors.ts';
import { outlookFrom, sampleInstants } from '../../../domain/capacity/outlook.ts';
import { withHostsLike, withoutHosts, withRatios } from '../../../domain/capacity/what-if.ts';
import { recordedTraffic } from '../../../domain/datapath/cluster-traffic.ts';
import { ratioRisk } from '../../../domain/capacity/ratio-risk.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const DAY = 86_400_000;
const medium = { name: 'm1.medium', vcpus: 2, ramMiB: 4096, diskGiB: 40, extraSpecs: {} };

test('a described flavor wins over what its VMs show, and one without a size is left out', () => {
  const state = clusterOf([hostState('a')], [vmState('v', 'a', { flavor: 'm1.medium' }), vmState('w', 'a')], {
    flavors: [
      { name: 'm1.medium', vcpus: 3, ramMiB: 5000, diskGiB: null, extraSpecs: {} },
      { name: 'm1.nobody', vcpus: null, ramMiB: 1, diskGiB: 1, extraSpecs: {} },
      { name: 'c1.big', vcpus: 8, ramMiB: 8192, diskGiB: 10, extraSpecs: {} },
    ],
  });
  expect(flavorsOf(state)).toEqual([
    { name: 'c1.big', vcpus: 8, ramMiB: 8192, diskGiB: 10, extraSpecs: {} },
    { name: 'm1.medium', vcpus: 3, ramMiB: 5000, diskGiB: 0, extraSpecs: {} },
  ]);
  expect(flavorNamed(state, 'm9')).toEqual({
    ok: false,
    error: 'There is no flavor m9 at 2026-11-17T10:36:02Z. Known flavors: c1.big, m1.medium.',
  });
});

test('a fourth of the CPU ratio is a fourth of the VMs where CPUs limit', () => {
  const state = clusterOf([hostState('a', { vcpuRatio: 4, ramMiB: 1_000_000 })], []);
  const wide = { ...medium, vcpus: 16, diskGiB: 1 };
  const ratio = (vcpu: number) => fitOf(withRatios(state, { vcpu, ram: null, disk: null }), wide, anywhere);
  expect(ratio(4)).toMatchObject({ count: 4, limitedBy: 'VCPU' });
  expect(ratio(1)).toMatchObject({ count: 1, limitedBy: 'VCPU', stranded: { VCPU: 0 } });
});

test('hosts can be taken away and added, each by the name of one that is there', () => {
  const state = clusterOf([hostState('a'), hostState('b', { ramMiBUsed: 30_000 })], []);
  const count = (s: typeof state) => fitOf(s, medium, anywhere).count;
  const fewer = withoutHosts(state, ['a']);
  const more = withHostsLike(state, 'b', 2);
  if (!fewer.ok || !more.ok) throw new Error('both hosts are there');
  expect(count(fewer.value)).toBe(count(state) - 15);
  expect(count(more.value)).toBe(count(state) + 30); // they come empty
  expect(withoutHosts(state, ['z'])).toEqual({ ok: false, error: 'There is no host z at 2026-11-17T10:36:02Z.' });
  expect(withHostsLike(state, 'z', 1)).toMatchObject({ ok: false });
});

test('what is charged to a host that is down still wants room, but the host is none', () => {
  const state = clusterOf([hostState('a', { up: false, vcpusUsed: 7 }), hostState('b', { vcpusUsed: 1 })], []);
  expect(allocatedIn(state)[0]).toEqual({
    resource: 'VCPU',
    used: 8,
    capacity: 64,
    capacityKeepingOne: 0,
    offline: 64,
    shutOff: 0,
    busy: null,
  });
});

test('ten VMs more a day fill the rest of the cluster on the day arithmetic says', () => {
  const at = sampleInstants(instant(0), instant(10 * DAY), 60);
  expect(at).toHaveLength(11);
  const samples = at.map((t) => ({
    at: t,
    allocated: allocatedIn(clusterOf([hostState('a', { vcpusUsed: (2 * t) / DAY }), hostState('b')], [])),
  }));
  const { first, resources } = outlookFrom(samples);
  expect(first).toBe('VCPU');
  // 128 may be used, 20 are, 2 more a day: 54 days; with one host kept free 64 − 20 = 44 are left: 22 days.
  expect(resources[0]!.runway!.daysP50).toBeCloseTo(54, 9);
  expect(resources[0]!.keepingOne!.daysP50).toBeCloseTo(22, 9);
  expect(resources[1]!.runway!.daysP50).toBeNull();
});

test('a day of history is refused, not extrapolated', () => {
  const at = sampleInstants(instant(0), instant(DAY), 60);
  const { first, resources } = outlookFrom(
    at.map((t) => ({ at: t, allocated: allocatedIn(clusterOf([hostState('a')], [])) })),
  );
  expect(first).toBeNull();
  expect(resources[0]).toMatchObject({ runway: null });
  expect(resources[0]!.refused).toMatch(/^The log covers 1\.0 days in 8 points; a trend needs at least 7 days/);
});

test('a host filled up to a ratio is as busy as its vCPUs are, times the ratio; unsampled VMs say nothing', () => {
  const vms = [vmState('v', 'a', { vcpus: 6, cpu: 0.1 }), vmState('w', 'a', { vcpus: 2, cpu: 0.5 }), vmState('x', 'a')];
  const risk = ratioRisk(clusterOf([hostState('a')], vms), 4)!;
  expect(risk).toMatchObject({ sampledVms: 2 });
  expect(risk.meanUse).toBeCloseTo(0.2, 12);
  expect(risk.fullHost).toBeCloseTo(0.8, 12);
  expect(ratioRisk(clusterOf([hostState('a')], [vmState('x', 'a')]), 4)).toBeNull();
  // At five to one a full host wants its cores exactly on average: half of the moments are too much.
  const at = (ratio: number): number => ratioRisk(clusterOf([hostState('a')], vms), ratio)!.overload;
  expect(at(5)).toBeCloseTo(0.5, 6);
  expect(at(2)).toBeLessThan(0.01);
  expect(at(12)).toBeGreaterThan(0.95);
});

test('what forwards the traffic of a host makes its vCPUs dearer', () => {
  const vms = [vmState('v', 'a', { vcpus: 4, cpu: 0.1 }), vmState('w', 'b', { vcpus: 4, cpu: 0.1 })];
  const traffic = [{ id: 'v > w', from: 'v', to: 'w', bytesPerS: 5e8, frameBytes: 1468 }];
  const hosts = [hostState('a'), hostState('b')];
  const [quiet, loud] = [ratioRisk(clusterOf(hosts, vms), 4)!, ratioRisk(clusterOf(hosts, vms, { traffic }), 4)!];
  const cores = recordedTraffic(clusterOf(hosts, vms, { traffic }))!.hosts.reduce((sum, h) => sum + h.datapathCores, 0);
  expect(quiet.meanUse).toBeCloseTo(0.1, 12);
  expect(loud.meanUse).toBeCloseTo(0.1 + cores / 8, 12);
});
