// What views are told: sorted lists, sentences for every event, shares of capacity, drawn life cycles.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { machinePictures } from '../../../domain/readout/machine-picture.ts';
import { picture } from '../../../domain/readout/picture.ts';
import { bareName, sentenceOf, toneOf } from '../../../domain/readout/sentence.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import {
  at,
  changed,
  clusterOf,
  type Draft,
  event,
  foldAll,
  host,
  move,
  numbered,
  stateOf,
  status,
  vm,
} from '../cluster/facts.ts';

const HEAD = { timeline: 'main', seq: seq(7), at: at(0) };

test('every event has a sentence that ends, and a tone', () => {
  fc.assert(
    fc.property(arbitraryLog(), (log) => {
      for (const e of log) {
        const sentence = sentenceOf(e, bareName);
        expect(sentence).not.toMatch(/undefined|NaN|\[object/);
        if (e.type !== 'command.issued') expect(sentence.length).toBeGreaterThan(0);
        expect(['plain', 'motion', 'critical', 'warn', 'command']).toContain(toneOf(e));
      }
    }),
    { numRuns: 100 },
  );
});

test('sentences name people’s names, hosts and reasons', () => {
  const told = numbered([
    vm(0, 'a', { host: 'h1', status: 'ACTIVE', updatedAt: 'T1' }),
    changed(1, 'a', { vmState: 'error', taskState: null, fault: 'NoValidHost' }),
    move(2, 'm', { vm: 'a', kind: 'block', dest: null }),
    status(3, 'm', 'failed', { reason: 'timeout after 800 s' }),
  ]).map((e) => sentenceOf(e, (address) => (address === 'vm:a' ? 'web' : bareName(address))));
  expect(told).toEqual([
    'web is reported ACTIVE on h1 (updated T1).',
    'web becomes error, has no task left: NoValidHost.',
    'A block live migration of web from h1, the destination left to the scheduler, is accepted.',
    'The migration has failed: timeout after 800 s.',
  ]);
});

test('lists are sorted by id, whatever came first', () => {
  fc.assert(
    fc.property(arbitraryLog(), (log) => {
      const state = stateOf(foldAll(log));
      for (const ids of [
        state.hosts.map((h) => h.name),
        state.vms.map((v) => v.id),
        state.migrations.map((m) => m.id),
      ]) {
        expect(ids).toEqual([...ids].sort());
      }
    }),
    { numRuns: 100 },
  );
});

test('the map groups hosts by rack, VMs by name, and puts those of no host apart', () => {
  const map = picture(
    clusterOf(
      host(0, 'h3', { rack: 'A' }),
      host(0, 'h1', { rack: 'B', vcpus: 4, vcpuRatio: 4, ramMiB: 4608, ramRatio: 1 }),
      host(0, 'h2'),
      vm(1, 'x', { name: 'zeta', host: 'h1', vcpus: 8, ramMiB: 1024 }),
      vm(1, 'y', { name: 'alpha', host: 'h1' }),
      vm(1, 'z', { name: 'lost', host: null, status: 'BUILD' }),
    ),
    HEAD,
  );
  expect(map.hosts.map((h) => h.name)).toEqual(['h3', 'h1', 'h2']);
  expect(map.hosts[1]!.vms.map((v) => v.name)).toEqual(['alpha', 'zeta']);
  expect(map.hosts[1]).toMatchObject({ vcpus: 0.5, ram: 0.25, cpu: -1 });
  expect(map.homeless.map((v) => [v.name, v.state])).toEqual([['lost', 'BUILD']]);
  expect(map.counts).toMatchObject({ hosts: 3, vms: 3 });
});

test('a VM that is renamed, or gone at another instant, is drawn where its name belongs', () => {
  const named = (name: string) => vm(1, 'x', { name, host: 'h1' });
  const before = clusterOf(vm(0, 'y', { name: 'm', host: 'h1' }), named('a'));
  const names = (c: typeof before): string[] => picture(c, HEAD).hosts[0]!.vms.map((v) => v.name);
  expect(names(before)).toEqual(['a', 'm']);
  foldAll(numbered([named('z')]), before);
  expect(names(before)).toEqual(['m', 'z']);
  foldAll(numbered([event(2, 'vm.deleted', 'vm:y', {})]), before);
  expect(names(before)).toEqual(['z']);
});

test('only a host nobody moved the VM to is doubtful', () => {
  const doubtful = (...later: readonly Draft[]): boolean[] =>
    picture(clusterOf(vm(0, 'a', { host: 'h1', status: 'ACTIVE' }), ...later), HEAD).hosts.flatMap((h) =>
      h.vms.map((v) => v.doubtful),
    );
  expect(doubtful(vm(1, 'a', { host: 'h2' }))).toEqual([true]);
  expect(doubtful(move(1, 'm', { vm: 'a' }), vm(2, 'a', { host: 'h2', status: 'ACTIVE' }))).toEqual([false]);
});

test('a drawn life cycle has a spine and exits, each in order, its transitions between its own states', () => {
  const c = clusterOf(
    host(0, 'h1'),
    vm(0, 'a', { host: 'h1', status: 'ACTIVE' }),
    move(1, 'm', { vm: 'a' }),
    status(2, 'm', 'running'),
    status(3, 'm', 'failed'),
    event(4, 'volume.reported', 'volume:v', { status: 'available' }),
  );
  const [moved, own] = machinePictures(c, 'vm:a');
  expect(moved!.states.find((s) => s.current)).toMatchObject({ id: 'failed', lane: 1, at: at(3) });
  expect(own!.states.find((s) => s.current)).toMatchObject({ id: 'active', lane: 0, at: at(0) });
  for (const address of ['vm:a', 'migration:m', 'host:h1', 'volume:v']) {
    for (const drawn of machinePictures(c, address)) {
      const ids = drawn.states.map((s) => s.id);
      for (const t of drawn.transitions) expect([ids.includes(t.from), ids.includes(t.to)]).toEqual([true, true]);
      for (const lane of [0, 1]) {
        const orders = drawn.states.filter((s) => s.lane === lane).map((s) => s.order);
        expect(orders).toEqual(orders.map((_, i) => i));
      }
    }
  }
  expect(machinePictures(c, 'vm:nobody')).toEqual([]);
  expect(machinePictures(c, 'cluster:')).toEqual([]);
});
