// Trials shared out among threads: the same figures as here, stopped when asked, refused with a sentence.
import { expect, test } from 'vitest';
import type { Workload } from '../../../domain/consolidation/workload.ts';
import { runHere } from '../../../main/work/jobs.ts';
import { runOnThread } from '../../../main/work/thread.ts';
import { runTrials } from '../../../main/work/trials.ts';
import { unwatched } from '../../../main/work/watcher.ts';

const STEPS = 24;
const VMS = 20;

/** Waves out of step with each other, so that hosts fill and empty. */
const workload: Workload = {
  vms: Array.from({ length: VMS }, (_, vm) => `vm-${vm}`),
  steps: STEPS,
  samples: Float64Array.from({ length: VMS * STEPS }, (_, i) => 50 + 45 * Math.sin(i / 3 + Math.floor(i / STEPS))),
};

const orders = ['dvfs', 'thr-mmt', 'thr-rs', 'steady'].map((policy) => ({
  workload,
  trial: { experiment: 'honest' as const, policy, param: null, seed: 'trials' },
  says: policy,
}));

test('two threads answer what this one answers, in the same order', async () => {
  const here = await runTrials(runHere, orders, unwatched(), 1);
  const there = await runTrials(runOnThread, orders, unwatched(), 2);
  expect(here.ok && here.value.map((o) => o.experiment === 'honest' && o.figures.strategy)).toEqual([
    'dvfs',
    'thr-mmt',
    'thr-rs',
    'steady',
  ]);
  expect(here.ok && here.value.every((o) => o.course.energyKwh.length === STEPS)).toBe(true);
  expect(there).toEqual(here);
});

test('a stop ends all of it, and says how far it came', async () => {
  const stop = new AbortController();
  const ran = await runTrials(runOnThread, orders, { signal: stop.signal, progress: () => stop.abort() }, 2);
  expect(ran).toEqual({
    ok: false,
    error: { code: 'cancelled', sentence: 'Stopped after 0 of 4 policies. Nothing was changed.' },
  });
});

test('the trial that cannot be run says why', async () => {
  const bad = { workload, trial: { ...orders[0]!.trial, policy: 'best' }, says: 'best' };
  const ran = await runTrials(runHere, [...orders, bad], unwatched(), 2);
  expect(ran).toMatchObject({ ok: false, error: { code: 'bad_input' } });
});
