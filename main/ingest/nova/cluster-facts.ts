// What notifications about services, aggregates, flavors and server groups say, and errors that concern no state of a VM.
import { entity } from '../../../domain/events/entity.ts';
import { GROUP_POLICIES } from '../../../domain/events/other-events.ts';
import { countAt, type Fields, isFields, listAt, specsAt, textAt } from '../json-records.ts';
import { isUuid, vmState } from '../nova-words.ts';
import { moveFailed, type Moves, type Told } from './moves.ts';
import type { Notification } from './notification.ts';

/** What later notifications are compared with or completed from. */
export type Seen = {
  /** Last told state of each host's compute service: heartbeats that repeat it are no news. */
  readonly services: Map<string, string>;
  /** Aggregates by id: a host's membership is told as a whole. */
  readonly aggregates: Map<string, { name: string; zone: string | null; hosts: readonly string[] }>;
};
export const newSeen = (): Seen => ({ services: new Map(), aggregates: new Map() });

const names = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '');

const service = ({ event, payload }: Notification, seen: Seen): readonly Told[] | null => {
  const host = textAt(payload, 'host');
  if (payload['binary'] !== 'nova-compute' || host === null) return null;
  const address = entity('host', host);
  if (event === 'service.delete')
    return [{ type: 'host.removed', v: 1, entity: address, evidence: 'observed', data: {} }];
  const forcedDown = payload['forced_down'] === true;
  const beats = textAt(payload, 'last_seen_up') !== null && event === 'service.update';
  const data = {
    ...(beats || forcedDown ? { up: !forcedDown } : {}), // Nova takes a forced-down service as down, whatever it reports
    enabled: payload['disabled'] !== true,
    forcedDown,
    reason: textAt(payload, 'disabled_reason'),
  };
  const told = JSON.stringify(data);
  if (seen.services.get(host) === told) return null;
  seen.services.set(host, told);
  const zone = textAt(payload, 'availability_zone');
  const report: Told = { type: 'host.service_reported', v: 1, entity: address, evidence: 'observed', data };
  if (zone === null) return [report];
  return [{ type: 'host.reported', v: 1, entity: address, evidence: 'observed', data: { zone } }, report];
};

/** Its metadata, where the notification is about that and not about who is in it. */
const aggregateItself = ({ event, payload }: Notification, name: string): readonly Told[] => {
  const address = entity('aggregate', name);
  if (event === 'aggregate.delete')
    return [{ type: 'aggregate.removed', v: 1, entity: address, evidence: 'observed', data: {} }];
  const metadata = specsAt(payload, 'metadata');
  if (metadata === null || event === 'aggregate.add_host' || event === 'aggregate.remove_host') return [];
  return [{ type: 'aggregate.reported', v: 1, entity: address, evidence: 'observed', data: { metadata } }];
};

const aggregate = (n: Notification, seen: Seen): readonly Told[] | null => {
  const id = textAt(n.payload, 'uuid') ?? countAt(n.payload, 'id')?.toString() ?? '';
  if (id === '' || n.event === 'aggregate.cache_images') return null;
  const metadata = n.payload['metadata'];
  const before = seen.aggregates.get(id)?.hosts ?? [];
  const listed = names(listAt(n.payload, 'hosts'));
  const hosts = n.event === 'aggregate.delete' && n.phase === 'end' ? [] : listed;
  const zone = isFields(metadata) ? textAt(metadata, 'availability_zone') : null;
  const name = textAt(n.payload, 'name') ?? id;
  seen.aggregates.set(id, { name, zone, hosts });
  if (n.phase !== 'end') return null; // a start only tells who is in it: the end of a removal names those who stay
  const itself = aggregateItself(n, name);
  const touched = [...new Set([...before, ...hosts])];
  if (touched.length === 0 && itself.length === 0) return null;
  const members = touched.map((host): Told => {
    const of = [...seen.aggregates.values()].filter((a) => a.hosts.includes(host));
    const zoneName = of.find((a) => a.zone !== null)?.zone ?? null;
    const data = { aggregates: of.map((a) => a.name).sort(), ...(zoneName === null ? {} : { zone: zoneName }) };
    return { type: 'host.reported', v: 1, entity: entity('host', host), evidence: 'observed', data };
  });
  return [...itself, ...members];
};

const flavor = ({ event, payload }: Notification): readonly Told[] | null => {
  const name = textAt(payload, 'name');
  if (name === null || event === 'flavor.delete') return null;
  const [vcpus, ramMiB, diskGiB, ephemeralGiB, swapMiB] = ['vcpus', 'memory_mb', 'root_gb', 'ephemeral_gb', 'swap'].map(
    (field) => countAt(payload, field),
  );
  const extraSpecs = specsAt(payload, 'extra_specs');
  const data = {
    ...(typeof vcpus === 'number' ? { vcpus } : {}),
    ...(typeof ramMiB === 'number' ? { ramMiB } : {}),
    ...(typeof diskGiB === 'number' ? { diskGiB } : {}),
    ...(typeof ephemeralGiB === 'number' ? { ephemeralGiB } : {}),
    ...(typeof swapMiB === 'number' ? { swapMiB } : {}),
    ...(extraSpecs === null ? {} : { extraSpecs }),
  };
  return [{ type: 'flavor.reported', v: 1, entity: entity('flavor', name), evidence: 'observed', data }];
};

