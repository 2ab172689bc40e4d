// Calls about the cluster at an instant, and about the difference between two.
import { seq } from '../../domain/base/brand.ts';
import { ok } from '../../domain/base/result.ts';
import { alteredState } from '../../domain/readout/altered-state.ts';
import { anomalyStates } from '../../domain/readout/cluster-state.ts';
import { picture } from '../../domain/readout/picture.ts';
import { diffStates } from '../../domain/timeline/diff.ts';
import { downTimes } from '../work/down-times.ts';
import type { Handlers } from './call.ts';
import { dumpsReady, dumpsUpTo, withDumps } from './dump-findings.ts';
import { type Engine, placeOf } from './engine.ts';

type StateCalls = Pick<Handlers, 'view.picture' | 'view.state' | 'view.anomalies' | 'view.diff' | 'view.downTimes'>;

export const stateCalls = (engine: Engine): StateCalls => ({
  'view.picture': (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const { cluster, position } = engine.histories.seek(timeline, cut);
    const drawn = picture(cluster, { timeline: timeline.name, seq: position?.seq ?? seq(0), at: cut.at });
    const wrong = dumpsReady(engine, timeline, cut).filter((d) => d.lints.length > 0).length;
    return ok(
      wrong === 0
        ? drawn
        : { ...drawn, counts: { ...drawn.counts, contradictions: drawn.counts.contradictions + wrong } },
    );
  },
  'view.state': async (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const state = engine.histories.stateAt(timeline, cut);
    const dumps = await dumpsUpTo(engine, timeline, cut, engine.histories.seek(timeline, cut).cluster);
    return ok(dumps.length === 0 ? state : alteredState(state, { anomalies: withDumps(state.anomalies, dumps) }));
  },
  'view.anomalies': async (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const { cluster } = engine.histories.seek(timeline, cut);
    const anomalies = anomalyStates(cluster);
    return ok(withDumps(anomalies, await dumpsUpTo(engine, timeline, cut, cluster)));
  },
  'view.downTimes': ({ a, b }) => {
    const from = placeOf(engine, a);
    if (!from.ok) return from;
    const to = placeOf(engine, b);
    return to.ok ? ok(downTimes(engine, from.value, to.value)) : to;
  },
  'view.diff': ({ a, b }) => {
    const from = placeOf(engine, a);
    if (!from.ok) return from;
    const to = placeOf(engine, b);
    if (!to.ok) return to;
    const { histories } = engine;
    return ok(
      diffStates(
        histories.stateAt(from.value.timeline, from.value.cut),
        histories.stateAt(to.value.timeline, to.value.cut),
      ),
    );
  },
});
