// Several flavors together, against a recount of what was placed; keeping more than a host; each host's books; growth on top.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { below, pick, rng } from '../../../domain/base/rng.ts';
import { fitOf } from '../../../domain/capacity/fit.ts';
import { ANYWHERE, type FlavorSize } from '../../../domain/capacity/flavors.ts';
import { onTopOf, readCommitment, readGrowth } from '../../../domain/capacity/growth.ts';
import { hostRooms } from '../../../domain/capacity/host-room.ts';
import { fitKeeping, grown } from '../../../domain/capacity/keep.ts';
import { fitMix, type MixPart, readMix } from '../../../domain/capacity/mix.ts';
import { runwayOf } from '../../../domain/capacity/runway.ts';
import { assuming, NO_ASSUMPTIONS } from '../../../domain/capacity/what-if.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const DAY = 86_400_000;
const flavor = (name: string, vcpus: number, ramMiB: number, more: Partial<FlavorSize> = {}): FlavorSize => ({
  name,
  vcpus,
  ramMiB,
  diskGiB: 0,
  extraSpecs: {},
  ...more,
});
const small = flavor('small', 1, 2048);
const large = flavor('large', 4, 16_384);

test('a mix of one is what fits of it, and of two no more than either alone or both together have room for', () => {
  const r = rng('mix');
  for (let i = 0; i < 60; i++) {
    const hosts = Array.from({ length: 1 + below(r, 4) }, (_, h) =>
      hostState(`h${h}`, {
        vcpus: 4 + below(r, 8),
        vcpuRatio: 1,
        ramMiB: 16_384 + below(r, 65_536),
        ramMiBUsed: below(r, 9000),
      }),
    );
    const state = clusterOf(hosts, []);
    const one: readonly MixPart[] = [{ flavor: small, count: 1 }];
    expect(fitMix(state, one, ANYWHERE).sets).toBe(fitOf(state, small, ANYWHERE).count);
    const parts = [
      { flavor: large, count: 1 },
      { flavor: small, count: 1 + below(r, 3) },
    ];
    const mix = fitMix(state, parts, ANYWHERE);
    expect(mix.sets).toBeLessThanOrEqual(mix.bound);
    for (const { flavor: f, count } of parts)
      expect(mix.sets * count).toBeLessThanOrEqual(fitOf(state, f, ANYWHERE).count);
    expect(mix.stoppedBy).not.toBeNull();
  }
});

test('a mix that stops says which flavor, how many hosts each filter refused, and what would help', () => {
  const state = clusterOf([hostState('a', { ramMiB: 40_960, reservedRamMiB: 0 }), hostState('b', { up: false })], []);
  const mix = fitMix(
    state,
    [
      { flavor: large, count: 1 },
      { flavor: small, count: 2 },
    ],
    ANYWHERE,
  );
  expect(mix).toMatchObject({
    sets: 2,
    bound: 2,
    stoppedBy: { flavor: 'large', byFilter: { Placement: 1, ComputeFilter: 1 } },
  });
  expect(mix.stoppedBy!.why).toMatch(/Smallest change: free 16384 MiB RAM on a$/);
});

test('what is written badly is a sentence', () => {
  const state = clusterOf([hostState('a')], [], { flavors: [{ ...small, extraSpecs: {} }] });
  expect(readMix(state, 'small=2, small')).toMatchObject({ ok: true, value: [{ count: 2 }, { count: 1 }] });
  for (const bad of ['small=0', 'nobody=1', '', 'small=9999999']) expect(readMix(state, bad).ok).toBe(false);
  for (const bad of ['small=4', '2026-13-01=small:4', '2026-12-01=small:0', 'x'])
    expect(readCommitment(state, bad).ok).toBe(false);
  for (const bad of ['small', 'small=-100', 'small=ten']) expect(readGrowth(state, bad).ok).toBe(false);
});

