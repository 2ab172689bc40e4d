// The CloudSim experiment: printing, policies, and one small day worked out against its own rules.
import { expect, test } from 'vitest';
import { parsePolicy, POLICY_NAMES } from '../../../domain/consolidation/cloudsim/policy.ts';
import { javaFixed, printedFigures } from '../../../domain/consolidation/cloudsim/print.ts';
import { CLOUDSIM_QUIRKS, withoutQuirks } from '../../../domain/consolidation/cloudsim/quirks.ts';
import { runCloudSim } from '../../../domain/consolidation/cloudsim/run.ts';
import { runTrial, trialFault } from '../../../domain/consolidation/experiment.ts';
import { powerAt, SPEC_POWER } from '../../../domain/consolidation/power.ts';
import type { Workload } from '../../../domain/consolidation/workload.ts';

const policy = (name: string) => {
  const parsed = parsePolicy(name, null);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

/** Every VM at a steady level, with one peak. */
const workload = (vms: number, steps: number, level: number): Workload => ({
  vms: Array.from({ length: vms }, (_, i) => `vm${i}`),
  steps,
  samples: Float64Array.from({ length: vms * steps }, (_, i) => (i % (steps + 3) === 0 ? 3 * level : level)),
});

test.each([
  [1028.865, 2, '1028.87'], // toFixed says 1028.86: the double is just below
  [0.005, 2, '0.01'],
  [2.5, 0, '3'],
  [-1.25, 1, '-1.3'],
  [0.004, 2, '0.00'],
  [999.999, 2, '1000.00'],
  [1e-9, 5, '0.00000'],
  [Number.NaN, 2, 'NaN'],
])('%d prints with %i decimals as Java prints it: %s', (value, decimals, text) => {
  expect(javaFixed(value, decimals).replace(/\.$/, '')).toBe(text);
});

test('policies are read by name, with the parameter of CloudSim unless given', () => {
  expect(policy('lrr-mmt')).toEqual({ kind: 'migrating', detector: 'lrr', selection: 'mmt', param: 1.2 });
  expect(parsePolicy('thr-mmt', 0.7)).toMatchObject({ ok: true, value: { param: 0.7 } });
  expect(parsePolicy('lrr-xyz', null)).toMatchObject({
    ok: false,
    error: expect.stringContaining('unknown policy "lrr-xyz"'),
  });
  expect(parsePolicy('thr-mmt', -1)).toMatchObject({ ok: false });
  expect(parsePolicy('npa', 1)).toMatchObject({ ok: false });
  for (const name of POLICY_NAMES) expect(parsePolicy(name, null).ok).toBe(true);
});

test('NPA draws full power from every host until the last tick', () => {
  const outcome = runCloudSim({ workload: workload(8, 12, 20), policy: policy('npa') });
  expect(outcome.energyKwh).toBeCloseTo((400 * (117 + 135) * (0.1 + 300 * 11)) / 3.6e6, 9);
  expect(outcome.migrations).toBe(0);
});

test('DVFS keeps VMs where first fit puts them and charges two intervals of three', () => {
  // 2,500 and 2,000 MIPS need the cores of a G5, which holds both; 1,000 and 500 fit the first G4.
  const flat = { ...workload(4, 4, 10), samples: new Float64Array(16).fill(10) };
  const outcome = runCloudSim({ workload: flat, policy: policy('dvfs') });
  const watts =
    powerAt(SPEC_POWER['hp-ml110-g5-xeon-3075'], 450 / 5320) + powerAt(SPEC_POWER['hp-ml110-g4-xeon-3040'], 150 / 3720);
  expect(outcome.hostShutdowns).toBe(800 - 2);
  expect(outcome.energyKwh).toBeCloseTo((watts * 600) / 3.6e6, 12);
});

test('a migrating policy empties hosts; every policy runs and accounts the same VMs', () => {
  const day = workload(40, 40, 12);
  const dvfs = runCloudSim({ workload: day, policy: policy('dvfs') });
  for (const name of POLICY_NAMES.filter((n) => n.includes('-'))) {
    const outcome = runCloudSim({ workload: day, policy: policy(name) });
    expect(outcome.migrations, name).toBeGreaterThan(0);
    expect(outcome.energyKwh, name).toBeLessThan(dvfs.energyKwh);
    expect(outcome.pdm, name).toBeGreaterThan(0);
  }
});

test('random selection depends on its seed and on nothing else', () => {
  const input = { workload: workload(60, 60, 25), policy: policy('thr-rs') };
  expect(runCloudSim({ ...input, seed: 'a' })).toEqual(runCloudSim({ ...input, seed: 'a' }));
});

test('a VM of zero demand leaves for good, unless that quirk is off', () => {
  const idle = { ...workload(8, 12, 10), samples: new Float64Array(8 * 12) };
  const input = { workload: idle, policy: policy('lr-mmt') };
  expect(runCloudSim(input).vmsDropped).toBe(8);
  expect(runCloudSim({ ...input, quirks: withoutQuirks('zeroDemandEnds') }).vmsDropped).toBe(0);
  expect(withoutQuirks()).toEqual(CLOUDSIM_QUIRKS);
});

test('figures without migrations print NaN as Java does', () => {
  const printed = printedFigures(runCloudSim({ workload: workload(4, 4, 10), policy: policy('dvfs') }));
  expect(printed['Mean time before a VM migration']).toBe('NaN sec');
  expect(printed['Total simulation time']).toBe('1200.00 sec');
});

test('a trial is asked for by names, and refuses those it does not know', () => {
  const day = workload(4, 4, 10);
  const trial = { experiment: 'cloudsim', policy: 'dvfs', param: null, seed: 'a' } as const;
  const report = runTrial(day, trial);
  if (!report.ok || report.value.experiment !== 'cloudsim') throw new Error('dvfs runs');
  const { figures } = report.value;
  expect(figures.printed['Energy consumption']).toBe(`${javaFixed(figures.energyKwh, 2)} kWh`);
  expect(figures.slaviolation).toBe(figures.overallSlaViolation);
  expect(trialFault({ ...trial, policy: 'lr-mmt', quirksOff: ['rain'] })).toMatch('unknown quirk "rain"');
  expect(trialFault({ ...trial, experiment: 'honest', quirksOff: ['ramIgnored'] })).toMatch('none of the quirks');
  expect(trialFault({ ...trial, policy: 'lr' })).toMatch('unknown policy "lr"');
});

test('a day of more VMs than the hosts have room for is refused in either experiment', () => {
  const crowd = workload(4000, 3, 5);
  const trial = { policy: 'lrr-mmt', param: null, seed: 'a' };
  const refused = { ok: false, error: "the experiment's 800 hosts have no room for 4000 VMs" };
  expect(runTrial(crowd, { ...trial, experiment: 'cloudsim' })).toEqual(refused);
  expect(runTrial(crowd, { ...trial, experiment: 'honest' })).toEqual(refused);
  expect(runTrial(crowd, { ...trial, experiment: 'honest', policy: 'steady' })).toEqual(refused);
});
