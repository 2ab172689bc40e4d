// One move told by several sources under several names is one move, and none of them is a contradiction.
import { expect, test } from 'vitest';
import { type Draft, event, move, rulesIn, service, stateAfter, status, vm } from './facts.ts';

const RECORD = '3f1c2e5d-4f4a-1c8c-4e1f-6b0f724f0d21';
const BY_REQUEST = 'a/live-migration@req-0e6d1b7e-0d4f-4a1c-8c4e-1f6b0f724f0d';
const BY_TIME = 'a/live-migration@2026-01-06T10:01:00.000Z';
const inferred = (draft: Draft): Draft => ({ ...draft, evidence: 'inferred' });
const running = vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE' });

test('Nova’s record, its notifications and a log tell of one live migration', () => {
  const state = stateAfter(
    running,
    move(1, RECORD, { vm: 'a' }),
    inferred(move(1.2, BY_REQUEST, { vm: 'a' })),
    inferred(move(1.4, BY_TIME, { vm: 'a', source: null, dest: null })),
    status(1.2, BY_REQUEST, 'preparing'),
    status(3, BY_TIME, 'running'),
    event(3.5, 'migration.progressed', `migration:${BY_TIME}`, { memoryRemainingBytes: 7 }),
    status(4, BY_REQUEST, 'completed'),
    status(4.1, RECORD, 'completed'),
  );
  expect(rulesIn(state)).toEqual([]);
  expect(state.migrations.map((m) => [m.id, m.status, m.dest])).toEqual([[RECORD, 'completed', 'h2']]);
  expect(state.vms[0]).toMatchObject({ host: 'h2', taskState: null });
});

test('a word that says more than the first fills it in', () => {
  const evacuation = { vm: 'a', type: 'evacuation', kind: null } as const;
  const state = stateAfter(
    service(0, 'h1', { up: false }),
    running,
    inferred(move(1, 'a/evacuation@req-1', { ...evacuation, dest: null })),
    move(1.1, RECORD, { ...evacuation, dest: 'h3' }),
    status(2, RECORD, 'done'),
  );
  expect(rulesIn(state)).toEqual([]);
  expect(state.migrations.map((m) => [m.dest, m.status])).toEqual([['h3', 'done']]);
  expect(state.vms[0]?.host).toBe('h3');
});

test('one rollback is failed to one source and error to another', () => {
  const state = stateAfter(
    running,
    move(1, RECORD, { vm: 'a' }),
    inferred(move(1.1, BY_REQUEST, { vm: 'a' })),
    status(2, BY_REQUEST, 'failed', { reason: 'timeout' }),
    status(2.1, RECORD, 'error'),
  );
  expect(rulesIn(state)).toEqual([]);
  expect(state.migrations[0]).toMatchObject({ status: 'failed', reason: 'timeout' });
});

test('its number and its UUID name one record', () => {
  const state = stateAfter(
    running,
    move(1, RECORD, { vm: 'a' }),
    move(1, '12', { vm: 'a' }),
    status(2, '12', 'running'),
  );
  expect(state.migrations.map((m) => [m.id, m.status])).toEqual([[RECORD, 'running']]);
});

test.each([
  [
    'two requests',
    inferred(move(1, BY_REQUEST, { vm: 'a' })),
    inferred(move(2, 'a/live-migration@req-2', { vm: 'a' })),
  ],
  ['two records', move(1, RECORD, { vm: 'a' }), move(2, 'b', { vm: 'a' })],
  ['another destination', move(1, RECORD, { vm: 'a' }), inferred(move(2, BY_REQUEST, { vm: 'a', dest: 'h3' }))],
  ['a record made long after', inferred(move(1, BY_REQUEST, { vm: 'a' })), move(9, RECORD, { vm: 'a' })],
])('%s are two moves', (_, first, second) => {
  const state = stateAfter(running, first, second);
  expect(rulesIn(state)).toContain('move-unfinished');
  expect(state.migrations).toHaveLength(2);
});

test('one name for two moves is a contradiction', () => {
  const state = stateAfter(
    running,
    vm(0, 'b', { host: 'h1' }),
    move(1, RECORD, { vm: 'a' }),
    move(2, RECORD, { vm: 'b' }),
  );
  expect(rulesIn(state)).toEqual(['state-forbidden']);
});
