// Processor time of a plan: moves at one time add up on a host, and connections too few for the link are named.
import { expect, test } from 'vitest';
import { planCpu } from '../../../domain/planning/host-cpu.ts';
import { carriesOf } from '../../../domain/planning/move-stream.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { PlannedMove } from '../../../domain/planning/plan.ts';
import { withKnownClocks } from '../../../domain/planning/resolve.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';

const move = (source: string, dest: string, startMs: number, kind: PlannedMove['kind'] = 'live'): PlannedMove => ({
  vm: `${source}-${dest}`,
  name: `${source}-${dest}`,
  source,
  dest,
  kind,
  storage: 'shared',
  startMs,
  endMs: startMs + 10_000,
  downtimeMs: 10,
  bytes: 8e9,
  after: [],
  because: '',
});

test('two moves out of one host keep twice the cores of one busy while they overlap; a cold one is not counted', () => {
  const cpu = planCpu([move('a', 'b', 0), move('a', 'c', 4000), move('a', 'd', 0, 'cold')], PLAN_DEFAULTS);
  const [one, two, cold] = cpu.moves;
  expect(cold).toBeNull();
  expect(cpu.hosts.map((h) => h.host).sort()).toEqual(['a', 'b', 'c']);
  const a = cpu.hosts.find((h) => h.host === 'a');
  expect(a?.peakCores).toBeCloseTo((one?.source ?? 0) + (two?.source ?? 0), 9);
  expect(a?.peakAtMs).toBe(6000);
  expect(cpu.hosts.find((h) => h.host === 'b')?.peakCores).toBeCloseTo(one?.dest ?? 0, 9);
  expect(cpu.words.join()).toMatch(/1 cold copies go through ssh/);
});

test('connections that carry less than the link are named with how many would fill it', () => {
  const words = (nicBitsPerS: number): string =>
    planCpu([move('a', 'b', 0)], { ...PLAN_DEFAULTS, nicBitsPerS }).words.join();
  expect(words(40e9)).toMatch(/1 of 1 live moves are held to 16\.1 .*parallel_connections = 3/);
  expect(words(10e9)).not.toMatch(/held/);
});

test('a clock that the name of a processor tells stands before the one assumed', () => {
  const hardware = { hypervisorType: null, hypervisorVersion: null };
  const around = {
    ...NO_SURROUNDINGS,
    hardware: new Map([
      ['a', { ...hardware, cpuModel: 'Intel(R) Xeon(R) Gold 6154 CPU @ 3.00GHz' }],
      ['b', { ...hardware, cpuModel: 'Cascadelake-Server' }],
    ]),
  };
  const o = withKnownClocks(around, PLAN_DEFAULTS);
  expect(o.clocks).toEqual({ a: 3 });
  expect(carriesOf(o)('a', 'a')).toBeCloseTo(1.25 * carriesOf(o)('b', 'b'), 0);
});
