// Why a VM is in trouble: the chain from the first fact to the last, and nothing that has nothing to do with it.
import { expect, test } from 'vitest';
import { causeChain } from '../../../domain/readout/cause.ts';
import {
  changed,
  type Draft,
  evacuate,
  event,
  foldAll,
  move,
  numbered,
  service,
  status,
  vm,
} from '../cluster/facts.ts';

const chainOf = (...drafts: readonly Draft[]) => {
  const events = numbered(drafts);
  const chain = causeChain(foldAll(events), 'vm:a', events);
  if (chain === null) throw new Error('the VM is on record');
  return { ...chain, told: chain.links.map((l) => [l.role, l.type]) };
};
const born = vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE' });
const up = service(0, 'h1', { up: true });
const crash = event(10, 'host.failed', 'host:h1', { cause: 'crash' });
const NO_HOST = 'NoValidHost: h2 has 1024 of 4096 MiB RAM free, 8192 asked';

test('from the crash of its host to NoValidHost, with the scheduler’s figures told once', () => {
  const chain = chainOf(
    up,
    born,
    crash,
    service(11, 'h1', { up: false, reason: 'no heartbeat' }),
    event(11.5, 'host.fenced', 'host:h1', { by: 'IPMI' }),
    evacuate(14, 'e', 'a', 'h1', null),
    status(15, 'e', 'error', { reason: NO_HOST }),
    changed(15, 'a', { vmState: 'error', taskState: null, fault: NO_HOST }),
  );
  expect(chain.told).toEqual([
    ['cause', 'host.failed'],
    ['step', 'host.service_reported'],
    ['step', 'host.fenced'],
    ['step', 'migration.accepted'],
    ['step', 'migration.status_changed'],
    ['end', 'vm.state_changed'],
  ]);
  expect(chain.links.filter((l) => l.sentence.includes(NO_HOST))).toHaveLength(1);
  expect(chain).toMatchObject({ status: 'ERROR', host: 'h1', known: true });
  expect(chain.verdict).toBe(
    'web is ERROR on h1 since 2026-01-06T10:15:00Z: NoValidHost: h2 has 1024 of 4096 MiB RAM free, 8192 asked. It began at 2026-01-06T10:10:00Z: h1 fails (crash).',
  );
});

test('the record of the move alone is enough for the end', () => {
  const chain = chainOf(born, crash, evacuate(14, 'e', 'a', 'h1', null), status(15, 'e', 'error', { reason: NO_HOST }));
  expect(chain.told.at(-1)).toEqual(['end', 'migration.status_changed']);
  expect(chain.status).toBe('ERROR');
});

test('somebody stopped it: the crash it had survived last week is no part of that', () => {
  const chain = chainOf(
    up,
    born,
    crash,
    evacuate(14, 'e', 'a', 'h1', 'h2'),
    status(15, 'e', 'done'),
    vm(16, 'a', { host: 'h2', status: 'ACTIVE' }),
    event(30, 'command.issued', 'vm:a', { argv: ['nova', 'show', 'web'], refers: [] }),
    event(31, 'command.issued', 'vm:a', { argv: ['nova', 'stop', 'web'], refers: [] }),
    changed(31, 'a', { taskState: 'powering-off' }),
    changed(32, 'a', { vmState: 'stopped', taskState: null }),
    vm(40, 'a', { status: 'SHUTOFF' }),
  );
  expect(chain.told).toEqual([
    ['cause', 'command.issued'],
    ['step', 'vm.state_changed'],
    ['end', 'vm.state_changed'],
  ]);
});

test('a failed migration explains the error that follows at once, not the stop of the day after', () => {
  const failed = [move(10, 'm', { vm: 'a' }), status(11, 'm', 'error', { reason: 'MessagingTimeout' })];
  const error = chainOf(
    born,
    ...failed,
    changed(11, 'a', { vmState: 'error', taskState: null, fault: 'MessagingTimeout' }),
  );
  expect(error.told).toEqual([
    ['cause', 'migration.accepted'],
    ['step', 'migration.status_changed'],
    ['end', 'vm.state_changed'],
  ]);
  const stopped = chainOf(born, ...failed, changed(1500, 'a', { vmState: 'stopped', taskState: null }));
  expect(stopped.told).toEqual([['end', 'vm.state_changed']]);
  expect(stopped.known).toBe(false);
  expect(stopped.verdict).toContain('nothing on record says why');
});

test('what happened to a host the VM had left, and to other VMs, is not told', () => {
  const chain = chainOf(
    vm(0, 'a', { name: 'web', host: 'h2', status: 'ACTIVE' }),
    crash,
    changed(12, 'b', { vmState: 'error' }),
    changed(13, 'a', { vmState: 'stopped', taskState: null }),
  );
  expect(chain.told).toEqual([['end', 'vm.state_changed']]);
});

