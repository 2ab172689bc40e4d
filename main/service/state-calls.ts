// Calls about the cluster at an instant, and about the difference between two.
import { seq } from '../../domain/base/brand.ts';
import { ok } from '../../domain/base/result.ts';
import { anomalyStates } from '../../domain/readout/cluster-state.ts';
import { picture } from '../../domain/readout/picture.ts';
import { diffStates } from '../../domain/timeline/diff.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';

type StateCalls = Pick<Handlers, 'view.picture' | 'view.state' | 'view.anomalies' | 'view.diff'>;

export const stateCalls = (engine: Engine): StateCalls => ({
  'view.picture': (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const { cluster, position } = engine.histories.seek(timeline, cut);
    return ok(picture(cluster, { timeline: timeline.name, seq: position?.seq ?? seq(0), at: cut.at }));
  },
  'view.state': (asked) => {
    const place = placeOf(engine, asked);
    return place.ok ? ok(engine.histories.stateAt(place.value.timeline, place.value.cut)) : place;
  },
  'view.anomalies': (asked) => {
    const place = placeOf(engine, asked);
    return place.ok ? ok(anomalyStates(engine.histories.seek(place.value.timeline, place.value.cut).cluster)) : place;
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
