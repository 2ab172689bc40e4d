// A plan for a live cluster: who is relieved, who is emptied, what holds it back, and a checker that refuses what is wrong.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { checkMoves } from '../../../domain/consolidation/live/check.ts';
import { planFacts } from '../../../domain/consolidation/live/facts.ts';
import { planConsolidation } from '../../../domain/consolidation/live/plan.ts';
import type { PlanReport } from '../../../domain/consolidation/live/report.ts';
import { LIVE_DEFAULTS, type LiveSettings } from '../../../domain/consolidation/live/settings.ts';
import { PLAN_WEIGHTS } from '../../../domain/consolidation/live/weights.ts';
import { cpuSeries, workloadOf } from '../../../domain/consolidation/live/telemetry.ts';
import { toBase64 } from '../../../domain/base/base64.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import type { ClusterState, HostState, TrafficState, VmState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const STEPS = 40;

/** Hosts charged with what their VMs ask for, as the log would count. */
const cluster = (hosts: readonly HostState[], vms: readonly VmState[], change: Partial<ClusterState> = {}) =>
  clusterOf(
    hosts.map((h) => {
      const own = vms.filter((vm) => vm.host === h.name);
      const sum = (of: (vm: VmState) => number | null): number => own.reduce((n, vm) => n + (of(vm) ?? 0), 0);
      return {
        ...h,
        vms: own.map((vm) => vm.id),
        vcpusUsed: sum((vm) => vm.vcpus),
        ramMiBUsed: sum((vm) => vm.ramMiB),
        diskGiBUsed: sum((vm) => (vm.storage === 'local' ? vm.diskGiB : 0)),
      };
    }),
    vms,
    change,
  );

const plan = (
  state: ClusterState,
  /** Share of its vCPUs that each VM uses all the time. */
  cpu: Readonly<Record<string, number>>,
  settings: Partial<LiveSettings> = {},
): PlanReport => {
  const byVm = new Map(Object.entries(cpu).map(([vm, share]) => [vm, new Float64Array(STEPS).fill(share)]));
  const series = { fromMs: 0, stepMs: 300_000, steps: STEPS, byVm };
  const made = planConsolidation({ state, cpu: series, settings: { ...LIVE_DEFAULTS, ...settings } });
  if (!made.ok) throw new Error(made.error);
  return made.value.report;
};

const three = [hostState('h1'), hostState('h2'), hostState('h3')];
const THRESHOLD: Partial<LiveSettings> = { overload: { name: 'threshold', parameters: { threshold: 0.8 } } };
const routes = (p: PlanReport) => p.moves.map((m) => `${m.vm}: ${m.source} > ${m.dest}`);
const fate = (p: PlanReport, host: string) => p.hosts.find((h) => h.host === host);

test('an underloaded host is emptied wholly onto the fullest with room, and its numbers are told', () => {
  const state = cluster(three, [
    vmState('a', 'h1'),
    vmState('b', 'h2', { ramMiB: 8192 }),
    vmState('c', 'h3', { ramMiB: 16_384 }),
  ]);
  const p = plan(state, { a: 0.1, b: 0.2, c: 0.3 }, { keepN1: false });
  expect(routes(p)).toEqual(['a: h1 > h3', 'b: h2 > h3']);
  expect(p.asleep).toEqual(['h1', 'h2']);
  expect(fate(p, 'h1')).toMatchObject({
    fate: 'emptied',
    underload: { answer: true, value: expect.closeTo((0.1 * 2) / 16), limit: 0.5 },
  });
  expect(fate(p, 'h3')?.why).toMatch(/it takes vm-a of h1/);
  expect(p.violations).toEqual([]);
  expect(p.after.watts).toBeLessThan(p.before.watts);
});

test('N+1 that was kept stays kept: the last refuge is not put to sleep', () => {
  const big = { vcpus: 8, ramMiB: 40_000 };
  const state = cluster(three, [
    vmState('a', 'h1', big),
    vmState('b', 'h2', { ramMiB: 20_000 }),
    vmState('c', 'h3', { ramMiB: 10_000 }),
  ]);
  const cpu = { a: 0.1, b: 0.1, c: 0.1 };
  const kept = plan(state, cpu);
  expect(kept.before.n1.safe).toBe(true);
  expect(kept.after.n1.safe).toBe(true);
  expect(kept.hosts.some((h) => /asleep it would be missed/.test(h.why))).toBe(true);
  const given = plan(state, cpu, { keepN1: false });
  expect(given.after.n1.safe).toBe(false);
  expect(given.awakeN1.safe).toBe(true);
});

