// The price of a packet: its waterfall explains its rate, and it grows with everything it should.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AXIS_VALUES, curves, generatorMpps } from '../../../domain/datapath/curves.ts';
import { contextMpps, once, withSharing } from '../../../domain/datapath/context.ts';
import { ALL_OFFLOADS, coresReached, cutOf } from '../../../domain/datapath/path.ts';
import { checkPathInput, pathCost, type PathCostInput } from '../../../domain/datapath/path-cost.ts';
import { PROFILE_NAMES } from '../../../domain/datapath/profiles.ts';
import { meanWaitNs, sharedRate } from '../../../domain/datapath/queueing.ts';
import type { StageName } from '../../../domain/datapath/stages.ts';
import { STANDARD_PATH } from '../../../domain/datapath/standard-path.ts';

const across: PathCostInput = { ...STANDARD_PATH, from: 'a', to: 'b' };
const within: PathCostInput = { ...across, to: 'a' };

test.each(PROFILE_NAMES)('%s: the waterfall explains the rate, and one host is told apart from two', (datapath) => {
  for (const input of [across, within]) {
    const cost = pathCost({ ...input, datapath, linkGbps: 400 });
    const perContext = Map.groupBy(cost.stages, (s) => `${s.host} ${s.context}`);
    const slowest = Math.max(...[...perContext.values()].map((list) => list.reduce((sum, s) => sum + s.ns, 0)));
    expect(cost.mppsMax).toBeCloseTo(1000 / slowest, 9);
    expect(new Set(cost.stages.map((s) => s.host)).size).toBe(input === across ? 2 : 1);
    expect(cost.stages.every((s) => s.cycles > 0 || s.name === 'g_checksum')).toBe(true);
    expect(cost.frames.overheadBytes).toBe(input === across ? 50 : 0);
  }
});

test('the fitted contexts of the published rows come out of the profiles: vhost-user at 64 bytes', () => {
  const cost = pathCost({ ...within, datapath: 'ovs-dpdk', sizeBytes: 64, guest: 'none' });
  expect(cost.stages.map((s) => s.name)).toEqual(['d_vhost', 'd_emc', 'd_vhost']);
  expect(cost.mppsMax).toBeCloseTo(2400 / (253 + 76 + 253), 9);
});

test('twice the clock is twice the rate; twice the cores only where there are flows to spread', () => {
  const base = { ...across, datapath: 'ovs-dpdk', guest: 'none', sizeBytes: 64, linkGbps: 400 } as const;
  expect(pathCost({ ...base, clockGhz: 4.8 }).mppsMax).toBeCloseTo(2 * pathCost(base).mppsMax, 9);
  expect(pathCost({ ...base, cores: 2 }).mppsMax).toBeCloseTo(pathCost(base).mppsMax, 9);
  const many = { ...base, flows: 100 };
  const one = pathCost(many).mppsMax;
  expect(pathCost({ ...many, cores: 2 }).mppsMax).toBeLessThan(1.3 * one); // the sender's one queue has one thread
  expect(pathCost({ ...many, cores: 2, guestCores: 2 }).mppsMax).toBeGreaterThan(1.9 * one);
});

test('a hash spreads flows by chance: one flow reaches one core, two flows one and a half of two, many reach all', () => {
  expect(coresReached(8, 1)).toBeCloseTo(1, 12);
  expect(coresReached(2, 2)).toBe(1.5);
  expect(coresReached(8, 1000)).toBeCloseTo(8, 9);
});

