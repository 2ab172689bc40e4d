// The life of a host as its compute service shows it: up by heartbeat, down, fenced, returned, removed.
import { lifecycle } from './lifecycle.ts';

const SIGNALS = ['SEEN_UP', 'SEEN_DOWN', 'FAIL', 'FENCE', 'RETURN', 'REMOVE'] as const;

/** `state` of nova's service list; enabled and forced_down are an administrator's words and independent of it. */
export const hostLife = lifecycle(
  {
    id: 'host',
    title: 'Host',
    initial: 'unknown',
    states: {
      unknown: { SEEN_UP: 'up', SEEN_DOWN: 'down', FAIL: 'down', FENCE: 'fenced', RETURN: 'up', REMOVE: 'removed' },
      // Fenced by hand, or seen up before its return is told: both orders are met.
      up: { SEEN_UP: 'up', SEEN_DOWN: 'down', FAIL: 'down', FENCE: 'fenced', RETURN: 'up', REMOVE: 'removed' },
      // A failure is often recorded after the missing heartbeat was: the cause arrives late.
      down: { SEEN_UP: 'up', SEEN_DOWN: 'down', FAIL: 'down', FENCE: 'fenced', RETURN: 'up', REMOVE: 'removed' },
      fenced: { SEEN_UP: 'up', SEEN_DOWN: 'fenced', FENCE: 'fenced', RETURN: 'up', REMOVE: 'removed' },
      removed: { SEEN_UP: 'up', SEEN_DOWN: 'down' },
    },
    exits: ['fenced', 'removed'],
  },
  SIGNALS,
);
