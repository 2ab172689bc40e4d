// The shape every fold function has: the cluster, and one typed event of the log.
import type { Fact, LogEvent } from '../../events/dictionary.ts';
import type { Cluster } from '../cluster.ts';

export type EventNamed<T extends Fact['type']> = Extract<LogEvent, { readonly type: T }>;
/** Changes the cluster in place. Never throws on a well-formed event: what does not fit becomes an anomaly. */
export type Folder<T extends Fact['type']> = (c: Cluster, e: EventNamed<T>) => void;

/** The data of a partial report over what was known: a property it leaves out keeps its value. */
export const merged = <R extends object>(known: R, said: Partial<R>): R => {
  const next: R = { ...known };
  for (const name in known) {
    const value = said[name];
    if (value !== undefined) next[name] = value;
  }
  return next;
};
