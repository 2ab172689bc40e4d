// Events for tests, written shortly: each helper makes one, a log gives them their seq.
import { type Instant, instant, seq } from '../../../domain/base/brand.ts';
import { type Cluster, emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import type { Evidence, Fact, LogEvent } from '../../../domain/events/dictionary.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import type { AnomalyState, ClusterState, VmState } from '../../../domain/readout/state.ts';

type DataOf<T extends Fact['type']> = Extract<Fact, { readonly type: T }>['data'];
/** An event without its seq. */
export type Draft = Omit<LogEvent, 'seq'>;

export const START = Date.UTC(2026, 0, 6, 10);
/** `minutes` after the start of the test's day. */
export const at = (minutes: number): Instant => instant(START + minutes * 60_000);

export const event = <T extends Fact['type']>(
  minutes: number,
  type: T,
  entity: string,
  data: DataOf<T>,
  evidence: Evidence = 'observed',
): Draft => ({ type, v: 1, entity, data, at: at(minutes), evidence, source: 's', line: 0 });

export const numbered = (drafts: readonly Draft[]): LogEvent[] =>
  drafts.map((draft, i) => ({ ...draft, line: i + 1, seq: seq(i + 1) }) as LogEvent);

export const foldAll = (events: Iterable<LogEvent>, c: Cluster = emptyCluster()): Cluster => {
  for (const e of events) fold(c, e);
  return c;
};

export const clusterOf = (...drafts: readonly Draft[]): Cluster => foldAll(numbered(drafts));

const HEAD = { timeline: 'main', seq: seq(1), at: at(0) };
export const stateOf = (c: Cluster): ClusterState => clusterState(c, HEAD);
export const stateAfter = (...drafts: readonly Draft[]): ClusterState => stateOf(clusterOf(...drafts));

export const vmIn = (state: ClusterState, id: string): VmState => {
  const vm = state.vms.find((v) => v.id === id);
  if (vm === undefined) throw new Error(`no VM ${id} in the state`);
  return vm;
};
export const rulesIn = (state: ClusterState): string[] => state.anomalies.map((a: AnomalyState) => a.rule);

export const host = (minutes: number, name: string, data: DataOf<'host.reported'> = {}): Draft =>
  event(minutes, 'host.reported', `host:${name}`, data);
export const service = (minutes: number, name: string, data: DataOf<'host.service_reported'>): Draft =>
  event(minutes, 'host.service_reported', `host:${name}`, data);
export const vm = (minutes: number, id: string, data: DataOf<'vm.reported'> = {}): Draft =>
  event(minutes, 'vm.reported', `vm:${id}`, data);
export const changed = (minutes: number, id: string, data: DataOf<'vm.state_changed'>): Draft =>
  event(minutes, 'vm.state_changed', `vm:${id}`, data);
export const move = (
  minutes: number,
  id: string,
  data: Partial<DataOf<'migration.accepted'>> & Pick<DataOf<'migration.accepted'>, 'vm'>,
): Draft =>
  event(minutes, 'migration.accepted', `migration:${id}`, {
    type: 'live-migration',
    kind: 'shared',
    source: 'h1',
    dest: 'h2',
    ...data,
  });
export const evacuate = (minutes: number, id: string, vmId: string, source: string, dest: string | null): Draft =>
  move(minutes, id, { vm: vmId, type: 'evacuation', kind: null, source, dest });
export const status = (
  minutes: number,
  id: string,
  word: DataOf<'migration.status_changed'>['status'],
  more: Omit<DataOf<'migration.status_changed'>, 'status'> = {},
): Draft => event(minutes, 'migration.status_changed', `migration:${id}`, { status: word, ...more });