test('an overloaded host is relieved until its detector is content, by the VMs that move fastest', () => {
  const vms = ['a', 'b', 'c'].map((id, i) => vmState(id, 'h1', { vcpus: 6, ramMiB: 4096 * (i + 1) }));
  const p = plan(cluster(three, vms), { a: 0.8, b: 0.8, c: 0.8 }, THRESHOLD);
  expect(routes(p)).toEqual(['a: h1 > h2']);
  expect(fate(p, 'h1')).toMatchObject({
    fate: 'relieved',
    overload: { answer: true, value: expect.closeTo(0.9), limit: 0.8 },
  });
});

test('server groups, zones, disabled hosts, states and tasks hold; each refusal says so', () => {
  const hosts = [
    hostState('h1', { az: 'a' }),
    hostState('h2', { az: 'a' }),
    hostState('h3', { az: 'b' }),
    hostState('h4', { az: 'a', enabled: false }),
  ];
  const group = { id: 'g', name: 'db', policy: 'anti-affinity' as const, maxServerPerHost: 1, members: ['a', 'b'] };
  const grouped = cluster(hosts, [vmState('a', 'h1'), vmState('b', 'h2')], { serverGroups: [group] });
  const p = plan(grouped, { a: 0.1, b: 0.1 });
  expect(p.moves).toEqual([]);
  const rules = Object.fromEntries(p.refused[0]!.options.map((o) => [o.host, o.rule]));
  expect(rules).toEqual({ h2: 'against its server group', h3: 'in other zones', h4: 'down or disabled' });
  expect(fate(p, 'h1')?.why).toMatch(/finds no other host: 1 /);

  const busy = cluster(three, [
    vmState('a', 'h1', { taskState: 'image_snapshot' }),
    vmState('b', 'h2', { ramMiB: 60_000 }),
  ]);
  expect(fate(plan(busy, { a: 0.1, b: 0.9 }), 'h1')?.why).toMatch(/busy: task image_snapshot/);
  const broken = cluster(three, [vmState('a', 'h1', { vmState: 'error' }), vmState('b', 'h2', { ramMiB: 60_000 })]);
  expect(fate(plan(broken, { a: 0.1, b: 0.9 }), 'h1')?.why).toMatch(/it is error/);
  const unsampled = plan(cluster(three, [vmState('a', 'h1'), vmState('b', 'h2')]), { b: 0.1 });
  expect(fate(unsampled, 'h1')?.fate).toBe('not judged');
});

test('a stopped VM moves cold, a running one live and with its local disk', () => {
  const vms = [
    vmState('a', 'h1', { vmState: 'stopped' }),
    vmState('b', 'h1', { storage: 'local' }),
    vmState('c', 'h2', { ramMiB: 20_000 }),
  ];
  const p = plan(cluster(three, vms), { b: 0.1, c: 0.2 });
  expect(p.moves.map((m) => [m.vm, m.type, m.kind])).toEqual([
    ['b', 'live-migration', 'block'],
    ['a', 'migration', null],
  ]);
  expect(p.ordering.by).toBe('planner');
  expect(p.ordering.makespanS).toBeGreaterThanOrEqual(p.ordering.lowerBoundS!);
  const facts = planFacts(p.moves, p.asleep, instant(1000), 'x');
  expect(facts.map((f) => f.at)).toEqual(facts.map((f) => f.at).toSorted((x, y) => x - y));
  expect(facts.filter((f) => f.type === 'migration.accepted')).toHaveLength(2);
  expect(facts.at(-1)).toMatchObject({ entity: 'host:h1', data: { enabled: false } });
});

test('the checker refuses mutated plans', () => {
  const state = cluster(
    [...three, hostState('h4', { up: false })],
    [vmState('a', 'h1'), vmState('b', 'h2', { ramMiB: 62_000 }), vmState('c', 'h3')],
    { serverGroups: [{ id: 'g', name: 'db', policy: 'anti-affinity', maxServerPerHost: 1, members: ['a', 'c'] }] },
  );
  const move = plan(cluster(three, [vmState('a', 'h1'), vmState('c', 'h3')]), { a: 0.1, c: 0.1 }).moves[0]!;
  const broken = (change: Partial<typeof move>) =>
    checkMoves(state, [{ ...move, vm: 'a', source: 'h1', dest: 'h3', ...change }], []).violations.map((v) => v.rule);
  expect(broken({})).toEqual(['anti-affinity']);
  expect(broken({ dest: 'h2' })).toEqual(['capacity']);
  expect(broken({ dest: 'h4' })).toEqual(['target up']);
  expect(broken({ vm: 'b', source: 'h3', dest: 'h1' })).toContain('source');
  expect(broken({ type: 'migration', vm: 'b', source: 'h2', dest: 'h1' })).toContain('state');
  expect(checkMoves(state, [], ['h1']).violations.map((v) => v.rule)).toEqual(['empty']);
});

