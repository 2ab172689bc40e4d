// Calls that make, rename and drop branches, and add what a drill should meet there.
import { createHash } from 'node:crypto';
import { instant } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import type { Input } from '../../domain/contract/contract.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { entity } from '../../domain/events/entity.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';
import { timelineInfo } from './timeline-info.ts';

type BranchCalls = Pick<Handlers, 'branch.create' | 'branch.rename' | 'branch.drop' | 'branch.addVm'>;

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

const addVm = (engine: Engine, asked: Input<'branch.addVm'>): Answer<{ entity: string }> => {
  const place = placeOf(engine, asked);
  if (!place.ok) return place;
  const { timeline, cut } = place.value;
  if (timeline.parent === null) {
    const sentence = `${timeline.name} is the record: what did not happen is not written there. Make a branch first.`;
    return err({ code: 'not_a_branch', sentence });
  }
  const hosts = engine.histories.stateAt(timeline, cut).hosts;
  if (!hosts.some(({ name }) => name === asked.host)) {
    return err({
      code: 'no_such_host',
      sentence: `There is no host ${asked.host} on ${timeline.name} at that instant.`,
    });
  }
  const id = uuidOf([timeline.name, asked.name]);
  const events = [hypothetical(asked, id, cut.at)];
  const source = { id: `run:what-if:${id}`, name: `what-if ${asked.name}`, format: 'what-if' };
  const { log } = engine;
  const appended = log.append(timeline, log.head(timeline), {
    source,
    throughLine: 1,
    done: true,
    events,
    refused: [],
  });
  return appended.ok ? ok({ entity: entity('vm', id) }) : appended;
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
  'branch.addVm': (asked) => addVm(engine, asked),
});
