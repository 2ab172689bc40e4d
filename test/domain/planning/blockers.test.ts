// Every row of Nova's list of what refuses a live migration: found where the log can know it, said to be unknown where it cannot.
import { expect, test } from 'vitest';
import { check } from '../../../domain/planning/check.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { NO_SURROUNDINGS, type Surroundings } from '../../../domain/scheduling/blockers-hardware.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

const LINK = 1.2e9;

type Row = {
  readonly vm?: Partial<VmState>;
  readonly dest?: Partial<HostState>;
  readonly source?: Partial<HostState>;
  readonly around?: Partial<Surroundings>;
  readonly state?: Partial<ClusterState>;
  readonly to?: string;
};

const found = (row: Row) => {
  const state = clusterOf(
    [hostState('source', row.source), hostState('dest', row.dest)],
    [vmState('a', 'source', row.vm), vmState('b', 'dest')],
    row.state,
  );
  const answer = check(state, { ...NO_SURROUNDINGS, ...row.around }, { vm: 'a', to: row.to ?? 'dest' }, LINK);
  if (!answer.ok) throw new Error(answer.error);
  const [verdict] = answer.value.verdicts;
  const codes = (list: readonly { readonly code: string }[] | undefined): readonly string[] =>
    (list ?? []).map((f) => f.code);
  return {
    ok: verdict?.ok ?? false,
    reasons: codes(verdict?.reasons),
    risks: codes(verdict?.risks),
    unknown: [...codes(verdict?.unknown), ...codes(answer.value.unknown)],
    fixes: (verdict?.reasons ?? []).map((r) => r.fix),
  };
};

const specs = (extraSpecs: Readonly<Record<string, string>>): Row => ({ vm: { extraSpecs } });
const hardware = (from: object, to: object): Row => ({
  around: {
    hardware: new Map([
      ['source', { hypervisorType: 'QEMU', hypervisorVersion: '9.1.0', cpuModel: 'X', ...from }],
      ['dest', { hypervisorType: 'QEMU', hypervisorVersion: '9.1.0', cpuModel: 'X', ...to }],
    ]),
  },
});
const group = (policy: 'affinity' | 'anti-affinity', members: readonly string[]): Row => ({
  state: { serverGroups: [{ id: 'g', name: 'g', policy, maxServerPerHost: 1, members }] },
});

test.each<[row: string, code: string, circumstances: Row]>([
  ['Cyborg accelerators', 'accelerator', specs({ 'accel:device_profile': 'fpga' })],
  ['vTPM with the default secret', 'vtpm', specs({ 'hw:tpm_version': '2.0' })],
  ['vTPM with the secret of its user', 'vtpm', specs({ 'hw:tpm_version': '2.0', 'hw:tpm_secret_security': 'user' })],
  ['memory encryption', 'memory-encryption', specs({ 'hw:mem_encryption': 'True' })],
  ['PCI alias', 'pci-device', specs({ 'pci_passthrough:alias': 'gpu:1' })],
  ['virtual GPU', 'vgpu', specs({ 'resources:VGPU': '1' })],
  ['vm_state', 'vm-state', { vm: { vmState: 'suspended', powerState: 'SUSPENDED' } }],
  ['task_state', 'task-state', { vm: { taskState: 'rebooting' } }],
  ['power state', 'power-state', { vm: { powerState: 'CRASHED' } }],
  ['no candidate in Placement: vCPU', 'vcpu-capacity', { dest: { vcpusUsed: 64 } }],
  ['no candidate in Placement: RAM', 'ram-capacity', { dest: { ramMiBUsed: 65_000 } }],
  ['disk too large', 'disk-capacity', { vm: { storage: 'local' }, dest: { diskGiBUsed: 1000 } }],
  ['ComputeFilter', 'dest-disabled', { dest: { enabled: false } }],
  ['service down', 'dest-down', { dest: { up: false } }],
  ['source service down', 'source-down', { source: { up: false } }],
  ['dest is source', 'same-host', { to: 'source' }],
  ['hypervisor type', 'hypervisor-type', hardware({}, { hypervisorType: 'VMware vCenter Server' })],
  ['older hypervisor', 'hypervisor-older', hardware({}, { hypervisorVersion: '8.2.0' })],
  ['anti-affinity', 'anti-affinity', group('anti-affinity', ['a', 'b'])],
  ['storage not mounted', 'storage-not-mounted', { around: { mountedBy: new Map([['gluster', ['source']]]) } }],
  ['ironic', 'bare-metal', hardware({ hypervisorType: 'ironic' }, { hypervisorType: 'ironic' })],
  ['shelved', 'shelved-offloaded', { vm: { vmState: 'shelved_offloaded' } }],
])('%s refuses the move as %s', (_row, code, circumstances) => {
  const { ok, reasons } = found(circumstances);
  expect(ok).toBe(false);
  expect(reasons).toContain(code);
});

test('a secret that the host may keep does not refuse', () => {
  expect(found(specs({ 'hw:tpm_version': '2.0', 'hw:tpm_secret_security': 'host' })).ok).toBe(true);
});

test.each<[row: string, code: string, circumstances: Row]>([
  ['a CPU of another model', 'cpu-model', hardware({}, { cpuModel: 'Y' })],
  ['writing as fast as the link', 'dirty-rate', { around: { dirtyPagesPerS: new Map([['a', 1e6]]) } }],
  ['paused', 'paused', { vm: { vmState: 'paused', powerState: 'PAUSED' } }],
  ['persistent memory', 'vpmem', specs({ 'hw:pmem': '6GB' })],
  ['a disk to copy', 'block-migration', { vm: { storage: 'local' } }],
])('%s is a risk and refuses nothing', (_row, code, circumstances) => {
  expect(found(circumstances)).toMatchObject({ ok: true, risks: expect.arrayContaining([code]) });
});

test.each([
  'share-attached',
  'bandwidth-port',
  'accelerator',
  'vtpm',
  'memory-encryption',
  'locked',
  'cell',
  'pci-device',
  'numa-pinning',
  'port-binding',
  'cpu-flags',
  'memory-backing',
  'local-space',
  'migration-network',
  'zone-pin',
  'cpu-model',
  'hypervisor-type',
  'hypervisor-version',
  'dirty-rate',
])('%s is said to be unknown where the log does not tell it', (code) => {
  expect(found({}).unknown).toContain(code);
});

test('whether a block migration meets a config drive is unknown, and asked only of local disks', () => {
  expect(found({ vm: { storage: 'local' } }).unknown).toContain('config-drive');
  expect(found({}).unknown).not.toContain('config-drive');
});