test('an unknown algorithm, parameter, bound or power model is a sentence', () => {
  const ask = (settings: Partial<LiveSettings>) =>
    planConsolidation({
      state: cluster(three, []),
      cpu: { fromMs: 0, stepMs: 1, steps: 0, byVm: new Map() },
      settings: { ...LIVE_DEFAULTS, ...settings },
    });
  expect(ask({ overload: { name: 'best', parameters: {} } })).toMatchObject({
    ok: false,
    error: /no overload algorithm "best"/,
  });
  expect(ask({ underload: { name: 'threshold', parameters: { limit: 1 } } })).toMatchObject({
    ok: false,
    error: /no parameter "limit"/,
  });
  expect(ask({ cpuThreshold: 1.5 })).toEqual({ ok: false, error: 'cpuThreshold must be between 0 and 1, not 1.5.' });
  expect(ask({ powerModel: 'acme' })).toMatchObject({ ok: false, error: /no power model "acme"/ });
});

test('telemetry becomes series and a workload: means of a step, holes told apart from zero', () => {
  const event = (at: number, type: string, data: object): LogEvent =>
    ({
      at,
      type,
      data,
      entity: 'roster:r',
      v: 1,
      seq: at,
      evidence: 'observed',
      source: 's',
      line: 1,
    }) as unknown as LogEvent;
  const batch = (at: number, ...bytes: number[]): LogEvent =>
    event(at, 'telemetry.sampled', {
      metric: 'cpu',
      intervalMs: 100,
      scale: 0.01,
      values: toBase64(Uint8Array.from(bytes)),
    });
  const series = cpuSeries(
    [
      event(0, 'telemetry.roster_set', { entities: ['vm:a', 'vm:b', 'host:h'] }),
      batch(0, 10, 20, 90),
      batch(50, 30, 255, 90),
      batch(100, 50, 255, 90),
    ],
    new Map(),
    { fromMs: 0, toMs: 199, stepMs: 100 },
  );
  expect(series.byVm.get('a')).toEqual(Float64Array.of(0.2, 0.5));
  expect(series.byVm.get('b')).toEqual(Float64Array.of(0.2, NaN));
  const workload = workloadOf(series);
  expect(workload.vms).toEqual(['a', 'b']);
  expect([...workload.samples]).toEqual([20, 50, 20, 0]);
});

/** 2 Gbit/s of full frames, one way. */
const talk = (from: string, to: string, gbps = 2): TrafficState => ({
  id: `${from} > ${to}`,
  from,
  to,
  bytesPerS: (gbps * 1e9) / 8,
  frameBytes: 1468,
});

test('forwarding is demand: traffic alone overloads a host, leaves with the VM, and is told', () => {
  const vms = [
    vmState('a', 'h1', { vcpus: 4 }),
    vmState('b', 'h1', { vcpus: 4 }),
    vmState('c', 'h2', { vcpus: 4, ramMiB: 30_000 }),
  ];
  const cpu = { a: 0.9, b: 0.9, c: 0.6 };
  const limit = { overload: { name: 'threshold', parameters: { threshold: 0.6 } } };
  const quiet = plan(cluster(three, vms), cpu, limit);
  expect(fate(quiet, 'h1')).toMatchObject({ overload: { answer: false, value: expect.closeTo(0.45) as number } });
  expect(fate(quiet, 'h1')?.forwardingCores).toBe(0);
  const loud = plan(cluster(three, vms, { traffic: [talk('a', 'c', 8), talk('c', 'vm-a', 8)] }), cpu, limit);
  const cores = fate(loud, 'h1')!.forwardingCores;
  expect(cores).toBeGreaterThan(2.5);
  expect(fate(loud, 'h1')).toMatchObject({
    overload: { answer: true, value: expect.closeTo(0.45 + cores / 16, 3) as number },
  });
  expect(routes(loud)).toEqual(['a: h1 > h2']);
  expect(loud.assumptions.join()).toMatch(/kernel OVS.* takes .* cores of all hosts to forward .* \(2 pairs\)/);
});

