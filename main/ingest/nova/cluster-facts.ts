// What notifications about services, aggregates, flavors and server groups say, and errors that concern no state of a VM.
import { entity } from '../../../domain/events/entity.ts';
import { GROUP_POLICIES } from '../../../domain/events/other-events.ts';
import { countAt, type Fields, isFields, listAt, textAt } from '../json-records.ts';
import { isUuid } from '../nova-words.ts';
import type { Told } from './moves.ts';
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

const aggregate = (n: Notification, seen: Seen): readonly Told[] | null => {
  const id = textAt(n.payload, 'uuid') ?? countAt(n.payload, 'id')?.toString() ?? '';
  if (n.phase !== 'end' || id === '' || n.event === 'aggregate.cache_images') return null;
  const metadata = n.payload['metadata'];
  const before = seen.aggregates.get(id)?.hosts ?? [];
  const hosts = n.event === 'aggregate.delete' ? [] : names(listAt(n.payload, 'hosts'));
  const zone = isFields(metadata) ? textAt(metadata, 'availability_zone') : null;
  seen.aggregates.set(id, { name: textAt(n.payload, 'name') ?? id, zone, hosts });
  const touched = [...new Set([...before, ...hosts])];
  return touched.map((host) => {
    const of = [...seen.aggregates.values()].filter((a) => a.hosts.includes(host));
    const zoneName = of.find((a) => a.zone !== null)?.zone ?? null;
    const data = { aggregates: of.map((a) => a.name).sort(), ...(zoneName === null ? {} : { zone: zoneName }) };
    return { type: 'host.reported', v: 1, entity: entity('host', host), evidence: 'observed', data };
  });
};

const flavor = ({ event, payload }: Notification): readonly Told[] | null => {
  const name = textAt(payload, 'name');
  if (name === null || event === 'flavor.delete') return null;
  const [vcpus, ramMiB, diskGiB, ephemeralGiB, swapMiB] = ['vcpus', 'memory_mb', 'root_gb', 'ephemeral_gb', 'swap'].map(
    (field) => countAt(payload, field),
  );
  const data = {
    ...(typeof vcpus === 'number' ? { vcpus } : {}),
    ...(typeof ramMiB === 'number' ? { ramMiB } : {}),
    ...(typeof diskGiB === 'number' ? { diskGiB } : {}),
    ...(typeof ephemeralGiB === 'number' ? { ephemeralGiB } : {}),
    ...(typeof swapMiB === 'number' ? { swapMiB } : {}),
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

const said = (reason: Fields): string =>
  [textAt(reason, 'exception'), textAt(reason, 'exception_message')].filter((part) => part !== null).join(': ');

/** Errors of a host or of a task, kept as notes beside what they concern. */
const trouble = ({ eventType, publisher, payload }: Notification): readonly Told[] | null => {
  const reason = isFields(payload['reason']) ? payload['reason'] : payload;
  const what = said(reason);
  const vm = textAt(payload, 'instance_uuid') ?? '';
  if (what === '' || (publisher === null && !isUuid(vm))) return null;
  const about = isUuid(vm) ? entity('vm', vm.toLowerCase()) : entity('host', publisher ?? '');
  return [{ type: 'note.written', v: 1, entity: about, evidence: 'observed', data: { text: `${eventType}: ${what}` } }];
};

/** Facts of a notification that is about no VM; null when it says nothing about the cluster. */
export const clusterFacts = (n: Notification, seen: Seen): readonly Told[] | null => {
  const family = n.event.slice(0, n.event.indexOf('.'));
  if (family === 'service') return service(n, seen);
  if (family === 'aggregate') return aggregate(n, seen);
  if (family === 'flavor') return flavor(n);
  if (family === 'server_group') return serverGroup(n);
  const isTrouble = n.eventType === 'compute.exception' || n.event === 'libvirt.connect' || family === 'compute_task';
  return isTrouble ? trouble(n) : null;
};