const maxPerHost = (rules: unknown): number | null => {
  const value = isFields(rules) ? Number(rules['max_server_per_host']) : Number.NaN;
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

const serverGroup = ({ event, payload }: Notification): readonly Told[] | null => {
  const id = textAt(payload, 'uuid');
  if (id === null || event === 'server_group.delete') return null;
  const said = textAt(payload, 'policy') ?? names(listAt(payload, 'policies'))[0];
  const policy = GROUP_POLICIES.find((known) => known === said);
  const name = textAt(payload, 'name');
  const most = maxPerHost(payload['rules']);
  const data = {
    ...(name === null ? {} : { name }),
    ...(policy === undefined ? {} : { policy }),
    ...(most === null ? {} : { maxServerPerHost: most }),
    members: [...names(listAt(payload, 'members'))],
  };
  return [{ type: 'server_group.reported', v: 1, entity: entity('server_group', id), evidence: 'observed', data }];
};

const LONGEST_FAULT = 255;
const saidIn = (payload: Fields): string => {
  const { reason } = payload;
  if (typeof reason === 'string') return reason;
  const fields = isFields(reason) ? reason : payload;
  const parts = [
    textAt(fields, 'exception') ?? textAt(fields, 'class'),
    textAt(fields, 'exception_message') ?? textAt(fields, 'message'),
  ];
  return parts.filter((part) => part !== null).join(': ');
};

/** The zone a request was pinned to, from the scheduler's own notification. */
const pinned = ({ phase, payload }: Notification): readonly Told[] | null => {
  const vm = textAt(payload, 'instance_uuid') ?? '';
  const zone = textAt(payload, 'availability_zone');
  if (phase !== 'end' || !isUuid(vm) || zone === null) return null;
  const data = { requestedZone: zone };
  return [{ type: 'vm.reported', v: 1, entity: entity('vm', vm.toLowerCase()), evidence: 'observed', data }];
};

const note = (address: string, text: string): Told => ({
  type: 'note.written',
  v: 1,
  entity: address,
  evidence: 'observed',
  data: { text },
});

/**
 * `compute_task.*.error` (without the phase in its legacy form): the conductor gave up, and says which vm_state it sets: `error` after NoValidHost in an evacuation
 * or a build, the old one after a pre-check that failed in a known way.
 */
const taskFailed = (n: Notification, vm: string, what: string, moves: Moves): readonly Told[] => {
  const address = entity('vm', vm);
  const state = vmState(textAt(n.payload, 'state') ?? '');
  const data =
    state === 'error'
      ? { vmState: state, taskState: null, fault: what.slice(0, LONGEST_FAULT), cause: n.eventType }
      : {
          ...(state === null ? {} : { vmState: state }),
          taskState: null,
          cause: `${n.eventType}: ${what}`.slice(0, 255),
        };
  return [
    ...moveFailed(n, vm, what, moves),
    { type: 'vm.state_changed', v: 1, entity: address, evidence: 'observed', data },
  ];
};

/** Errors of a host or of a task, told of what they concern. */
const trouble = (n: Notification, moves: Moves): readonly Told[] | null => {
  const { eventType, publisher, payload } = n;
  const what = saidIn(payload);
  const vm = (textAt(payload, 'instance_uuid') ?? textAt(payload, 'instance_id') ?? '').toLowerCase(); // the latter before versions
  if (n.event.startsWith('compute_task.') && isUuid(vm)) {
    return taskFailed(n, vm, what === '' ? 'the conductor gave no reason' : what, moves);
  }
  if (what === '') return null;
  if (publisher === null && !isUuid(vm)) return null;
  const about = isUuid(vm) ? entity('vm', vm) : entity('host', publisher ?? '');
  return [note(about, `${eventType}: ${what}`)];
};

/** Facts of a notification that is about no VM; null when it says nothing about the cluster. */
export const clusterFacts = (n: Notification, seen: Seen, moves: Moves): readonly Told[] | null => {
  const family = n.event.slice(0, n.event.indexOf('.'));
  if (family === 'service') return service(n, seen);
  if (family === 'aggregate') return aggregate(n, seen);
  if (family === 'flavor') return flavor(n);
  if (n.event === 'scheduler.select_destinations') return pinned(n);
  if (family === 'server_group') return serverGroup(n);
  const ofHost =
    n.eventType === 'compute.exception' || /^(?:compute\.)?libvirt\.(?:connect\.)?error$/.test(n.eventType);
  return ofHost || family === 'compute_task' ? trouble(n, moves) : null;
};
