// Every rule of the catalogue, each on the pattern it is there for and on a neighbour it must let pass.
import { describe, expect, test } from 'vitest';
import { RULES } from '../../../domain/cluster/anomalies/rules.ts';
import {
  at,
  changed,
  type Draft,
  evacuate,
  event,
  host,
  move,
  rulesIn,
  service,
  stateAfter,
  status,
  vm,
  vmIn,
} from './facts.ts';

const web = vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE' });
const down = event(1, 'host.failed', 'host:h1', { cause: 'crash' });
const node = (n: number, address: string): Draft =>
  event(n, 'storage_node.introduced', `storage_node:node-${n}`, { address });
const bricks = (minutes: number, ...hosts: string[]): Draft =>
  event(minutes, 'pool.reported', 'pool:gv', {
    kind: 'glusterfs',
    bricks: hosts.map((h) => ({ host: h, path: '/b' })),
  });
const port = event(0, 'port.reported', 'port:p', { vm: 'a', host: 'h1' });
const charged = (minutes: number, ...hosts: string[]): Draft =>
  event(minutes, 'vm.allocations_reported', 'vm:a', {
    allocations: hosts.map((h) => ({ host: h, vcpus: 4, ramMiB: 8192, diskGiB: 80 })),
  });
const bound = event(2, 'port.bound', 'port:p', { host: 'h2', binding: 'INACTIVE' });

