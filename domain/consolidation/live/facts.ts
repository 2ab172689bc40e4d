// The facts of a plan carried out: each move as Nova's records would tell it, one after another.
import { type Instant, instant } from '../../base/brand.ts';
import type { Candidate, Fact } from '../../events/dictionary.ts';
import { entity } from '../../events/entity.ts';
import type { Move } from './report.ts';

/** Assumed: seconds Nova takes to queue and prepare a move, and between the end of one and the next. */
const PREPARE_S = 2;
const PAUSE_S = 1;
const MS_PER_S = 1000;

type Step = readonly [afterS: number, entity: string, fact: Fact];

const status = (address: string, data: Extract<Fact, { type: 'migration.status_changed' }>['data']): [string, Fact] => [
  address,
  { type: 'migration.status_changed', v: 1, data },
];

const task = (vm: string, data: Extract<Fact, { type: 'vm.state_changed' }>['data']): [string, Fact] => [
  entity('vm', vm),
  { type: 'vm.state_changed', v: 1, data },
];

const accepted = (address: string, m: Move): [string, Fact] => [
  address,
  {
    type: 'migration.accepted',
    v: 1,
    data: { vm: m.vm, type: m.type, kind: m.kind, source: m.source, dest: m.dest },
  },
];

const liveSteps = (address: string, m: Move): readonly Step[] => [
  [0, ...accepted(address, m)],
  [0, ...task(m.vm, { taskState: 'migrating' })],
  [0, ...status(address, { status: 'queued', dest: m.dest })],
  [0, ...status(address, { status: 'preparing' })],
  [PREPARE_S, ...status(address, { status: 'running' })],
  [PREPARE_S + m.seconds, ...status(address, { status: 'completed' })],
  [PREPARE_S + m.seconds, ...task(m.vm, { taskState: null })],
];

const coldSteps = (address: string, m: Move): readonly Step[] => [
  [0, ...accepted(address, m)],
  [0, ...task(m.vm, { taskState: 'resize_prep' })],
  [0, ...status(address, { status: 'pre-migrating', dest: m.dest })],
  [PREPARE_S, ...status(address, { status: 'migrating' })],
  [PREPARE_S, ...task(m.vm, { taskState: 'resize_migrating' })],
  [PREPARE_S + m.seconds, ...status(address, { status: 'post-migrating' })],
  [PREPARE_S + m.seconds, ...status(address, { status: 'finished' })],
  [PREPARE_S + m.seconds, ...task(m.vm, { vmState: 'resized', taskState: null })],
  [PREPARE_S + m.seconds, ...status(address, { status: 'confirmed' })],
  [PREPARE_S + m.seconds, ...task(m.vm, { vmState: 'stopped', taskState: null })],
];

const emptied = (hosts: readonly string[], at: Instant, before: number): readonly Candidate[] =>
  hosts.map((host, i) => ({
    type: 'host.service_reported',
    v: 1,
    data: { enabled: false, reason: 'emptied by consolidation: may sleep' },
    at,
    entity: entity('host', host),
    evidence: 'assumed',
    line: before + i + 1,
    key: null,
  }));

/**
 * Facts from `start` on, in order; assumed, because nobody saw them. `name` keeps the ids of two plans apart. Emptied hosts
 * are disabled at the end, so that nothing is scheduled onto a host that may sleep.
 */
export const planFacts = (
  moves: readonly Move[],
  asleep: readonly string[],
  start: Instant,
  name: string,
): readonly Candidate[] => {
  const facts: Candidate[] = [];
  let nowMs: number = start;
  const put = (address: string, fact: Fact, afterS: number): void => {
    const at = instant(Math.round(nowMs + afterS * MS_PER_S));
    facts.push({ ...fact, at, entity: address, evidence: 'assumed', line: facts.length + 1, key: null });
  };
  for (const m of moves) {
    const address = entity('migration', `${name}-${m.order}`);
    const steps = m.type === 'live-migration' ? liveSteps(address, m) : coldSteps(address, m);
    for (const [afterS, about, fact] of steps) put(about, fact, afterS);
    nowMs += (PREPARE_S + m.seconds + PAUSE_S) * MS_PER_S;
  }
  return [...facts, ...emptied(asleep, instant(Math.round(nowMs)), facts.length)];
};

/** The planner's facts of the same moves, and the emptied hosts disabled when the last has ended. */
export const scheduledFacts = (scheduled: readonly Candidate[], asleep: readonly string[]): readonly Candidate[] => {
  const last = scheduled.at(-1);
  return last === undefined ? [] : [...scheduled, ...emptied(asleep, last.at, scheduled.length)];
};
