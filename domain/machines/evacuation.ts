// The life of an evacuation: a rebuild elsewhere because the host is down, and the tombstone it leaves there.
import { lifecycle } from './lifecycle.ts';

const SIGNALS = ['CLAIM', 'REBUILT', 'SOURCE_RETURNED', 'FAIL', 'ERROR'] as const;

/**
 * nova/compute/manager.py, rebuild_instance(recreate=True) and _destroy_evacuated_instances. `error` is NoValidHost;
 * `failed` a refused claim or a failed rebuild; `completed` is written by the source when it comes back and removes its
 * copy, even in the middle of the rebuild (the guard against two copies of one guest).
 */
export const evacuation = lifecycle(
  {
    id: 'evacuation',
    title: 'Evacuation: rebuilt on another host',
    initial: 'accepted',
    states: {
      accepted: { CLAIM: 'pre-migrating', FAIL: 'failed', ERROR: 'error', SOURCE_RETURNED: 'completed' },
      'pre-migrating': { REBUILT: 'done', FAIL: 'failed', ERROR: 'error', SOURCE_RETURNED: 'completed' },
      done: { SOURCE_RETURNED: 'completed' },
      completed: {},
      failed: {},
      error: { FAIL: 'failed' },
    },
    exits: ['failed', 'error'],
  },
  SIGNALS,
);