test('cores that share a thing never get more of it than it gives, and one alone is not slowed', () => {
  const positive = fc.double({ min: 0.01, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 1, max: 64, noNaN: true }), positive, positive, (n, own, shared) => {
      const rate = sharedRate(n, own, shared);
      expect(sharedRate(1, own, shared)).toBeCloseTo(1 / (own + shared), 9);
      expect(rate).toBeLessThanOrEqual(Math.min(n / (own + shared), 1 / shared) * (1 + 1e-9));
      expect(sharedRate(n + 1, own, shared)).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('the kernel loses a little with each further core; the card ends what poll-mode threads gain', () => {
  const forward = ['drv_rx', 'touch', 'skb', 'ip_fwd', 'drv_tx', 'k_tx'] as const;
  const rate = (stages: readonly StageName[], cores: number): number =>
    contextMpps({ name: '', host: '', uses: withSharing(once(stages, 64), cores), cores, pollingCores: 0 }, 3.6);
  expect(rate(forward, 6)).toBeLessThan(5.5 * rate(forward, 1));
  expect(rate(['d_rx'], 16)).toBeLessThan(115);
  expect(rate(['d_rx'], 16)).toBeGreaterThan(105);
});

test('segmentation offload hands 64 KiB over once and cuts last; without it every frame pays', () => {
  const big = { ...across, sizeBytes: 65_536, linkGbps: 400 };
  const offloaded = pathCost({ ...big, offloads: ALL_OFFLOADS });
  expect(offloaded.frames).toMatchObject({ count: 47, cutBy: 'offload' });
  expect(offloaded.gbpsMax).toBeGreaterThan(3 * pathCost(big).gbpsMax);
  const inSoftware = pathCost({ ...big, offloads: { ...ALL_OFFLOADS, tunnel: false } });
  const cut = inSoftware.stages.find((s) => s.name === 'gso');
  expect(cut?.cycles).toBe(47 * 250);
  expect(offloaded.stages.some((s) => s.name === 'gso')).toBe(false);
  expect(cutOf(1468, 1450, true).frames).toBe(1);
});

test('nothing is faster than the link, and what does not fit the underlay does not pass', () => {
  const idle = { ...across, datapath: 'ovs-dpdk', guest: 'none', linkGbps: 1 } as const;
  const cost = pathCost(idle);
  expect(cost.bottleneck).toEqual({ context: 'link', host: null });
  expect(cost.mppsMax).toBeCloseTo(1000 / (8 * (1468 + 50 + 20)), 9);
  const tooBig = pathCost({ ...across, guestMtu: 1500, sizeBytes: 1518 });
  expect(tooBig.mppsMax).toBe(0);
  expect(tooBig.bottleneck.context).toBe('mtu');
  expect(tooBig.notes[0]).toContain('1550 bytes');
});

test('misses limit the kernel by what ovs-vswitchd answers, and poll-mode threads by doing it themselves', () => {
  const base = { ...across, sizeBytes: 64, guest: 'none', cores: 8, flows: 8, linkGbps: 100 } as const;
  const kernel = pathCost({ ...base, missShare: 1 });
  expect(kernel.bottleneck.context).toBe('upcalls');
  expect(kernel.mppsMax).toBeCloseTo(0.206358, 6);
  const dpdk = pathCost({ ...base, datapath: 'ovs-dpdk', missShare: 0.5 });
  expect(dpdk.stages.filter((s) => s.name === 'upcall')).toHaveLength(2);
  expect(dpdk.mppsMax).toBeLessThan(0.2 * pathCost({ ...base, datapath: 'ovs-dpdk' }).mppsMax);
});

test('poll-mode threads take their cores at rest; the kernel takes none', () => {
  const rest = { loadShare: 0, guest: 'none', cores: 3 } as const;
  expect(pathCost({ ...across, ...rest, datapath: 'ovs-dpdk' }).cpuPercent).toEqual({ a: 300, b: 300 });
  expect(pathCost({ ...across, ...rest }).cpuPercent).toEqual({ a: 0, b: 0 });
});

test('the wait is that of M/D/1 for one service time, grows with load and with its spread, and ends at saturation', () => {
  const [lambda, s] = [0.0005, 1000];
  expect(meanWaitNs(lambda, [{ share: 1, ns: s }])).toBeCloseTo((0.5 * s) / (2 * (1 - 0.5)), 9);
  const spread = [
    { share: 0.9, ns: 500 },
    { share: 0.1, ns: 5500 },
  ];
  expect(meanWaitNs(lambda, spread)).toBeGreaterThan(meanWaitNs(lambda, [{ share: 1, ns: s }])!);
  expect(meanWaitNs(0.001, [{ share: 1, ns: s }])).toBeNull();
});

test('more flows, more bytes or more passes never make a packet cheaper', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PROFILE_NAMES),
      fc.integer({ min: 64, max: 1467 }),
      fc.integer({ min: 1, max: 50_000 }),
      fc.boolean(),
      (datapath, sizeBytes, flows, crosses) => {
        const input = { ...(crosses ? across : within), datapath, sizeBytes, flows };
        const rate = pathCost(input).mppsMax;
        expect(pathCost({ ...input, sizeBytes: sizeBytes + 1 }).mppsMax).toBeLessThanOrEqual(rate + 1e-12);
        expect(pathCost({ ...input, flows: flows + 1000 }).mppsMax).toBeLessThanOrEqual(rate + 1e-12);
        expect(pathCost({ ...input, passes: 2 }).mppsMax).toBeLessThanOrEqual(rate + 1e-12);
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test('curves fall with flows once the exact-match cache overflows', () => {
  const [dpdk] = curves({ ...across, guest: 'none', sizeBytes: 64 }, 'flows', ['ovs-dpdk']);
  const rates = dpdk!.points.map((p) => p.mppsMax);
  expect(dpdk!.points.map((p) => p.x)).toEqual(AXIS_VALUES.flows);
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  expect(rates.at(-1)).toBeLessThan(rates[3]!);
});

test('along cores rates rise, the kernel’s ever less', () => {
  const base = { ...across, guest: 'none', sizeBytes: 64, flows: 1000, linkGbps: 100 } as const;
  const [kernel, dpdk] = curves(base, 'cores', ['kernel-ovs', 'ovs-dpdk']).map((c) => c.points.map((p) => p.mppsMax));
  const gains = (rates: readonly number[]): number[] => rates.slice(1).map((r, i) => r / rates[i]!);
  expect(gains(kernel!).every((g) => g > 1.7 && g < 2)).toBe(true);
  expect(gains(kernel!)).toEqual(gains(kernel!).toSorted((a, b) => b - a));
  expect(gains(dpdk!).every((g) => g > 1.9)).toBe(true);
});

test('MoonGen fills 10 Gbit/s with 64-byte frames from one core, and twelve ports with twelve', () => {
  const one = { cores: 1, ports: 1, portGbps: 10, clockGhz: 2.4 };
  expect(generatorMpps(64, one)).toBeCloseTo(14.88, 2);
  expect(generatorMpps(64, { ...one, cores: 12, ports: 12 })).toBeCloseTo(178.6, 1);
  expect(generatorMpps(64, { ...one, portGbps: 100 })).toBe(20);
});

test.each([
  [{ sizeBytes: 63 }, /64 to 65536/],
  [{ sizeBytes: 100.5 }, /100\.5/],
  [{ clockGhz: 0 }, /GHz/],
  [{ flows: 0 }, /flows/],
  [{ loadShare: 1 }, /load/],
  [{ missShare: 2 }, /misses/],
  [{ linkGbps: Infinity }, /link/],
  [{ datapath: 'linux-bridge', missShare: 0.1 }, /bridge/],
] as const)('%o is refused in a sentence', (change, why) => {
  const checked = checkPathInput({ ...across, ...change });
  expect(checked.ok ? '' : checked.error).toMatch(why);
});
