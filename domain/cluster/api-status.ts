// The status Nova's API shows, and what a listed status says about vm_state, task_state and power_state.
import type { API_STATUSES, POWER_STATES, TASK_STATES, VM_STATES } from '../events/vm-events.ts';

type VmStateWord = (typeof VM_STATES)[number];
type TaskWord = (typeof TASK_STATES)[number];
type PowerWord = (typeof POWER_STATES)[number];
type Status = (typeof API_STATUSES)[number];

const DEFAULTS: Readonly<Record<VmStateWord, Status>> = {
  active: 'ACTIVE',
  building: 'BUILD',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  stopped: 'SHUTOFF',
  rescued: 'RESCUE',
  resized: 'VERIFY_RESIZE',
  'soft-delete': 'SOFT_DELETED',
  deleted: 'DELETED',
  error: 'ERROR',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
};

const REBUILDING: Readonly<Record<string, Status>> = {
  rebuilding: 'REBUILD',
  rebuild_block_device_mapping: 'REBUILD',
  rebuild_spawning: 'REBUILD',
};
const RESIZING: Readonly<Record<string, Status>> = {
  resize_prep: 'RESIZE',
  resize_migrating: 'RESIZE',
  resize_migrated: 'RESIZE',
  resize_finish: 'RESIZE',
};
const TASKS: Readonly<Partial<Record<VmStateWord, Readonly<Record<string, Status>>>>> = {
  active: {
    rebooting: 'REBOOT',
    reboot_pending: 'REBOOT',
    reboot_started: 'REBOOT',
    rebooting_hard: 'HARD_REBOOT',
    reboot_pending_hard: 'HARD_REBOOT',
    reboot_started_hard: 'HARD_REBOOT',
    updating_password: 'PASSWORD',
    migrating: 'MIGRATING',
    ...REBUILDING,
    ...RESIZING,
  },
  stopped: { ...REBUILDING, ...RESIZING },
  error: REBUILDING,
  paused: { migrating: 'MIGRATING' },
  resized: { resize_reverting: 'REVERT_RESIZE' },
};

/** Nova's own map (nova/api/openstack/common.py, _STATE_MAP); UNKNOWN where nothing is known. */
export const apiStatus = (vmState: VmStateWord | null, taskState: string | null): Status => {
  if (vmState === null) return 'UNKNOWN';
  return (taskState === null ? undefined : TASKS[vmState]?.[taskState]) ?? DEFAULTS[vmState];
};

export type StatusMeans = {
  readonly vmState: VmStateWord;
  readonly taskState: TaskWord | null;
  readonly powerState: PowerWord | null;
};

const means = (vmState: VmStateWord, taskState: TaskWord | null, powerState: PowerWord | null): StatusMeans => ({
  vmState,
  taskState,
  powerState,
});

/**
 * The map read backwards. A status that several states share is read as its commonest: MIGRATING as active, REBUILD and
 * RESIZE as active. UNKNOWN says nothing. powerState is null where the status does not settle it.
 */
export const STATUS_MEANS: Readonly<Record<Status, StatusMeans | null>> = {
  ACTIVE: means('active', null, 'RUNNING'),
  BUILD: means('building', 'spawning', 'NOSTATE'),
  DELETED: means('deleted', null, 'NOSTATE'),
  ERROR: means('error', null, null),
  HARD_REBOOT: means('active', 'rebooting_hard', null),
  MIGRATING: means('active', 'migrating', 'RUNNING'),
  PASSWORD: means('active', 'updating_password', 'RUNNING'),
  PAUSED: means('paused', null, 'PAUSED'),
  REBOOT: means('active', 'rebooting', 'RUNNING'),
  REBUILD: means('active', 'rebuilding', null),
  RESCUE: means('rescued', null, 'RUNNING'),
  RESIZE: means('active', 'resize_migrating', null),
  REVERT_RESIZE: means('resized', 'resize_reverting', null),
  SHELVED: means('shelved', null, 'SHUTDOWN'),
  SHELVED_OFFLOADED: means('shelved_offloaded', null, 'SHUTDOWN'),
  SHUTOFF: means('stopped', null, 'SHUTDOWN'),
  SOFT_DELETED: means('soft-delete', null, 'SHUTDOWN'),
  SUSPENDED: means('suspended', null, 'SUSPENDED'),
  UNKNOWN: null,
  VERIFY_RESIZE: means('resized', null, 'RUNNING'),
};
