// One VM's prediction: what was assumed is marked, a guest that writes too fast does not finish, and a way out is found.
import { expect, test } from 'vitest';
import { predictMove } from '../../../domain/planning/move-prediction.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';

const vm = vmState('vm-1', 'h1', { ramMiB: 32_768, storage: 'shared' });
const state = chargedState([hostState('h1'), hostState('h2')], [vm]);

test('a sampled write rate is observed, one nobody sampled is assumed', () => {
  const rate = (sampled: boolean): unknown => {
    const around = sampled ? { ...NO_SURROUNDINGS, dirtyPagesPerS: new Map([[vm.id, 50]]) } : NO_SURROUNDINGS;
    const got = predictMove(state, around, vm.id, PLAN_DEFAULTS);
    return got.ok && got.value.inputs.find((i) => i.unit === 'pages a second');
  };
  expect(rate(true)).toMatchObject({ value: 50, evidence: 'observed' });
  expect(rate(false)).toMatchObject({ value: PLAN_DEFAULTS.dirtyPagesPerS, evidence: 'assumed' });
});

test('a guest that writes faster than the link carries does not finish, and the sweep begins with a way that does', () => {
  const got = predictMove(state, NO_SURROUNDINGS, vm.id, { ...PLAN_DEFAULTS, dirtyPagesPerS: 400_000 });
  if (!got.ok) throw new Error(got.error);
  expect(got.value.outcome).not.toBe('completed');
  expect(got.value.sweep[0]?.finishes).toBe(true);
  expect(got.value.sweep.find((r) => r.changes.length === 0)?.finishes).toBe(false);
});

test('a VM whose RAM the log does not tell is refused in words', () => {
  const unknown = { ...state, vms: [{ ...vm, ramMiB: null }] };
  expect(predictMove(unknown, NO_SURROUNDINGS, vm.id, PLAN_DEFAULTS)).toMatchObject({
    ok: false,
    error: expect.stringContaining('how much RAM'),
  });
});

test('a stopped VM is refused wherever it goes, a running one is not', () => {
  const stopped = { ...vm, vmState: 'stopped' as const, powerState: 'SHUTDOWN' as const };
  const codes = (one: typeof vm): unknown => {
    const got = predictMove(chargedState(state.hosts, [one]), NO_SURROUNDINGS, vm.id, PLAN_DEFAULTS);
    return got.ok && got.value.refused.map((f) => f.code);
  };
  expect(codes(stopped)).toContain('vm-state');
  expect(codes(vm)).toEqual([]);
});