test('a VM that is well has nothing to explain; on a dead host it only counts as well', () => {
  expect(chainOf(born)).toMatchObject({ known: true, links: [], since: null });
  const limbo = chainOf(up, born, crash, vm(11, 'a', { status: 'ACTIVE' }));
  expect(limbo.told).toEqual([['cause', 'host.failed']]);
  expect(limbo.verdict).toBe('web counts as ACTIVE, but its host h1 is down.');
});

test('what is no VM on record has no chain', () => {
  const events = numbered([born]);
  expect(causeChain(foldAll(events), 'vm:b', events)).toBeNull();
  expect(causeChain(foldAll(events), 'host:h1', events)).toBeNull();
});

test('the scheduler’s no is told with the outage of a host the VM was never listed on', () => {
  const chain = chainOf(
    up,
    service(5, 'h1', { up: false, forcedDown: true, reason: 'Masakari detected host failed.' }),
    evacuate(6, 'a/evacuation@req-1', 'a', 'h1', null),
    status(6.1, 'a/evacuation@req-1', 'error', { reason: NO_HOST }),
    changed(6.1, 'a', { vmState: 'error', taskState: null, fault: NO_HOST }),
  );
  expect(chain.told[0]).toEqual(['cause', 'host.service_reported']);
  expect(chain).toMatchObject({ status: 'ERROR', known: true });
});

test('a pre-check that fails outside Nova’s own errors leaves a false ERROR: the guest runs', () => {
  const chain = chainOf(
    up,
    vm(0, 'a', { name: 'web', host: 'h1', status: 'ACTIVE', powerState: 'RUNNING' }),
    changed(3, 'a', { vmState: 'error', taskState: null, fault: 'MessagingTimeout: no reply' }),
  );
  expect(chain.verdict).toBe(
    'web is ERROR on h1 since 2026-01-06T10:03:00Z: MessagingTimeout: no reply. Its guest was running when last seen: the error may be in Nova’s record only.',
  );
});

test('a guest that shut down by itself is told before Nova follows it', () => {
  const cause = 'its guest has shut down by itself, and nova-compute calls the stop API';
  const chain = chainOf(
    born,
    vm(5, 'a', { powerState: 'SHUTDOWN' }),
    changed(5.1, 'a', { powerState: 'SHUTDOWN', cause }),
    vm(5.2, 'a', { taskState: 'powering-off', vmState: 'active' }),
    vm(5.3, 'a', { taskState: null, vmState: 'stopped' }),
  );
  expect(chain.links.map((l) => l.sentence)).toEqual([
    'The guest of web is shut down.',
    `web: ${cause}.`,
    'web is reported active, powering-off.',
    'web is reported stopped.',
  ]);
});

test('who had it switched off is its cause', () => {
  const chain = chainOf(
    born,
    changed(5, 'a', { taskState: 'powering-off', cause: 'asked by user alice' }),
    vm(5, 'a', { vmState: 'active', taskState: 'powering-off' }),
    vm(5.1, 'a', { vmState: 'stopped', taskState: null, powerState: 'SHUTDOWN' }),
  );
  expect(chain.verdict).toContain('web begins powering-off: asked by user alice.');
});

test('a host that lost power and came back: its guests are found shut down after they counted as ACTIVE', () => {
  const chain = chainOf(
    up,
    born,
    event(10, 'host.failed', 'host:h1', { cause: 'power' }),
    event(14, 'host.returned', 'host:h1', {}),
    vm(15, 'a', { status: 'ACTIVE' }),
    vm(20, 'a', { status: 'SHUTOFF' }),
  );
  expect(chain.told).toEqual([
    ['cause', 'host.failed'],
    ['step', 'host.returned'],
    ['end', 'vm.reported'],
  ]);
  const asked = chainOf(
    up,
    born,
    event(10, 'host.failed', 'host:h1', { cause: 'power' }),
    event(14, 'host.returned', 'host:h1', {}),
    vm(15, 'a', { status: 'ACTIVE' }),
    event(20, 'command.issued', 'vm:a', { argv: ['nova', 'stop', 'web'], refers: [] }),
    vm(20, 'a', { status: 'SHUTOFF' }),
  );
  expect(asked.told[0]).toEqual(['cause', 'command.issued']);
});

test('an evacuated VM that lands stopped is so because its host failed', () => {
  const chain = chainOf(
    up,
    born,
    crash,
    evacuate(14, 'e', 'a', 'h1', 'h2'),
    status(16, 'e', 'done'),
    vm(16, 'a', { status: 'SHUTOFF', host: 'h2' }),
  );
  expect(chain.told.map(([role]) => role)).toEqual(['cause', 'step', 'step', 'end']);
  expect(chain.verdict).toContain('It began at 2026-01-06T10:10:00Z: h1 fails (crash).');
});
