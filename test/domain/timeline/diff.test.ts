// The difference of two states says what changed, and leads from one to the other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { applyDiff, diffStates } from '../../../domain/timeline/diff.ts';
import { byEventTime } from '../../../domain/timeline/order.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import { at, evacuate, event, foldAll, host, stateAfter, status, vm } from '../cluster/facts.ts';

const stateOf = (log: Parameters<typeof foldAll>[0], timeline: string, minutes: number): ClusterState =>
  clusterState(foldAll([...log].sort(byEventTime)), { timeline, seq: seq(minutes), at: at(minutes) });

test('apply(a, diff(a, b)) = b', () => {
  fc.assert(
    fc.property(arbitraryLog(), arbitraryLog(), (left, right) => {
      const a = stateOf(left, 'main', 1);
      const b = stateOf(right, 'branch', 2);
      expect(applyDiff(a, diffStates(a, b), b)).toEqual(b);
    }),
    { numRuns: 150 },
  );
});

test('apply(a, diff(a, b)) = b along one history, where most stays', () => {
  fc.assert(
    fc.property(arbitraryLog(), fc.nat(), (log, n) => {
      const a = stateOf(log.slice(0, n % log.length), 'main', 1);
      const b = stateOf(log, 'main', 2);
      expect(applyDiff(a, diffStates(a, b), b)).toEqual(b);
    }),
    { numRuns: 150 },
  );
});

test('a state differs from itself in nothing, wherever it is read', () => {
  const a = stateAfter(vm(0, 'a', { host: 'h1', status: 'ACTIVE' }));
  expect(diffStates(a, { ...a, timeline: 'branch', seq: 9 })).toEqual({ added: [], removed: [], changed: [] });
});

test('a failure and its evacuation are told field by field', () => {
  const before = [host(0, 'h1'), host(0, 'h2'), vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE' })];
  const a = stateAfter(...before, vm(0, 'b', { host: 'h2' }));
  const b = stateAfter(
    ...before,
    event(1, 'host.failed', 'host:h1', { cause: 'crash' }),
    evacuate(2, 'e', 'a', 'h1', 'h2'),
    status(3, 'e', 'done'),
  );
  const { added, removed, changed } = diffStates(a, b);
  expect(added.map((e) => e.entity)).toEqual(['migration:e']);
  expect(removed.map((e) => [e.entity, e.name])).toEqual([['vm:b', 'b']]);
  expect(changed.find((e) => e.entity === 'vm:a')).toEqual({
    entity: 'vm:a',
    name: 'web',
    fields: [{ field: 'host', from: 'h1', to: 'h2' }],
  });
  expect(changed.find((e) => e.entity === 'host:h1')?.fields.map((f) => f.field)).toEqual(['up', 'downSince', 'vms']);
});
