// A runbook does what the plan says, stops on surprise, and goes on where it stopped: run by sh against a stand-in client.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planDrain } from '../../../domain/planning/drain.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { planSwaps } from '../../../domain/planning/rearrange.ts';
import { runbook } from '../../../domain/planning/runbook.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { chargedState } from '../../domain/planning/clusters.ts';
import { hostState, vmState } from '../../domain/drill/states.ts';

const STAND_IN = join(import.meta.dirname, 'openstack-stand-in.sh');

const vms = [
  vmState('v1', 'a', { name: 'it\'s $(rm -rf /) `x` "q"\nnewline', ramMiB: 8192 }),
  vmState('v2', 'a'),
  vmState('v3', 'a', { vmState: 'stopped', powerState: 'SHUTDOWN', status: 'SHUTOFF' }),
];

let cloud = '';
beforeEach(() => {
  cloud = mkdtempSync(join(tmpdir(), 'runbook-'));
  for (const vm of vms) put(vm.id, 'a', vm.status);
  const state = chargedState([hostState('a'), hostState('b'), hostState('c')], vms);
  const plan = planDrain({ state, around: NO_SURROUNDINGS, hosts: ['a'], options: { ...PLAN_DEFAULTS, perHost: 2 } });
  if (!plan.ok) throw new Error(plan.error);
  writeFileSync(join(cloud, 'drain.sh'), runbook(plan.value, state.at));
});
afterEach(() => rmSync(cloud, { recursive: true }));

const put = (vm: string, host: string, status: string): void =>
  writeFileSync(join(cloud, `vm-${vm}`), `${host} ${status}\n`);
const mark = (name: string, text = ''): void => writeFileSync(join(cloud, name), text);
const where = (vm: string): string => readFileSync(join(cloud, `vm-${vm}`), 'utf8').trim();
const calls = (word: string): readonly string[] =>
  readFileSync(join(cloud, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(word));

const run = (...args: readonly string[]): { status: number | null; out: string; err: string } => {
  const env = {
    ...process.env,
    CLOUD: cloud,
    OPENSTACK: STAND_IN,
    POLL_S: '0',
    GRACE_POLLS: '3',
    STATE: join(cloud, 'state'),
  };
  const done = spawnSync('sh', [join(cloud, 'drain.sh'), ...args], { env, encoding: 'utf8', timeout: 20_000 });
  return { status: done.status, out: done.stdout, err: done.stderr };
};

test('the script is POSIX shell that parses', () => {
  expect(() => execFileSync('sh', ['-n', join(cloud, 'drain.sh')])).not.toThrow();
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
test.skipIf(!hasShellcheck)('shellcheck finds nothing in it', () => {
  const found = spawnSync('shellcheck', ['-s', 'sh', join(cloud, 'drain.sh')], { encoding: 'utf8' });
  expect(found.stdout).toBe('');
});

test('`check` follows a VM that goes through a third host: its later leg asks for the destination only', () => {
  const full = { ramMiB: 40_000, vcpus: 4 };
  const state = chargedState(
    [hostState('a'), hostState('b'), hostState('c')],
    [vmState('v1', 'a', full), vmState('v2', 'b', full)],
  );
  const wanted = new Map([
    ['v1', 'b'],
    ['v2', 'a'],
  ]);
  const swap = planSwaps({ state, around: NO_SURROUNDINGS, wanted, options: PLAN_DEFAULTS });
  if (!swap.ok) throw new Error(swap.error);
  writeFileSync(join(cloud, 'drain.sh'), runbook(swap.value, state.at));
  put('v2', 'b', 'ACTIVE');
  expect(run('check')).toMatchObject({ status: 0, err: '' });
  expect(run()).toMatchObject({ status: 0, err: '' });
  expect([where('v1'), where('v2')]).toEqual(['b ACTIVE', 'a ACTIVE']);
});

test('it disables the host, moves everything live or cold, and says it is done; run again, it moves nothing', () => {
  const first = run();
  expect(first.err).toBe('');
  expect(first.status).toBe(0);
  expect(['v1', 'v2', 'v3'].map(where)).toEqual([
    expect.stringMatching(/^[bc] ACTIVE$/),
    expect.stringMatching(/^[bc] ACTIVE$/),
    expect.stringMatching(/^[bc] SHUTOFF$/),
  ]);
  expect(readFileSync(join(cloud, 'host-a'), 'utf8')).toBe('disabled up\n');
  expect(calls('server migration confirm')).toHaveLength(1);
  expect(run().status).toBe(0);
  expect(calls('server migrate ')).toHaveLength(3);
});

test('`check` looks at every step and moves nothing', () => {
  expect(run('check')).toMatchObject({ status: 0, err: '' });
  expect(calls('server migrate ')).toEqual([]);
  put('v2', 'b', 'ACTIVE');
  const surprised = run('check');
  expect(surprised.status).toBe(1);
  expect(surprised.err).toContain('vm-v2 is on b, the plan says a');
});

test('a destination that is down stops it before the move', () => {
  mark('host-b', 'enabled down\n');
  mark('host-c', 'enabled down\n');
  const stopped = run();
  expect(stopped.status).toBe(1);
  expect(stopped.err).toContain("is 'enabled down', not enabled and up");
  expect(calls('server migrate ')).toEqual([]);
});

test('a move that Nova rolled back stops it; mended and run again, it resumes with that step and repeats no other', () => {
  mark('fail-v2');
  const stopped = run();
  expect(stopped.status).toBe(1);
  expect(stopped.err).toContain('still on a: the move failed');
  rmSync(join(cloud, 'fail-v2'));
  const resumed = run();
  expect(resumed.err).toBe('');
  expect(resumed.status).toBe(0);
  expect(resumed.out).toContain('resuming');
  expect(where('v2')).toMatch(/^[bc] ACTIVE$/);
  expect(calls('server migrate ').filter((c) => c.endsWith(' v1')).length).toBeLessThanOrEqual(1);
});

test.each([
  ['a VM that ends in ERROR', 'b ERROR', 'is in ERROR on b'],
  ['a VM that somebody else moved', 'd ACTIVE', 'neither a nor'],
])('%s stops it', (_name, state, said) => {
  mark('fail-v1');
  run();
  const [host, status] = state.split(' ');
  put('v1', host ?? '', status ?? '');
  const stopped = run();
  expect(stopped.status).toBe(1);
  expect(stopped.err).toContain(said);
});

test('the state file of another plan is not taken for this one', () => {
  mark('state', 'plan 00000000\ndone 1\n');
  expect(run()).toMatchObject({ status: 1 });
  expect(readFileSync(join(cloud, 'state'), 'utf8')).toBe('plan 00000000\ndone 1\n');
});

test('what Nova refuses at once stops it', () => {
  mark('refuse-v1');
  mark('refuse-v2');
  expect(run().err).toContain('Nova refused to move');
});
