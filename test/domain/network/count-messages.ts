// The load of messages counted one by one, for closed forms to be held against.
import { entriesOf, isFdbMessage, type Message } from '../../../domain/network/message.ts';
import type { MessageLoad } from '../../../domain/network/scale-load.ts';

/** The l2population load of some messages, counted one by one. */
export const countMessages = (messages: readonly Message[], hosts: number): MessageLoad => {
  const fdb = messages.filter(isFdbMessage);
  const fanouts = fdb.filter((m) => m.kind === 'fanout').length;
  const casts = fdb.length - fanouts;
  return {
    fanouts,
    casts,
    deliveries: fanouts * hosts + casts,
    entries: fdb.reduce((sum, m) => sum + entriesOf(m), 0),
  };
};
