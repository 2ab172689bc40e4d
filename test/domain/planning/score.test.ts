// A plan against a state with migrations on record: durations, downtimes and bytes, measured or only as far as progress was told.
import { expect, test } from 'vitest';
import { planDrain } from '../../../domain/planning/drain.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { scorePlan } from '../../../domain/planning/score.ts';
import type { MigrationState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';

const shared = { ramMiB: 4096, storage: 'shared' } as const;
const state = chargedState([hostState('a'), hostState('b')], [vmState('x', 'a', shared), vmState('y', 'a', shared)]);
const made = planDrain({ state, around: NO_SURROUNDINGS, hosts: ['a'], options: PLAN_DEFAULTS });
if (!made.ok) throw new Error(made.error);
const plan = made.value;
const T0 = Date.parse('2026-11-26T10:00:00Z');

/** The planned move as it ran, a tenth slower. */
const ran = (i: number, told: Partial<MigrationState>): MigrationState => {
  const { vm, source, dest, startMs, endMs } = plan.moves[i]!;
  const at = (ms: number): string => new Date(T0 + 1.1 * ms).toISOString();
  return {
    id: `m${i}`,
    vm,
    type: 'live-migration',
    kind: 'shared',
    status: 'completed',
    source,
    dest,
    startedAt: at(startMs),
    endedAt: at(endMs),
    downtimeMs: null,
    bytes: null,
    processedBytes: null,
    reason: null,
    evidence: 'observed',
    ...told,
  };
};

const score = (...migrations: readonly MigrationState[]) =>
  scorePlan(plan, new Date(T0).toISOString(), clusterOf(state.hosts, state.vms, { migrations }));

test('bytes measured at the end are scored; of progress told on the way only that it was at least so much', () => {
  const got = score(ran(0, { bytes: plan.moves[0]!.bytes / 1.25 }), ran(1, { processedBytes: 1e9 }));
  expect(got.outcomes['as planned']).toBe(2);
  expect(got.steps.map((s) => s.bytes)).toMatchObject([
    { actual: plan.moves[0]!.bytes / 1.25, isWhole: true },
    { actual: 1e9, isWhole: false },
  ]);
  expect(got.steps.map((s) => s.bytesError)).toEqual([expect.closeTo(0.25, 9), null]);
  expect(got.bytesErrorMedian).toBeCloseTo(0.25, 9);
  expect(got.steps[0]!.durationError).toBeCloseTo(1 / 1.1 - 1, 3);
});

test('where nobody counted bytes, none are scored; nor those of a move that failed', () => {
  expect(score(ran(0, {}), ran(1, {})).bytesErrorMedian).toBeNull();
  const failed = score(ran(0, { status: 'failed', bytes: 5e9 }), ran(1, {}));
  expect(failed.steps[0]).toMatchObject({ outcome: 'failed', bytes: { actual: null }, bytesError: null });
});
