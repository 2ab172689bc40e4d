// A verdict names every blocker with its numbers and its fix, and does not pass what the log cannot know.
import { expect, test } from 'vitest';
import { check, type CheckAnswer } from '../../../domain/planning/check.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS, type Surroundings } from '../../../domain/scheduling/blockers-hardware.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const LINK = 1.2e9;

const ask = (state: ClusterState, around: Surroundings = NO_SURROUNDINGS): CheckAnswer => {
  const answer = check(state, around, { vm: 'a', to: 'dest' }, LINK);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
};

const pair = (
  vm: Partial<VmState> = {},
  dest: Partial<HostState> = {},
  source: Partial<HostState> = {},
): ClusterState =>
  clusterOf([hostState('source', source), hostState('dest', dest)], [vmState('a', 'source', vm), vmState('b', 'dest')]);

const codes = (answer: CheckAnswer): readonly string[] => answer.verdicts.flatMap((v) => v.reasons.map((r) => r.code));

test('a move that nothing refuses is allowed, and what Nova looks at besides is said to be unknown', () => {
  const answer = ask(pair());
  expect(answer.ok).toBe(true);
  expect(codes(answer)).toEqual([]);
  expect(answer.unknown.map((f) => f.code)).toContain('vtpm');
  expect(answer.verdicts[0]?.unknown.map((f) => f.code)).toContain('cpu-model');
});

test.each<[code: string, state: ClusterState]>([
  ['vm-state', pair({ vmState: 'stopped', powerState: 'SHUTDOWN' })],
  ['vm-state', pair({ vmState: 'error' })],
  ['task-state', pair({ taskState: 'migrating' })],
  ['shelved-offloaded', pair({ vmState: 'shelved_offloaded' })],
  ['power-state', pair({ powerState: 'CRASHED' })],
  ['source-down', pair({}, {}, { up: false })],
  ['source-down', pair({}, {}, { forcedDown: true })],
  ['dest-down', pair({}, { up: false })],
  ['dest-disabled', pair({}, { enabled: false })],
  ['ram-capacity', pair({}, { ramMiBUsed: 62_000 })],
  ['vcpu-max-unit', pair({ vcpus: 20 })],
  ['disk-capacity', pair({ storage: 'local' }, { diskGiBUsed: 990 })],
  ['storage-unknown', pair({ storage: null })],
  ['size-unknown', pair({ ramMiB: null })],
  ['ram-unknown', pair({}, { ramMiB: null })],
  ['dest-service-unknown', pair({}, { up: null })],
])('%s is the one reason, and it says no', (code, state) => {
  const answer = ask(state);
  expect(codes(answer)).toEqual([code]);
  expect(answer.ok).toBe(false);
});

test('the numbers and the fix of a shortage are those of Placement', () => {
  const [reason] = ask(pair({}, { ramMiBUsed: 62_000 })).verdicts[0]?.reasons ?? [];
  expect(reason?.detail).toBe('dest has 3024 of 65024 MiB RAM free, 4096 asked');
  expect(reason?.fix).toBe('1072 MiB RAM more have to become free on dest');
});

const grouped = (policy: 'affinity' | 'anti-affinity', bOn: string): ClusterState => ({
  ...clusterOf([hostState('source'), hostState('dest')], [vmState('a', 'source'), vmState('b', bOn)]),
  serverGroups: [{ id: 'g', name: 'g', policy, maxServerPerHost: 1, members: ['a', 'b'] }],
});

test('server groups: anti-affinity refuses the peer’s host, affinity every other, the VM itself counts for neither', () => {
  expect(codes(ask(grouped('anti-affinity', 'dest')))).toEqual(['anti-affinity']);
  expect(codes(ask(grouped('anti-affinity', 'source')))).toEqual([]);
  expect(codes(ask(grouped('affinity', 'source')))).toEqual(['affinity']);
  expect(codes(ask(grouped('affinity', 'dest')))).toEqual([]);
});

const hardware = (version: string, type = 'QEMU') => ({
  hypervisorType: type,
  hypervisorVersion: version,
  cpuModel: 'X',
});

test.each([
  ['9.1.0', '9.1.0', []],
  ['9.1.0', '10.0.0', []],
  ['9.10.0', '9.9.0', ['hypervisor-older']],
  ['9001000', '9.0.2', ['hypervisor-older']],
])('hypervisor %s to %s: %j', (from, to, expected) => {
  const around = {
    ...NO_SURROUNDINGS,
    hardware: new Map([
      ['source', hardware(from)],
      ['dest', hardware(to)],
    ]),
  };
  expect(codes(ask(pair(), around))).toEqual(expected);
});

test('a pool the destination does not mount, and a binding left behind, refuse it', () => {
  const around = { ...NO_SURROUNDINGS, mountedBy: new Map([['gluster', ['source']]]) };
  expect(codes(ask(pair(), around))).toEqual(['storage-not-mounted']);
  const port = { id: 'p', network: null, vm: 'a', mac: null, ips: [], host: 'source', status: null };
  const left = { ...pair(), ports: [{ ...port, bindings: [{ host: 'dest', binding: 'INACTIVE' as const }] }] };
  expect(codes(ask(left))).toEqual(['port-binding']);
});

test('writing faster than the link is a risk, not a refusal', () => {
  const answer = ask(pair(), { ...NO_SURROUNDINGS, dirtyPagesPerS: new Map([['a', 400_000]]) });
  expect(answer.ok).toBe(true);
  expect(answer.verdicts[0]?.risks.map((f) => f.code)).toEqual(['dirty-rate']);
});

test('a host or VM that is not there is a sentence', () => {
  expect(check(pair(), NO_SURROUNDINGS, { vm: 'z', to: null }, LINK)).toMatchObject({ ok: false });
  expect(check(pair(), NO_SURROUNDINGS, { vm: 'a', to: 'nowhere' }, LINK)).toMatchObject({
    error: 'There is no host nowhere at 2026-11-17T10:36:02Z. Known hosts: source, dest.',
  });
});
