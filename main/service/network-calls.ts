// Calls about the overlay: its figures, a host's flow table, a packet's way, and what changes of ports cost.
import { instant } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { isoInstant } from '../../domain/base/time.ts';
import type { At } from '../../domain/contract/contract.ts';
import { trafficAnswer } from '../../domain/datapath/traffic-answer.ts';
import type { Cluster } from '../../domain/cluster/cluster.ts';
import { DEFAULT_BLACKOUT } from '../../domain/network/blackout.ts';
import { blackoutAnswer, type PauseSource } from '../../domain/network/blackout-answer.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import { entity } from '../../domain/events/entity.ts';
import { flowAnswer, flowChange, observedAnswer } from '../../domain/network/flow-answer.ts';
import { cloudOf } from '../../domain/network/from-state.ts';
import { loadOverTime } from '../../domain/network/load-over-time.ts';
import { overviewOf } from '../../domain/network/overview.ts';
import { storyAnswer } from '../../domain/network/story-answer.ts';
import { reachAnswer, traceAnswer } from '../../domain/network/trace-answer.ts';
import { predictMove } from '../../domain/planning/move-prediction.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import { surroundingsOf } from '../../domain/scheduling/blockers-hardware.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { dumpsUpTo, newestLints } from './dump-findings.ts';
import { type Engine, placeOf } from './engine.ts';
import { eventsAbout } from './history-calls.ts';

type NetworkCalls = Pick<
  Handlers,
  | 'network.overview'
  | 'network.flows'
  | 'network.observedFlows'
  | 'network.flowDiff'
  | 'network.trace'
  | 'network.reach'
  | 'network.load'
  | 'network.traffic'
  | 'network.messages'
  | 'network.blackout'
>;

type Dump = Extract<LogEvent, { readonly type: 'host.flows_reported' }>;

const told = <T>(result: Result<T, string>): Answer<T> =>
  result.ok ? result : err({ code: 'bad_input', sentence: result.error });

/** How long QEMU stops the guest: as its newest live migration measured it, else predicted, else assumed. */
const pauseOf = (
  state: ClusterState,
  cluster: Cluster,
  written: string,
): { readonly ms: number; readonly source: PauseSource } => {
  const vm = state.vms.find((v) => v.id === written || v.name === written);
  const measured = state.migrations.findLast(
    (m) => m.vm === vm?.id && m.type === 'live-migration' && m.downtimeMs !== null,
  );
  if (measured?.downtimeMs != null) return { ms: measured.downtimeMs, source: 'recorded' };
  const predicted = predictMove(state, surroundingsOf(cluster), written, PLAN_DEFAULTS);
  if (predicted.ok) return { ms: predicted.value.downtimeMs, source: 'predicted' };
  return { ms: DEFAULT_BLACKOUT.pauseMs, source: 'assumed' };
};

export const networkCalls = (engine: Engine): NetworkCalls => {
  const seenAt = (timeline: string, at: At | null) => {
    const place = placeOf(engine, { timeline, at });
    if (!place.ok) return place;
    const state = engine.histories.stateAt(place.value.timeline, place.value.cut);
    return ok({ state, seen: cloudOf(state), ...place.value });
  };
  return {
    'network.overview': async ({ timeline: name, at, style }) => {
      const found = seenAt(name, at);
      if (!found.ok) return found;
      const { state, seen, timeline, cut } = found.value;
      const dumps = await dumpsUpTo(engine, timeline, cut, engine.histories.seek(timeline, cut).cluster);
      const overview = overviewOf(state, seen, style);
      return ok({ ...overview, lints: [...overview.lints, ...newestLints(dumps)] });
    },
    'network.flows': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      return found.ok ? told(flowAnswer(found.value, question)) : found;
    },
    'network.observedFlows': async ({ timeline, at, ...question }) => {
      const place = placeOf(engine, { timeline, at });
      if (!place.ok) return place;
      const index = await engine.indexes.of(place.value.timeline);
      if (!index.ok) return index;
      const { host, bridge } = question;
      const range = { from: -Infinity, upTo: place.value.cut };
      let dump: Dump | null = null;
      const about = eventsAbout(engine.log, place.value.timeline, index.value, new Set([entity('host', host)]), range);
      for (const e of about) if (e.type === 'host.flows_reported' && e.data.bridge === bridge) dump = e;
      if (dump === null)
        return err({ code: 'bad_input', sentence: `No dump of ${bridge} of ${host} is on record up to this instant.` });
      const state = engine.histories.stateAt(place.value.timeline, { at: dump.at, seq: dump.seq });
      const { flows } = dump.data;
      return told(
        observedAnswer({ state, seen: cloudOf(state) }, question, { at: isoInstant(dump.at), seq: dump.seq, flows }),
      );
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
    'network.messages': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      return found.ok ? told(storyAnswer(found.value, question)) : found;
    },
    'network.blackout': ({ timeline, at, ...question }) => {
      const found = seenAt(timeline, at);
      if (!found.ok) return found;
      const { cluster } = engine.histories.seek(found.value.timeline, found.value.cut);
      return told(blackoutAnswer(found.value, question, pauseOf(found.value.state, cluster, question.vm)));
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