/** Rule → [what breaks it, what must not]. */
const cases: Readonly<Record<string, { readonly bad: readonly Draft[]; readonly good: readonly Draft[] }>> = {
  'state-forbidden': {
    bad: [vm(0, 'a', { status: 'SHELVED' }), changed(1, 'a', { vmState: 'paused' })],
    good: [vm(0, 'a', { status: 'ACTIVE' }), changed(1, 'a', { vmState: 'paused' })],
  },
  'moved-without-record': {
    bad: [web, vm(5, 'a', { host: 'h2' })],
    good: [web, vm(5, 'a', { host: 'h1' })],
  },
  'updated-repeated': {
    bad: [
      vm(0, 'a', { host: 'h1', updatedAt: 'T1' }),
      move(1, 'm', { vm: 'a' }),
      vm(2, 'a', { host: 'h2', status: 'ACTIVE', updatedAt: 'T1' }),
    ],
    good: [
      vm(0, 'a', { host: 'h1', updatedAt: 'T1' }),
      vm(1, 'a', { host: 'h1', updatedAt: 'T1' }),
      move(1, 'm', { vm: 'a' }),
      vm(2, 'a', { host: 'h2', status: 'ACTIVE', updatedAt: 'T2' }),
    ],
  },
  'bricks-elsewhere': {
    bad: [node(1, '10.68.124.18'), bricks(2, '10.68.125.18', '10.68.125.19')],
    good: [node(1, '10.68.124.18'), bricks(2, '10.68.124.18', '10.68.124.19', 'gluster-3')],
  },
  'vm-on-two-hosts': {
    bad: [vm(0, 'a', { host: 'h1' }), vm(0, 'a', { host: 'h2' })],
    good: [vm(0, 'a', { host: 'h1' }), vm(0, 'a', { host: 'h1' })],
  },
  'completed-host-unchanged': {
    bad: [web, move(1, 'm', { vm: 'a' }), status(2, 'm', 'completed'), vm(3, 'a', { host: 'h1' })],
    good: [web, move(1, 'm', { vm: 'a' }), status(2, 'm', 'completed'), vm(3, 'a', { host: 'h2' })],
  },
  'evacuated-from-up-host': {
    bad: [web, service(0, 'h1', { up: true }), evacuate(1, 'e', 'a', 'h1', 'h2')],
    good: [web, service(0, 'h1', { up: true, forcedDown: true }), evacuate(1, 'e', 'a', 'h1', 'h2')],
  },
  'vm-disappeared': {
    bad: [web, vm(0, 'b', {}), event(1, 'vm.listing_completed', 'cluster:', { project: null, ids: ['b'] })],
    good: [
      web,
      vm(0, 'b', { project: 'p' }),
      event(1, 'vm.listing_completed', 'cluster:', { project: 'p', ids: ['b'] }),
    ],
  },
  'two-recoveries': {
    bad: [
      web,
      down,
      evacuate(2, 'e', 'a', 'h1', 'h2'),
      status(3, 'e', 'done'),
      evacuate(4, 'f', 'a', 'h1', 'h3'),
      status(5, 'f', 'done'),
    ],
    good: [
      web,
      down,
      evacuate(2, 'e', 'a', 'h1', 'h2'),
      status(3, 'e', 'done'),
      event(4, 'host.failed', 'host:h2', { cause: 'crash' }),
      evacuate(5, 'f', 'a', 'h2', 'h3'),
    ],
  },
  'deleted-vm-reported': {
    bad: [web, event(1, 'vm.deleted', 'vm:a', {}), vm(2, 'a', { host: 'h1' })],
    good: [web, event(1, 'vm.deleted', 'vm:a', {}), vm(2, 'b', { host: 'h1' })],
  },
  'move-not-allowed': {
    bad: [vm(0, 'a', { host: 'h1', status: 'SHUTOFF' }), move(1, 'm', { vm: 'a' })],
    good: [vm(0, 'a', { host: 'h1', status: 'PAUSED' }), move(1, 'm', { vm: 'a' })],
  },
  'unknown-migration': {
    bad: [status(1, 'm', 'running')],
    good: [move(0, 'm', { vm: 'a' }), status(1, 'm', 'running')],
  },
  'move-unfinished': {
    bad: [web, move(1, 'm', { vm: 'a' }), move(9, 'n', { vm: 'a', dest: 'h3' })],
    good: [web, move(1, 'm', { vm: 'a' }), status(2, 'm', 'failed'), move(9, 'n', { vm: 'a', dest: 'h3' })],
  },
  'memory-over-capacity': {
    bad: [host(0, 'h1', { ramMiB: 8192, ramRatio: 1, reservedRamMiB: 512 }), vm(1, 'a', { host: 'h1', ramMiB: 8000 })],
    good: [host(0, 'h1', { ramMiB: 8192, ramRatio: 1, reservedRamMiB: 512 }), vm(1, 'a', { host: 'h1', ramMiB: 7680 })],
  },
  'vcpu-over-capacity': {
    bad: [host(0, 'h1', { vcpus: 4, vcpuRatio: 4 }), vm(1, 'a', { host: 'h1', vcpus: 17 })],
    good: [host(0, 'h1', { vcpus: 4 }), vm(1, 'a', { host: 'h1', vcpus: 64 })],
  },
  'pcpu-over-capacity': {
    bad: [
      host(0, 'h1', { vcpus: 4, pcpus: 4 }),
      vm(1, 'a', { host: 'h1', vcpus: 5, extraSpecs: { 'hw:cpu_policy': 'dedicated' } }),
    ],
    good: [host(0, 'h1', { vcpus: 4, pcpus: 4 }), vm(1, 'a', { host: 'h1', vcpus: 5 })],
  },
  'disk-over-capacity': {
    bad: [host(0, 'h1', { diskGiB: 100 }), vm(1, 'a', { host: 'h1', diskGiB: 101, storage: 'local' })],
    good: [host(0, 'h1', { diskGiB: 100 }), vm(1, 'a', { host: 'h1', diskGiB: 101, storage: 'volume' })],
  },
  'allocation-left': {
    bad: [web, evacuate(1, 'e', 'a', 'h1', 'h2'), status(2, 'e', 'done'), charged(3, 'h1', 'h2')],
    good: [web, evacuate(1, 'e', 'a', 'h1', 'h2'), charged(2, 'h1', 'h2'), status(3, 'e', 'done'), charged(4, 'h2')],
  },
  'inactive-binding-left': {
    bad: [web, port, move(1, 'm', { vm: 'a' }), bound, status(3, 'm', 'failed')],
    good: [
      web,
      port,
      move(1, 'm', { vm: 'a' }),
      bound,
      event(2, 'port.unbound', 'port:p', { host: 'h2' }),
      status(3, 'm', 'failed'),
    ],
  },
  'vms-on-removed-host': {
    bad: [web, event(1, 'host.removed', 'host:h1', {})],
    good: [web, event(1, 'vm.deleted', 'vm:a', {}), event(2, 'host.removed', 'host:h1', {})],
  },
  'snapshot-disagrees': {
    bad: [vm(0, 'a', { vcpus: 2 }), vm(1, 'a', { vcpus: 4 })],
    good: [
      vm(0, 'a', { vcpus: 2, host: 'h1' }),
      move(1, 'r', { vm: 'a', type: 'resize', kind: null }),
      status(2, 'r', 'finished'),
      status(3, 'r', 'confirmed'),
      vm(4, 'a', { vcpus: 4 }),
    ],
  },
  'sampled-nobody': {
    bad: [event(0, 'telemetry.sampled', 'roster:r', { metric: 'cpu', intervalMs: 1, scale: 1, values: 'AAAA' })],
    good: [
      event(0, 'telemetry.roster_set', 'roster:r', { entities: ['vm:a', 'vm:b', 'vm:c'] }),
      event(0, 'telemetry.sampled', 'roster:r', { metric: 'cpu', intervalMs: 1, scale: 1, values: 'AAAA' }),
    ],
  },
  'unknown-event': {
    bad: [{ ...web, type: 'vm.levitated' } as unknown as Draft, { ...web, v: 9 } as unknown as Draft],
    good: [web],
  },
};