test('keeping a pair leaves room for less than keeping a host, and both can be seen by placing them', () => {
  const hosts = ['a', 'b', 'c', 'd'].map((name) => hostState(name, { rack: name < 'c' ? 'r1' : 'r2' }));
  const state = clusterOf(hosts, [vmState('v', 'a')]);
  const [none, one, two] = [
    fitOf(state, large, ANYWHERE).count,
    fitKeeping(state, large, ANYWHERE),
    fitKeeping(state, large, ANYWHERE, '2'),
  ];
  // Three such VMs a host: twelve in all, nine on three hosts, six on two.
  expect([none, one, two]).toEqual([12, 9, 6]);
  expect(fitKeeping(state, large, ANYWHERE, 'rack')).toBeLessThanOrEqual(one);
});

test('an empty cluster is grown like any other', () => {
  const state = clusterOf([hostState('a'), hostState('b')], []);
  expect(grown(state, large, ANYWHERE, ['a', 'a', 'b']).hosts.map((h) => h.ramMiBUsed)).toEqual([32_768, 16_384]);
  expect(fitKeeping(state, large, ANYWHERE)).toBe(3);
});

test('hosts kept for a project, or without what the flavor demands, take none; they are closed and not full', () => {
  const aggregates = [
    { name: 'acme', metadata: { filter_tenant_id: 'p1' } },
    { name: 'fast', metadata: { ssd: 'true' } },
  ];
  const hosts = [hostState('a', { aggregates: ['acme'] }), hostState('b', { aggregates: ['fast'] }), hostState('c')];
  const state = clusterOf(hosts, [], { aggregates });
  expect(fitOf(state, large, ANYWHERE)).toMatchObject({ count: 6, byAggregate: { fast: 3 } });
  expect(fitOf(state, large, { ...ANYWHERE, project: 'p1' }).count).toBe(9);
  const ssd = flavor('ssd', 4, 16_384, { extraSpecs: { 'aggregate_instance_extra_specs:ssd': 'true' } });
  expect(fitOf(state, ssd, ANYWHERE)).toMatchObject({ count: 3, byAggregate: { fast: 3 } });
  expect(fitOf(state, large, { ...ANYWHERE, aggregate: 'fast' }).count).toBe(3);
});

test('pinned VMs fit cell by cell: what the cells leave over in the host is stranded', () => {
  const cell = { cpus: 0, pcpus: 8, ramMiB: 65_536, hugePages: [] };
  const host = hostState('a', { vcpus: 0, pcpus: 16, ramMiB: 131_072, numaCells: [cell, cell] });
  const pinned = flavor('pinned', 6, 4096, { extraSpecs: { 'hw:cpu_policy': 'dedicated' } });
  expect(fitOf(clusterOf([host], []), pinned, ANYWHERE)).toMatchObject({ count: 2, bound: 2, limitedBy: 'PCPU' });
  const odd = flavor('odd', 5, 4096, { extraSpecs: { 'hw:cpu_policy': 'dedicated' } });
  expect(fitOf(clusterOf([host], []), odd, ANYWHERE)).toMatchObject({
    count: 2,
    bound: 3,
    limitedBy: 'NUMA',
    stranded: { PCPU: 6 },
  });
});

test('hosts that are down are counted apart, and so is what they would take', () => {
  const state = clusterOf([hostState('a'), hostState('b', { up: false }), hostState('c', { enabled: false })], []);
  expect(fitOf(state, large, ANYWHERE)).toMatchObject({ count: 3, offline: { hosts: 2, count: 6 } });
});

test("every host's books add up to what fits and what is stranded", () => {
  const r = rng('rooms');
  for (let i = 0; i < 40; i++) {
    const hosts = Array.from({ length: 1 + below(r, 5) }, (_, h) =>
      hostState(`h${h}`, {
        ramMiBUsed: below(r, 65_000),
        vcpusUsed: below(r, 64),
        enabled: pick(r, [true, true, false]),
      }),
    );
    const state = clusterOf(hosts, []);
    const fit = fitOf(state, small, ANYWHERE);
    const open = hostRooms(state, small, ANYWHERE).filter((room) => room.slots.says === 'takes');
    expect(open.reduce((n, room) => n + (room.slots.says === 'takes' ? room.slots.count : 0), 0)).toBe(fit.count);
    for (const resource of ['VCPU', 'MEMORY_MB'] as const) {
      expect(open.reduce((n, room) => n + room.stranded[resource], 0)).toBeCloseTo(fit.stranded[resource], 6);
    }
  }
});

