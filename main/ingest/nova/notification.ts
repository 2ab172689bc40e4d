// One notification, taken out of whatever wraps it: oslo's envelope, a sample's, or none.
import { type Fields, isFields, textAt } from '../json-records.ts';
import { instantOf } from '../nova-words.ts';

export type Notification = {
  /** `instance.live_migration_pre`, `service.update`, …: without the phase, legacy names in their versioned form. */
  readonly event: string;
  readonly phase: 'start' | 'end' | 'error' | null;
  /** As it was sent, for counting what is ignored. */
  readonly eventType: string;
  /** Host part of `publisher_id`. */
  readonly publisher: string | null;
  readonly messageId: string | null;
  /** Milliseconds since 1970 of the envelope; null without one (Nova's samples). */
  readonly sentAt: number | null;
  /** Id of the request, the same in all notifications of one action. */
  readonly requestId: string | null;
  /** Versioned: the fields of `nova_object.data`, all the way down. Legacy: the payload. */
  readonly payload: Fields;
  readonly legacy: boolean;
  /** Whose object the payload is; null where it is none. */
  readonly namespace: 'nova' | 'masakari' | null;
};

/** Nova's legacy suffixes that differ from the versioned ones (the leading underscore is really sent). */
const LEGACY: readonly (readonly [RegExp, string])[] = [
  [/^live_migration\.pre\b/, 'live_migration_pre'],
  [/^live_migration\._post\b/, 'live_migration_post'],
  [/^live_migration\.post\.dest\b/, 'live_migration_post_dest'],
  [/^live_migration\._rollback\b/, 'live_migration_rollback'],
  [/^live_migration\.rollback\.dest\b/, 'live_migration_rollback_dest'],
  [/^live\.migration\.abort\b/, 'live_migration_abort'],
  [/^live\.migration\.force\.complete\b/, 'live_migration_force_complete'],
  [/^rebuild\.scheduled\b/, 'rebuild_scheduled'],
  [/^resize\.prep\b/, 'resize_prep'],
  [/^finish_resize\b/, 'resize_finish'],
  [/^resize\.confirm\b/, 'resize_confirm'],
  [/^resize\.revert\b/, 'resize_revert'],
  [/^volume\.attach\b/, 'volume_attach'],
  [/^volume\.detach\b/, 'volume_detach'],
];
const LEGACY_PREFIX = 'compute.instance.';

const phased = (name: string): Pick<Notification, 'event' | 'phase'> => {
  const phase = /\.(start|end|error)$/.exec(name)?.[1];
  if (phase === undefined) return { event: name, phase: null };
  return { event: name.slice(0, -phase.length - 1), phase: phase as 'start' | 'end' | 'error' };
};

const versionedName = (eventType: string): string => {
  const suffix = eventType.slice(LEGACY_PREFIX.length);
  const known = LEGACY.find(([pattern]) => pattern.test(suffix));
  return `instance.${known === undefined ? suffix : suffix.replace(known[0], known[1])}`;
};

/** Nova's deepest payload (a request spec) has eight levels. */
const DEPTH_MAX = 50;

/** The fields of a versioned object of Nova's, or of Masakari's, which are built alike; null when it is none. */
const dataIn = (value: Fields): Fields | null => {
  const data = value['nova_object.data'] ?? value['masakari_object.data'];
  return isFields(data) ? data : null;
};
const namespaceOf = (payload: unknown): Notification['namespace'] => {
  if (!isFields(payload) || dataIn(payload) === null) return null;
  return 'masakari_object.data' in payload ? 'masakari' : 'nova';
};

/** Takes `{nova_object.name, …, nova_object.data}` off at every depth; a minor version's unknown fields stay. */
const plain = (value: unknown, depth = 0): unknown => {
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
  if (!isFields(value)) return value;
  const fields = dataIn(value) ?? value;
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, plain(inner, depth + 1)]));
};

/** Takes off what wraps a notification; null where none is inside. */
const unwrapped = (value: unknown, depth = 0): Fields | null => {
  if (!isFields(value) || depth > 4) return null;
  if (textAt(value, 'event_type') !== null && isFields(value['payload'])) return value;
  const message = value['oslo.message'];
  if (typeof message === 'string') {
    try {
      return unwrapped(JSON.parse(message), depth + 1);
    } catch {
      return null;
    }
  }
  const inner = message ?? value['notification'] ?? value['message'] ?? value['_source'];
  return unwrapped(inner, depth + 1);
};

/** Reads one notification; null when the value is none. */
export const notificationIn = (value: unknown): Notification | null => {
  const fields = unwrapped(value);
  const eventType = fields === null ? null : textAt(fields, 'event_type');
  const payload = fields === null ? null : plain(fields['payload']);
  if (fields === null || eventType === null || !isFields(payload)) return null;
  const legacy = eventType.startsWith(LEGACY_PREFIX);
  // `nova-compute:HOST`; before versioned notifications, `compute.HOST`.
  const publisherId = textAt(fields, 'publisher_id') ?? '';
  const host = /^[\w-]+:(.+)$/.exec(publisherId)?.[1] ?? (legacy ? /^[a-z]+\.(.+)$/.exec(publisherId)?.[1] : undefined);
  return {
    ...phased(legacy ? versionedName(eventType) : eventType),
    eventType,
    publisher: host ?? null,
    messageId: textAt(fields, 'message_id'),
    sentAt: instantOf(textAt(fields, 'timestamp') ?? ''),
    requestId: textAt(payload, 'request_id') ?? textAt(fields, '_context_request_id'),
    payload,
    legacy,
    namespace: namespaceOf(fields['payload']),
  };
};
