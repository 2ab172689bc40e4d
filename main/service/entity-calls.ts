// Calls about one thing: its story, its life cycle drawn, and how a person finds it.
import { ok } from '../../domain/base/result.ts';
import { causeChain } from '../../domain/readout/cause.ts';
import { machinePictures } from '../../domain/readout/machine-picture.ts';
import { story, storyEntities } from '../../domain/readout/story.ts';
import type { Input } from '../../domain/contract/contract.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';
import { findHits } from './find.ts';
import { eventsAbout } from './history-calls.ts';

type EntityCalls = Pick<Handlers, 'view.story' | 'view.why' | 'view.machine' | 'view.find'>;

/** The state at the instant asked for, and the events its entity's story may be made of. */
const tellable = async (engine: Engine, asked: Input<'view.story'>) => {
  const place = placeOf(engine, asked);
  if (!place.ok) return place;
  const { timeline, cut } = place.value;
  const index = await engine.indexes.of(timeline);
  if (!index.ok) return index;
  const { cluster } = engine.histories.seek(timeline, cut);
  const entities = storyEntities(cluster, asked.entity);
  const events = eventsAbout(engine.log, timeline, index.value, entities, { from: -Infinity, upTo: cut });
  return ok({ cluster, events });
};

export const entityCalls = (engine: Engine): EntityCalls => ({
  'view.story': async (asked) => {
    const found = await tellable(engine, asked);
    return found.ok ? ok(story(found.value.cluster, asked.entity, found.value.events)) : found;
  },
  'view.why': async (asked) => {
    const found = await tellable(engine, asked);
    return found.ok ? ok(causeChain(found.value.cluster, asked.entity, found.value.events)) : found;
  },
  'view.machine': (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { cluster } = engine.histories.seek(place.value.timeline, place.value.cut);
    return ok(machinePictures(cluster, asked.entity));
  },
  'view.find': async (asked) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const index = await engine.indexes.of(timeline);
    if (!index.ok) return index;
    const state = engine.histories.stateAt(timeline, cut);
    return ok(findHits({ state, index: index.value, log: engine.log, timeline }, asked.text, asked.limit));
  },
});
