// The honest experiment: the bound is below the exact optimum, the optimum below ours, and no strategy cheats.
import highsModule from 'highs';
import { expect, test } from 'vitest';
import { rng } from '../../../domain/base/rng.ts';
import { HOST_TYPES, INTERVAL_S, vmTypeOf } from '../../../domain/consolidation/cloudsim/machines.ts';
import { parsePolicy } from '../../../domain/consolidation/cloudsim/policy.ts';
import { wattsBound } from '../../../domain/consolidation/honest/energy-bound.ts';
import { excessAtMost } from '../../../domain/consolidation/honest/packing.ts';
import { paretoRows } from '../../../domain/consolidation/honest/pareto.ts';
import { runHonest } from '../../../domain/consolidation/honest/run.ts';
import { steady, STEADY_DEFAULTS } from '../../../domain/consolidation/honest/steady.ts';
import { textbook } from '../../../domain/consolidation/honest/textbook.ts';
import type { Workload } from '../../../domain/consolidation/workload.ts';

// The package's types describe its CommonJS form, where the loader is a property; its ES module is the loader itself.
const highsLoader = highsModule as unknown as typeof highsModule.default;

const settings = {
  wakeS: 120,
  migration: (ramMB: number) => ({ seconds: ramMB / 62.5, downtimeS: 0, sentMB: ramMB }),
};
const perKwh = 3.6e6;

/** Constant demand for two samples. */
const still = (percent: readonly number[]): Workload => ({
  vms: percent.map((_, i) => `vm${i}`),
  steps: 2,
  samples: Float64Array.from(percent.flatMap((p) => [p, p])),
});

/** Lively demand with long tails, seeded. */
const lively = (vms: number, steps: number): Workload => {
  const r = rng('lively');
  const samples = new Float64Array(vms * steps);
  for (let vm = 0; vm < vms; vm++) {
    const level = 40 * r.next() ** 3;
    for (let s = 0; s < steps; s++) samples[vm * steps + s] = Math.min(100, level + 100 * r.next() ** 12);
  }
  return { vms: Array.from({ length: vms }, (_, i) => `vm${i}`), steps, samples };
};

/** Least watts of placing the VMs on some hosts of each type, as an integer programme in CPLEX LP format. */
const programme = (percent: readonly number[], perType: number): string => {
  const vms = percent.map((p, i) => ({
    ...vmTypeOf(i, percent.length),
    demand: (p / 100) * vmTypeOf(i, percent.length).mips,
  }));
  const hosts = HOST_TYPES.flatMap((type) => Array.from({ length: perType }, () => type));
  const tenths = Array.from({ length: 11 }, (_, k) => k);
  const goal: string[] = [];
  const rows: string[] = [];
  const binaries: string[] = [];
  for (const [h, type] of hosts.entries()) {
    goal.push(...tenths.map((k) => `${type.power[k]} l${h}_${k}`));
    binaries.push(`on${h}`, ...tenths.slice(1).map((k) => `s${h}_${k}`), ...vms.map((_, v) => `x${v}_${h}`));
    rows.push(`${tenths.map((k) => `l${h}_${k}`).join(' + ')} - on${h} = 0`);
    rows.push(
      `${tenths
        .slice(1)
        .map((k) => `s${h}_${k}`)
        .join(' + ')} - on${h} = 0`,
    );
    for (const k of tenths) {
      const segments = [k, k + 1].filter((s) => s >= 1 && s <= 10).map((s) => ` - s${h}_${s}`);
      rows.push(`l${h}_${k}${segments.join('')} <= 0`);
    }
    const used = tenths.slice(1).map((k) => `${(k / 10) * type.totalMips} l${h}_${k}`);
    rows.push(`${used.join(' + ')}${vms.map((vm, v) => ` - ${vm.demand} x${v}_${h}`).join('')} = 0`);
    rows.push(`${vms.map((vm, v) => `${vm.ramMB} x${v}_${h}`).join(' + ')} - ${type.ramMB} on${h} <= 0`);
    if (h % perType !== 0) rows.push(`on${h} - on${h - 1} <= 0`);
  }
  for (const v of vms.keys()) rows.push(`${hosts.map((_, h) => `x${v}_${h}`).join(' + ')} = 1`);
  return `Minimize\n obj: ${goal.join(' + ')}\nSubject To\n${rows.map((r, i) => ` c${i}: ${r}`).join('\n')}\nBinary\n ${binaries.join(' ')}\nEnd\n`;
};

test('bound <= exact optimum (HiGHS) <= ours, on small instances', async () => {
  const highs = await highsLoader();
  const r = rng('small instances');
  for (let instance = 0; instance < 3; instance++) {
    const percent = Array.from({ length: 8 }, () => Math.round(5 + 45 * r.next()));
    const solution = highs.solve(programme(percent, 3));
    expect(solution.Status).toBe('Optimal');
    const outcome = runHonest(still(percent), steady({ ...STEADY_DEFAULTS, safetyPremium: 0 }), settings);
    const watts = (kwh: number): number => (kwh * perKwh) / (2 * INTERVAL_S);
    expect(watts(outcome.boundKwh)).toBeLessThanOrEqual(solution.ObjectiveValue + 1e-6);
    expect(solution.ObjectiveValue).toBeLessThanOrEqual(watts(outcome.energyKwh) + 1e-6);
    expect(watts(outcome.boundKwh)).toBeGreaterThan(0.6 * solution.ObjectiveValue);
  }
}, 60_000);