/** Found beside the fold: `test/domain/network/dump-findings.test.ts` has its case. */
const BESIDE_THE_FOLD = 'flows-disagree';

test('every rule of the catalogue has its case', () => {
  expect([...Object.keys(cases), BESIDE_THE_FOLD].sort()).toEqual(RULES.map((r) => r.id).sort());
});

describe.each(Object.entries(cases))('%s', (rule, { bad, good }) => {
  test('is found', () => expect(rulesIn(stateAfter(...bad))).toContain(rule));
  test('is not found where it is not', () => expect(rulesIn(stateAfter(...good))).not.toContain(rule));
});

test('an unrecorded move is told with the name, both hosts and both instants, and the host is inferred', () => {
  const state = stateAfter(web, vm(6, 'a', { host: 'h2' }));
  expect(state.anomalies[0]).toMatchObject({
    severity: 'contradiction',
    entity: 'vm:a',
    detail:
      'web was on h1 at 2026-01-06T10:00:00Z and is on h2 at 2026-01-06T10:06:00Z; no move between them is on record, so its host is inferred.',
  });
  expect(vmIn(state, 'a')).toMatchObject({ host: 'h2', hostEvidence: 'inferred' });
});

test('a refused state is applied all the same: nothing is dropped', () => {
  const state = stateAfter(vm(0, 'a', { status: 'SHELVED' }), changed(1, 'a', { vmState: 'paused' }));
  expect(vmIn(state, 'a').status).toBe('PAUSED');
});

test('a listing may miss steps that a notification may not', () => {
  const seen = stateAfter(vm(0, 'a', { status: 'SUSPENDED' }), vm(9, 'a', { status: 'PAUSED' }));
  expect(seen.anomalies).toEqual([]);
  const told = stateAfter(vm(0, 'a', { status: 'SUSPENDED' }), changed(9, 'a', { vmState: 'paused' }));
  expect(rulesIn(told)).toEqual(['state-forbidden']);
});

test('a host over capacity is told once, and again only after it was within', () => {
  const small = host(0, 'h1', { vcpus: 1, vcpuRatio: 1 });
  const on = (minutes: number, id: string): Draft => vm(minutes, id, { host: 'h1', vcpus: 1 });
  const gone = (minutes: number, id: string): Draft => event(minutes, 'vm.deleted', `vm:${id}`, {});
  expect(rulesIn(stateAfter(small, on(1, 'a'), on(2, 'b'), on(3, 'c')))).toHaveLength(1);
  const again = stateAfter(small, on(1, 'a'), on(2, 'b'), gone(3, 'b'), host(4, 'h1'), on(5, 'c'));
  expect(rulesIn(again)).toHaveLength(2);
});