test('a host is chosen by what forwarding would ask of it: beside its peer a VM is cheap, elsewhere too dear', () => {
  const vms = [
    vmState('a', 'h1', { vcpus: 1 }),
    vmState('peer', 'h2', { vcpus: 12, ramMiB: 8192 }),
    vmState('x', 'h3', { vcpus: 12, ramMiB: 16_384 }),
  ];
  const cpu = { a: 0.1, peer: 0.9, x: 0.98 };
  const quiet = plan(cluster(three, vms), cpu, { keepN1: false });
  expect(routes(quiet)).toEqual(['a: h1 > h3']);
  const loud = plan(cluster(three, vms, { traffic: [talk('a', 'peer', 6)] }), cpu, { keepN1: false });
  expect(routes(loud)).toEqual(['a: h1 > h2']);
  const dear = loud.moves[0]?.options.find((o) => o.host === 'h3');
  expect(dear).toMatchObject({ verdict: 'refused', rule: 'above the CPU threshold' });
});

test('threads that poll take their cores of every host, traffic or none', () => {
  const p = plan(cluster(three, [vmState('a', 'h1')]), { a: 0.1 }, { datapath: 'ovs-dpdk' });
  expect(p.hosts.map((h) => h.forwardingCores)).toEqual([2, 2, 2]);
  expect(() => plan(cluster(three, []), {}, { datapath: 'pigeons' as 'ovs-dpdk' })).toThrow(/no datapath "pigeons"/);
});

test('of two hosts with room the one where the peer runs is cheaper, unless room alone counts', () => {
  const vms = [
    vmState('a', 'h1', { vcpus: 1 }),
    vmState('peer', 'h2', { vcpus: 12, ramMiB: 8192 }),
    vmState('x', 'h3', { vcpus: 12, ramMiB: 44_032 }),
  ];
  const cpu = { a: 0.1, peer: 0.9, x: 0.9 };
  const traffic = [talk('a', 'peer', 1)];
  const aware = plan(cluster(three, vms, { traffic }), cpu, { keepN1: false });
  expect(routes(aware)).toEqual(['a: h1 > h2']);
  const [chosen, other] = aware.moves[0]!.options;
  expect(chosen?.price?.forwardingCore).toBeLessThan(0);
  expect(chosen?.price?.crossGbps).toBeLessThan(-0.9);
  expect(other?.why).toMatch(/W dearer/);
  expect(aware.after.forwardingCores).toBeLessThan(aware.before.forwardingCores);
  expect(aware.after.crossBitsPerS).toBe(0);
  expect(aware.verdict).toMatch(/forwarding goes from/);
  const weights = { watts: 0, freeHost: 60, lackingCore: 0, movedGiB: 0, forwardingCore: 0, crossGbps: 0 };
  const blind = plan(cluster(three, vms, { traffic }), cpu, { keepN1: false, weights });
  expect(routes(blind)).toEqual(['a: h1 > h3']);
});

/** Two busy hosts, neither to be relieved nor emptied, with a talker on the one whose peer is on the other. */
const talkers = [
  vmState('a', 'h1', { vcpus: 2 }),
  vmState('x', 'h1', { vcpus: 8 }),
  vmState('peer', 'h2', { vcpus: 2, ramMiB: 8192 }),
  vmState('y', 'h2', { vcpus: 8 }),
];
const busy = { a: 0.5, x: 0.95, peer: 0.5, y: 0.95 };

test('talkers are brought together although no host is overloaded and none sleeps', () => {
  const state = cluster(three, talkers, { traffic: [talk('a', 'peer', 2)] });
  const p = plan(state, busy);
  expect(routes(p)).toEqual(['a: h1 > h2']);
  expect(p.moves[0]).toMatchObject({
    question: 'traffic',
    why: expect.stringMatching(/^nearer its peers: .*GiB to send/),
  });
  expect(p.moves[0]!.options[0]).toMatchObject({ host: 'h2', verdict: 'chosen', price: { movedGiB: 4, freeHost: 0 } });
  expect(p.moves[0]!.options[0]!.price!.total).toBeLessThan(0);
  expect(p.asleep).toEqual([]);
  expect(p.before.crossBitsPerS).toBeGreaterThan(1.9e9);
  expect(p.after).toMatchObject({ crossBitsPerS: 0, hostsOn: p.before.hostsOn });
  expect(p.violations).toEqual([]);
  expect(p.verdict).toMatch(/^1 move to bring 1 VM nearer to its peers, power stays at/);
});

