// The life of a VM in Nova's vm_state words. Which task is under way is a second machine, in vm-task.ts.
import { lifecycle } from './lifecycle.ts';

const SIGNALS = [
  'SPAWNED',
  'START',
  'STOP',
  'UNPAUSE',
  'PAUSE',
  'RESUME',
  'SUSPEND',
  'UNRESCUE',
  'RESCUE',
  'RESIZE',
  'CONFIRM_RESIZE',
  'REVERT_RESIZE',
  'SHELVE',
  'OFFLOAD',
  'UNSHELVE',
  'RESTORE',
  'SOFT_DELETE',
  'DELETE',
  'FAULT',
  'RESET',
] as const;

/**
 * nova/compute/api.py (check_instance_state) and nova/compute/manager.py. STOP also stands for what power-state
 * synchronisation does to a guest found shut down, and for an evacuated guest that lands stopped (microversion 2.95).
 * RESET is `reset-state --active`, a rebuild, or an evacuation of a guest in error.
 */
export const vmLife = lifecycle(
  {
    id: 'vm',
    title: 'VM',
    initial: 'building',
    states: {
      active: {
        STOP: 'stopped',
        PAUSE: 'paused',
        SUSPEND: 'suspended',
        RESCUE: 'rescued',
        RESIZE: 'resized',
        SHELVE: 'shelved',
        OFFLOAD: 'shelved_offloaded',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
        RESET: 'active',
      },
      building: { SPAWNED: 'active', STOP: 'stopped', DELETE: 'deleted', FAULT: 'error' },
      paused: {
        UNPAUSE: 'active',
        STOP: 'stopped',
        SHELVE: 'shelved',
        OFFLOAD: 'shelved_offloaded',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
      },
      suspended: {
        RESUME: 'active',
        STOP: 'stopped',
        SHELVE: 'shelved',
        OFFLOAD: 'shelved_offloaded',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
      },
      stopped: {
        START: 'active',
        RESCUE: 'rescued',
        RESIZE: 'resized',
        SHELVE: 'shelved',
        OFFLOAD: 'shelved_offloaded',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
      },
      rescued: { UNRESCUE: 'active', STOP: 'stopped', SOFT_DELETE: 'soft-delete', DELETE: 'deleted', FAULT: 'error' },
      resized: {
        CONFIRM_RESIZE: 'active',
        REVERT_RESIZE: 'active',
        STOP: 'stopped',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
      },
      'soft-delete': { RESTORE: 'active', STOP: 'stopped', DELETE: 'deleted', FAULT: 'error' },
      deleted: {},
      error: { RESET: 'active', STOP: 'stopped', SOFT_DELETE: 'soft-delete', DELETE: 'deleted', FAULT: 'error' },
      shelved: {
        OFFLOAD: 'shelved_offloaded',
        UNSHELVE: 'active',
        SOFT_DELETE: 'soft-delete',
        DELETE: 'deleted',
        FAULT: 'error',
      },
      shelved_offloaded: { UNSHELVE: 'active', SOFT_DELETE: 'soft-delete', DELETE: 'deleted', FAULT: 'error' },
    },
    exits: ['error', 'soft-delete', 'deleted'],
  },
  SIGNALS,
);
