// Calls about the cluster at an instant, and about the difference between two.
import { ok } from '../../domain/base/result.ts';
import { diffStates } from '../../domain/timeline/diff.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';

type StateCalls = Pick<Handlers, 'view.state' | 'view.anomalies' | 'view.diff'>;

export const stateCalls = (engine: Engine): StateCalls => ({
  'view.state': (asked) => {
    const place = placeOf(engine, asked);
    return place.ok ? ok(engine.histories.stateAt(place.value.timeline, place.value.cut)) : place;
  },
  'view.anomalies': (asked) => {
    const place = placeOf(engine, asked);
    return place.ok ? ok(engine.histories.stateAt(place.value.timeline, place.value.cut).anomalies) : place;
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
