// The service: answers the contract over one log, and tells its listeners when the log changes.
import { ok } from '../../domain/base/result.ts';
import type { Streams } from '../../domain/contract/contract.ts';
import type { Log } from '../log/types.ts';
import { historiesOf } from '../work/histories.ts';
import type { RunJob } from '../work/thread.ts';
import { branchCalls } from './branch-calls.ts';
import type { Handlers } from './call.ts';
import { type Door, openDoor } from './door.ts';
import { consolidateCalls } from './consolidate-calls.ts';
import type { Engine } from './engine.ts';
import { entityCalls } from './entity-calls.ts';
import { historyCalls } from './history-calls.ts';
import { indexesOf } from './indexes.ts';
import { jobCalls } from './job-calls.ts';
import { networkCalls } from './network-calls.ts';
import { planningCalls } from './planning-calls.ts';
import { reportCalls } from './report-calls.ts';
import { stateCalls } from './state-calls.ts';
import { logInfo, timelineInfos } from './timeline-info.ts';
import { warmingOf } from './warming.ts';

type Listener = <N extends keyof Streams>(name: N, value: Streams[N]) => void;

export type Service = {
  /** Answers one call of the contract. Never throws; what goes wrong is a sentence. */
  readonly call: Door;
  /** Calls back for every value of every stream; returns the way to stop. */
  readonly subscribe: (listener: Listener) => () => void;
  readonly close: () => void;
};

/**
 * @param options.runJob where long jobs run: on a thread for windows, here for a command line that waits anyway
 */
export const createService = (
  log: Log,
  options: { readonly demonstration: boolean; readonly runJob: RunJob },
): Service => {
  const histories = historiesOf(log);
  const indexes = indexesOf(log, options.runJob);
  const listeners = new Set<Listener>();
  const changed = (timeline: number | null): void => {
    histories.forget(timeline);
    indexes.forget(timeline);
    if (listeners.size === 0) return;
    const timelines = timelineInfos(log);
    for (const tell of listeners) tell('log.changed', { timelines });
  };
  const engine: Engine = { log, histories, indexes, ...options, changedByJob: () => changed(null) };
  const handlers: Handlers = {
    'log.info': () => ok(logInfo(engine)),
    ...stateCalls(engine),
    ...historyCalls(engine),
    ...entityCalls(engine),
    ...networkCalls(engine),
    ...branchCalls(engine),
    ...planningCalls(engine),
    ...jobCalls(engine),
    ...reportCalls(engine),
    ...consolidateCalls(engine),
  };
  const stop = log.onChange(changed);
  const warming = warmingOf(histories.warm);
  const door = openDoor(handlers);
  return {
    call: async (name, input, watcher) => {
      const answer = await door(name, input, watcher);
      if (listeners.size > 0) warming.wake(); // a window stays, and will ask for other instants
      return answer;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      stop();
      warming.stop();
      log.close();
    },
  };
};
