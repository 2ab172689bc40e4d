// What speaks against moving a VM wherever it goes: its states, its host, what earlier moves left behind.
import { specFindings } from './blockers-specs.ts';
import type { Finding, Subject } from './finding.ts';

/** The states from which Nova starts a live migration (nova/compute/api.py live_migrate). */
const MOVABLE = new Set(['active', 'paused']);
const COLD_MOVABLE = new Set(['active', 'stopped']);

const stateFindings = ({ vm }: Subject): readonly Finding[] => {
  const found: Finding[] = [];
  if (vm.vmState === 'shelved_offloaded') {
    const detail = 'is shelved and offloaded: nothing of it runs anywhere';
    return [{ kind: 'blocker', code: 'shelved-offloaded', detail, fix: 'openstack server unshelve places it anew' }];
  }
  if (vm.vmState === null) {
    found.push({
      kind: 'undecided',
      code: 'vm-state-unknown',
      detail: 'the log does not tell its state',
      fix: 'import `openstack server show`',
    });
  } else if (!MOVABLE.has(vm.vmState)) {
    const fix = COLD_MOVABLE.has(vm.vmState)
      ? 'openstack server migrate moves it cold, or start it first'
      : `bring it to ACTIVE first (openstack server ${vm.vmState === 'error' ? 'set --state active, once its cause is mended' : 'start, resume or unrescue'})`;
    found.push({
      kind: 'blocker',
      code: 'vm-state',
      detail: `is ${vm.vmState}; only active and paused VMs move live`,
      fix,
    });
  }
  if (vm.taskState !== null) {
    const fix =
      vm.taskState === 'migrating' ? 'wait until its migration ends, or abort that' : 'wait until the task ends';
    found.push({ kind: 'blocker', code: 'task-state', detail: `is busy: task ${vm.taskState}`, fix });
  }
  const power = vm.powerState;
  if (power !== null && power !== 'RUNNING' && power !== 'PAUSED' && MOVABLE.has(vm.vmState ?? '')) {
    const fix = 'openstack server start, or reset what Nova believes of it';
    found.push({
      kind: 'blocker',
      code: 'power-state',
      detail: `has power state ${power}; the conductor asks for RUNNING or PAUSED`,
      fix,
    });
  }
  if (vm.vmState === 'paused') {
    found.push({ kind: 'risk', code: 'paused', detail: 'is paused: moves well, its memory is copied once', fix: null });
  }
  return found;
};

const sourceFindings = ({ vm, source }: Subject): readonly Finding[] => {
  if (vm.host === null) {
    return [
      {
        kind: 'undecided',
        code: 'host-unknown',
        detail: 'the log does not tell where it is',
        fix: 'import a listing with hosts (openstack server list --long)',
      },
    ];
  }
  if (source === null) {
    return [
      { kind: 'unknown', code: 'source-service', detail: `the service of ${vm.host} was never described`, fix: null },
    ];
  }
  if (source.forcedDown || source.up === false) {
    const detail = `its host ${source.name} is ${source.forcedDown ? 'forced down' : 'down'}; a live migration needs it up`;
    return [{ kind: 'blocker', code: 'source-down', detail, fix: `evacuate it: openstack server evacuate ${vm.id}` }];
  }
  if (source.up === null) {
    return [
      { kind: 'unknown', code: 'source-service', detail: `whether ${source.name} is up is not in the log`, fix: null },
    ];
  }
  return [];
};

const storageFindings = ({ vm }: Subject): readonly Finding[] => {
  if (vm.storage === null) {
    return [
      {
        kind: 'undecided',
        code: 'storage-unknown',
        detail:
          'the log does not tell whether its disk is local, shared or a volume, which decides between block migration and none',
        fix: 'import `openstack server show` or the volume listing',
      },
    ];
  }
  if (vm.storage !== 'local') return [];
  return [
    {
      kind: 'unknown',
      code: 'config-drive',
      detail: 'whether it has a config drive or CD-ROM, which block migration refuses',
      fix: null,
    },
    {
      kind: 'risk',
      code: 'block-migration',
      detail: `its local disk${vm.diskGiB === null ? '' : ` of ${vm.diskGiB} GiB`} is copied with its memory`,
      fix: null,
    },
  ];
};

const PAGE_BYTES = 4096;

/** Findings that hold for every destination. */
export const vmFindings = (subject: Subject): readonly Finding[] => {
  const { vm } = subject;
  const found = [
    ...stateFindings(subject),
    ...sourceFindings(subject),
    ...specFindings(subject),
    ...storageFindings(subject),
  ];
  if (vm.vcpus === null || vm.ramMiB === null) {
    const detail = `its size is not in the log (${vm.flavor === null ? 'no flavor' : `flavor ${vm.flavor}`})`;
    found.push({ kind: 'undecided', code: 'size-unknown', detail, fix: 'import `openstack flavor list`' });
  }
  return found;
};

/** The write rate beside what the link carries; nothing where it was never sampled. */
export const convergenceFindings = ({ vm, dirtyPagesPerS }: Subject, linkBytesPerS: number): readonly Finding[] => {
  if (vm.vmState !== 'active') return [];
  if (dirtyPagesPerS === null) {
    return [
      {
        kind: 'unknown',
        code: 'dirty-rate',
        detail: 'how fast it writes memory was never sampled: whether it converges is not known',
        fix: null,
      },
    ];
  }
  const written = dirtyPagesPerS * PAGE_BYTES;
  if (written < linkBytesPerS) return [];
  const mb = (x: number): number => Math.round(x / 1e6);
  const detail = `writes ${mb(written)} MB/s of memory, the link carries ${mb(linkBytesPerS)}: pre-copy may never end`;
  return [{ kind: 'risk', code: 'dirty-rate', detail, fix: 'permit post-copy or auto-converge, or move it cold' }];
};