test('a VM that disappeared is told once, until a listing shows it again', () => {
  const empty = (minutes: number): Draft =>
    event(minutes, 'vm.listing_completed', 'cluster:', { project: null, ids: [] });
  expect(rulesIn(stateAfter(web, empty(1), empty(2)))).toHaveLength(1);
  expect(rulesIn(stateAfter(web, empty(1), vm(2, 'a', {}), empty(3)))).toHaveLength(2);
});

test('a VM charged on a host it left says how it left, and what an operator waits for', () => {
  const state = stateAfter(web, evacuate(1, 'e', 'a', 'h1', 'h2'), status(2, 'e', 'done'), charged(3, 'h1', 'h2'));
  expect(state.anomalies.map((a) => a.detail)).toEqual([
    'Placement still charges h1 for web (4 vCPU, 8192 MiB, 80 GiB) at 2026-01-06T10:03:00Z, which is on h2: the evacuation from h1 to h2 begun at 2026-01-06T10:01:00Z is done; Nova drops it when nova-compute of the source starts again.',
  ]);
});

test('a resize keeps both hosts charged until somebody confirms it', () => {
  const resized = [web, move(1, 'r', { vm: 'a', type: 'resize', kind: null }), status(2, 'r', 'finished')];
  expect(rulesIn(stateAfter(...resized, charged(3, 'h1', 'h2')))).toEqual([]);
  expect(rulesIn(stateAfter(...resized, status(3, 'r', 'confirmed'), charged(4, 'h1', 'h2')))).toEqual([
    'allocation-left',
  ]);
});

test('an inactive binding shown after the rollback was left behind, one shown before the move is none of our business', () => {
  const rolledBack = [web, port, move(1, 'm', { vm: 'a' }), status(2, 'm', 'failed')];
  expect(rulesIn(stateAfter(...rolledBack, { ...bound, at: at(3) }))).toEqual(['inactive-binding-left']);
  expect(rulesIn(stateAfter(web, port, bound))).toEqual([]);
});

test('a listing that disagrees says which facts, and since when they are on record', () => {
  const state = stateAfter(
    vm(0, 'a', { host: 'h1', flavor: 'm1.large', vcpus: 4, project: 'p' }),
    vm(5, 'a', { host: 'h1', flavor: 'm1.large', vcpus: 4 }),
    vm(9, 'a', { host: 'h1', flavor: 'm1.tiny', vcpus: 1, project: 'q' }),
  );
  expect(state.anomalies.map((a) => [a.rule, a.detail])).toEqual([
    [
      'snapshot-disagrees',
      'a is listed at 2026-01-06T10:09:00Z with vcpus 1 instead of 4, flavor m1.tiny instead of m1.large, project q instead of p, on record since 2026-01-06T10:00:00Z; nothing on record changed it.',
    ],
  ]);
});

test('snapshot-disagrees: a listing shows another vm_state than the last step told', () => {
  const told = changed(1, 'a', { vmState: 'active', taskState: null, powerState: 'RUNNING' });
  const listed = vm(9, 'a', { status: 'SHUTOFF' });
  const state = stateAfter(vm(0, 'a', { name: 'web', host: 'h1' }), told, listed);
  expect(state.anomalies).toMatchObject([
    {
      rule: 'snapshot-disagrees',
      detail:
        'web is listed at 2026-01-06T10:09:00Z with vm_state stopped instead of active (told at 2026-01-06T10:01:00Z); nothing on record changed it.',
    },
  ]);
  // Listings alone miss steps, and a VM on its way there, or whose guest was told to be down, contradicts nothing.
  const onlyListed = stateAfter(vm(1, 'a', { status: 'ACTIVE', taskState: null }), listed);
  const onItsWay = stateAfter(told, changed(5, 'a', { taskState: 'powering-off' }), listed);
  const guestDown = stateAfter(told, vm(5, 'a', { powerState: 'SHUTDOWN' }), listed);
  expect([onlyListed, onItsWay, guestDown].flatMap(rulesIn)).toEqual([]);
});
