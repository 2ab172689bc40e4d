// Questions about a whole timeline: bars add up, steps walk every event once in both directions, marks are in order.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { At, CallName, Input, Output } from '../../../domain/contract/contract.ts';
import type { Log } from '../../../main/log/types.ts';
import { createService, type Service } from '../../../main/service/service.ts';
import { runHere } from '../../../main/work/jobs.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { smallLog, START } from '../work/small-log.ts';

const DAY_MS = 86_400_000;

let log: Log;
let service: Service;
beforeAll(() => {
  log = smallLog();
  service = createService(log, { demonstration: false, runJob: runHere });
});
afterAll(() => service.close());

const ask = async <N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> => {
  const answer = await service.call(name, input, unwatched());
  if (!answer.ok) throw new Error(answer.error.sentence);
  return answer.value as Output<N>;
};

const main = () => {
  const timeline = log.timeline('main');
  if (!timeline.ok) throw new Error(timeline.error.sentence);
  return timeline.value;
};

test('the bars of a density add up to the events', async () => {
  const total = log.span(main())?.events ?? 0;
  for (const buckets of [1, 7, 240]) {
    const density = await ask('view.density', { timeline: 'main', from: START, to: START + DAY_MS, buckets });
    const bars = [...density.plain, ...density.motion, ...density.critical];
    expect(bars).toHaveLength(3 * buckets);
    expect(bars.reduce((sum, n) => sum + n, 0)).toBe(total);
  }
});

/** Every stop from an instant until there is none. */
const walk = async (from: At, direction: 1 | -1, to: 'event' | 'mark' | 'anomaly'): Promise<At[]> => {
  const stops: At[] = [];
  for (let at: At | null = from; ; stops.push(at)) {
    at = await ask('view.step', { timeline: 'main', at, direction, to });
    if (at === null) return stops;
  }
};

test('steps visit every event but telemetry, and back again', async () => {
  const told = [...log.inEventTime(main())]
    .filter((e) => !e.type.startsWith('telemetry.'))
    .map(({ at, seq }) => ({ at, seq }));
  const forward = await walk({ at: START - 1, seq: null }, 1, 'event');
  expect(forward).toEqual(told);
  const back = await walk({ at: START + DAY_MS, seq: null }, -1, 'event');
  expect(back).toEqual(told.toReversed());
});

test('steps between marks are the marks', async () => {
  const marks = await ask('view.marks', { timeline: 'main' });
  expect(marks.map(({ kind }) => kind)).toContain('host-down');
  const stops = [...new Map(marks.map(({ at, seq }) => [seq, { at, seq }])).values()];
  expect(await walk({ at: START - 1, seq: null }, 1, 'mark')).toEqual(stops);
});

test('a cursor exactly on an instant steps back to what was before it', async () => {
  const events = [...log.inEventTime(main())].filter((e) => !e.type.startsWith('telemetry.'));
  const [previous, last] = events.slice(-2);
  if (previous === undefined || last === undefined) throw new Error('too few events');
  const step = await ask('view.step', { timeline: 'main', at: { at: last.at, seq: null }, direction: -1, to: 'event' });
  expect(step).toEqual({ at: previous.at, seq: previous.seq });
});

test('events come in order, between the ends asked for, at most so many', async () => {
  const range = { timeline: 'main', from: START + DAY_MS / 3, to: START + DAY_MS / 2 };
  const rows = await ask('view.events', { ...range, entity: null, limit: 50 });
  expect(rows).toHaveLength(50);
  expect(rows.every(({ at }) => at >= range.from && at <= range.to)).toBe(true);
  expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).toSorted((a, b) => a - b));
});

test("a host's events are all of them and only its own", async () => {
  const expected = [...log.inEventTime(main())]
    .filter(({ entity }) => entity === 'host:compute-01')
    .map(({ seq }) => seq);
  const rows = await ask('view.events', {
    timeline: 'main',
    from: START,
    to: START + DAY_MS,
    entity: 'host:compute-01',
    limit: 1_000,
  });
  expect(expected.length).toBeGreaterThan(0);
  expect(rows.map(({ seq }) => seq)).toEqual(expected);
});

test('what a person types is found, best first', async () => {
  const find = (text: string) => ask('view.find', { timeline: 'main', at: null, text, limit: 5 });
  expect((await find('COMPUTE-01'))[0]).toMatchObject({ kind: 'host', entity: 'host:compute-01' });
  expect((await find('10:41'))[0]).toMatchObject({ kind: 'instant', at: { at: START + 38_460_000 } });
  expect((await find('#3'))[0]).toMatchObject({ kind: 'event', label: '#3', at: { seq: 3 } });
  expect(await find('nothing is called this')).toEqual([]);
  expect(await find('  ')).toEqual([]);
});

test('a hypothetical VM goes on a branch, once, and never into the record', async () => {
  await ask('branch.create', { name: 'with-vm', parent: 'main', at: { at: START + DAY_MS / 2, seq: null } });
  const vm = { name: 'vm-what-if', host: 'compute-01', vcpus: 1, ramMiB: 512, diskGiB: 5, storage: 'local' as const };
  const { entity } = await ask('branch.addVm', { timeline: 'with-vm', at: null, ...vm });
  const state = await ask('view.state', { timeline: 'with-vm', at: null });
  expect(state.vms.find(({ id }) => entity === `vm:${id}`)).toMatchObject({
    name: 'vm-what-if',
    host: 'compute-01',
    hostEvidence: 'assumed',
  });
  await expect(ask('branch.addVm', { timeline: 'main', at: null, ...vm })).rejects.toThrow('Make a branch first');
  await expect(ask('branch.addVm', { timeline: 'with-vm', at: null, ...vm, host: 'x' })).rejects.toThrow('no host x');
});

test('a fact is written onto a branch as an assumption; what is no fact, and the record, are left alone', async () => {
  await ask('branch.create', { name: 'with-fact', parent: 'main', at: { at: START + DAY_MS / 2, seq: null } });
  const fact = { timeline: 'with-fact', at: null, type: 'host.reported', entity: 'host:compute-02' };
  await ask('branch.record', { ...fact, data: { ramMiB: 1024 } });
  const ram = async (timeline: string) =>
    (await ask('view.state', { timeline, at: null })).hosts.find(({ name }) => name === 'compute-02')?.ramMiB;
  expect(await ram('with-fact')).toBe(1024);
  expect(await ram('main')).not.toBe(1024);
  await expect(ask('branch.record', { ...fact, data: { ramMiB: -1 } })).rejects.toThrow(
    'was not written: host.reported',
  );
  await expect(ask('branch.record', { ...fact, type: 'host.exploded', data: {} })).rejects.toThrow(
    'not a type of event',
  );
  await expect(ask('branch.record', { ...fact, timeline: 'main', data: {} })).rejects.toThrow('Make a branch first');
});
