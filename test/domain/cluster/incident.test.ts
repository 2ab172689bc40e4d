// A host fails: the operators' incident in miniature, from the first listing to the reboot, as a transcript tells it.
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { machinePictures } from '../../../domain/readout/machine-picture.ts';
import { picture } from '../../../domain/readout/picture.ts';
import { story } from '../../../domain/readout/story.ts';
import { at, clusterOf, evacuate, event, foldAll, host, move, numbered, stateOf, vm, vmIn } from './facts.ts';

const events = numbered([
  host(0, 'compute-1', { zone: 'nova' }),
  host(0, 'compute-2', { zone: 'nova' }),
  vm(1, 'a', { name: 'web', host: 'compute-1', status: 'ACTIVE', updatedAt: 'T1', storage: 'shared', pool: 'gv' }),
  event(2, 'pool.mounted', 'pool:gv', { path: '/var/lib/nova/instances', hosts: null }),
  move(3, 'block', { vm: 'a', kind: 'block', source: 'compute-1', dest: 'compute-2' }),
  vm(4, 'a', { host: 'compute-2', status: 'ACTIVE', updatedAt: 'T2' }),
  move(5, 'any', { vm: 'a', source: 'compute-2', dest: null }),
  vm(6, 'a', { status: 'ACTIVE' }),
  vm(7, 'a', { host: 'compute-1', status: 'ACTIVE', updatedAt: 'T1' }),
  event(10, 'host.failed', 'host:compute-1', { cause: 'shutdown' }),
  vm(11, 'a', { status: 'SHUTOFF' }),
  evacuate(12, 'evac', 'a', 'compute-1', 'compute-2'),
  vm(14, 'a', { host: 'compute-2', status: 'SHUTOFF', updatedAt: 'T3' }),
  event(15, 'command.issued', 'vm:a', { argv: ['nova', 'reboot', 'web'], refers: [] }),
  vm(16, 'a', { status: 'ACTIVE' }),
]);
const until = (minutes: number) => foldAll(events.filter((e) => e.at <= at(minutes)));
const vmAt = (minutes: number) => {
  const { host: where, status } = vmIn(stateOf(until(minutes)), 'a');
  return [where, status];
};

test('where the VM was, and how it was, at each instant', () => {
  expect(vmAt(1)).toEqual(['compute-1', 'ACTIVE']);
  expect(vmAt(3)).toEqual(['compute-1', 'MIGRATING']);
  expect(vmAt(4)).toEqual(['compute-2', 'ACTIVE']);
  expect(vmAt(6)).toEqual(['compute-2', 'ACTIVE']);
  expect(vmAt(7)).toEqual(['compute-1', 'ACTIVE']);
  expect(vmAt(11)).toEqual(['compute-1', 'SHUTOFF']);
  expect(vmAt(12)).toEqual(['compute-1', 'REBUILD']);
  expect(vmAt(14)).toEqual(['compute-2', 'SHUTOFF']);
  expect(vmAt(16)).toEqual(['compute-2', 'ACTIVE']);
});

test('each move walked its machine to its end, and the scheduler’s choice is filled in', () => {
  const moves = stateOf(until(16)).migrations.map((m) => [m.id, m.kind, m.status, m.source, m.dest, m.evidence]);
  expect(moves).toEqual([
    ['any', 'shared', 'completed', 'compute-2', 'compute-1', 'inferred'],
    ['block', 'block', 'completed', 'compute-1', 'compute-2', 'inferred'],
    ['evac', null, 'done', 'compute-1', 'compute-2', 'inferred'],
  ]);
  const [drawn] = machinePictures(until(16), 'migration:block');
  expect(drawn!.states.filter((s) => s.at !== null).map((s) => s.id)).toEqual([
    'accepted',
    'queued',
    'preparing',
    'running',
    'completed',
  ]);
  expect(drawn!.states.filter((s) => s.current).map((s) => s.id)).toEqual(['completed']);
});

test('the only thing wrong is the `updated` time that two migrations share', () => {
  expect(stateOf(until(16)).anomalies.map((a) => [a.rule, a.at])).toEqual([
    ['updated-repeated', '2026-01-06T10:07:00Z'],
  ]);
});

test('the story tells commands, moves, the failure of the host it was on, and what was concluded', () => {
  const told = story(until(16), 'vm:a', events).map((line) => line.sentence);
  expect(told).toContain('compute-1 fails (shutdown).');
  expect(told).toContain('An evacuation of web from compute-1 to compute-2 is accepted.');
  expect(told).toContain('The migration is taken as done: what followed shows it, no event says it.');
  expect(told).toContain('nova reboot web');
  expect(told.at(-1)).toBe('web is reported ACTIVE.');
  const instants = story(until(16), 'vm:a', events).map((line) => line.at);
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
});

test('the failure of a host the VM had left is not part of its story', () => {
  const other = numbered([...events, event(20, 'host.failed', 'host:compute-1', { cause: 'power' })]);
  const told = story(foldAll(other), 'vm:a', other).map((line) => line.sentence);
  expect(told).not.toContain('compute-1 fails (power).');
});

const HEAD = { timeline: 'main', seq: seq(1), at: at(0) };

test('on the map a VM of a host that is gone is unknown, then stopped, rebuilt, recovered', () => {
  const cellAt = (minutes: number): (string | undefined)[] => {
    const { hosts } = picture(until(minutes), HEAD);
    return hosts.map((h) => h.vms[0]?.state);
  };
  expect(cellAt(7)).toEqual(['ACTIVE', undefined]);
  expect(cellAt(10)).toEqual(['UNKNOWN', undefined]);
  expect(cellAt(11)).toEqual(['SHUTOFF', undefined]);
  expect(cellAt(12)).toEqual(['REBUILD', undefined]);
  expect(cellAt(14)).toEqual([undefined, 'SHUTOFF']);
  expect(cellAt(16)).toEqual([undefined, 'RECOVERED']);
});

test('an evacuation whose destination is not chosen yet is queued, and in flight', () => {
  const c = clusterOf(
    vm(0, 'a', { host: 'h1', status: 'ACTIVE' }),
    event(1, 'host.failed', 'host:h1', { cause: 'crash' }),
    evacuate(2, 'e', 'a', 'h1', null),
  );
  const map = picture(c, HEAD);
  expect(map.hosts[0]!.vms[0]!.state).toBe('QUEUED');
  expect(map.moves.map((m) => m.id)).toEqual(['e']);
  expect(map.counts).toMatchObject({ hosts: 1, hostsDown: 1, vms: 1, active: 0, rebuilding: 1 });
});
