// Every algorithm is in the registry once, runs with its defaults, and refuses configurations that make no sense.
import { expect, test } from 'vitest';
import { rng } from '../../../domain/base/rng.ts';
import { OVERLOAD, STRATEGIES, UNDERLOAD, VM_PLACEMENT, VM_SELECTION } from '../../../domain/consolidation/registry.ts';
import { configure } from '../../../domain/consolidation/strategy.ts';

const context = { timeStepS: 300, migrationTimeS: 20, rng: rng('test') };
const busy = Array.from({ length: 40 }, (_, i) => 0.5 + i / 50);

const nameOf = (list: readonly { readonly name: string }[], name: string) => list.find((s) => s.name === name);

test('names are unique per question and every option says what it means', () => {
  const names = STRATEGIES.map((s) => `${s.question}/${s.name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const s of STRATEGIES) for (const p of s.parameters) expect(p.meaning).not.toBe('');
});

test('a rising host is overloaded for every detector but the one that never says so', () => {
  const verdicts = OVERLOAD.map((strategy) => {
    const step = configure(strategy, context, {});
    if (!step.ok) throw new Error(step.error);
    return [strategy.name, step.value(busy, null)[0]];
  });
  const silent = verdicts.filter(([, overloaded]) => overloaded === false).map(([name]) => name);
  expect(silent).toEqual(['never_overloaded']);
});

test('an idle host is underloaded for every detector', () => {
  for (const strategy of UNDERLOAD) {
    const step = configure(strategy, context, {});
    expect(step.ok && step.value([0.1, 0.1, 0.1], null)[0]).toBe(true);
  }
});

test('OTF carries its counters from call to call', () => {
  const step = configure(nameOf(OVERLOAD, 'otf') as (typeof OVERLOAD)[number], context, { threshold: 0.8, limit: 1 });
  if (!step.ok) throw new Error(step.error);
  const [, first] = step.value([0.9], null);
  const [, second] = step.value([0.9, 0.1], first);
  expect(second).toEqual({ overload: 1, total: 2 });
});

test('selection and placement answer by name, or not at all', () => {
  const cpu = new Map([
    ['a', [100]],
    ['b', [300]],
  ]);
  const ram = new Map([
    ['a', 512],
    ['b', 512],
  ]);
  const answers = VM_SELECTION.map((strategy) => {
    const step = configure(strategy, context, {});
    return step.ok ? [strategy.name, step.value({ cpu, ram }, null)[0]] : step.error;
  });
  expect(Object.fromEntries(answers as [string, string][])).toMatchObject({
    minimum_utilization: 'a',
    minimum_migration_time: 'a',
    minimum_migration_time_max_cpu: 'b',
    maximum_correlation: 'a',
  });
  const place = configure(VM_PLACEMENT[0]!, context, {});
  if (!place.ok) throw new Error(place.error);
  const one = (value: number) => new Map([['h', value]]);
  const none = new Map<string, number>();
  const input = {
    hostsCpuUsed: one(0),
    hostsCpuTotal: one(600),
    hostsRamUsed: one(0),
    hostsRamTotal: one(2048),
    inactiveCpu: none,
    inactiveRam: none,
    vmsCpu: cpu,
    vmsRam: ram,
  };
  expect(place.value(input, null)[0]).toEqual(
    new Map([
      ['b', 'h'],
      ['a', 'h'],
    ]),
  );
  expect(place.value({ ...input, hostsCpuUsed: one(200) }, null)[0]).toEqual(new Map());
});

test('an unknown parameter and one of the wrong kind are named', () => {
  const threshold = nameOf(OVERLOAD, 'threshold') as (typeof OVERLOAD)[number];
  expect(configure(threshold, context, { limit: 1 })).toEqual({
    ok: false,
    error: 'threshold has no parameter "limit"; its parameters: threshold',
  });
  expect(configure(threshold, context, { threshold: [1] })).toEqual({
    ok: false,
    error: 'threshold: "threshold" must be a number',
  });
});
