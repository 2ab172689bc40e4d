// A plan as the facts its execution would leave, so that a branch folds, draws and verifies it like a record.
import { type Instant, instant } from '../base/brand.ts';
import type { Candidate, Fact } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Plan, PlannedMove } from './plan.ts';

type Dated = { readonly atMs: number; readonly address: string; readonly fact: Fact };

const status = (value: Extract<Fact, { type: 'migration.status_changed' }>['data']['status'], dest?: string): Fact => ({
  type: 'migration.status_changed',
  v: 1,
  data: dest === undefined ? { status: value } : { status: value, dest },
});

const measured = (m: PlannedMove): Fact => ({
  type: 'migration.measured',
  v: 1,
  data: { totalMs: m.endMs - m.startMs, downtimeMs: m.downtimeMs, bytes: Math.round(m.bytes) },
});

const vmIs = (taskState: 'migrating' | 'resize_prep' | null): Fact => ({
  type: 'vm.state_changed',
  v: 1,
  data: { taskState },
});

/** Milliseconds between two facts of one instant that Nova writes one after the other. */
const NEXT_MS = 1;

const accepted = (m: PlannedMove): Fact => ({
  type: 'migration.accepted',
  v: 1,
  data: {
    vm: m.vm,
    type: m.kind === 'live' ? 'live-migration' : 'migration',
    kind: m.kind === 'live' ? m.storage : null,
    source: m.source,
    dest: m.dest,
  },
});

/** The rows of one port's bindings: INACTIVE on the destination while it copies, ACTIVE when it has arrived. */
const bindings = (m: PlannedMove, ports: readonly string[]): readonly Dated[] =>
  ports.flatMap((id): readonly Dated[] => {
    const address = entity('port', id);
    const bound = (binding: 'ACTIVE' | 'INACTIVE'): Fact => ({
      type: 'port.bound',
      v: 1,
      data: { host: m.dest, binding },
    });
    return [
      { atMs: m.startMs + NEXT_MS, address, fact: bound('INACTIVE') },
      { atMs: m.endMs - NEXT_MS, address, fact: bound('ACTIVE') },
      { atMs: m.endMs - NEXT_MS, address, fact: { type: 'port.unbound', v: 1, data: { host: m.source } } },
    ];
  });

const live = (m: PlannedMove, migration: string, vm: string): readonly Dated[] => [
  { atMs: m.startMs, address: migration, fact: accepted(m) },
  { atMs: m.startMs, address: vm, fact: vmIs('migrating') },
  { atMs: m.startMs, address: migration, fact: status('queued', m.dest) },
  { atMs: m.startMs + NEXT_MS, address: migration, fact: status('preparing') },
  { atMs: m.startMs + 2 * NEXT_MS, address: migration, fact: status('running') },
  { atMs: m.endMs, address: migration, fact: status('completed') },
  { atMs: m.endMs, address: migration, fact: measured(m) },
  { atMs: m.endMs, address: vm, fact: vmIs(null) },
];

const cold = (m: PlannedMove, migration: string, vm: string): readonly Dated[] => [
  { atMs: m.startMs, address: migration, fact: accepted(m) },
  { atMs: m.startMs, address: vm, fact: vmIs('resize_prep') },
  { atMs: m.startMs, address: migration, fact: status('pre-migrating', m.dest) },
  { atMs: m.startMs + NEXT_MS, address: migration, fact: status('migrating') },
  { atMs: m.endMs - NEXT_MS, address: migration, fact: status('post-migrating') },
  { atMs: m.endMs - NEXT_MS, address: migration, fact: status('finished') },
  { atMs: m.endMs, address: migration, fact: status('confirmed') },
  { atMs: m.endMs, address: migration, fact: measured(m) },
  { atMs: m.endMs, address: vm, fact: vmIs(null) },
];

const stop = (m: PlannedMove, vm: string): readonly Dated[] => [
  {
    atMs: m.endMs,
    address: vm,
    fact: { type: 'vm.state_changed', v: 1, data: { vmState: 'stopped', powerState: 'SHUTDOWN', taskState: null } },
  },
];

const disabled = (host: string): Dated => ({
  atMs: 0,
  address: entity('host', host),
  fact: { type: 'host.service_reported', v: 1, data: { enabled: false, reason: 'drain' } },
});

/**
 * The facts of a plan executed from `start` on exactly as predicted, in order of time: hosts disabled, then each move.
 * `id` makes migration names unique to the run. Evidence `assumed`: none of it has happened.
 */
export const factsOf = (plan: Plan, start: Instant, id: string, state: ClusterState): readonly Candidate[] => {
  const ports = Map.groupBy(state.ports, (p) => p.vm);
  const dated = [
    ...plan.drained.map(disabled),
    ...plan.moves.flatMap((m, i) => {
      const vm = entity('vm', m.vm);
      if (m.kind === 'stop') return stop(m, vm);
      const migration = entity('migration', `plan-${id}-${i + 1}`);
      const bound = bindings(
        m,
        (ports.get(m.vm) ?? []).map((p) => p.id),
      );
      return [...(m.kind === 'live' ? live(m, migration, vm) : cold(m, migration, vm)), ...bound];
    }),
  ];
  return dated
    .map((d, i) => ({ ...d, i }))
    .sort((a, b) => a.atMs - b.atMs || a.i - b.i)
    .map(({ atMs, address, fact }, i) => ({
      ...fact,
      at: instant(start + Math.round(atMs)),
      entity: address,
      evidence: 'assumed' as const,
      line: i + 1,
      key: null,
    }));
};