test('a talker stays where the move weighs more, where its group forbids it, and where traffic weighs nothing', () => {
  const traffic = [talk('a', 'peer', 2)];
  const dear = plan(cluster(three, talkers, { traffic }), busy, { weights: { ...PLAN_WEIGHTS, movedGiB: 100 } });
  expect(dear.moves).toEqual([]);
  const staying = dear.refused.find((r) => r.entity === 'vm:peer');
  expect(staying?.why).toMatch(/talks to VMs elsewhere, and stays: h1 not worth the move: .*GiB to send/);
  expect(staying?.options[0]).toMatchObject({ verdict: 'refused', rule: 'not worth the move' });
  const group = { id: 'g', name: 'db', policy: 'anti-affinity' as const, maxServerPerHost: 1, members: ['a', 'peer'] };
  const apart = plan(cluster(three, talkers, { traffic, serverGroups: [group] }), busy);
  expect(apart.moves).toEqual([]);
  expect(apart.refused.find((r) => r.entity === 'vm:a')?.options[0]).toMatchObject({
    host: 'h2',
    rule: 'against its server group',
  });
  const blind = { ...PLAN_WEIGHTS, forwardingCore: 0, crossGbps: 0 };
  expect(plan(cluster(three, talkers, { traffic }), busy, { weights: blind }).moves).toEqual([]);
});

test('bringing talkers together leaves no more host failures that strand VMs, unless N+1 is given up', () => {
  // h1 and h2 can take each other in only as long as neither has both talkers.
  const two = [hostState('h1', { ramMiB: 40_960 }), hostState('h2', { ramMiB: 40_960 })];
  const vms = talkers.map((vm) => ({ ...vm, ramMiB: vm.id === 'x' || vm.id === 'y' ? 8192 : 10_240 }));
  const state = cluster(two, vms, { traffic: [talk('a', 'peer', 2)] });
  const held = plan(state, busy, { ramThreshold: 1 });
  const free = plan(state, busy, { ramThreshold: 1, keepN1: false });
  expect(free.moves).toHaveLength(1);
  expect(held.after.n1.failures).toBeLessThanOrEqual(held.before.n1.failures);
});

test('a host is not emptied where its moves weigh more than its sleep saves, and says the balance', () => {
  const state = cluster(three, [
    vmState('a', 'h1'),
    vmState('b', 'h2', { ramMiB: 8192 }),
    vmState('c', 'h3', { ramMiB: 16_384 }),
  ]);
  const cpu = { a: 0.1, b: 0.2, c: 0.3 };
  const p = plan(state, cpu, { keepN1: false, weights: { ...PLAN_WEIGHTS, movedGiB: 10 } });
  expect(routes(p)).toEqual(['a: h1 > h3']);
  expect(fate(p, 'h1')?.why).toMatch(/it may sleep; -\d+\.\d W, \+4\.0 GiB to send, weighed together \d+\.\d W less/);
  expect(fate(p, 'h2')?.why).toMatch(/but it would not pay: .*\+8\.0 GiB to send, weighed together \d+\.\d W more/);
});

test('a host whose VMs could peak together beyond its cores is dearer than a calmer one', () => {
  const vms = [
    vmState('a', 'h1', { vcpus: 4 }),
    vmState('wild', 'h2', { vcpus: 16, ramMiB: 12_288 }),
    vmState('calm', 'h3', { vcpus: 16, ramMiB: 8192 }),
  ];
  const level = { a: 0.3, wild: 0.55, calm: 0.55 };
  const settings = { ...THRESHOLD, keepN1: false };
  expect(routes(plan(cluster(three, vms), level, settings))).toEqual(['a: h1 > h2']);
  const byVm = new Map(Object.entries(level).map(([vm, share]) => [vm, new Float64Array(STEPS).fill(share)]));
  byVm.get('wild')![STEPS - 10] = 1;
  const cpu = { fromMs: 0, stepMs: 300_000, steps: STEPS, byVm };
  const made = planConsolidation({ state: cluster(three, vms), cpu, settings: { ...LIVE_DEFAULTS, ...settings } });
  if (!made.ok) throw new Error(made.error);
  expect(routes(made.value.report)).toEqual(['a: h1 > h3']);
  const wild = made.value.report.moves[0]?.options.find((o) => o.host === 'h2');
  expect(wild?.price?.lackingCore).toBeCloseTo(1.2, 6);
});
