// The life of a cold migration or resize: the guest is stopped, carried, and held on both hosts until confirmed.
import { lifecycle } from './lifecycle.ts';

const SIGNALS = [
  'CLAIM',
  'MIGRATE',
  'CARRIED',
  'FINISH',
  'CONFIRM',
  'CONFIRMED',
  'REVERT',
  'REVERTED',
  'ERROR',
] as const;

/** nova/compute/manager.py, prep_resize to confirm_resize; `accepted` is before the destination's claim made the record. */
export const coldMigration = lifecycle(
  {
    id: 'cold-migration',
    title: 'Cold migration or resize',
    initial: 'accepted',
    states: {
      accepted: { CLAIM: 'pre-migrating', ERROR: 'error' },
      'pre-migrating': { MIGRATE: 'migrating', ERROR: 'error' },
      migrating: { CARRIED: 'post-migrating', ERROR: 'error' },
      'post-migrating': { FINISH: 'finished', ERROR: 'error' },
      finished: {
        CONFIRM: 'confirming',
        CONFIRMED: 'confirmed',
        REVERT: 'reverting',
        REVERTED: 'reverted',
        ERROR: 'error',
      },
      confirming: { CONFIRMED: 'confirmed', ERROR: 'error' },
      confirmed: {},
      reverting: { REVERTED: 'reverted', ERROR: 'error' },
      reverted: {},
      error: {},
    },
    exits: ['reverting', 'reverted', 'error'],
  },
  SIGNALS,
);
