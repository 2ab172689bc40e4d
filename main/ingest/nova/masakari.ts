// What Masakari's notifications say: which hosts it watches, what its monitors reported, and how each recovery went.
import { entity } from '../../../domain/events/entity.ts';
import { type Fields, isFields, textAt } from '../json-records.ts';
import { isUuid } from '../nova-words.ts';
import type { Told } from './moves.ts';
import type { Notification } from './notification.ts';

/** Names of hosts by Masakari's own UUIDs, which its recovery notifications use: known once a `host.*` one was read. */
export type Watched = Map<string, string>;

/** True for what Masakari sent: its events share names with no other service, but its objects have their own namespace. */
export const isMasakari = (n: Notification): boolean => n.namespace === 'masakari';

const note = (address: string, text: string): Told => ({
  type: 'note.written',
  v: 1,
  entity: address,
  evidence: 'observed',
  data: { text },
});

/** HostApiPayload: name, uuid, reserved, on_maintenance, failover_segment. */
const host = ({ event, phase, payload }: Notification, watched: Watched): readonly Told[] | null => {
  const [uuid, name] = [textAt(payload, 'uuid'), textAt(payload, 'name')];
  if (uuid !== null && name !== null) watched.set(uuid, name);
  if (phase !== 'end' || name === null) return null;
  const address = entity('host', name);
  const segment = isFields(payload['failover_segment']) ? payload['failover_segment'] : {};
  const where = `segment ${textAt(segment, 'name') ?? 'unknown'} (${textAt(segment, 'recovery_method') ?? 'method unknown'})`;
  if (event === 'host.delete') return [note(address, `Masakari no longer watches ${name}.`)];
  const role = payload['reserved'] === true ? ' as a reserved host' : '';
  const paused = payload['on_maintenance'] === true ? '; it is on maintenance, so nothing of it is recovered' : '';
  return [note(address, `Masakari watches ${name}${role} in ${where}${paused}.`)];
};

const faultIn = (payload: Fields): string => {
  const fault = isFields(payload['fault']) ? payload['fault'] : {};
  return textAt(fault, 'exception_message') ?? 'no reason given';
};

/** What a monitor saw; the payload's fields depend on the type (masakari/api/openstack/ha/schemas/payload.py). */
const seenBy = (payload: Fields): { readonly says: string; readonly vm: string | null; readonly stopped: boolean } => {
  const about = isFields(payload['payload']) ? payload['payload'] : {};
  const event = textAt(about, 'event') ?? 'an event';
  switch (textAt(payload, 'type') ?? '') {
    case 'COMPUTE_HOST': {
      const status = [textAt(about, 'cluster_status'), textAt(about, 'host_status')].filter((s) => s !== null);
      return { says: `the host ${event}, ${status.join(', ') || 'no status'}`, vm: null, stopped: event === 'STOPPED' };
    }
    case 'VM': {
      const vm = textAt(about, 'instance_uuid') ?? '';
      const says = `a VM ${event}, ${textAt(about, 'vir_domain_event') ?? 'no domain event'}`;
      return { says, vm: isUuid(vm) ? vm.toLowerCase() : null, stopped: false };
    }
    default:
      return { says: `${textAt(about, 'process_name') ?? 'a process'} ${event}`, vm: null, stopped: false };
  }
};

/**
 * NotificationApiPayload: source_host_uuid, type, payload, status, generated_time, fault. A host that its monitor lost has
 * failed, as far as Masakari knows: inferred, and only where its name is known.
 */
const recovery = ({ event, phase, payload }: Notification, watched: Watched): readonly Told[] | null => {
  const uuid = textAt(payload, 'source_host_uuid') ?? '';
  const name = watched.get(uuid) ?? null;
  const { says, vm, stopped } = seenBy(payload);
  const whose = name ?? `a host it calls ${uuid || 'nothing'}`;
  const about = vm !== null ? entity('vm', vm) : name === null ? 'cluster:' : entity('host', name);
  if (event === 'notification.create') {
    if (phase !== 'end')
      return phase === 'error' ? [note(about, `Masakari refused a report: ${faultIn(payload)}`)] : null;
    const told = note(about, `Masakari is told of ${whose}: ${says}.`);
    if (!stopped || name === null) return [told];
    return [{ type: 'host.failed', v: 1, entity: about, evidence: 'inferred', data: { cause: 'unknown' } }, told];
  }
  const status = textAt(payload, 'status') ?? 'unknown';
  if (phase === 'start') return [note(about, `Masakari begins to recover from: ${says} (${whose}).`)];
  if (phase === 'error')
    return [note(about, `Masakari’s recovery of ${whose} went wrong (${status}): ${faultIn(payload)}`)];
  return [note(about, `Masakari’s recovery of ${whose} ended: ${status}.`)];
};

/** Facts of a notification of Masakari's; null when it says nothing about the cluster (segments). */
export const masakariFacts = (n: Notification, watched: Watched): readonly Told[] | null => {
  if (n.event.startsWith('host.')) return host(n, watched);
  return n.event === 'notification.create' || n.event === 'notification.process' ? recovery(n, watched) : null;
};
