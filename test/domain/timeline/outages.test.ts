// Down times read from facts: a failure evacuated, a host shut down with its guests, a guest that somebody had stopped before.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../../domain/base/brand.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND } from '../../../domain/drill/settings.ts';
import { byEventTime } from '../../../domain/timeline/order.ts';
import { type Outage, outagesAfter } from '../../../domain/timeline/outages.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import {
  at,
  changed,
  clusterOf,
  type Draft,
  evacuate,
  event,
  foldAll,
  host,
  numbered,
  service,
  stateAfter,
  status,
  vm,
} from '../cluster/facts.ts';

const MINUTE = at(1) - at(0);
const ALWAYS: Instant = instant(Number.MAX_SAFE_INTEGER);
const BEFORE = [
  host(0, 'h1'),
  host(0, 'h2'),
  service(0, 'h1', { up: true, enabled: true }),
  service(0, 'h2', { up: true, enabled: true }),
  vm(0, 'a', { name: 'web', host: 'h1', vmState: 'active', status: 'ACTIVE' }),
];

const outages = (events: readonly Draft[], more: Partial<Parameters<typeof outagesAfter>[2]> = {}): readonly Outage[] =>
  outagesAfter(clusterOf(...BEFORE), numbered(events), { beginBy: ALWAYS, vms: null, ...more });

const state = (minute: number, vmState: 'active' | 'stopped' | 'error') =>
  changed(minute, 'a', { vmState, taskState: null });

test('an evacuation is back with its end, and runs when it is started', () => {
  const told = [
    event(1, 'host.failed', 'host:h1', { cause: 'crash' }),
    evacuate(2, 'e', 'a', 'h1', 'h2'),
    status(4, 'e', 'done'),
    state(4, 'stopped'),
    state(9, 'active'),
  ];
  const [one, more] = outages(told);
  expect(more).toBeUndefined();
  expect(one).toEqual({
    vm: 'a',
    name: 'web',
    from: at(1),
    source: 'h1',
    dest: 'h2',
    backMs: 3 * MINUTE,
    runsMs: 8 * MINUTE,
  });
});

test('guests that go down just before their host are down from then; one stopped long before only with its host', () => {
  const told = (stopped: number, failed: number) => [
    state(stopped, 'stopped'),
    event(failed, 'host.failed', 'host:h1', { cause: 'shutdown' }),
    evacuate(failed + 1, 'e', 'a', 'h1', 'h2'),
    status(failed + 2, 'e', 'done'),
  ];
  expect(outages(told(1, 2))).toMatchObject([{ from: at(1), backMs: 3 * MINUTE, runsMs: null }]);
  expect(outages(told(1, 60))).toMatchObject([{ from: at(60), backMs: 2 * MINUTE, runsMs: null }]);
});

test('stopping and starting a VM is no outage; an ERROR is, until it is gone', () => {
  expect(outages([state(1, 'stopped'), state(2, 'active')])).toEqual([]);
  expect(outages([state(1, 'error')])).toMatchObject([{ backMs: null, runsMs: null }]);
  expect(outages([state(1, 'error'), state(3, 'active')])).toMatchObject([{ backMs: 2 * MINUTE }]);
});

test('what begins too late is another incident, and what was not asked about is not told', () => {
  const late = [event(30, 'host.failed', 'host:h1', { cause: 'crash' })];
  expect(outages(late, { beginBy: at(10) })).toEqual([]);
  expect(outages(late, { vms: new Set(['b']) })).toEqual([]);
  expect(outages(late, { vms: new Set(['a']) })).toHaveLength(1);
});

test('the facts of a drill tell its own down times', () => {
  const before = stateAfter(...BEFORE);
  const drill = runDrill({ state: before, at: at(0), fail: ['h1'], settings: BY_HAND, name: 'd' });
  if (!drill.ok) throw new Error(drill.error);
  const told = drill.value.events.map((fact): Draft => ({ ...fact, source: 'drill' }));
  const [vmOutcome] = drill.value.outcome.vms;
  expect(outages(told)).toMatchObject([{ vm: 'a', from: at(0), backMs: vmOutcome?.downMs, dest: 'h2', runsMs: null }]);
});

test('whatever the log says, times are in order and the cluster asked about stays as it was', () => {
  fc.assert(
    fc.property(arbitraryLog(), fc.nat(), (log, n) => {
      const sorted = [...log].sort(byEventTime);
      const cluster = foldAll(sorted.slice(0, n % sorted.length));
      const count = cluster.counts.folded;
      const found = outagesAfter(cluster, sorted.slice(n % sorted.length), { beginBy: ALWAYS, vms: null });
      expect(cluster.counts.folded).toBe(count);
      expect(new Set(found.map((o) => o.vm)).size).toBe(found.length);
      for (const { backMs, runsMs } of found) {
        expect(backMs ?? 0).toBeGreaterThanOrEqual(0);
        if (runsMs !== null) expect(runsMs).toBeGreaterThanOrEqual(backMs ?? Infinity);
      }
    }),
    { numRuns: 150 },
  );
});