test('what comes on top brings the end nearer by as much as arithmetic says', () => {
  const state = clusterOf([hostState('a')], [vmState('v', 'a', { flavor: 'small', vcpus: 1 })], {
    at: '2026-01-31T00:00:00Z',
    flavors: [{ ...small, extraSpecs: {} }],
  });
  const end = Date.parse(state.at);
  const line = Array.from({ length: 31 }, (_, d) => ({
    at: instant(end - (30 - d) * DAY),
    used: 1000 + 10 * (d - 30),
  }));
  const daysTo = (capacity: number, onTop?: (day: number) => number): number | null => {
    const runway = runwayOf(line, capacity, onTop);
    return runway.ok ? runway.value.daysP50 : null;
  };
  expect(daysTo(1400)).toBeCloseTo(40, 6);
  const commitment = readCommitment(state, '2026-02-10=small:100');
  const growth = readGrowth(state, 'small=100');
  if (!commitment.ok || !growth.ok) throw new Error('both are well written');
  // 100 vCPUs on day 10: the line then is 200 higher than it was at day 0, and 200 are left, twenty days more.
  expect(daysTo(1400, onTopOf(state, 'VCPU', [commitment.value], []))).toBeCloseTo(30, 6);
  // One vCPU that doubles each month is two after a month: one on top.
  expect(onTopOf(state, 'VCPU', [], [growth.value])(365.25 / 12)).toBeCloseTo(1, 9);
});

test('nine in ten noisy histories stay within the band that the first half of them gave', () => {
  const r = rng('band');
  const normal = (): number => Array.from({ length: 12 }, () => r.next()).reduce((a, b) => a + b, -6);
  let [above, below10] = [0, 0];
  const runs = 400;
  for (let i = 0; i < runs; i++) {
    const use = (d: number): number => 500 + 3 * d + 20 * normal();
    const known = Array.from({ length: 30 }, (_, d) => ({ at: instant(d * DAY), used: use(d) }));
    const runway = runwayOf(known, 1e9);
    if (!runway.ok) throw new Error(runway.error);
    const ahead = runway.value.ahead.at(-1)!;
    const later = use(29 + ahead.day);
    if (later > ahead.p90) above++;
    if (later < ahead.p10) below10++;
  }
  // A tenth on each side, give or take three standard errors; wider is allowed, as likeness of residuals widens it.
  expect(above / runs).toBeLessThan(0.145);
  expect(below10 / runs).toBeLessThan(0.145);
  expect((above + below10) / runs).toBeGreaterThan(0.08);
});

test('assumptions are made together: a release, then ratios, then hosts; one that cannot be is a sentence', () => {
  const state = clusterOf([hostState('a', { vcpuRatio: 2 })], []);
  const rocky = assuming(state, { ...NO_ASSUMPTIONS, release: 'rocky', added: { like: 'a', count: 2 } });
  if (!rocky.ok) throw new Error(rocky.error);
  expect(rocky.value.hosts.map((h) => [h.name, h.vcpuRatio])).toEqual([
    ['a', null],
    ['a+1', null],
    ['a+2', null],
  ]);
  const ratio = assuming(state, { ...NO_ASSUMPTIONS, release: 'rocky', ratios: { vcpu: 3, ram: null, disk: null } });
  expect(ratio.ok && ratio.value.hosts[0]!.vcpuRatio).toBe(3);
  expect(assuming(state, { ...NO_ASSUMPTIONS, without: ['z'] })).toMatchObject({ ok: false });
});
