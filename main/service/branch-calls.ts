// Calls that make, rename and drop branches, and add what a drill should meet there.
import { createHash } from 'node:crypto';
import { instant, type Seq } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import type { At, Input } from '../../domain/contract/contract.ts';
import { type Candidate, dictionary } from '../../domain/events/dictionary.ts';
import { entity } from '../../domain/events/entity.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import { accept } from '../ingest/accept.ts';
import { keepAssumptions } from '../work/keep-assumptions.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';
import { timelineInfo } from './timeline-info.ts';

type BranchCalls = Pick<
  Handlers,
  'branch.create' | 'branch.rename' | 'branch.drop' | 'branch.addVm' | 'branch.record' | 'capacity.keep'
>;

/** A UUID that depends on the words only, so that asking twice for the same VM asks for one VM. */
const uuidOf = (words: readonly string[]): string => {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const hypothetical = (vm: Input<'branch.addVm'>, id: string, at: number): Candidate => ({
  type: 'vm.reported',
  v: 1,
  data: {
    name: vm.name,
    host: vm.host,
    vcpus: vm.vcpus,
    ramMiB: vm.ramMiB,
    diskGiB: vm.diskGiB,
    storage: vm.storage,
    vmState: 'active',
    taskState: null,
    powerState: 'RUNNING',
  },
  at: instant(at),
  entity: entity('vm', id),
  evidence: 'assumed',
  line: 1,
  key: null,
});

/** What did not happen is written to branches only: the record stays what sources said. */
const branchPlace = (
  engine: Engine,
  asked: { readonly timeline: string; readonly at: At | null },
): ReturnType<typeof placeOf> => {
  const place = placeOf(engine, asked);
  if (!place.ok || place.value.timeline.parent !== null) return place;
  const sentence = `${asked.timeline} is the record: what did not happen is not written there. Make a branch first.`;
  return err({ code: 'not_a_branch', sentence });
};

/** Appends one assumption; the id names its content, so that saying it twice at one place says it once. */
const assume = ({ log }: Engine, timeline: Timeline, id: string, name: string, event: Candidate): Answer<Seq> => {
  const source = { id: `run:what-if:${id}`, name: `what-if ${name}`, format: 'what-if' };
  const batch = { source, throughLine: 1, done: true, events: [event], refused: [] };
  const appended = log.append(timeline, log.head(timeline), batch);
  return appended.ok ? ok(appended.value.head) : appended;
};

const addVm = (engine: Engine, asked: Input<'branch.addVm'>): Answer<{ entity: string }> => {
  const place = branchPlace(engine, asked);
  if (!place.ok) return place;
  const { timeline, cut } = place.value;
  const hosts = engine.histories.stateAt(timeline, cut).hosts;
  if (!hosts.some(({ name }) => name === asked.host)) {
    const sentence = `There is no host ${asked.host} on ${timeline.name} at that instant.`;
    return err({ code: 'no_such_host', sentence });
  }
  const id = uuidOf([timeline.name, asked.name]);
  const appended = assume(engine, timeline, id, asked.name, hypothetical(asked, id, cut.at));
  return appended.ok ? ok({ entity: entity('vm', id) }) : appended;
};

const record = (engine: Engine, asked: Input<'branch.record'>): Answer<{ seq: number }> => {
  const place = branchPlace(engine, asked);
  if (!place.ok) return place;
  const { timeline, cut } = place.value;
  const { type, entity: address, data } = asked;
  const known = dictionary.find((entry) => entry.type === type);
  const fact = accept({
    type,
    v: known?.v ?? 1,
    data,
    entity: address,
    at: cut.at,
    evidence: 'assumed',
    line: 1,
    key: null,
  });
  if (!fact.ok) return err({ code: 'bad_input', sentence: `That fact was not written: ${fact.error}.` });
  const id = uuidOf([timeline.name, type, address, JSON.stringify(data), String(cut.at)]);
  const appended = assume(engine, timeline, id, `${type} ${address}`, fact.value);
  return appended.ok ? ok({ seq: appended.value }) : appended;
};

export const branchCalls = (engine: Engine): BranchCalls => ({
  'branch.create': ({ name, parent, at }) => {
    const place = placeOf(engine, { timeline: parent, at });
    if (!place.ok) return place;
    const made = engine.log.branch(name, place.value.timeline, place.value.cut);
    return made.ok ? ok(timelineInfo(engine.log, made.value)) : made;
  },
  'branch.rename': ({ name, to }) => {
    const timeline = engine.log.timeline(name);
    if (!timeline.ok) return timeline;
    const renamed = engine.log.rename(timeline.value, to);
    return renamed.ok ? ok(timelineInfo(engine.log, renamed.value)) : renamed;
  },
  'branch.drop': ({ name }) => {
    const timeline = engine.log.timeline(name);
    if (!timeline.ok) return timeline;
    const dropped = engine.log.drop(timeline.value);
    return dropped.ok ? ok({ dropped: name }) : dropped;
  },
  'capacity.keep': (asked) => {
    const kept = keepAssumptions(engine, asked);
    if (!kept.ok) return kept;
    const made = engine.log.timeline(asked.branch);
    return made.ok ? ok(timelineInfo(engine.log, made.value)) : made;
  },
  'branch.addVm': (asked) => addVm(engine, asked),
  'branch.record': (asked) => record(engine, asked),
});