test('the bound is exact where nothing needs to be rounded', () => {
  const kinds = [{ count: 10, mips: 1000, ramMB: 100, power: [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100] }];
  expect(wattsBound(kinds, { ramMB: 300, mips: 1500 })).toBeCloseTo(3 * 50 + 1500 * 0.05, 6);
  expect(wattsBound(kinds, { ramMB: 0, mips: 3000 })).toBeCloseTo(3 * 100, 6);
});

test('no demand exceeds a capacity more than the bound says', () => {
  // Two-point distributions: mean and sigma as asked, excess as large as it gets.
  for (const chance of [0.01, 0.1, 0.3]) {
    const peak = 100;
    const mean = chance * peak;
    const sigma = Math.sqrt(chance * (1 - chance)) * peak;
    for (const capacity of [mean + 1, 50, 90]) {
      const excess = chance * Math.max(0, peak - capacity);
      expect(excessAtMost(mean, sigma, peak, capacity)).toBeGreaterThanOrEqual(excess - 1e-9);
    }
  }
  expect(excessAtMost(10, 5, 40, 50)).toBe(0);
});

test('every strategy stays above the bound, and ours never breaks RAM', () => {
  const day = lively(120, 60);
  const policies = ['dvfs', 'thr-mmt', 'mad-mmt', 'iqr-mmt', 'lr-mmt', 'lrr-mmt'].map((name) => {
    const parsed = parsePolicy(name, null);
    if (!parsed.ok) throw new Error(parsed.error);
    return textbook(parsed.value);
  });
  const rows = paretoRows([...policies, steady()].map((strategy) => runHonest(day, strategy, settings)));
  for (const row of rows) {
    expect(row.overBound, row.strategy).toBeGreaterThan(0);
    expect(row.refused, row.strategy).toBe(0);
  }
  const ours = rows.find((r) => r.strategy === 'steady')!;
  const lrr = rows.find((r) => r.strategy === 'lrr-mmt')!;
  expect(ours.energyKwh).toBeLessThan(lrr.energyKwh);
  expect(ours.migrations).toBeLessThan(lrr.migrations / 10);
});

test('relief moves a VM off a host that lacks CPU, within its budget', () => {
  // VM type 0 only in the first quarter: four of them share one host; all four go to full speed at tick 4.
  const steps = 30;
  const vms = 16;
  const samples = Float64Array.from({ length: vms * steps }, (_, i) => (i < 4 * steps && i % steps >= 4 ? 100 : 5));
  const day = { vms: Array.from({ length: vms }, (_, i) => `vm${i}`), steps, samples };
  const relieved = runHonest(day, steady(), settings);
  const left = runHonest(day, steady({ ...STEADY_DEFAULTS, budget: 0 }), settings);
  expect(relieved.migrations).toBeGreaterThan(0);
  expect(left.migrations).toBe(0);
  expect(relieved.shortfall).toBeLessThan(left.shortfall / 2);
  expect(relieved.slatah).toBeLessThan(left.slatah);
});

test('a relieved VM goes home once its demand has been low for the whole memory, and its host sleeps', () => {
  const steps = 40;
  const vms = 16;
  const isHot = (vm: number, step: number): boolean => vm < 4 && step >= 4 && step < 8;
  const samples = Float64Array.from({ length: vms * steps }, (_, i) =>
    isHot(Math.floor(i / steps), i % steps) ? 100 : 5,
  );
  const day = { vms: Array.from({ length: vms }, (_, i) => `vm${i}`), steps, samples };
  const outcome = runHonest(day, steady(), settings);
  const away = runHonest(day, steady({ ...STEADY_DEFAULTS, memoryTicks: steps }), settings);
  expect(outcome.migrations).toBe(2 * away.migrations);
  expect(outcome.hostShutdowns).toBe(away.wakes);
  expect(away.hostShutdowns).toBe(0);
  expect(outcome.energyKwh).toBeLessThan(away.energyKwh);
});

test('links carry one migration at a time and waking takes its time', () => {
  const dvfs = parsePolicy('dvfs', null);
  if (!dvfs.ok) throw new Error(dvfs.error);
  const day = still(Array.from({ length: 4 }, () => 10));
  const base = textbook(dvfs.value);
  const spread = {
    ...base,
    name: 'spread',
    planner: () => () => [
      { vm: 0, target: 799 },
      { vm: 2, target: 799 },
    ],
  };
  const outcome = runHonest(day, spread, settings);
  expect(outcome.migrations).toBe(2);
  expect(outcome.wakes).toBe(1);
  expect(outcome.meanMigrationS).toBeCloseTo((870 + 1740) / 2 / 62.5, 9);
  // 120 s of waking and 28 s of copying: the second of two intervals is long enough for both, one after the other.
  expect(outcome.meanHostsOn).toBeGreaterThan(runHonest(day, base, settings).meanHostsOn);
});

test('a row is on the front unless another is nowhere worse and somewhere better', () => {
  const base = runHonest(still([10, 10, 10, 10]), steady(), settings);
  const rows = paretoRows([
    base,
    { ...base, energyKwh: base.energyKwh * 2 },
    { ...base, energyKwh: base.energyKwh / 2, migrations: 5 },
  ]);
  expect(rows.map((r) => r.onFront)).toEqual([true, false, true]);
});
