// The life of a live migration, in Nova's own migration.status words: one machine for each way the disks travel.
import { lifecycle, type Drawing } from './lifecycle.ts';

const SIGNALS = ['QUEUE', 'CLAIM', 'PREPARE', 'START', 'POST_COPY', 'FINISH', 'ROLL_BACK', 'CANCEL', 'ERROR'] as const;
type Signal = (typeof SIGNALS)[number];
type Status =
  | 'accepted'
  | 'pre-migrating'
  | 'queued'
  | 'preparing'
  | 'running'
  | 'running (post-copy)'
  | 'completed'
  | 'error'
  | 'failed'
  | 'cancelled';

/**
 * Nova's flow (nova/conductor/tasks/live_migrate.py, nova/compute/manager.py): the conductor accepts, the destination
 * may claim NUMA cells (pre-migrating), the source queues, prepares and runs. Every failure rolls back: `error` is what
 * a failed preparation leaves until the rollback writes `failed` over it. Post-copy cannot be cancelled or timed out.
 */
const states = {
  accepted: { CLAIM: 'pre-migrating', QUEUE: 'queued', CANCEL: 'cancelled', ROLL_BACK: 'failed', ERROR: 'error' },
  'pre-migrating': { QUEUE: 'queued', CANCEL: 'cancelled', ROLL_BACK: 'failed', ERROR: 'error' },
  queued: { PREPARE: 'preparing', CANCEL: 'cancelled', ROLL_BACK: 'failed', ERROR: 'error' },
  preparing: { START: 'running', CANCEL: 'cancelled', ROLL_BACK: 'failed', ERROR: 'error' },
  running: {
    POST_COPY: 'running (post-copy)',
    FINISH: 'completed',
    CANCEL: 'cancelled',
    ROLL_BACK: 'failed',
    ERROR: 'error',
  },
  'running (post-copy)': { FINISH: 'completed', ROLL_BACK: 'failed', ERROR: 'error' },
  completed: {},
  error: { ROLL_BACK: 'failed' },
  failed: {},
  cancelled: {},
} as const satisfies Drawing<Status, Signal>['states'];

const drawing = (id: string, title: string): Drawing<Status, Signal> => ({
  id,
  title,
  initial: 'accepted',
  states,
  exits: ['error', 'failed', 'cancelled'],
});

// Nova writes the same statuses whatever carries the disks; what differs is what a rollback has to undo on the
// destination, and that is the fold's business. Three machines keep each kind addressable and drawn under its own name.
export const blockLiveMigration = lifecycle(
  drawing('live-migration-block', 'Live migration, block: memory and local disks are copied'),
  SIGNALS,
);
export const sharedLiveMigration = lifecycle(
  drawing('live-migration-shared', 'Live migration, shared storage: memory only'),
  SIGNALS,
);
export const volumeLiveMigration = lifecycle(
  drawing('live-migration-volume', 'Live migration, volume-backed: memory only, volumes re-attached'),
  SIGNALS,
);
