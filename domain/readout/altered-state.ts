// A state with some of it replaced, as assumptions and what-ifs have it.
import type { ClusterState } from './state.ts';

/**
 * The state with these fields in place of its own. A spread would say the same, but reads `hash`, which is dear and which
 * hardly anybody asks for: here it stays unread, and is still the hash of the state the log tells.
 */
export const alteredState = (state: ClusterState, changes: Partial<Omit<ClusterState, 'hash'>>): ClusterState =>
  Object.defineProperties({} as ClusterState, {
    ...Object.getOwnPropertyDescriptors(state),
    ...Object.getOwnPropertyDescriptors(changes),
  });
