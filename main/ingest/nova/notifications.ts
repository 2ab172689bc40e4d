// The format "notifications": what Nova and Masakari send over the message bus, versioned or legacy, however it was collected.
import { createHash } from 'node:crypto';
import { factKey } from '../fact-key.ts';
import { type Format, ignored, type Item, type Proposal, type Reading, refusal } from '../format.ts';
import { jsonRecords, jsonText, textAt } from '../json-records.ts';
import { instantOf } from '../nova-words.ts';
import { clusterFacts, newSeen } from './cluster-facts.ts';
import { type Detaching, instanceFacts } from './instance-facts.ts';
import type { Moves, Told } from './moves.ts';
import { isMasakari, masakariFacts, type Watched } from './masakari.ts';
import { type Notification, notificationIn } from './notification.ts';

/** Events with an `instance.` name that only repeat what others told, or tell usage. */
const NO_NEWS = new Set(['instance.exists']);

/** Times inside a payload, the newest of which is the nearest to when it was sent. */
const TIMES = [
  'updated_at',
  'launched_at',
  'created_at',
  'terminated_at',
  'deleted_at',
  'last_seen_up',
  'last_refreshed',
];

type When = { readonly at: number; readonly told: boolean };

/** When it was sent; without an envelope, the newest time in it, else the time of the one before. */
const whenOf = (n: Notification, before: number): When => {
  if (n.sentAt !== null) return { at: n.sentAt, told: true };
  const times = TIMES.map((name) => instantOf(textAt(n.payload, name) ?? '')).filter((at) => at !== null);
  return { at: times.length === 0 ? before : Math.max(...times), told: false };
};

/** The id of the message, or of its content where it has none; the same notification in two files is one. */
const keyOf = (n: Notification): string =>
  n.messageId ??
  createHash('sha256')
    .update(JSON.stringify([n.eventType, n.sentAt, n.payload]))
    .digest('hex')
    .slice(0, 32);

/** What later notifications are completed from. */
type Heard = {
  readonly moves: Moves;
  readonly seen: ReturnType<typeof newSeen>;
  readonly watched: Watched;
  readonly detaching: Detaching;
};

const factsOf = (n: Notification, heard: Heard, at: number): readonly Told[] | null => {
  if (isMasakari(n)) return masakariFacts(n, heard.watched);
  if (NO_NEWS.has(n.event)) return null;
  return n.event.startsWith('instance.')
    ? instanceFacts(n, heard.moves, heard.detaching, at)
    : clusterFacts(n, heard.seen, heard.moves);
};

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  const heard: Heard = { moves: new Map(), seen: newSeen(), watched: new Map(), detaching: new Map() };
  let before = undatedAt;
  for (const record of jsonRecords(incoming)) {
    const { line } = record;
    if ('wrong' in record) {
      yield refusal(line, record.wrong, record.text);
      continue;
    }
    const n = notificationIn(record.value);
    if (n === null) {
      yield refusal(line, 'this is no notification: it has no event_type with a payload', jsonText(record.value) ?? '');
      continue;
    }
    const { at, told } = whenOf(n, before);
    before = at;
    const facts = factsOf(n, heard, at);
    if (facts === null) {
      yield ignored(line, n.eventType);
      continue;
    }
    const key = keyOf(n);
    const proposals = facts.map((fact): Proposal => {
      const evidence = told ? fact.evidence : 'inferred';
      return { ...fact, at, line, evidence, key: factKey(key, fact) };
    });
    yield { kind: 'facts', line, facts: proposals };
  }
}

export const notifications: Format = {
  name: 'notifications',
  sniff: (whole) => {
    // The first line of what `tail -c` or a rotation left is the end of another.
    const head = /^\s*[[{]/.test(whole) ? whole : whole.slice(whole.indexOf('\n') + 1);
    if (!/^\s*[[{]/.test(head)) return 0;
    if (/"event_type"\s*:/.test(head) && /"payload"\s*:/.test(head)) return 0.95;
    return /\\"event_type\\"\s*:/.test(head) || head.includes('"oslo.message"') ? 0.9 : 0;
  },
  read,
};
