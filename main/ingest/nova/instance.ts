// The VM inside a notification's payload, versioned or legacy, as the dictionary describes one.
import type { Fact } from '../../../domain/events/dictionary.ts';
import { countAt, type Fields, isFields, listAt, specsAt, textAt } from '../json-records.ts';
import { isUuid, powerState, taskState, vmState } from '../nova-words.ts';
import type { Notification } from './notification.ts';

type Reported = Extract<Fact, { type: 'vm.reported' }>['data'];

export type Instance = {
  readonly uuid: string;
  /** As its payload has it; during a move the host it comes from. */
  readonly host: string | null;
  readonly data: Reported;
  readonly fault: string | null;
};

const LONGEST_FAULT = 255;

const addressesOf = (ips: readonly unknown[]): { network: string; ip: string }[] =>
  ips.filter(isFields).flatMap((ip) => {
    const [network, address] = [textAt(ip, 'label'), textAt(ip, 'address')];
    return network === null || address === null ? [] : [{ network, ip: address }];
  });

const faultOf = (payload: Fields): string | null => {
  const { fault } = payload;
  if (isFields(fault)) {
    const said = [textAt(fault, 'exception'), textAt(fault, 'exception_message')].filter((s) => s !== null).join(': ');
    return said === '' ? null : said.slice(0, LONGEST_FAULT);
  }
  return textAt(payload, 'message')?.slice(0, LONGEST_FAULT) ?? null; // legacy `.error`
};

/** Placement charges the root disk and the ephemeral one together. */
const diskOf = (sizes: Fields): number | null => {
  const root = countAt(sizes, 'root_gb');
  return root === null ? null : root + (countAt(sizes, 'ephemeral_gb') ?? 0);
};

const given = <K extends string, T>(name: K, value: T | null): Partial<Record<K, T>> =>
  value === null ? {} : ({ [name]: value } as Record<K, T>);

const sizesOf = (payload: Fields, legacy: boolean): Reported => {
  const sizes = legacy ? payload : payload['flavor'];
  if (!isFields(sizes)) return {};
  return {
    ...given('flavor', textAt(sizes, legacy ? 'instance_type' : 'name')),
    ...given('vcpus', countAt(sizes, 'vcpus')),
    ...given('ramMiB', countAt(sizes, 'memory_mb')),
    ...given('diskGiB', diskOf(sizes)),
    ...given('extraSpecs', specsAt(sizes, 'extra_specs')),
  };
};

const statesOf = (payload: Fields, legacy: boolean): Reported => {
  const task = payload[legacy ? 'state_description' : 'task_state'];
  const known = typeof task === 'string' && task !== '' ? taskState(task) : null;
  const isTold = task === null || task === '' || known !== null;
  return {
    ...given('vmState', vmState(textAt(payload, 'state') ?? '')),
    ...(isTold ? { taskState: known } : {}),
    ...given('powerState', powerState(textAt(payload, 'power_state') ?? '')),
  };
};

/** A VM that boots from a volume says so by a block device with boot index 0; without one nothing is known. */
export const bootsFromVolume = (payload: Fields): boolean =>
  listAt(payload, 'block_devices').some((device) => isFields(device) && device['boot_index'] === 0);

/**
 * After these the VM is on the host that publishes them. Its payload may still name the host it came from: nova-compute writes
 * the new one down only after the end of an evacuation's rebuild.
 */
const ARRIVED = new Set([
  'instance.create',
  'instance.live_migration_post_dest',
  'instance.rebuild',
  'instance.resize_finish',
  'instance.resize_revert',
  'instance.unshelve',
]);
export const hasArrived = ({ event, phase }: Notification): boolean => phase === 'end' && ARRIVED.has(event);

/**
 * Published from a copy of the VM made before the move was over, by the host that does not have it: the source's last word
 * still says that it is migrating and on the source (see Nova's own samples), and so does the destination's in a rollback.
 */
const isStale = ({ event, phase }: Notification): boolean =>
  (event === 'instance.live_migration_post' && phase === 'end') || event === 'instance.live_migration_rollback_dest';

/** Where the payload, or who publishes it, says the VM is. */
const whereOf = (n: Notification): Pick<Reported, 'host'> => {
  if (hasArrived(n) && n.publisher !== null) return { host: n.publisher };
  return n.payload['host'] === undefined ? {} : { host: textAt(n.payload, 'host') };
};

/**
 * Reads the VM; null when the payload names none. `movesLive`: a live migration of such a VM is known, so that what is told from
 * an old copy says no more than what was told before it; alone, it is all there is.
 */
export const instanceIn = (n: Notification, movesLive: (uuid: string) => boolean): Instance | null => {
  const { event, phase, payload, legacy } = n;
  const uuid = textAt(payload, legacy ? 'instance_id' : 'uuid') ?? '';
  if (!isUuid(uuid)) return null;
  const host = textAt(payload, 'host');
  const addresses = addressesOf(listAt(payload, legacy ? 'fixed_ips' : 'ip_addresses'));
  const tags = listAt(payload, 'tags').filter((tag): tag is string => typeof tag === 'string' && tag !== '');
  // Without an address left, only the end of a detachment says so: a VM that is being built has none yet either.
  const isWithout = !legacy && event === 'instance.interface_detach' && phase === 'end';
  const isOld = isStale(n) && movesLive(uuid.toLowerCase());
  const data: Reported = {
    ...given('name', textAt(payload, 'display_name')),
    ...(isOld ? {} : whereOf(n)),
    ...sizesOf(payload, legacy),
    ...given('image', textAt(payload, 'image_uuid')),
    ...given('project', textAt(payload, 'tenant_id')),
    ...(addresses.length === 0 && !isWithout ? {} : { addresses }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(bootsFromVolume(payload) ? { storage: 'volume' as const } : {}),
    ...(isOld ? {} : statesOf(payload, legacy)),
  };
  return { uuid: uuid.toLowerCase(), host, data, fault: faultOf(payload) };
};
