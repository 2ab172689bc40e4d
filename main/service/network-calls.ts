// Calls about the overlay: its figures, a host's flow table, a packet's way, and what changes of ports cost.
import { instant } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import { trafficAnswer } from '../../domain/datapath/traffic-answer.ts';
import { flowAnswer, flowChange } from '../../domain/network/flow-answer.ts';
import { cloudOf, type SeenCloud } from '../../domain/network/from-state.ts';
import { loadOverTime } from '../../domain/network/load-over-time.ts';
import { overviewOf } from '../../domain/network/overview.ts';
import { reachAnswer, traceAnswer } from '../../domain/network/trace-answer.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';

type NetworkCalls = Pick<
  Handlers,
  | 'network.overview'
  | 'network.flows'
  | 'network.flowDiff'
  | 'network.trace'
  | 'network.reach'
  | 'network.load'
  | 'network.traffic'
>;

const told = <T>(result: Result<T, string>): Answer<T> =>
  result.ok ? result : err({ code: 'bad_input', sentence: result.error });

export const networkCalls = (engine: Engine): NetworkCalls => {
  const seenAt = (timeline: string, at: At | null): Answer<{ state: ClusterState; seen: SeenCloud }> => {
    const place = placeOf(engine, { timeline, at });
    if (!place.ok) return place;
    const state = engine.histories.stateAt(place.value.timeline, place.value.cut);
    return ok({ state, seen: cloudOf(state) });
  };
  return {
    'network.overview': ({ timeline, at, style }) => {
      const found = seenAt(timeline, at);
      return found.ok ? ok(overviewOf(found.value.state, found.value.seen, style)) : found;
    },
    'network.flows': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      return found.ok ? told(flowAnswer(found.value, question)) : found;
    },
    'network.flowDiff': ({ timeline, from, to, ...question }) => {
      const before = seenAt(timeline, from);
      if (!before.ok) return before;
      const after = seenAt(timeline, to);
      return after.ok ? told(flowChange(before.value, after.value, question)) : after;
    },
    'network.trace': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      return found.ok ? told(traceAnswer(found.value, question)) : found;
    },
    'network.reach': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      return found.ok ? told(reachAnswer(found.value, question)) : found;
    },
    'network.traffic': ({ timeline, at, ...question }) => {
      const place = placeOf(engine, { timeline, at });
      if (!place.ok) return place;
      return told(trafficAnswer(engine.histories.stateAt(place.value.timeline, place.value.cut), question));
    },
    'network.load': ({ timeline: name, style, ...range }) => {
      if (!(range.from <= range.to))
        return err({ code: 'bad_input', sentence: 'A load needs a beginning before its end.' });
      const timeline = engine.log.timeline(name);
      if (!timeline.ok) return timeline;
      const start = { at: instant(range.from - 1), seq: null };
      const before = engine.histories.stateAt(timeline.value, start);
      const events = engine.log.inEventTime(timeline.value, {
        after: start,
        upTo: { at: instant(range.to), seq: null },
      });
      return ok(loadOverTime(before, events, range, style));
    },
  };
};
