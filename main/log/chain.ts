// The hash chain: which bytes of an event, a branch and a batch are bound, and in which order.
import { hash } from 'node:crypto';
import type { Cut } from '../../domain/timeline/order.ts';
import type { Refusal } from './types.ts';

/** sha256 in base64url: 43 characters, the cheapest form to make, store and put before the next event's bytes. */
const digest = (text: string): string => hash('sha256', text, 'base64url');

export const toHex = (link: string): string => Buffer.from(link, 'base64url').toString('hex');

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const holdsObjects = (values: readonly unknown[]): boolean => {
  for (let i = 0; i < values.length; i++) if (isObject(values[i])) return true;
  return false;
};

/** Whether JSON would write the keys in order, and nothing inside needs a look. Most facts are flat and pass. */
const isPlain = (value: Fields, keys: readonly string[]): boolean => {
  for (let i = 0; i < keys.length; i++) {
    if (i > 0 && keys[i - 1]! >= keys[i]!) return false;
    const inner = value[keys[i]!];
    if (isObject(inner) && (!Array.isArray(inner) || holdsObjects(inner))) return false;
  }
  return true;
};

/**
 * The value, or a copy whose keys were added in order; JavaScript keeps that order (and puts whole numbers first, by
 * value). What is in order already is not copied: telemetry carries arrays of hundreds of names.
 */
const ordered = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return holdsObjects(value) ? value.map(ordered) : value;
  const keys = Object.keys(value);
  if (isPlain(value as Fields, keys)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of keys.sort()) {
    const inner = ordered((value as Fields)[key]);
    if (key === '__proto__') Object.defineProperty(copy, key, { value: inner, enumerable: true });
    else copy[key] = inner;
  }
  return copy;
};

/** JSON with sorted keys at every depth: one text for one value, whoever built it. */
export const canonical = (value: object): string => JSON.stringify(ordered(value));

/** An event's columns as they are stored, with its source by content id. */
export type Stored = {
  readonly timeline: number;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly v: number;
  readonly entity: string;
  readonly evidence: number;
  readonly source: string;
  readonly line: number;
  readonly key: string | null;
  readonly data: string;
};

/** A text as JSON. Names come again and again and seldom need an escape; asking first costs half of what JSON.stringify does. */
const quoted = (text: string): string => (/^[\w .:@/>-]*$/.test(text) ? `"${text}"` : JSON.stringify(text));

/**
 * The link of one event: the link before it (always 43 characters), its place and names as a JSON array, which ends itself,
 * then its data. No two different events have the same bytes.
 */
export const eventLink = (before: string, e: Stored): string =>
  digest(
    `${before}[${e.timeline},${e.seq},${JSON.stringify(e.at)},${quoted(e.type)},${e.v},${quoted(e.entity)},${e.evidence},` +
      `${quoted(e.source)},${e.line},${e.key === null ? 'null' : quoted(e.key)}]${e.data}`,
  );

export type Birth = {
  readonly id: number;
  readonly parent: number | null;
  readonly forkedAt: Cut | null;
  readonly forkedHead: number;
};

/**
 * Where a timeline's chain begins: its cut, and its parent's link at the fork (empty for `main`). Its name may change, so it is
 * bound by the chain of changes instead.
 */
export const birthLink = (parentLink: string, t: Birth): string =>
  digest(
    // The instant as text, because JSON has no word for the end of time.
    JSON.stringify([
      'timeline',
      parentLink,
      t.id,
      t.parent,
      String(t.forkedAt?.at),
      t.forkedAt?.seq ?? null,
      t.forkedHead,
    ]),
  );

export type Change = {
  readonly id: number;
  readonly timeline: number;
  readonly kind: 'named' | 'dropped';
  readonly name: string | null;
};

/** Names given and drops form a chain of their own; the link before the first is empty. */
export const changeLink = (before: string, c: Change): string =>
  digest(JSON.stringify(['change', before, c.id, c.timeline, c.kind, c.name]));

export type BatchRecord = {
  readonly id: number;
  readonly timeline: number;
  readonly source: string;
  readonly name: string;
  readonly format: string;
  readonly head: number;
  readonly events: number;
  readonly throughLine: number;
  /** 1 with the source's last batch, else 0. */
  readonly done: number;
};

/** Batches form a third chain, in the order of their ids over all timelines: it binds sources, events and refusals. */
export const batchLink = (before: string, eventsLink: string, b: BatchRecord, refused: readonly Refusal[]): string =>
  digest(
    JSON.stringify([
      'batch',
      before,
      eventsLink,
      b.id,
      b.timeline,
      b.source,
      b.name,
      b.format,
      b.head,
      b.events,
      b.throughLine,
      b.done,
      refused.map((r) => [r.line, r.why, r.text]),
    ]),
  );
