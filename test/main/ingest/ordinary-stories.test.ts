// What Nova does every day, told by its notifications from the first to the last: the record contradicts nothing in it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { notifications } from '../../../main/ingest/nova/notifications.ts';
import { factsOf, text } from './reading.ts';

type Data = Readonly<Record<string, unknown>>;
type Payload = { readonly 'nova_object.data': Data };
const sample = readFileSync(`${import.meta.dirname}/../../conformance/data/nova/nova-notifications.jsonl`, 'utf8')
  .split('\n')
  .find((line) => line.includes('"instance.pause.end"'));
const payload = (JSON.parse(sample ?? '{}') as { notification: { payload: Payload } }).notification.payload;

/** Event, publishing host, and what the payload says of host, state and task: as nova/compute/manager.py has them then. */
type Step = readonly [event: string, publisher: string, host: string | null, state: string, task: string | null];

const moved = (from: string, to: string): readonly Step[] => [
  ['live_migration_pre.start', to, from, 'active', 'migrating'],
  ['live_migration_pre.end', to, from, 'active', 'migrating'],
  ['live_migration_post.start', from, from, 'active', 'migrating'],
  ['live_migration_post_dest.start', to, from, 'active', 'migrating'],
  ['live_migration_post_dest.end', to, to, 'active', null],
  ['live_migration_post.end', from, from, 'active', 'migrating'], // the source's copy is from before
];
const RESIZED: readonly Step[] = [
  ['resize_prep.start', 'c2', 'c1', 'active', 'resize_prep'],
  ['resize_prep.end', 'c2', 'c1', 'active', 'resize_prep'],
  ['resize.start', 'c1', 'c1', 'active', 'resize_migrating'],
  ['resize.end', 'c1', 'c2', 'active', 'resize_migrated'],
  ['resize_finish.start', 'c2', 'c2', 'active', 'resize_finish'],
  ['resize_finish.end', 'c2', 'c2', 'resized', null],
];
const STORIES: Readonly<
  Record<string, { readonly steps: readonly Step[]; readonly host: string; readonly moves: readonly string[] }>
> = {
  'two live migrations': {
    steps: [...moved('c1', 'c2'), ...moved('c2', 'c3')],
    host: 'c3',
    moves: ['completed', 'completed'],
  },
  'a live migration rolled back, the destination speaking last': {
    steps: [
      ...moved('c1', 'c2').slice(0, 2),
      ['live_migration_rollback.start', 'c1', 'c1', 'active', 'migrating'],
      ['live_migration_rollback_dest.start', 'c2', 'c1', 'active', 'migrating'],
      ['live_migration_rollback.end', 'c1', 'c1', 'active', null],
      ['live_migration_rollback_dest.end', 'c2', 'c1', 'active', 'migrating'],
    ],
    host: 'c1',
    moves: ['failed'],
  },
  'a resize that is confirmed': {
    steps: [
      ...RESIZED,
      ['resize_confirm.start', 'c1', 'c2', 'resized', null],
      ['resize_confirm.end', 'c1', 'c2', 'active', null],
    ],
    host: 'c2',
    moves: ['confirmed'],
  },
  'a resize that is reverted': {
    steps: [
      ...RESIZED,
      ['resize_revert.start', 'c2', 'c2', 'resized', 'resize_reverting'],
      ['resize_revert.end', 'c1', 'c1', 'active', null],
    ],
    host: 'c1',
    moves: ['reverted'],
  },
  'an evacuation, whose new host is written down last': {
    steps: [
      ['evacuate', 'api', 'c1', 'active', 'rebuilding'],
      ['rebuild.start', 'c2', 'c1', 'active', 'rebuilding'],
      ['rebuild.end', 'c2', 'c1', 'active', null],
    ],
    host: 'c2',
    moves: ['done'],
  },
  'shelved, offloaded and unshelved elsewhere': {
    steps: [
      ['shelve.start', 'c1', 'c1', 'active', 'shelving'],
      ['shelve.end', 'c1', 'c1', 'shelved', null],
      ['shelve_offload.start', 'c1', 'c1', 'shelved', 'shelving_offloading'],
      ['shelve_offload.end', 'c1', null, 'shelved_offloaded', null],
      ['unshelve.start', 'c3', null, 'shelved_offloaded', 'unshelving'],
      ['unshelve.end', 'c3', 'c3', 'active', null],
    ],
    host: 'c3',
    moves: [],
  },
};

/** `asked`: the requests have ids, which older releases do not tell. */
const stateAfter = (steps: readonly Step[], asked: boolean) => {
  const all: readonly Step[] = [['create.end', 'c1', 'c1', 'active', null], ...steps];
  let request = 0;
  const lines = all.map(([event, publisher, host, state, task], i) => {
    if (/^(?:live_migration_pre|resize_prep|evacuate|resize_confirm|resize_revert)(?:\.start)?$/.test(event)) request++;
    const data = {
      ...payload['nova_object.data'],
      host,
      state,
      task_state: task,
      request_id: asked ? `req-${request}` : null,
    };
    return JSON.stringify({
      event_type: `instance.${event}`,
      publisher_id: `nova-compute:${publisher}`,
      message_id: `m-${i}`,
      timestamp: new Date(Date.UTC(2026, 2, 3, 10, 0, i)).toISOString(),
      payload: { ...payload, 'nova_object.data': data },
    });
  });
  const cluster = emptyCluster();
  const facts = factsOf(notifications, text(...lines));
  facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
  return clusterState(cluster, { timeline: 'main', seq: seq(facts.length), at: instant(0) });
};

test.each(Object.entries(STORIES))('%s', (_, { steps, host, moves }) => {
  for (const asked of [true, false]) {
    const state = stateAfter(steps, asked);
    expect(state.anomalies).toEqual([]);
    expect(state.vms).toMatchObject([{ host, vmState: 'active', taskState: null }]);
    expect(state.migrations.map(({ status }) => status)).toEqual(moves);
  }
});
